-- Where each policy stands. $1 tenant
-- Rows: policy, version, key, enabled, running, next run, last run's id, state, start, chosen members, cents it spent
select p.policy, p.version, p.key, p.enabled, p.running, reading.stamp(p.next_run_at), r.run, r.state,
	reading.stamp(r.started_at), r.summary ->> 'chosen', r.spent_cents
from reading.policies p
left join lateral (select x.* from reading.policy_runs x where x.tenant = $1::int and x.policy = p.policy
	order by x.started_at desc limit 1) r on true
where p.tenant = $1::int order by p.policy
