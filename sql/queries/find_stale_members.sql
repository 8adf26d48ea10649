-- Days whose set of members is stale, and that are left alone: the newest.
-- $1 tenant, $2 how many at most. Rows: day
select to_char(s.day, 'YYYY-MM-DD') from reading.stale_days s
	where s.tenant = $1::int and s.kind = 'members' and s.is_left_alone
	order by s.day desc limit $2::int
