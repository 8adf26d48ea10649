-- $1 tenant, $2 call, $3 key, $4 run, $5 fence, $6 kind, $7 points, $8 pool, $9 cool-down in days, $10 members
select app.act_chunk($1::int, $2::uuid, $3::text, $4::uuid, $5::bigint, $6::text, $7::bigint, $8::text, $9::int,
	$10::bigint[])
