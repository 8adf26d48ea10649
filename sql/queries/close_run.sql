-- $1 tenant, $2 call, $3 key, $4 run, $5 fence, $6 state, $7 summary, $8 fit to keep, or null
select to_jsonb(app.close_run($1::int, $2::uuid, $3::text, $4::uuid, $5::bigint, $6::text, $7::jsonb, $8::jsonb)::text)
