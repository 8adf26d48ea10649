-- Adds a key. $1 tenant, $2 call, $3 the admin who asks, $4 key id, $5 kind, $6 name, $7 keyed hash of the secret,
-- $8 scopes, $9 cap of one call in cents, $10 calls a minute, $11 budget in cents or null, $12 period,
-- $13 stores and $14 tiers that it is limited to, or null
select app.create_key($1::int, $2::uuid, $3::text, $4::text, $5::text, $6::text, $7::bytea, $8::text[], $9::bigint,
	$10::int, $11::bigint, $12::text, $13::text[], $14::text[])
