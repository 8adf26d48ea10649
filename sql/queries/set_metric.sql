-- $1 tenant, $2 call, $3 person, $4 metric, $5 definition, $6 state, $7 reason, $8 source
select app.set_metric($1::int, $2::uuid, $3::text, $4::text, $5::text, $6::text, $7::text, $8::text)
