-- The audit committer's batch of one tenant.
-- $1 tenant, then one array a column: $2 call ids, $3 principals, $4 doors, $5 tools, $6 decisions, $7 codes,
-- $8 digests, $9 row counts, $10 durations in us, $11 versions of the limits under which was answered
-- One word: "VERSION", the tenant's data version, or "VERSION {KEY: null | {version, limits}, …}" with the keys that
-- are not valid (null) or have other limits now
select app.audit_calls($1::int, $2::uuid[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::bytea[],
	$9::bigint[], $10::bigint[], $11::bigint[])
