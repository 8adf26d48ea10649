-- Discounts of the orders of the window, and what the points earned in it cost at the price of a point as it is now.
-- $1: tenant  $2, $3: first and last local day  $4, $5: dimensions or empty  $6: filtered dimension or empty
-- $7: its values, an array  $8: whether rows without a value pass too
-- Answers d1, d2, value (numerator), denominator.
with r as materialized (
	select x.delta as earned, 0 as off, oracle.of_member($1::int, x.member) || oracle.grains($1::int, x.at) as dims
	from data.ledger x, data.tenants t,
		lateral (select (x.at at time zone t.zone)::date as day) l
	where x.tenant = $1::int and t.tenant = $1::int and l.day between $2::date and $3::date
		and x.kind = 'earn'
	union all
	select 0, x.discount_cents, oracle.of_member($1::int, x.member) || oracle.grains($1::int, x.ordered_at)
	from data.orders x, data.tenants t,
		lateral (select (x.ordered_at at time zone t.zone)::date as day) l
	where x.tenant = $1::int and t.tenant = $1::int and l.day between $2::date and $3::date
)
select r.dims ->> $4::text as d1, r.dims ->> $5::text as d2, sum(r.off) + round(sum(r.earned)::numeric
	* (select t.cents_per_100_points from data.tenants t where t.tenant = $1::int) / 100), 0
from r
where ($6::text = '' or r.dims ->> $6 = any ($7::text[]) or ($8::boolean and r.dims ->> $6 is null))
group by 1, 2
