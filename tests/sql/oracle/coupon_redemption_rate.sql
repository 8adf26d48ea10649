-- Coupons issued in the days that were redeemed, and all of them but those voided.
-- $1: tenant  $2, $3: first and last local day  $4, $5: dimensions or empty  $6: filtered dimension or empty
-- $7: its values, an array  $8: whether rows without a value pass too
-- Answers d1, d2, value (numerator), denominator.
with r as materialized (
	select x.*, jsonb_build_object(
			'coupon_pool', x.pool,
			'campaign', (select p.campaign from data.pools p where p.tenant = $1::int and p.pool = x.pool),
			'campaign_type', (select g.type from data.campaigns g, data.pools p where g.tenant = $1::int and p.tenant = $1::int
				and p.pool = x.pool and g.campaign = p.campaign),
			'store', (select m.home_store from data.members m where m.tenant = $1::int and m.member = x.member),
			'region', (select s.region from data.stores s, data.members m where s.tenant = $1::int and m.tenant = $1::int
				and m.member = x.member and s.store = m.home_store),
			'tier', (select m.tier from data.members m where m.tenant = $1::int and m.member = x.member),
			'acquisition_source', (select m.source from data.members m where m.tenant = $1::int and m.member = x.member),
			'policy', (select r.policy from data.runs r, data.actions a where r.tenant = $1::int and a.tenant = $1::int
				and a.action = x.action and r.run = a.run),
			'arm', (select d.arm from data.decisions d, data.actions a where d.tenant = $1::int and a.tenant = $1::int
				and a.action = x.action and d.run = a.run and d.member = a.member))
		|| oracle.grains($1::int, x.issued_at) as dims
	from data.coupons x, data.tenants t, lateral (select (x.issued_at at time zone t.zone)::date as day) l
	where x.tenant = $1::int and t.tenant = $1::int
		and l.day between $2::date and $3::date and x.state not in ('available', 'voided')
)
select r.dims ->> $4::text as d1, r.dims ->> $5::text as d2,
	count(distinct r.code) filter (where r.state = 'redeemed'
		or r.code in (select z.code from data.redemptions z where z.tenant = $1::int)), count(distinct r.code)
from r
where ($6::text = '' or r.dims ->> $6 = any ($7::text[]) or ($8::boolean and r.dims ->> $6 is null))
group by 1, 2
