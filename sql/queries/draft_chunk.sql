-- $1 tenant, $2 call, $3 key, $4 run, $5 fence, $6 channel, $7 audience, $8 arm, $9 expires at, $10 cool-down in days,
-- then arrays of one value a member: $11 members, $12 sealed subjects, $13 sealed bodies, $14 hashes
select app.draft_chunk($1::int, $2::uuid, $3::text, $4::uuid, $5::bigint, $6::text, $7::text, $8::text, $9::timestamptz,
	$10::int, $11::bigint[], $12::bytea[], $13::bytea[], $14::bytea[])
