-- What brings sets in memory to this moment, all of one snapshot: the kept sets behind a revision, the members of stale
-- days from their orders, the moves between tiers, the tiers' names. When that is more than may be read, or when the
-- moves were not kept one by one, only the first row comes.
-- $1 tenant, $2 revision, $3 move; at most: $4 sets, $5 orders of stale days, $6 moves
-- Rows: what it is; a zone (here), day (kept, stale) or tier (move, name); data version, revision or move; count of a
-- set, or the member who moved; digest; set, list of members or name; whether it is too much
with place as materialized (
	select t.zone, t.data_version from metric.tenants t where t.tenant = $1::int
), kept as materialized (
	select d.* from reading.day_members d where d.tenant = $1 and d.revision > $2::bigint
		order by d.revision limit $4::int + 1
), stale as materialized (
	select s.day from reading.stale_days s where s.tenant = $1 and s.kind = 'members'
), bought as materialized (
	select d.day, o.member
	from place p, stale d cross join lateral (select x.member from reading.member_orders x
		where x.tenant = $1
			and x.ordered_at >= (d.day::timestamp at time zone p.zone) - interval '3 hours'
			and x.ordered_at < ((d.day + 1)::timestamp at time zone p.zone) + interval '3 hours'
			and (x.ordered_at at time zone p.zone)::date = d.day) o
	limit $5::int + 1
), moves as materialized (
	select m.move, m.member, m.tier from reading.tier_moves m where m.tenant = $1 and m.move > $3::bigint
		order by m.move limit $6::int + 1
), much as materialized (
	select (select count(*) from kept) > $4 or (select count(*) from bought) > $5 or (select count(*) from moves) > $6
		or exists (select from moves m where m.member is null) as too
)
select 'here' as what, p.zone as word, p.data_version as number, null::bigint as count, null::text as digest,
	null::text as members, m.too from place p, much m
union all
select 'kept', to_char(k.day, 'YYYY-MM-DD'), k.revision, k.count, k.digest::text, k.members::text, false
	from kept k, much m where not m.too
union all
select 'stale', to_char(s.day, 'YYYY-MM-DD'), null, null, null,
	(select coalesce(array_agg(distinct b.member), '{}') from bought b where b.day = s.day)::text, false
	from stale s, much m where not m.too
union all
select 'move', v.tier, v.move, v.member, null, null, false from moves v, much m where not m.too
union all
select 'name', n.tier, null, null, null, n.name, false from reading.tier_names n, much m
	where n.tenant = $1 and not m.too
order by what, number
