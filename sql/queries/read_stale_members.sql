-- The members of some days from their orders: of days that are stale and left alone, and of those named.
-- $1 tenant, $2 how many stale days, newest first, $3 further days. Rows: day, its members, ascending
with place as materialized (
	select t.zone from metric.tenants t where t.tenant = $1::int
), days as materialized (
	(select s.day from reading.stale_days s where s.tenant = $1 and s.kind = 'members' and s.is_left_alone
		order by s.day desc limit $2::int)
	union
	select d.day::date from unnest($3::text[]) d(day)
)
select to_char(d.day, 'YYYY-MM-DD'), (select coalesce(array_agg(distinct o.member), '{}') from reading.member_orders o
		where o.tenant = $1
			and o.ordered_at >= (d.day::timestamp at time zone p.zone) - interval '3 hours'
			and o.ordered_at < ((d.day + 1)::timestamp at time zone p.zone) + interval '3 hours'
			and (o.ordered_at at time zone p.zone)::date = d.day)
	from days d, place p
