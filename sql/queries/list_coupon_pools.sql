-- Coupon pools in order of id, with what is left in each. $1 tenant, $2 state or null, $3 after this pool or null,
-- $4 at most so many
-- Rows: pool, JSON of it
select p.pool, jsonb_build_object('pool', p.pool, 'name', p.name, 'campaign', p.campaign, 'value_cents', p.value_cents,
	'cost_cents', p.cost_cents, 'valid_days', p.valid_days, 'state', p.state,
	'remaining', (select count(*) from reading.coupons c where c.tenant = $1::int and c.pool = p.pool
		and c.state = 'available'))
from reading.pools p
where p.tenant = $1::int and ($2::text is null or p.state = $2::text) and ($3::text is null or p.pool > $3::text)
order by p.pool limit $4::int
