-- The write committer's batch. $1: array of calls (sql/functions/write_call.sql). One answer a call, in order.
select answer from app.write_calls($1::jsonb)
