-- Redemptions of the days.
-- $1: tenant  $2, $3: first and last local day  $4, $5: dimensions or empty  $6: filtered dimension or empty
-- $7: its values, an array  $8: whether rows without a value pass too
-- Answers d1, d2, value (numerator), denominator.
with r as materialized (
	select x.*, jsonb_build_object(
			'coupon_pool', x.pool,
			'campaign', (select p.campaign from data.pools p where p.tenant = $1::int and p.pool = x.pool),
			'campaign_type', (select g.type from data.campaigns g, data.pools p where g.tenant = $1::int and p.tenant = $1::int
				and p.pool = x.pool and g.campaign = p.campaign),
			'store', x.store,
			'region', (select s.region from data.stores s where s.tenant = $1::int and s.store = x.store),
			'tier', (select m.tier from data.members m where m.tenant = $1::int and m.member = x.member),
			'acquisition_source', (select m.source from data.members m where m.tenant = $1::int and m.member = x.member))
		|| oracle.grains($1::int, x.redeemed_at) as dims
	from data.redemptions x, data.tenants t, lateral (select (x.redeemed_at at time zone t.zone)::date as day) l
	where x.tenant = $1::int and t.tenant = $1::int and l.day between $2::date and $3::date
)
select r.dims ->> $4::text as d1, r.dims ->> $5::text as d2, count(distinct r.redemption), 0
from r
where ($6::text = '' or r.dims ->> $6 = any ($7::text[]) or ($8::boolean and r.dims ->> $6 is null))
group by 1, 2
