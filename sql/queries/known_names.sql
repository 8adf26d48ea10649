-- The names of one kind that a tenant has; the one that was asked for comes first. Runs are found but not listed.
-- $1 tenant, $2 kind (tier, store, region, pool, policy, key, run), $3 the name that was given
-- Rows: name, whether it is the one
select name, name = $3::text or $2::text = 'run' from (
	select tier as name from reading.tiers where tenant = $1::int and $2::text = 'tier'
	union all select store from reading.stores where tenant = $1::int and $2::text = 'store'
	union select region from reading.stores where tenant = $1::int and $2::text = 'region' and region is not null
	union all select pool from reading.pools where tenant = $1::int and $2::text = 'pool'
	union all select policy from reading.policies where tenant = $1::int and $2::text = 'policy'
	union all select key from reading.keys where tenant = $1::int and $2::text = 'key'
	union all select run::text from reading.runs where tenant = $1::int and $2::text = 'run'
		and run::text = lower($3::text)
) x order by (name = $3::text) desc, name limit 100
