-- What happened between the begin of the earlier period and the end of the later one, oldest first.
-- $1 tenant; $2 begin of the earlier period, $3 begin and $4 end of the later one (instants)
-- Rows: kind, dimension, value, label, at, at in the tenant's zone, detail, and how often it was done before $3 and
-- from $3 on; of a price rule before and since it changed: codes of the pool given out, the tool's actions, members
-- who came into the tier
with place as (
	select t.zone, $2::timestamptz as since, $3::timestamptz as now_since, least($4::timestamptz, app.now()) as until
	from metric.tenants t where t.tenant = $1::int
), codes as (   -- the codes handed out in that time, by pool
	select c.pool, min(c.issued_at) as first_at, max(c.issued_at) as last_at,
		max(c.expires_at) as last_expiry,
		count(*) filter (where c.issued_at < l.now_since) as before,
		count(*) filter (where c.issued_at >= l.now_since) as after
	from place l join reading.coupons c on c.issued_at >= l.since and c.issued_at < l.until
	where c.tenant = $1::int and c.issued_at is not null
	group by c.pool
), pools as (
	select case when p.state = 'open' then 'pool_dry' else 'pool_' || p.state end as kind, 'coupon_pool' as dimension,
		p.pool as value, p.name as label, c.last_at as at,
		case when c.last_expiry < l.until then reading.stamp(c.last_expiry) end as detail, c.before, c.after
	from codes c join reading.pools p on p.tenant = $1::int and p.pool = c.pool cross join place l
	where p.state <> 'open' or (c.first_at < c.last_at - interval '1 day'   -- given out all at once is not run dry
		and not exists (select from reading.coupons x where x.tenant = $1::int and x.pool = c.pool
			and x.state = 'available'))
), acts as (
	select 'agent_acted' as kind, 'policy' as dimension, a.policy as value, a.tool as label, min(a.created_at) as at,
		null::text as detail, count(*) filter (where a.created_at < l.now_since) as before,
		count(*) filter (where a.created_at >= l.now_since) as after
	from place l join reading.run_actions a on a.created_at >= l.since and a.created_at < l.until
	where a.tenant = $1::int and a.state = 'done'
	group by a.policy, a.tool
), moments as (
	select m.kind, m.dimension, m.value, m.label, m.at, m.detail, null::bigint, null::bigint
	from place l join reading.moments m on m.at >= l.since and m.at < l.until
	where m.tenant = $1::int
), rules as (   -- one change of a pool may be of several rules
	select c.dimension, c.value, c.at, string_agg(format('%s from %s to %s', c.rule,
		coalesce(c.from_value::text, 'none'), coalesce(c.to_value::text, 'none')), ', ' order by c.rule) as detail
	from place l join reading.price_changes c on c.at >= l.since and c.at < l.until
	where c.tenant = $1::int
	group by c.dimension, c.value, c.at
), prices as (
	select 'price_changed' as kind, r.dimension, r.value,
		coalesce((select p.name from reading.pools p where p.tenant = $1::int and r.dimension = 'coupon_pool'
			and p.pool = r.value), (select t.name from reading.tiers t where t.tenant = $1::int
			and r.dimension = 'tier' and t.tier = r.value)) as label,
		r.at, r.detail, sum(n.before)::bigint as before, sum(n.after)::bigint as after
	from place l cross join rules r cross join lateral (
		select count(*) filter (where c.issued_at < r.at) as before,
				count(*) filter (where c.issued_at >= r.at) as after
			from metric.coupons c where r.dimension = 'coupon_pool' and c.tenant = $1::int and c.coupon_pool = r.value
				and c.issued_at >= l.since and c.issued_at < l.until
		union all
		select count(*) filter (where a.created_at < r.at), count(*) filter (where a.created_at >= r.at)
			from metric.actions a where r.dimension = 'tool' and a.tenant = $1::int and a.tool = r.value and a.standing
				and a.created_at >= l.since and a.created_at < l.until
		union all
		select count(*) filter (where c.at < r.at), count(*) filter (where c.at >= r.at)
			from metric.tier_changes c where r.dimension = 'tier' and c.tenant = $1::int and c.tier = r.value
				and c.at >= l.since and c.at < l.until) n
	group by r.dimension, r.value, r.at, r.detail
), found as (
	select * from pools union all select * from acts union all select * from moments union all select * from prices
)
select f.kind, f.dimension, f.value, f.label, reading.stamp(f.at),
	to_char(f.at at time zone l.zone, 'YYYY-MM-DD HH24:MI'), f.detail, f.before, f.after
from found f cross join place l
order by f.at, f.kind, f.value
limit 200
