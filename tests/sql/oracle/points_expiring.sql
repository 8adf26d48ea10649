-- Points that run out within 30 days from now unless they are spent.
-- $1: tenant  $2, $3: first and last local day  $4, $5: dimensions or empty  $6: filtered dimension or empty
-- $7: its values, an array  $8: whether rows without a value pass too
-- Answers d1, d2, value (numerator), denominator.
with r as materialized (
	select x.*, oracle.of_member($1::int, x.member) as dims
	from data.lots x
	where x.tenant = $1::int and $2::date is not null and $3::date is not null and x.state = 'active'
		and x.expires_at between oracle.now() and oracle.now() + interval '30 days'
)
select r.dims ->> $4::text as d1, r.dims ->> $5::text as d2, sum(r.remaining), 0
from r
where ($6::text = '' or r.dims ->> $6 = any ($7::text[]) or ($8::boolean and r.dims ->> $6 is null))
group by 1, 2
