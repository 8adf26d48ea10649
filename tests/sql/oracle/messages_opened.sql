-- Messages that arrived and were opened.
-- $1: tenant  $2, $3: first and last local day  $4, $5: dimensions or empty  $6: filtered dimension or empty
-- $7: its values, an array  $8: whether rows without a value pass too
-- Answers d1, d2, value (numerator), denominator.
with mail as (   -- what became of each message to each member, and when it was last known to have arrived or not
	select e.tenant, e.message, e.member, min(e.channel) as channel, min(e.campaign) as campaign, min(e.draft::text) as draft,
		(array_agg(e.kind order by e.at desc, e.event desc) filter (where e.kind in ('delivered', 'bounced')))[1] as fate,
		max(e.at) filter (where e.kind in ('delivered', 'bounced')) as at, array_agg(e.kind) as kinds
	from data.message_events e where e.tenant = $1::int group by 1, 2, 3
), r as materialized (
	select x.*,
		oracle.of_member($1::int, x.member)
		|| jsonb_build_object('channel', x.channel,
			'campaign', x.campaign,
			'campaign_type', (select g.type from data.campaigns g where g.tenant = $1::int and g.campaign = x.campaign),
			'policy', (select d.policy from data.drafts d where d.tenant = $1::int and d.draft::text = x.draft),
			'arm', (select d.arm from data.drafts d where d.tenant = $1::int and d.draft::text = x.draft))
		|| oracle.grains($1::int, x.at) as dims
	from mail x, data.tenants t, lateral (select (x.at at time zone t.zone)::date as day) l
	where x.tenant = $1::int and t.tenant = $1::int and l.day between $2::date and $3::date and x.fate = 'delivered' and 'opened' = any (x.kinds)
)
select r.dims ->> $4::text as d1, r.dims ->> $5::text as d2, count(*), 0
from r
where ($6::text = '' or r.dims ->> $6 = any ($7::text[]) or ($8::boolean and r.dims ->> $6 is null))
group by 1, 2
