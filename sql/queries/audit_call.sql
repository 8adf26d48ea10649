-- The row of a call that comes alone to the audit committer.
-- $1 tenant, $2 call id, $3 principal, $4 door, $5 tool, $6 decision, $7 code, $8 digest, $9 row count,
-- $10 duration in us, $11 version of the limits under which was answered
-- One word, as of audit_calls
select app.audit_call($1::int, $2::uuid, $3::text, $4::text, $5::text, $6::text, $7::text, $8::bytea, $9::bigint,
	$10::bigint, $11::bigint)
