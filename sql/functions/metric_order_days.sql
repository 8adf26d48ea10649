-- Orders by the day, for questions that need no more of them than their sums (mcp/metrics/rolled.c), and for the sums
-- themselves (order_days.sql).

-- Every order as the sums of one: what data.order_days holds of many.
create view metric.order_rows as
	select o.tenant, o.ordered_at, o.member, (o.ordered_at at time zone t.zone)::date as day, o.store, s.region,
		o.channel, m.tier, o.member is not null as of_members, 1::bigint as orders, o.gross_cents, o.discount_cents,
		o.refund_cents, o.units::bigint as units, (o.coupon is not null)::int::bigint as coupon_orders,
		case when o.coupon is null then 0 else o.gross_cents end as coupon_gross_cents,
		(o.discount_cents > 0)::int::bigint as discounted_orders, (o.member is not null)::int::bigint as members
	from data.orders o
	left join data.tenants t on t.tenant = o.tenant
	left join data.stores s on s.tenant = o.tenant and s.store = o.store
	left join data.members m on m.tenant = o.tenant and m.member = o.member;

-- What is not stale from the sums, the rest from the orders: exact as of the reader's snapshot, whatever was summed up
-- until then. A day's orders are looked for within two hours of it, because a local day may begin twice; offset keeps
-- the planner from reading all orders for them.
create view metric.order_sums as
	select r.tenant, r.day, r.store, s.region, r.channel, r.tier, r.of_members, r.orders, r.gross_cents,
		r.discount_cents, r.refund_cents, r.units, r.coupon_orders, r.coupon_gross_cents, r.discounted_orders, r.members
	from data.order_days r
	left join data.stores s on s.tenant = r.tenant and s.store = r.store
	where not exists (select from data.stale_days y where y.tenant = r.tenant and y.kind = 'rollup' and y.day = r.day)
	union all
	select y.tenant, y.day, o.store, o.region, o.channel, o.tier, o.of_members, o.orders, o.gross_cents,
		o.discount_cents, o.refund_cents, o.units, o.coupon_orders, o.coupon_gross_cents, o.discounted_orders, o.members
	from data.stale_days y
	join data.tenants t on t.tenant = y.tenant
	cross join lateral (select * from metric.order_rows x where x.tenant = y.tenant and x.day = y.day
		and x.ordered_at >= (y.day::timestamp at time zone t.zone) - interval '2 hours'
		and x.ordered_at < ((y.day + 1)::timestamp at time zone t.zone) + interval '2 hours' offset 0) o
	where y.kind = 'rollup';
