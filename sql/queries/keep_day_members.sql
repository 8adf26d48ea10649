-- $1 tenant, $2 days, then columns: $3 their sets, $4 counts, $5 digests. Rows: the days whose set was kept
select to_char(unnest(app.keep_day_members($1::int, $2::text[]::date[], $3::bytea[], $4::bigint[]::int[], $5::bytea[])),
	'YYYY-MM-DD')
