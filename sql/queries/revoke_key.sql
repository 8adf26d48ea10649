-- Ends a key. $1 tenant, $2 call, $3 the admin who asks, $4 key id. The moment of it (UTC).
select reading.stamp(app.now()) from app.revoke_key($1::int, $2::uuid, $3::text, $4::text)
