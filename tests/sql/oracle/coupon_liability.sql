-- What the coupons that members hold now would take off if all were redeemed.
-- $1: tenant  $2, $3: first and last local day  $4, $5: dimensions or empty  $6: filtered dimension or empty
-- $7: its values, an array  $8: whether rows without a value pass too
-- Answers d1, d2, value (numerator), denominator.
with r as materialized (
	select x.*, oracle.of_member($1::int, x.member) || oracle.of_pool($1::int, x.pool) as dims
	from data.coupons x
	where x.tenant = $1::int and $2::date is not null and $3::date is not null
		and x.state = 'issued' and coalesce(x.expires_at, 'infinity') > oracle.now()
		and not exists (select from data.redemptions y where y.tenant = $1::int and y.code = x.code)
)
select r.dims ->> $4::text as d1, r.dims ->> $5::text as d2, sum((select p.value_cents from data.pools p
	where p.tenant = $1::int and p.pool = r.pool)), 0
from r
where ($6::text = '' or r.dims ->> $6 = any ($7::text[]) or ($8::boolean and r.dims ->> $6 is null))
group by 1, 2
