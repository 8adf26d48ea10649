-- A key's new limits. $1 tenant, $2 call, $3 the admin who asks, $4 key id, $5 stores and $6 tiers (null: all). The
-- answer as JSON.
select app.limit_key($1::int, $2::uuid, $3::text, $4::text, $5::text[], $6::text[])
