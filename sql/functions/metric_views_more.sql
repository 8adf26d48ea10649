-- More of what numbers may be made of: states as they are now, messages that went out, decisions, calls. The rules are
-- those of metric_views.sql, which this follows in name and order.

-- Every member as of now.
create view metric.profiles as
	select m.tenant, m.member, coalesce(b.points, 0) as balance,
		exists (select from data.consents c where c.tenant = m.tenant and c.member = m.member and c.granted)
			as marketable,
		exists (select from data.consents c where c.tenant = m.tenant and c.member = m.member and c.granted
			and c.channel = 'email') as email_granted,
		exists (select from data.consents c where c.tenant = m.tenant and c.member = m.member and c.granted
			and c.channel = 'sms') as sms_granted,
		m.tier is not null as has_tier, h.last_on is null as never_bought, h.orders,
		m.home_store as store, s.region, m.tier, m.source as acquisition_source,
		metric.lifecycle(m.member, h.first_on, h.last_on, (t.data_as_of at time zone t.zone)::date) as lifecycle
	from data.members m
	left join data.tenants t on t.tenant = m.tenant
	left join data.member_stats h on h.tenant = m.tenant and h.member = m.member
	left join data.balances b on b.tenant = m.tenant and b.member = m.member
	left join data.stores s on s.tenant = m.tenant and s.store = m.home_store;

-- Points by the lot they were earned in. `expiring`: within 30 days from now.
create view metric.lots as
	select l.tenant, l.lot, l.member, l.points, l.remaining, l.state,
		l.expires_at > app.now() and l.expires_at <= app.now() + interval '30 days' as expiring,
		m.home_store as store, s.region, m.tier, m.source as acquisition_source
	from data.lots l
	left join data.members m on m.tenant = l.tenant and m.member = l.member
	left join data.stores s on s.tenant = m.tenant and s.store = m.home_store;

-- Coupons that members hold and can still redeem.
create view metric.open_coupons as
	select c.tenant, c.code, c.member, p.value_cents, c.pool as coupon_pool, p.campaign, g.type as campaign_type,
		m.home_store as store, s.region, m.tier, m.source as acquisition_source
	from data.coupons c
	left join data.pools p on p.tenant = c.tenant and p.pool = c.pool
	left join data.campaigns g on g.tenant = p.tenant and g.campaign = p.campaign
	left join data.members m on m.tenant = c.tenant and m.member = c.member
	left join data.stores s on s.tenant = m.tenant and s.store = m.home_store
	where c.state = 'issued' and (c.expires_at is null or c.expires_at > app.now())
		and not exists (select from data.redemptions x where x.tenant = c.tenant and x.code = c.code);

-- Attempts to send that ended, each with its outcome.
create view metric.messages as
	select a.tenant, a.settled_at, a.draft, d.member, a.outcome, d.channel, d.policy, d.arm,
		m.home_store as store, s.region, m.tier, m.source as acquisition_source
	from data.attempts a
	left join data.drafts d on d.tenant = a.tenant and d.draft = a.draft
	left join data.members m on m.tenant = d.tenant and m.member = d.member
	left join data.stores s on s.tenant = m.tenant and s.store = m.home_store
	where a.settled_at is not null;

-- What finished runs, dry ones apart, decided of each candidate.
create view metric.decisions as
	select r.tenant, r.started_at, r.run, d.member, d.chosen, d.reason = 'held_out' as held_out, d.at_risk_cents,
		r.policy, d.arm, m.home_store as store, s.region, m.tier, m.source as acquisition_source
	from data.runs r
	join data.decisions d on d.tenant = r.tenant and d.run = r.run
	left join data.members m on m.tenant = d.tenant and m.member = d.member
	left join data.stores s on s.tenant = m.tenant and s.store = m.home_store
	where r.state = 'done' and not r.dry_run;

create view metric.calls as
	select a.tenant, a.at, a.call, a.decision::text, a.tool from journal.audit a;
