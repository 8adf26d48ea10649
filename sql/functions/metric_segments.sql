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

-- By whether the last order was in the last 90 days, and orders and spend are above average. Inlined where used.
create function metric.rfm_segment(p_lately boolean, p_often boolean, p_much boolean) returns text
language sql immutable as $$
	select case when p_lately then
			case when p_often and p_much then 'champions' when p_often then 'loyal' when p_much then 'big_spenders'
				else 'promising' end
		else case when p_often and p_much then 'cant_lose' when p_often or p_much then 'needs_attention'
				else 'hibernating' end end
$$;
grant execute on function metric.rfm_segment(boolean, boolean, boolean) to flashd;

-- Who bought in the 365 local days that end with p_last_day, or with the last day that is known where that is earlier,
-- and before p_until; each with the segment of then. Who did not, but bought before, is lost: a look-up in
-- first_purchases for the few rows that need it (mcp/metrics/segments.c), not a join of all members.
create function metric.rfm_members(p_tenant int, p_until timestamptz, p_last_day date)
returns table (member bigint, rfm_segment text) language plpgsql stable rows 100000 as $$
declare
	v_zone text; v_day date; v_since timestamptz; v_lately timestamptz;
begin
	select t.zone, least(p_last_day, (t.data_as_of at time zone t.zone)::date) into v_zone, v_day
		from metric.tenants t where t.tenant = p_tenant;
	v_since := metric.day_start(v_day - 364, v_zone);
	v_lately := metric.day_start(v_day - 89, v_zone);
	-- With a million members the grouping is what costs: spend is summed as float8, which is exact for whole numbers
	-- below 2^53 and takes less memory than sum(bigint), and what is the same for all is found once (a quarter less).
	-- Averages are rounded down: a whole number is above one of these when it is above the exact one.
	return query with y as (
			select o.member, max(o.ordered_at) as last_at, count(*) as orders,
					sum(o.spend_cents::float8)::bigint as cents
				from metric.purchases o
				where o.tenant = p_tenant and o.ordered_at >= v_since and o.ordered_at < p_until
				group by o.member
		), average as (
			select floor(sum(y.orders) / count(*))::bigint as orders, floor(sum(y.cents) / count(*))::bigint as cents
				from y
		)
		select y.member, metric.rfm_segment(y.last_at >= v_lately, y.orders > a.orders, y.cents > a.cents)
			from y, average a;
end $$;
grant execute on function metric.rfm_members(int, timestamptz, date) to flashd;

-- One row with a 0 that the planner takes for a hundred. Added to what the members are joined on, it keeps few rows, as
-- tables without statistics are believed to have, from being joined in a nested loop, which reads all members for each.
create function metric.zero() returns table (zero bigint) language plpgsql immutable rows 100 as $$
begin
	return query select 0::bigint;
end $$;
grant execute on function metric.zero() to flashd;
