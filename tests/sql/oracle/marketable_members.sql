-- Members whose last word on a channel, until the last day, was yes.
-- $1: tenant  $2, $3: first and last local day  $4, $5: dimensions or empty  $6: filtered dimension or empty
-- $7: its values, an array  $8: whether rows without a value pass too
-- Answers d1, d2, value (numerator), denominator.
with r as materialized (
	select x.*,
		oracle.of_member($1::int, x.member)
		|| jsonb_build_object('channel', x.channel)
		|| oracle.grains($1::int, x.at) as dims
	from data.consent_changes x, data.tenants t, lateral (select (x.at at time zone t.zone)::date as day) l
	where x.tenant = $1::int and t.tenant = $1::int and l.day <= $3::date and $2::date is not null
)
select g.d1, g.d2, count(distinct g.member) filter (where g.granted), 0
from (select distinct on (1, 2, r.member, r.channel) r.dims ->> $4::text as d1, r.dims ->> $5::text as d2, r.member, r.channel, r.granted
	from r where ($6::text = '' or r.dims ->> $6 = any ($7::text[]) or ($8::boolean and r.dims ->> $6 is null))
	order by 1, 2, r.member, r.channel, r.at desc) g
group by 1, 2
