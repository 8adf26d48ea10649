-- The audit committer's batch of one tenant.
-- $1 tenant, then one array a column: $2 call ids, $3 times, $4 principals, $5 doors, $6 tools, $7 decisions, $8 codes,
-- $9 digests, $10 row counts, $11 durations in us, $12 details
-- One row: the principals that are not valid keys (comma separated), the tenant's data version
select array_to_string(bad_keys, ','), data_version
from app.audit_calls($1::int, $2::uuid[], $3::timestamptz[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[],
	$9::bytea[], $10::int[], $11::int[], $12::jsonb[])
