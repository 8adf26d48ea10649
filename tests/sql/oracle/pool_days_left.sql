-- How many days the coupons left in pools that are not closed last, at the pace at which the last 28 days gave them out.
-- $1: tenant  $2, $3: first and last local day  $4, $5: dimensions or empty  $6: filtered dimension or empty
-- $7: its values, an array  $8: whether rows without a value pass too
-- Answers d1, d2, value (numerator), denominator.
with r as materialized (
	select x.*, oracle.of_pool($1::int, x.pool) as dims
	from data.pools x
	where x.tenant = $1::int and $2::date is not null and $3::date is not null and x.state <> 'closed'
)
select r.dims ->> $4::text as d1, r.dims ->> $5::text as d2,
	28 * sum((select count(*)
		from data.coupons c where c.tenant = $1::int and c.pool = r.pool and c.state = 'available')),
	sum((select count(*)
		from data.coupons c where c.tenant = $1::int and c.pool = r.pool
	and c.issued_at > oracle.now() - interval '28 days' and c.issued_at <= oracle.now()))
from r
where ($6::text = '' or r.dims ->> $6 = any ($7::text[]) or ($8::boolean and r.dims ->> $6 is null))
group by 1, 2
