-- $1 tenant, $2 call, $3 metric, $4 definition, $5 reason, $6 source
select app.suspend_metric($1::int, $2::uuid, $3::text, $4::text, $5::text, $6::text)
