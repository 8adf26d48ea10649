-- The exact bounds of a window and of what it is compared with, in the tenant's zone, week, calendar and clock; and
-- from when until when the source is covered. Five rows: 0 the window, then comparisons.def in its order.
-- Days are local; [since, until) are the first instants of local days, also where midnight is skipped or comes twice.
-- whole_days: they are exactly the rows whose local date is one of the days: not cut, and at neither end do the clocks
-- go back behind midnight.
-- $1: tenant
-- $2: source (mcp/metrics/sources.def)
-- $3: window (mcp/metrics/windows.def), or empty for the days $4 and $5
-- $4: first day, or null
-- $5: last day, inclusive, or null
-- $6: the day to take as today, or null for the clock's
-- $7: days to look back from the window's end instead of its own first day, or a unit to begin with the piece of time
--     that the last day lies in; 0 for neither
-- $8: the metric, for what was said of it and the shape of its source
with place as (
	select t.zone, t.week_start, t.currency, t.data_version, t.data_as_of, t.now, t.retail, t.fiscal_month, t.min_group,
		(t.now at time zone t.zone)::date as real_today,
		coalesce($6::date, (t.now at time zone t.zone)::date) as today,
		case $3::text when 'wtd' then 'week' when 'mtd' then 'month' when 'qtd' then 'quarter' when 'ytd' then 'year'
			when 'fiscal_ytd' then 'fiscal_year' else substring($3 from
				'^(?:this|last)_(week|month|quarter|year|fiscal_month|fiscal_quarter|fiscal_year)$') end as unit,
		$3 ~ '^this_|td$' as to_date
	from metric.tenants t where t.tenant = $1::int
), pieces as materialized (   -- the piece of time that today lies in, the one before, and the one before that
	select p.*, a.s0, b.s1, c.s2 from place p,
		lateral (select metric.piece_start(p.unit, p.today, p.week_start, p.retail, p.fiscal_month) as s0) a,
		lateral (select metric.piece_start(p.unit, a.s0 - 1, p.week_start, p.retail, p.fiscal_month) as s1) b,
		lateral (select metric.piece_start(p.unit, b.s1 - 1, p.week_start, p.retail, p.fiscal_month) as s2) c
), asked as (
	select s.*,
		case
			when $3 = '' then $4::date
			when $3 = 'today' then today
			when $3 = 'yesterday' then today - 1
			when unit is null then today - substring($3 from '^last_([0-9]+)d$')::int
			when to_date then s0
			else s1
		end as since,
		case
			when $3 = '' then $5::date + 1
			when $3 = 'today' or (unit is not null and to_date) then today + 1
			when unit is null then today
			else s0
		end as until
	from pieces s
), months as (   -- whole calendar months move by months, everything else by its days
	select a.*, case when $3 = '' and extract(day from since) = 1 and extract(day from until) = 1
			then (extract(year from age(until, since)) * 12 + extract(month from age(until, since)))::int end as months,
		y.y0, z.y1
	from asked a,
		lateral (select case when a.retail and a.unit like 'fiscal%'
			then metric.piece_start('fiscal_year', a.since, a.week_start, true, a.fiscal_month) end as y0) y,
		lateral (select metric.piece_start('fiscal_year', y.y0 - 1, a.week_start, true, a.fiscal_month) as y1) z
), befores as (
	select m.*,
		case
			when unit is not null then case when to_date then s1 else s2 end
			when months > 0 then (since - make_interval(months => months))::date
			else since - (until - since)
		end as before_since,
		case when unit is null then since when to_date then least(s1 + (until - since), s0) else s1 end as before_until
	from months m
), periods as (
	select b.*, 0 as period, since as first_day, until as end_day from befores b
	union all
	select b.*, 1, before_since, before_until from befores b
	union all
	select b.*, 2,   -- weeks move by 52 weeks, so that the days of the week meet; 4-5-4 years by their own days
		case when unit = 'week' then since - 364 when y0 is not null then y1 + (since - y0)
			else (since - interval '1 year')::date end,
		case
			when unit = 'week' then until - 364
			when y0 is not null then least(y1 + (until - y0), y0)
			when to_char(until, 'MM-DD') = '02-29' then (until + 1 - interval '1 year')::date
			else (until - interval '1 year')::date
		end
	from befores b
	union all
	select b.*, 3, before_since, before_until from befores b
	union all
	select b.*, 4, case when to_date and unit is not null then s1 else before_since end,
		case when to_date and unit is not null then s0 else before_until end
	from befores b
), known as (   -- the local moment until which the source is known, if that is inside the window
	select p.*, c.since as covered_since, c.until as covered_until,
		case when p.period = 3 and (c.until at time zone p.zone)::date between p.since and p.until - 1
			then c.until at time zone p.zone end as known_until
	from periods p
	left join app.coverage($1::int, $2::text) c on true
), cuts as (
	select k.*, k.first_day + (k.known_until::date - k.since) + k.known_until::time as cut_at from known k
), days as materialized (
	select c.*,
		case
			when $7::text ~ '^[0-9]+$' then case when $7 = '0' then first_day else last_end - $7::int end
			else metric.piece_start($7, last_end - 1, c.week_start, c.retail, c.fiscal_month)
		end as since_day, last_end as until_day
	from cuts c, lateral (select least(c.end_day, coalesce(c.cut_at::date + 1, c.end_day)) as last_end) l
), instants as materialized (   -- its moments are told in many forms
	select d.*, metric.day_start(d.since_day, d.zone) as since_at,
		least(d.cut_at at time zone d.zone, metric.day_start(d.until_day, d.zone)) as until_at,
		(d.real_today + 1)::timestamp at time zone d.zone - d.now as day_left
	from days d
)
select i.period, i.zone, i.currency, i.week_start, i.data_version, i.real_today::text as real_today,
	floor(greatest(0, extract(epoch from i.day_left)))::bigint as day_left_s,
	to_char(i.since_day, 'YYYY-MM-DD') as first_day, to_char(i.until_day - 1, 'YYYY-MM-DD') as last_day,
	to_char(i.since_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') as since,
	to_char(i.until_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') as until,
	(extract(epoch from i.since_at) * 1000000)::bigint as since_us,
	(extract(epoch from i.until_at) * 1000000)::bigint as until_us,
	to_char(i.since_at at time zone i.zone, 'YYYY-MM-DD"T"HH24:MI:SS') || case when i.since_at at time zone i.zone
		>= i.since_at at time zone 'UTC' then '+' else '-' end || to_char(greatest((i.since_at at time zone i.zone)
		- (i.since_at at time zone 'UTC'), (i.since_at at time zone 'UTC') - (i.since_at at time zone i.zone)),
			'HH24:MI')
		as since_local,
	to_char(i.until_at at time zone i.zone, 'YYYY-MM-DD"T"HH24:MI:SS') || case when i.until_at at time zone i.zone
		>= i.until_at at time zone 'UTC' then '+' else '-' end || to_char(greatest((i.until_at at time zone i.zone)
		- (i.until_at at time zone 'UTC'), (i.until_at at time zone 'UTC') - (i.until_at at time zone i.zone)),
			'HH24:MI')
		as until_local,
	(extract(epoch from i.covered_since) * 1000000)::bigint as covered_since_us,
	(extract(epoch from i.covered_until) * 1000000)::bigint as covered_until_us,
	to_char(i.covered_since at time zone i.zone, 'YYYY-MM-DD') as covered_since_day,
	to_char(i.covered_until at time zone i.zone, 'YYYY-MM-DD') as covered_until_day,
	to_char(i.covered_until at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') as covered_until,
	to_char(i.covered_since at time zone i.zone, 'YYYY-MM-DD"T"HH24') as covered_since_hour,
	to_char(i.covered_until at time zone i.zone, 'YYYY-MM-DD"T"HH24') as covered_until_hour,
	i.retail, i.fiscal_month, i.min_group,
	floor(extract(epoch from i.now) * 1000000)::bigint as now_us,
	i.until_at = metric.day_start(i.until_day, i.zone)
		and ((i.since_at + interval '30 minutes') at time zone i.zone)::date = i.since_day
		and ((i.until_at + interval '30 minutes') at time zone i.zone)::date = i.until_day as whole_days,
	v.state, v.definition, v.changed_by, to_char(v.changed_at at time zone i.zone, 'YYYY-MM-DD') as changed_on,
	v.reason, v.shape, n.shape as shape_now, h.shape as shape_shipped
from instants i
left join metric.states v on v.tenant = $1 and v.metric = $8::text
left join metric.shapes n on n.source = $2::name
left join metric.shapes_shipped h on h.source = $2
order by i.period
