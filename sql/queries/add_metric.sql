-- $1 tenant, $2 call, $3 person, $4 metric, $5 body, $6 definition, $7 source. The version
select app.add_metric($1::int, $2::uuid, $3::text, $4::text, $5::text, $6::text, $7::text)
