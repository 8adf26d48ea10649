-- A new feed. $1 tenant, $2 call, $3 person, $4 its name, $5 the sealed secret, $6 requests a minute, $7 minutes in
-- which something is expected of it
select app.create_feed($1::int, $2::uuid, $3::text, $4::text, $5::bytea, $6::int, $7::int)
