-- Yearly spend that the latest finished run of a policy expects to lose with the members it judged to be slipping.
-- $1: tenant  $2, $3: first and last local day  $4, $5: dimensions or empty  $6: filtered dimension or empty
-- $7: its values, an array  $8: whether rows without a value pass too
-- Answers d1, d2, value (numerator), denominator.
with r as materialized (
	select x.*, oracle.of_member($1::int, x.member) || jsonb_build_object('arm', x.arm, 'policy', l.policy) as dims
	from data.decisions x join oracle.latest_runs l on l.tenant = $1::int and l.run = x.run
	where x.tenant = $1::int
		and x.reason not in (select n.reason from oracle.not_slipping n) and $2::date is not null and $3::date is not null
)
select r.dims ->> $4::text as d1, r.dims ->> $5::text as d2, sum(r.at_risk_cents), 0
from r
where ($6::text = '' or r.dims ->> $6 = any ($7::text[]) or ($8::boolean and r.dims ->> $6 is null))
group by 1, 2
