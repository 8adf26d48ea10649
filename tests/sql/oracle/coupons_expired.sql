-- Coupons issued in the window that ran out unredeemed.
-- $1: tenant  $2, $3: first and last local day  $4, $5: dimensions or empty  $6: filtered dimension or empty
-- $7: its values, an array  $8: whether rows without a value pass too
-- Answers d1, d2, value (numerator), denominator.
with r as materialized (
	select x.*, $3::date - l.day as ago,
		oracle.of_member($1::int, x.member) || oracle.of_pool($1::int, x.pool) || oracle.of_action($1::int, x.action)
		|| oracle.grains($1::int, x.issued_at) as dims
	from data.coupons x, data.tenants t, lateral (select (x.issued_at at time zone t.zone)::date as day) l
	where x.tenant = $1::int and t.tenant = $1::int and l.day between $2::date and $3::date
		and (x.state = 'expired' or (x.state = 'issued' and x.expires_at <= oracle.now()))
		and not exists (select from data.redemptions y where y.tenant = $1::int and y.code = x.code)
)
select r.dims ->> $4::text as d1, r.dims ->> $5::text as d2, count(r.code), 0
from r
where ($6::text = '' or r.dims ->> $6 = any ($7::text[]) or ($8::boolean and r.dims ->> $6 is null))
group by 1, 2
