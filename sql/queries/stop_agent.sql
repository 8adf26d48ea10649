-- The stop. $1 tenant, $2 call, $3 principal, $4 door, $5 scope (* or a key), $6 reason. One row: JSON
select app.stop($1::int, $2::uuid, $3::text, $4::text, $5::text, $6::text)
