-- What agent keys have used up of their budgets in the windows that are open now.
-- $1: tenant  $2, $3: first and last local day  $4, $5: dimensions or empty  $6: filtered dimension or empty
-- $7: its values, an array  $8: whether rows without a value pass too
-- Answers d1, d2, value (numerator), denominator.
with r as materialized (
	select x.*, jsonb_build_object('key', x.key) as dims
	from data.keys x
	where x.tenant = $1::int and $2::date is not null and $3::date is not null
		and x.kind = 'agent' and x.revoked_at is null and coalesce(x.expires_at, 'infinity') > oracle.now()
)
select r.dims ->> $4::text as d1, r.dims ->> $5::text as d2,
	sum(coalesce((select b.net
		from data.budgets b where b.tenant = $1::int and b.key = r.key
	and oracle.now() between b.starts_at and b.ends_at), 0)), 0
from r
where ($6::text = '' or r.dims ->> $6 = any ($7::text[]) or ($8::boolean and r.dims ->> $6 is null))
group by 1, 2
