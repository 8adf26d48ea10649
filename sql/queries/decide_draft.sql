-- A person's word on one draft. $1 tenant, $2 call, $3 person, $4 door, $5 draft, $6 the hash that was seen or null,
-- $7 approve, $8 reason. The answer as JSON.
select app.decide_draft($1::int, $2::uuid, $3::text, $4::text, $5::uuid, $6::bytea, $7::boolean, $8::text)
