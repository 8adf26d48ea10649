-- The members of some days, from their orders.
-- $1 tenant, $2 days. Rows: day, its members, ascending
with place as materialized (
	select t.zone from metric.tenants t where t.tenant = $1::int
)
select to_char(d.day, 'YYYY-MM-DD'), (select coalesce(array_agg(distinct o.member), '{}') from reading.member_orders o
		where o.tenant = $1
			and o.ordered_at >= (d.day::timestamp at time zone p.zone) - interval '3 hours'
			and o.ordered_at < ((d.day + 1)::timestamp at time zone p.zone) + interval '3 hours'
			and (o.ordered_at at time zone p.zone)::date = d.day)
	from (select distinct x.day::date from unnest($2::text[]) x(day)) d(day), place p
