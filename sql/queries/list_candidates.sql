-- Candidates of a page of members (app.candidates), one row of arrays: numbers, and the sealed names.
-- $1 tenant, $2 as of, $3 and $4 members above the one and up to the other, $5 r, $6 alpha, $7 a, $8 b, $9 modified,
-- $10 horizon in days, $11 tiers, $12 least repeat days, $13 least and $14 most days since the last, $15 least spend in
-- 365 days, $16 the run, $17 as of as a local day
select * from app.candidates($1::int, $2::timestamptz, $3::bigint, $4::bigint, $5::float8, $6::float8, $7::float8,
	$8::float8, $9::boolean, $10::int, $11::text[], $12::int, $13::int, $14::int, $15::bigint, $16::uuid, $17::date)
