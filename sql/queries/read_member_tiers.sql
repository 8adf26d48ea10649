-- The members of each tier, of the numbers from $2 to $3. $1 tenant. Rows: tier, its members
select m.tier, array_agg(m.member) from reading.tiers_of_members m
	where m.tenant = $1::int and m.member between $2::bigint and $3::bigint and m.tier is not null
	group by m.tier
