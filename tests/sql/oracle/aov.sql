-- Gross cents, and orders.
-- $1: tenant  $2, $3: first and last local day  $4, $5: dimensions or empty  $6: filtered dimension or empty
-- $7: its values, an array  $8: whether rows without a value pass too
-- Answers d1, d2, value (numerator), denominator.
with r as materialized (
	select x.*, oracle.life_of($1::int, x.member) || jsonb_build_object(
			'store', x.store,
			'region', (select s.region from data.stores s where s.tenant = $1::int and s.store = x.store),
			'channel', x.channel,
			'tier', (select m.tier from data.members m where m.tenant = $1::int and m.member = x.member),
			'acquisition_source', (select m.source from data.members m where m.tenant = $1::int and m.member = x.member),
			'coupon_pool', (select c.pool from data.coupons c where c.tenant = $1::int and c.code = x.coupon),
			'campaign', (select p.campaign from data.pools p where p.tenant = $1::int
				and p.pool = (select c.pool from data.coupons c where c.tenant = $1::int and c.code = x.coupon)),
			'campaign_type', (select g.type from data.campaigns g, data.pools p where g.tenant = $1::int and p.tenant = $1::int
				and p.pool = (select c.pool from data.coupons c where c.tenant = $1::int and c.code = x.coupon) and g.campaign = p.campaign))
		|| oracle.grains($1::int, x.ordered_at) as dims
	from data.orders x, data.tenants t, lateral (select (x.ordered_at at time zone t.zone)::date as day) l
	where x.tenant = $1::int and t.tenant = $1::int and l.day between $2::date and $3::date
)
select r.dims ->> $4::text as d1, r.dims ->> $5::text as d2, sum(r.gross_cents), count(distinct r.order_ref)
from r
where ($6::text = '' or r.dims ->> $6 = any ($7::text[]) or ($8::boolean and r.dims ->> $6 is null))
group by 1, 2
