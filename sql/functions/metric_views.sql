-- What numbers may be made of: one view per source of mcp/metrics/sources.def, each with its time column and every
-- dimension as a column. Every join is a left join on a unique key, so that PostgreSQL leaves out those whose columns a
-- query does not name. The views belong to the owner, on whom row security is forced: a reader sees one tenant, the one
-- in the setting flash.tenant. A member's tier, home store and region are today's.

create view metric.tenants as
	select t.tenant, t.zone, t.week_start, t.currency, t.data_version, t.data_as_of, t.retail,
		t.fiscal_month, t.min_group, app.now() as now
	from data.tenants t;

-- Where a member stands on the day until which data are known: bought for the first time in the 90 days before it
-- (new), bought in them (active), in the year before it (dormant), longer ago (lapsed), never. Inlined where used.
create function metric.lifecycle(p_member bigint, p_first date, p_last date, p_day date) returns text
language sql immutable as $$
	select case when p_member is null then null when p_last is null then 'never_bought'
		when p_first > p_day - 90 then 'new' when p_last > p_day - 90 then 'active'
		when p_last > p_day - 365 then 'dormant' else 'lapsed' end
$$;
grant execute on function metric.lifecycle(bigint, date, date, date) to flashd;

-- `bought_before`: on a later day than the member's first purchase. `new_member`: within 30 days of enrolment.
create view metric.orders as
	select o.tenant, o.ordered_at, o.order_ref, o.member, o.gross_cents, o.discount_cents, o.refund_cents, o.units,
		o.coupon, o.store, s.region, o.channel, m.tier, m.source as acquisition_source, c.pool as coupon_pool,
		p.campaign, a.type as campaign_type,
		(o.ordered_at at time zone t.zone)::date > h.first_on as bought_before,
		o.ordered_at < m.enrolled_at + interval '30 days' as new_member,
		metric.lifecycle(m.member, h.first_on, h.last_on, (t.data_as_of at time zone t.zone)::date) as lifecycle
	from data.orders o
	left join data.tenants t on t.tenant = o.tenant
	left join data.member_stats h on h.tenant = o.tenant and h.member = o.member
	left join data.stores s on s.tenant = o.tenant and s.store = o.store
	left join data.members m on m.tenant = o.tenant and m.member = o.member
	left join data.coupons c on c.tenant = o.tenant and c.code = o.coupon
	left join data.pools p on p.tenant = c.tenant and p.pool = c.pool
	left join data.campaigns a on a.tenant = p.tenant and a.campaign = p.campaign;

create view metric.members as
	select m.tenant, m.enrolled_at, m.member, m.home_store as store, s.region, m.tier, m.source as acquisition_source,
		metric.lifecycle(m.member, h.first_on, h.last_on, (t.data_as_of at time zone t.zone)::date) as lifecycle
	from data.members m
	left join data.tenants t on t.tenant = m.tenant
	left join data.member_stats h on h.tenant = m.tenant and h.member = m.member
	left join data.stores s on s.tenant = m.tenant and s.store = m.home_store;

create view metric.points as
	select l.tenant, l.at, l.entry, l.member, l.delta, l.kind, t.cents_per_100_points,
		m.home_store as store, s.region, m.tier, m.source as acquisition_source, r.policy, d.arm
	from data.ledger l
	left join data.tenants t on t.tenant = l.tenant
	left join data.members m on m.tenant = l.tenant and m.member = l.member
	left join data.stores s on s.tenant = m.tenant and s.store = m.home_store
	left join data.actions a on a.tenant = l.tenant and a.action = l.action
	left join data.runs r on r.tenant = a.tenant and r.run = a.run
	left join data.decisions d on d.tenant = a.tenant and d.run = a.run and d.member = a.member;

