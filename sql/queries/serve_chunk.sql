-- $1 tenant, $2 call, $3 key, $4 run, $5 fence, $6 kind, $7 points, $8 pool, $9 arm, $10 channel, $11 audience, $12
-- expires at, $13 cool-down in days, then arrays of one value a member: $14 members, $15 coupon codes, $16 sealed
-- subjects, $17 sealed bodies, $18 hashes, $19 and $20 ids of gifts and drafts
select app.serve_chunk($1::int, $2::uuid, $3::text, $4::uuid, $5::bigint, $6::text, $7::bigint, $8::text, $9::text,
	$10::text, $11::text, $12::timestamptz, $13::int, $14::bigint[], $15::text[], $16::bytea[], $17::bytea[],
	$18::bytea[], $19::uuid[], $20::uuid[])
