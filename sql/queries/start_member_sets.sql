-- Where reading the sets begins. $1 tenant. One row: the newest move between tiers, the highest number of a member
select coalesce((select max(m.move) from reading.tier_moves m where m.tenant = $1::int), 0),
	coalesce((select max(m.member) from reading.tiers_of_members m where m.tenant = $1), 0)
