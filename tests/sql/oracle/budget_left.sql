-- What valid agent keys have left at the moment that is held.
-- $1: tenant  $2, $3: first and last local day  $4, $5: dimensions or empty  $6: filtered dimension or empty
-- $7: its values, an array  $8: whether rows without a value pass too
-- Answers d1, d2, value (numerator), denominator.
with r as materialized (
	select jsonb_build_object('key', k.key) as dims,
		coalesce((select b.net_limit - b.net from data.budgets b where b.tenant = $1::int and b.key = k.key
			and oracle.now() between b.starts_at and b.ends_at), k.budget_cents) as cents
	from data.keys k
	where k.tenant = $1::int and k.kind = 'agent' and k.revoked_at is null
		and coalesce(k.expires_at, 'infinity') > oracle.now() and $2::date is not null and $3::date is not null
)
select r.dims ->> $4::text as d1, r.dims ->> $5::text as d2, sum(r.cents), 0
from r
where ($6::text = '' or r.dims ->> $6 = any ($7::text[]) or ($8::boolean and r.dims ->> $6 is null))
group by 1, 2
