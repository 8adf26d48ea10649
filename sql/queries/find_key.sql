-- The key a caller presented. $1 tenant, $2 key id. No row when there is none.
select kind, name, secret_hash, scopes, cap_cents, calls_per_minute, valid, limits,
	limits_version
from app.find_key($1::int, $2::text)
