-- What the tests compare: the answers that clients got, the books that must agree, and what committed while stopped. Needs
-- track_commit_timestamp. Run as the superuser, who sees all tenants.
create schema testing;

create table testing.answers (load text, line bigint, outcome text, action text, replayed boolean, tries int, cuts int,
	epoch int, said text, took_us bigint);

-- One sentence for each thing that does not agree. The tables grew in seconds and have no statistics: joined row by row,
-- thirty thousand actions took minutes.
create function testing.books() returns setof text language sql stable set enable_nestloop = off set enable_mergejoin = off
	set work_mem = '64MB' as $$
	with spent as (
		select a.tenant, a.key, a.budget_starts_at as starts_at, sum(a.value_cents) as gross,
			coalesce(sum(a.value_cents) filter (where a.state = 'done'
				and coalesce(d.state not in ('rejected', 'expired', 'void', 'failed'), true)), 0) as net
		from data.actions a left join data.drafts d on d.tenant = a.tenant and d.draft = a.action group by 1, 2, 3
	)
	select format('budget of %s: net %s, its actions are worth %s', b.key, b.net, coalesce(s.net, 0))
		from data.budgets b left join spent s using (tenant, key, starts_at) where b.net <> coalesce(s.net, 0)
	union all
	select format('budget of %s: gross %s, its actions are worth %s', b.key, b.gross, coalesce(s.gross, 0))
		from data.budgets b left join spent s using (tenant, key, starts_at) where b.gross <> coalesce(s.gross, 0)
	union all
	select format('actions of %s have no budget', s.key) from spent s
		left join data.budgets b using (tenant, key, starts_at) where b.key is null
	union all
	select format('member %s: balance %s, ledger %s, lots %s', member, b.points, l.sum, o.sum)
		from (select tenant, member, points from data.balances) b
		full join (select tenant, member, sum(delta) from data.ledger group by 1, 2) l using (tenant, member)
		full join (select tenant, member, sum(remaining) from data.lots group by 1, 2) o using (tenant, member)
		where coalesce(b.points, 0) <> coalesce(l.sum, 0) or coalesce(b.points, 0) <> coalesce(o.sum, 0)
	union all
	select format('action %s has %s ledger rows', a.action, count(l.entry)) from data.actions a
		left join data.ledger l on l.tenant = a.tenant and l.action = a.action and l.kind = 'earn'
		where a.tool = 'earn_points' group by a.action having count(l.entry) <> 1
	union all
	select format('action %s has %s coupons', a.action, count(c.code)) from data.actions a
		left join data.coupons c on c.tenant = a.tenant and c.action = a.action
		where a.tool = 'issue_coupon' group by a.action having count(c.code) <> 1
	union all
	select format('action %s is worth %s, its coupon costs %s', a.action, a.value_cents, p.cost_cents) from data.actions a
		join data.coupons c on c.tenant = a.tenant and c.action = a.action join data.pools p on p.tenant = c.tenant and p.pool = c.pool
		where a.tool = 'issue_coupon' and a.value_cents <> p.cost_cents
	union all
	select format('action %s is worth %s for %s points', a.action, a.value_cents, a.detail ->> 'points') from data.actions a
		join data.tenants t using (tenant) where a.tool = 'earn_points'
		and a.value_cents <> ((a.detail ->> 'points')::bigint * t.cents_per_100_points + 99) / 100
	union all
	select format('idempotency key %s has no action or no answer', i.idem) from data.idempotency i
		left join data.actions a using (tenant, key, idem)
		where a.action is null or i.answer is null or i.answer ->> 'action' <> a.action::text
	union all
	select format('action %s has no idempotency key', a.action) from data.actions a
		left join data.idempotency i using (tenant, key, idem) where a.run is null and i.idem is null
	union all
	select format('action %s is not in the audit', a.action) from data.actions a
		left join journal.audit j on j.tenant = a.tenant and j.call = a.action and j.decision = 'executed'
		where a.run is null and j.call is null
$$;

-- Actions that committed between a stop's commit and the next resume's: by the commit times, so no moment is unseen.
create function testing.late_actions() returns bigint language sql stable as $$
	with events as (
		select pg_xact_commit_timestamp(xmin) as at, (tool = 'stop_agent')::int as stopped from journal.audit
			where tool in ('stop_agent', 'resume') and decision = 'executed'
		union all
		select pg_xact_commit_timestamp(xmin), null from data.actions
	), runs as (
		select at, stopped, count(stopped) over (order by at) as run from events
	)
	select count(*) from runs r join runs s on s.run = r.run and s.stopped = 1 where r.stopped is null
$$;

-- Actions of a key that committed after a power over it had (revoke_key, change_budget), by the first such audit row.
create function testing.actions_after(p_key text, p_tool text) returns bigint language sql stable as $$
	select count(*) from data.actions a where a.key = p_key and pg_xact_commit_timestamp(a.xmin) >
		(select min(pg_xact_commit_timestamp(j.xmin)) from journal.audit j where j.tool = p_tool and j.detail ->> 'key' = p_key)
$$;
