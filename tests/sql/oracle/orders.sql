-- The orders of the days.
-- $1: tenant  $2, $3: first and last local day  $4, $5: dimensions or empty  $6: filtered dimension or empty
-- $7: its values, an array  $8: whether rows without a value pass too
-- Answers d1, d2, value (numerator), denominator.
with r as materialized (
	select x.*,
		oracle.of_member($1::int, x.member) || oracle.of_code($1::int, x.coupon) || oracle.of_store($1::int, x.store)
		|| jsonb_build_object('channel', x.channel)
		|| oracle.grains($1::int, x.ordered_at) as dims
	from data.orders x, data.tenants t, lateral (select (x.ordered_at at time zone t.zone)::date as day) l
	where x.tenant = $1::int and t.tenant = $1::int and l.day between $2::date and $3::date
)
select r.dims ->> $4::text as d1, r.dims ->> $5::text as d2, count(distinct r.order_ref), 0
from r
where ($6::text = '' or r.dims ->> $6 = any ($7::text[]) or ($8::boolean and r.dims ->> $6 is null))
group by 1, 2
