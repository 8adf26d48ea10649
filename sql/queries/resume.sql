-- Lifts one stop. $1 tenant, $2 call, $3 person, $4 door, $5 '*' or a key's id, $6 reason, $7 the stop's number that
-- the person saw. The answer as JSON.
select app.resume($1::int, $2::uuid, $3::text, $4::text, $5::text, $6::text, $7::bigint)
