-- New words for a draft. $1 tenant, $2 call, $3 person, $4 door, $5 draft, $6 the hash that was seen, $7 sealed
-- subject, $8 sealed body, $9 the new hash. The answer as JSON.
select app.edit_draft($1::int, $2::uuid, $3::text, $4::text, $5::uuid, $6::bytea, $7::bytea, $8::bytea, $9::bytea)