-- Coupons that were handed out. A coupon counts as redeemed when its state says so or a redemption names it.
create view metric.coupons as
	select c.tenant, c.issued_at, c.code, c.member, c.state,
		(c.state = 'redeemed' or exists (select from data.redemptions x where x.tenant = c.tenant and x.code = c.code))
			as redeemed,
		c.expires_at <= app.now() as past_expiry,
		c.pool as coupon_pool, p.campaign, g.type as campaign_type,
		m.home_store as store, s.region, m.tier, m.source as acquisition_source, r.policy, d.arm
	from data.coupons c
	left join data.pools p on p.tenant = c.tenant and p.pool = c.pool
	left join data.campaigns g on g.tenant = p.tenant and g.campaign = p.campaign
	left join data.members m on m.tenant = c.tenant and m.member = c.member
	left join data.stores s on s.tenant = m.tenant and s.store = m.home_store
	left join data.actions a on a.tenant = c.tenant and a.action = c.action
	left join data.runs r on r.tenant = a.tenant and r.run = a.run
	left join data.decisions d on d.tenant = a.tenant and d.run = a.run and d.member = a.member
	where c.issued_at is not null;

create view metric.redemptions as
	select r.tenant, r.redeemed_at, r.redemption, r.code, r.member, r.order_ref, r.discount_cents,
		r.pool as coupon_pool, p.campaign, g.type as campaign_type, r.store, s.region, m.tier,
		m.source as acquisition_source,
		floor(extract(epoch from r.redeemed_at - c.issued_at))::bigint as wait_seconds
	from data.redemptions r
	left join data.coupons c on c.tenant = r.tenant and c.code = r.code
	left join data.pools p on p.tenant = r.tenant and p.pool = r.pool
	left join data.campaigns g on g.tenant = p.tenant and g.campaign = p.campaign
	left join data.stores s on s.tenant = r.tenant and s.store = r.store
	left join data.members m on m.tenant = r.tenant and m.member = r.member;

create view metric.pools as
	select p.tenant, p.pool as coupon_pool, p.state, p.value_cents, p.campaign, g.type as campaign_type,
		(select count(*) from data.coupons c where c.tenant = p.tenant and c.pool = p.pool and c.state = 'available')
			as available,
		(select count(*) from data.coupons c where c.tenant = p.tenant and c.pool = p.pool) as coupons,
		(select count(*) from data.coupons c where c.tenant = p.tenant and c.pool = p.pool
			and c.issued_at > app.now() - interval '28 days' and c.issued_at <= app.now()) as issued_28d
	from data.pools p
	left join data.campaigns g on g.tenant = p.tenant and g.campaign = p.campaign;

create view metric.drafts as
	select d.tenant, d.created_at, d.draft, d.member, d.state, d.channel, d.policy, d.arm,
		d.approved_hash is not null as approved,
		floor(extract(epoch from d.decided_at - d.created_at))::bigint as decided_seconds,
		m.home_store as store, s.region, m.tier, m.source as acquisition_source
	from data.drafts d
	left join data.members m on m.tenant = d.tenant and m.member = d.member
	left join data.stores s on s.tenant = m.tenant and s.store = m.home_store;

-- `standing`: done, not undone, and not a message that ended unsent, whose amount went back to the budget.
create view metric.actions as
	select a.tenant, a.created_at, a.action, a.member, a.value_cents, k.kind as key_kind,
		a.state = 'done'
			and coalesce(f.state not in ('rejected', 'expired', 'withdrawn', 'void', 'failed'), true) as standing,
		a.state = 'undone' as undone,
		exists (select from data.orders o where o.tenant = a.tenant and o.member = a.member
			and o.ordered_at > a.created_at and o.ordered_at <= a.created_at + interval '30 days') as bought_after,
		a.tool, a.key, r.policy, d.arm, m.home_store as store, s.region, m.tier,
		m.source as acquisition_source
	from data.actions a
	left join data.keys k on k.tenant = a.tenant and k.key = a.key
	left join data.drafts f on f.tenant = a.tenant and f.draft = a.action
	left join data.runs r on r.tenant = a.tenant and r.run = a.run
	left join data.decisions d on d.tenant = a.tenant and d.run = a.run and d.member = a.member
	left join data.members m on m.tenant = a.tenant and m.member = a.member
	left join data.stores s on s.tenant = m.tenant and s.store = m.home_store;

