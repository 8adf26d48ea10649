-- What the reading tools see. Tenant first; sealed values stay sealed; secrets and message hashes' inputs are not
-- here. What shows members keeps to the limits of the key that is served (limits.sql). The owner reads under forced row
-- security, so a view shows one tenant even if a query forgets to ask.

-- A moment as the tools write it: UTC, to the second, the same whatever the session's zone is.
create function reading.stamp(p_at timestamptz) returns text language sql stable as $$
	select to_char(p_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"')
$$;
grant execute on function reading.stamp(timestamptz) to flashd;

create view reading.stores as
	select s.tenant, s.store, s.name, s.region, s.opened_on from data.stores s
	where coalesce(s.store = any ((select reading.limit_of('store'))::text[]),
		(select reading.limit_of('store')) is null);

create view reading.tiers as
	select t.tenant, t.tier, t.name, t.rank, t.threshold_cents from data.tiers t
	where coalesce(t.tier = any ((select reading.limit_of('tier'))::text[]), (select reading.limit_of('tier')) is null);

create view reading.pools as
	select p.tenant, p.pool, p.name, p.campaign, p.value_cents, p.cost_cents, p.valid_days, p.state from data.pools p;

create view reading.coupons as
	select c.tenant, c.code, c.pool, c.member, c.state, c.issued_at, c.expires_at, c.redeemed_at, c.action
	from data.coupons c;

create view reading.members as
	select m.tenant, m.member, m.name_sealed, m.email_sealed, m.phone_sealed, m.email_index, m.tier, m.home_store,
		m.source, m.enrolled_at
	from data.members m
	where coalesce(m.home_store = any ((select reading.limit_of('store'))::text[]),
			(select reading.limit_of('store')) is null)
		and coalesce(m.tier = any ((select reading.limit_of('tier'))::text[]),
			(select reading.limit_of('tier')) is null);

create view reading.member_stats as
	select s.tenant, s.member, s.first_on, s.last_on, s.days, s.orders, s.spend_cents, s.year_cents
	from data.member_stats s;

create view reading.balances as
	select b.tenant, b.member, b.points from data.balances b;

-- A member as the lists show it, and its JSON but for name and address, which are sealed.
create view reading.member_lines as
	select m.tenant, m.member, m.name_sealed, m.email_sealed, m.tier, m.home_store, m.enrolled_at, s.last_on,
		coalesce(s.orders, 0) as orders, coalesce(s.spend_cents, 0) as spend_cents, coalesce(b.points, 0) as points
	from data.members m
	left join data.member_stats s on s.tenant = m.tenant and s.member = m.member
	left join data.balances b on b.tenant = m.tenant and b.member = m.member
	where coalesce(m.home_store = any ((select reading.limit_of('store'))::text[]),
			(select reading.limit_of('store')) is null)
		and coalesce(m.tier = any ((select reading.limit_of('tier'))::text[]),
			(select reading.limit_of('tier')) is null);

create function reading.member_line(m reading.member_lines) returns jsonb language sql stable as $$
	select jsonb_build_object('tier', m.tier, 'home_store', m.home_store, 'enrolled_at', reading.stamp(m.enrolled_at),
		'orders', m.orders, 'spend_cents', m.spend_cents, 'last_order_on', m.last_on, 'points', m.points)
$$;
grant execute on function reading.member_line(reading.member_lines) to flashd;

create view reading.consents as
	select c.tenant, c.member, c.channel, c.granted, c.at, c.source from data.consents c;

create view reading.orders as
	select o.tenant, o.order_ref, o.member, o.store, o.channel, o.ordered_at, o.gross_cents, o.discount_cents,
		o.refund_cents, o.units
	from data.orders o;

create view reading.actions as
	select a.tenant, a.action, a.key, a.tool, a.run, a.member, a.value_cents, a.detail, a.state, a.created_at,
		a.undone_at, a.undone_by
	from data.actions a
	where ((select reading.limit_of('store')) is null and (select reading.limit_of('tier')) is null)
		or exists (select from reading.members m where m.tenant = a.tenant and m.member = a.member);

create view reading.drafts as
	select d.tenant, d.draft, d.member, d.run, d.policy, d.policy_version, d.arm, d.channel, d.audience,
		d.subject_sealed, d.body_sealed, d.text_hash, d.state, d.created_at, d.expires_at, d.decided_by, d.decided_at,
		d.reason
	from data.drafts d
	where ((select reading.limit_of('store')) is null and (select reading.limit_of('tier')) is null)
		or exists (select from reading.members m where m.tenant = d.tenant and m.member = d.member);

create view reading.runs as
	select r.tenant, r.run, r.policy, r.version, r.key, r.as_of, r.dry_run, r.state, r.budget_cents, r.spent_cents,
		r.started_at, r.ended_at, r.summary
	from data.runs r;

-- Where every policy's last finished run is: its decisions are the present word about a member.
create view reading.last_runs as
	select distinct on (r.tenant, r.policy) r.tenant, r.policy, r.run, r.as_of
	from data.runs r where r.state = 'done' order by r.tenant, r.policy, r.started_at desc;

create view reading.decisions as
	select d.tenant, d.run, d.member, d.p_now, d.p_then, d.at_risk_cents, d.arm, d.value_cents, d.chosen, d.reason
	from data.decisions d;
