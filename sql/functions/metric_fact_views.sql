-- Sources of numbers beside the orders; the manner is metric_views.sql's.

-- What an order's discount and refund took off each line, in proportion to the lines' amounts: the difference of two
-- running shares rounded down, so that the parts add up to the whole. An order without lines is one line of no
-- category.
create view metric.order_lines as
	select o.tenant, o.ordered_at, o.order_ref, o.member, coalesce(l.units, o.units) as units,
		coalesce(l.amount_cents, o.gross_cents) as amount_cents, l.cost_cents,
		case when l.line is null then o.discount_cents else coalesce(
			div(o.discount_cents::numeric * (e.before + l.amount_cents), nullif(e.whole, 0))
				- div(o.discount_cents::numeric * e.before, nullif(e.whole, 0)), 0)::bigint end as discount_cents,
		case when l.line is null then o.refund_cents else coalesce(
			div(o.refund_cents::numeric * (e.before + l.amount_cents), nullif(e.whole, 0))
				- div(o.refund_cents::numeric * e.before, nullif(e.whole, 0)), 0)::bigint end as refund_cents,
		l.category as product_category, o.store, s.region, o.channel, m.tier, m.source as acquisition_source,
		c.pool as coupon_pool, p.campaign, a.type as campaign_type
	from data.orders o
	left join data.order_lines l on l.tenant = o.tenant and l.order_ref = o.order_ref
	left join lateral (select coalesce(sum(x.amount_cents) filter (where x.line < l.line), 0) as before,
			sum(x.amount_cents) as whole
		from data.order_lines x where x.tenant = l.tenant and x.order_ref = l.order_ref) e on true
	left join data.stores s on s.tenant = o.tenant and s.store = o.store
	left join data.members m on m.tenant = o.tenant and m.member = o.member
	left join data.coupons c on c.tenant = o.tenant and c.code = o.coupon
	left join data.pools p on p.tenant = c.tenant and p.pool = c.pool
	left join data.campaigns a on a.tenant = p.tenant and a.campaign = p.campaign;

-- Of these the ones whose cost is known: without it there is no margin, and not one of everything either.
create view metric.costed_lines as
	select l.* from metric.order_lines l where l.cost_cents is not null;

create view metric.refunds as
	select r.tenant, r.refunded_at, r.refund, r.order_ref, r.amount_cents, o.member, o.store, s.region, o.channel,
		m.tier, m.source as acquisition_source, c.pool as coupon_pool, p.campaign, a.type as campaign_type
	from data.refunds r
	left join data.orders o on o.tenant = r.tenant and o.order_ref = r.order_ref
	left join data.stores s on s.tenant = o.tenant and s.store = o.store
	left join data.members m on m.tenant = o.tenant and m.member = o.member
	left join data.coupons c on c.tenant = o.tenant and c.code = o.coupon
	left join data.pools p on p.tenant = c.tenant and p.pool = c.pool
	left join data.campaigns a on a.tenant = p.tenant and a.campaign = p.campaign;

create view metric.visits as
	select v.tenant, v.visited_at, v.visit, v.member, v.store, s.region, v.channel, m.tier,
		m.source as acquisition_source
	from data.visits v
	left join data.stores s on s.tenant = v.tenant and s.store = v.store
	left join data.members m on m.tenant = v.tenant and m.member = v.member;

-- One row for each message to a member: the last word on whether it arrived, and whether anything else became of it
-- since. A message of which neither is known is not here.
create view metric.message_events as
	select e.tenant, e.at, e.message, e.member, e.kind = 'delivered' as delivered,
		exists (select from data.message_events x where x.tenant = e.tenant and x.message = e.message
			and x.member = e.member and x.kind = 'opened') as opened,
		exists (select from data.message_events x where x.tenant = e.tenant and x.message = e.message
			and x.member = e.member and x.kind = 'clicked') as clicked,
		exists (select from data.message_events x where x.tenant = e.tenant and x.message = e.message
			and x.member = e.member and x.kind = 'complained') as complained,
		exists (select from data.message_events x where x.tenant = e.tenant and x.message = e.message
			and x.member = e.member and x.kind = 'unsubscribed') as unsubscribed,
		e.channel, e.campaign, g.type as campaign_type, d.policy, d.arm, m.home_store as store, s.region, m.tier,
		m.source as acquisition_source
	from data.message_events e
	left join data.campaigns g on g.tenant = e.tenant and g.campaign = e.campaign
	left join data.drafts d on d.tenant = e.tenant and d.draft = e.draft
	left join data.members m on m.tenant = e.tenant and m.member = e.member
	left join data.stores s on s.tenant = m.tenant and s.store = m.home_store
	where e.kind in ('delivered', 'bounced')
		and not exists (select from data.message_events x where x.tenant = e.tenant and x.message = e.message
			and x.member = e.member and x.kind in ('delivered', 'bounced') and (x.at, x.event) > (e.at, e.event));

-- A change belongs to the tier that it led to, not to today's.
create view metric.tier_changes as
	select c.tenant, c.at, c.member, t.rank > f.rank as upgraded, t.rank < f.rank as downgraded,
		c.to_tier as tier, m.home_store as store, s.region, m.source as acquisition_source
	from data.tier_changes c
	left join data.tiers f on f.tenant = c.tenant and f.tier = c.from_tier
	left join data.tiers t on t.tenant = c.tenant and t.tier = c.to_tier
	left join data.members m on m.tenant = c.tenant and m.member = c.member
	left join data.stores s on s.tenant = m.tenant and s.store = m.home_store;

-- `held`: what held before this word. `consent`: the member and channel that it is about.
create view metric.consent_changes as
	select c.tenant, c.at, c.member, c.granted, c.member || ' ' || c.channel as consent,
		coalesce((select p.granted from data.consent_changes p where p.tenant = c.tenant and p.member = c.member
			and p.channel = c.channel and p.at < c.at order by p.at desc limit 1), false) as held,
		c.channel, m.home_store as store, s.region, m.tier, m.source as acquisition_source
	from data.consent_changes c
	left join data.members m on m.tenant = c.tenant and m.member = c.member
	left join data.stores s on s.tenant = m.tenant and s.store = m.home_store;
