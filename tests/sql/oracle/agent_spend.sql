-- Cents of what agent keys did in the days and what stands.
-- $1: tenant  $2, $3: first and last local day  $4, $5: dimensions or empty  $6: filtered dimension or empty
-- $7: its values, an array  $8: whether rows without a value pass too
-- Answers d1, d2, value (numerator), denominator.
with r as materialized (
	select x.*,
		oracle.of_member($1::int, x.member) || oracle.of_action($1::int, x.action)
		|| jsonb_build_object('tool', x.tool, 'key', x.key)
		|| oracle.grains($1::int, x.created_at) as dims
	from data.actions x, data.tenants t, lateral (select (x.created_at at time zone t.zone)::date as day) l
	where x.tenant = $1::int and t.tenant = $1::int and l.day between $2::date and $3::date and x.state <> 'undone'
		and x.key in (select k.key from data.keys k where k.tenant = $1::int and k.kind = 'agent')
		and x.action not in (select d.draft from data.drafts d where d.tenant = $1::int
			and d.state not in ('waiting', 'approved', 'sending', 'sent', 'unknown', 'held'))
)
select r.dims ->> $4::text as d1, r.dims ->> $5::text as d2, sum(r.value_cents), 0
from r
where ($6::text = '' or r.dims ->> $6 = any ($7::text[]) or ($8::boolean and r.dims ->> $6 is null))
group by 1, 2
