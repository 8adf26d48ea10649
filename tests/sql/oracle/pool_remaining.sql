-- Coupons still available in pools that are not closed.
-- $1: tenant  $2, $3: first and last local day  $4, $5: dimensions or empty  $6: filtered dimension or empty
-- $7: its values, an array  $8: whether rows without a value pass too
-- Answers d1, d2, value (numerator), denominator.
with r as materialized (
	select c.code, jsonb_build_object(
			'coupon_pool', c.pool,
			'campaign', (select p.campaign from data.pools p where p.tenant = $1::int and p.pool = c.pool),
			'campaign_type', (select g.type from data.campaigns g, data.pools p where g.tenant = $1::int and p.tenant = $1::int
				and p.pool = c.pool and g.campaign = p.campaign)) as dims
	from data.coupons c join data.pools p on p.tenant = c.tenant and p.pool = c.pool
	where c.tenant = $1::int and c.state = 'available' and p.state in ('open', 'paused')
		and $2::date is not null and $3::date is not null
)
select r.dims ->> $4::text as d1, r.dims ->> $5::text as d2, count(*), 0
from r
where ($6::text = '' or r.dims ->> $6 = any ($7::text[]) or ($8::boolean and r.dims ->> $6 is null))
group by 1, 2