-- The open budget window of each valid agent key. A key that has not written yet has all of its budget left.
create view metric.budgets as
	select k.tenant, k.key,
		coalesce(b.net_limit, k.budget_cents) as limit_cents, coalesce(b.net, 0) as spent_cents,
		case when b.key is null then k.budget_cents
			else greatest(0, least(b.net_limit - b.net, b.gross_limit - b.gross)) end as left_cents
	from data.keys k
	left join data.budgets b on b.tenant = k.tenant and b.key = k.key and b.starts_at <= app.now()
		and b.ends_at > app.now()
	where k.kind = 'agent' and k.budget_cents is not null and k.revoked_at is null
		and (k.expires_at is null or k.expires_at > app.now());

create view metric.consents as
	select c.tenant, c.at, c.member, c.granted, c.channel, m.home_store as store, s.region, m.tier,
		m.source as acquisition_source
	from data.consents c
	left join data.members m on m.tenant = c.tenant and m.member = c.member
	left join data.stores s on s.tenant = m.tenant and s.store = m.home_store;

-- The decisions of the latest finished run of each policy that judged anybody. The reasons are agent/decide.def's:
-- those after the slipping check mean that the member slips, whatever then spoke against acting.
create view metric.judged as
	select d.tenant, d.run, d.member, d.arm, d.at_risk_cents,
		case
			when d.reason in ('chosen', 'no_consent', 'cooling_down', 'no_arm_for_tier', 'pool_unknown',
				'over_arm_cost', 'over_key_cap', 'worth_less_than_cost', 'held_out', 'over_action_limit',
				'over_open_drafts', 'pool_dry', 'over_cycle_budget', 'over_budget') then true
			when d.reason in ('bad_numbers', 'tier_outside', 'too_few_purchases', 'value_too_low', 'recent_purchase',
				'too_long_gone', 'not_slipping') then false
			when d.reason in ('data_stale', 'evidence_missing', 'evidence_uncertified', 'evidence_stale',
				'evidence_out_of_bounds') then null
		end as slipping
	from data.decisions d;

create view metric.runs as
	select distinct on (r.tenant, r.policy) r.tenant, r.policy, r.run, r.as_of
	from data.runs r
	where r.state = 'done' and not r.dry_run
		and exists (select from metric.judged j where j.tenant = r.tenant and j.run = r.run and j.slipping is not null)
	order by r.tenant, r.policy, r.as_of desc, r.started_at desc;

create view metric.risk as
	select r.tenant, r.as_of, j.member, j.slipping, j.at_risk_cents, r.policy, j.arm,
		m.home_store as store, s.region, m.tier, m.source as acquisition_source
	from metric.runs r
	join metric.judged j on j.tenant = r.tenant and j.run = r.run
	left join data.members m on m.tenant = r.tenant and m.member = j.member
	left join data.stores s on s.tenant = m.tenant and s.store = m.home_store;

-- The values of the dimensions that are lists of their own, with the name that people know them by.
create view metric.dimension_values as
	select s.tenant, 'store' as dimension, s.store as value, s.name as label from data.stores s
	where coalesce(s.store = any ((select reading.limit_of('store'))::text[]),
		(select reading.limit_of('store')) is null)
	union all select distinct s.tenant, 'region', s.region, null from data.stores s where s.region is not null
		and coalesce(s.store = any ((select reading.limit_of('store'))::text[]),
			(select reading.limit_of('store')) is null)
	union all select t.tenant, 'lifecycle', v.word, null from data.tenants t, (values ('new'), ('active'), ('dormant'),
		('lapsed'), ('never_bought')) v(word)
	union all select t.tenant, 'rfm_segment', v.word, null from data.tenants t, (values ('champions'), ('loyal'),
		('big_spenders'), ('promising'), ('cant_lose'), ('needs_attention'), ('hibernating'), ('lost')) v(word)
	union all select t.tenant, 'tier', t.tier, t.name from data.tiers t
	where coalesce(t.tier = any ((select reading.limit_of('tier'))::text[]), (select reading.limit_of('tier')) is null)
	union all select p.tenant, 'coupon_pool', p.pool, p.name from data.pools p
	union all select c.tenant, 'campaign', c.campaign, c.name from data.campaigns c
	union all select distinct c.tenant, 'campaign_type', c.type, null from data.campaigns c
	union all select distinct p.tenant, 'policy', p.policy, null from data.policies p
	union all select k.tenant, 'key', k.key, k.name from data.keys k
	union all select f.tenant, 'feed', f.feed, null from data.feeds f;
