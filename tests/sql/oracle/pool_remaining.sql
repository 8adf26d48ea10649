-- Coupons still available in pools that are not closed; none is a number too.
-- $1: tenant  $2, $3: first and last local day  $4, $5: dimensions or empty  $6: filtered dimension or empty
-- $7: its values, an array  $8: whether rows without a value pass too
-- Answers d1, d2, value (numerator), denominator.
with r as materialized (
	select c.code, oracle.of_pool($1::int, x.pool) as dims
	from data.pools x left join data.coupons c on c.tenant = $1::int and c.pool = x.pool and c.state = 'available'
	where x.tenant = $1::int and x.state in ('open', 'paused') and $2::date is not null and $3::date is not null
)
select r.dims ->> $4::text as d1, r.dims ->> $5::text as d2, count(r.code), 0
from r
where ($6::text = '' or r.dims ->> $6 = any ($7::text[]) or ($8::boolean and r.dims ->> $6 is null))
group by 1, 2
