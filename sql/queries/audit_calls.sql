-- The audit committer's batch of one tenant.
-- $1 tenant, $2 time, then one array a column: $3 call ids, $4 principals, $5 doors, $6 tools, $7 decisions, $8 codes,
-- $9 digests, $10 row counts, $11 durations in us
-- One row: the principals that are not valid keys (comma separated), the tenant's data version
select array_to_string(bad_keys, ','), data_version
from app.audit_calls($1::int, $2::timestamptz, $3::uuid[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[],
	$9::bytea[], $10::bigint[], $11::bigint[])
