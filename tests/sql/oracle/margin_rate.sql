-- What is kept of each line less its cost, and what is kept.
-- $1: tenant  $2, $3: first and last local day  $4, $5: dimensions or empty  $6: filtered dimension or empty
-- $7: its values, an array  $8: whether rows without a value pass too
-- Answers d1, d2, value (numerator), denominator.
with priced as (   -- each line with what it and those above it come to, of all lines of its order
	select l.order_ref, l.category, l.amount_cents, l.cost_cents,
		sum(l.amount_cents) over (partition by l.order_ref order by l.line) as down_to_here,
		sum(l.amount_cents) over (partition by l.order_ref) as altogether
	from data.order_lines l where l.tenant = $1::int
), sold as (
	select o.*, p.category, p.cost_cents, p.amount_cents - case when p.altogether = 0 then 0 else
			floor(o.discount_cents * p.down_to_here / p.altogether)
			- floor(o.discount_cents * (p.down_to_here - p.amount_cents) / p.altogether)
			+ floor(o.refund_cents * p.down_to_here / p.altogether)
			- floor(o.refund_cents * (p.down_to_here - p.amount_cents) / p.altogether) end as kept
	from data.orders o, priced p where o.tenant = $1::int and o.order_ref = p.order_ref and p.cost_cents is not null
), r as materialized (
	select x.*,
		oracle.of_member($1::int, x.member) || oracle.of_code($1::int, x.coupon) || oracle.of_store($1::int, x.store)
		|| jsonb_build_object('product_category', x.category,
			'channel', x.channel)
		|| oracle.grains($1::int, x.ordered_at) as dims
	from sold x, data.tenants t, lateral (select (x.ordered_at at time zone t.zone)::date as day) l
	where x.tenant = $1::int and t.tenant = $1::int and l.day between $2::date and $3::date
)
select r.dims ->> $4::text as d1, r.dims ->> $5::text as d2, sum(r.kept) - sum(r.cost_cents), sum(r.kept)
from r
where ($6::text = '' or r.dims ->> $6 = any ($7::text[]) or ($8::boolean and r.dims ->> $6 is null))
group by 1, 2
