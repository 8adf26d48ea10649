-- $1 tenant, $2 call, $3 person, $4 policy, $5 body, $6 its hash, $7 agent key. The version
select app.add_policy($1::int, $2::uuid, $3::text, $4::text, $5::jsonb, $6::bytea, $7::text)
