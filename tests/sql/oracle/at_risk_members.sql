-- Members judged to be slipping by run 2 of the policy slipping and run 4 of lapsed, the latest that count.
-- $1: tenant  $2, $3: first and last local day  $4, $5: dimensions or empty  $6: filtered dimension or empty
-- $7: its values, an array  $8: whether rows without a value pass too
-- Answers d1, d2, value (numerator), denominator.
with r as materialized (
	select d.member, jsonb_build_object('policy', case when d.run = md5('run2' || $1::int)::uuid then 'slipping' else 'lapsed' end,
			'arm', d.arm,
			'store', (select m.home_store from data.members m where m.tenant = $1::int and m.member = d.member),
			'region', (select s.region from data.stores s, data.members m where s.tenant = $1::int and m.tenant = $1::int
				and m.member = d.member and s.store = m.home_store),
			'tier', (select m.tier from data.members m where m.tenant = $1::int and m.member = d.member),
			'acquisition_source', (select m.source from data.members m where m.tenant = $1::int and m.member = d.member)) as dims
	from data.decisions d
	where d.tenant = $1::int and d.run in (md5('run2' || $1::int)::uuid, md5('run4' || $1::int)::uuid)
		and d.reason in ('chosen', 'held_out', 'no_consent') and $2::date is not null and $3::date is not null
)
select r.dims ->> $4::text as d1, r.dims ->> $5::text as d2, count(distinct r.member), 0
from r
where ($6::text = '' or r.dims ->> $6 = any ($7::text[]) or ($8::boolean and r.dims ->> $6 is null))
group by 1, 2
