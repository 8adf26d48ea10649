-- $1 tenant, $2 call, $3 the admin who asks, $4 fewest members behind a number that is given out. The same
select app.set_min_group($1::int, $2::uuid, $3::text, $4::int)
