-- Sums up the days that are stale for longest. $1 tenant, $2 how many days at most. How many are left; -1: busy
select app.roll_days($1::int, $2::int)
