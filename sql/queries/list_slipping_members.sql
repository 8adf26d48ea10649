-- Members whom the last finished run of a policy found less likely to buy than at their last visit, by what is at
-- risk. $1 tenant, $2 order (here always slipping), $3 tier or null, $4 home store or null, $5 cents at risk and
-- $6 member of the last row of the page before or null, $7 at most so many
-- Rows: cents at risk, member, sealed name, sealed e-mail, JSON of the rest with the risk
with risks as (
	select distinct on (d.member) d.member, d.at_risk_cents as value, l.policy, l.run, l.as_of, d.p_now, d.p_then,
		d.chosen, d.reason
	from reading.last_runs l join reading.decisions d on d.tenant = $1::int and d.run = l.run
	where l.tenant = $1::int and $2::text = 'slipping' and d.p_now < d.p_then
	order by d.member, d.at_risk_cents desc, l.policy
), page as (
	select r.* from risks r
	join reading.members m on m.tenant = $1::int and m.member = r.member
	where ($3::text is null or m.tier = $3::text) and ($4::text is null or m.home_store = $4::text)
		and ($6::bigint is null or r.value < $5::bigint or (r.value = $5::bigint and r.member > $6::bigint))
	order by r.value desc, r.member limit $7::int
)
select p.value, m.member, m.name_sealed, m.email_sealed, reading.member_line(m) || jsonb_build_object('risk',
	jsonb_build_object('policy', p.policy, 'run', p.run, 'as_of', reading.stamp(p.as_of), 'p_now', p.p_now,
		'p_then', p.p_then, 'at_risk_cents', p.value, 'chosen', p.chosen, 'reason', p.reason))
from page p join reading.member_lines m on m.tenant = $1::int and m.member = p.member
order by p.value desc, m.member
