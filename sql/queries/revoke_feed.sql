-- Ends a feed. $1 tenant, $2 call, $3 person, $4 its name. One row: when
select reading.stamp(app.revoke_feed($1::int, $2::uuid, $3::text, $4::text))
