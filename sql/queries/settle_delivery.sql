-- $1 tenant, $2 call, $3 daemon, $4 draft, $5 attempt, $6 outcome, $7 detail
select to_jsonb(app.settle_delivery($1::int, $2::uuid, $3::text, $4::uuid, $5::int, $6::text, $7::text))
