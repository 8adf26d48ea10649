-- The recency, frequency and money of members as of any day, by rules that need no ranking of members: how long ago the
-- last order was, in the days of metric.lifecycle(), and whether orders and spend of the year that ends with the day
-- are above the average of those who bought in it. That is the Customer Value Matrix (C. Marcus, A practical yet
-- meaningful approach to customer segmentation, Journal of Consumer Marketing 15 (1998) 494-504), which was made for
-- shops that quintiles do not suit, with recency kept. Sums and counts answer it, no sort.

create view metric.purchases as
	select o.tenant, o.ordered_at, o.member, o.gross_cents - o.discount_cents as spend_cents
	from data.orders o where o.member is not null;

-- `known_on`: the day until which data are known.
create view metric.first_purchases as
	select h.tenant, h.member, h.first_on, (t.data_as_of at time zone t.zone)::date as known_on
	from data.member_stats h
	left join data.tenants t on t.tenant = h.tenant;

-- By days since the last order, and whether orders and spend are above average. Inlined where used.
create function metric.rfm_segment(p_days int, p_often boolean, p_much boolean) returns text
language sql immutable as $$
	select case when p_days < 90 then
			case when p_often and p_much then 'champions' when p_often then 'loyal' when p_much then 'big_spenders'
				else 'promising' end
		else case when p_often and p_much then 'cant_lose' when p_often or p_much then 'needs_attention'
				else 'hibernating' end end
$$;
grant execute on function metric.rfm_segment(int, boolean, boolean) to flashd;

-- Who bought in the 365 local days that end with p_last_day, or with the last day that is known where that is earlier,
-- and before p_until; each with the segment of then. Who did not, but bought before, is lost: a look-up in
-- first_purchases for the few rows that need it (mcp/metrics/segments.c), not a join of all members.
create function metric.rfm_members(p_tenant int, p_until timestamptz, p_last_day date)
returns table (member bigint, rfm_segment text) language sql stable rows 100000 as $$
	with place as (
		select t.zone, d.day, metric.day_start(d.day - 364, t.zone) as since
		from metric.tenants t
		cross join lateral (select least(p_last_day, (t.data_as_of at time zone t.zone)::date) as day) d
		where t.tenant = p_tenant
	), year as materialized (
		select o.member, count(*) as orders, sum(o.spend_cents)::bigint as cents, max(o.ordered_at) as last_at
		from place p join metric.purchases o on o.ordered_at >= p.since and o.ordered_at < p_until
		where o.tenant = p_tenant
		group by o.member
	), average as (   -- rounded down: a whole number is above it when it is above the exact one
		select floor(sum(y.orders) / count(*))::bigint as orders, floor(sum(y.cents) / count(*))::bigint as cents
		from year y
	)
	select y.member, metric.rfm_segment(p.day - (y.last_at at time zone p.zone)::date, y.orders > a.orders,
		y.cents > a.cents)
	from year y cross join place p cross join average a
$$;
grant execute on function metric.rfm_members(int, timestamptz, date) to flashd;
