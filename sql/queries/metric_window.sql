-- The exact bounds of a window and of what it is compared with, in the tenant's zone, week and clock; and from when
-- until when the source is covered. Three rows: 0 the window, 1 previous_period, 2 same_period_last_year.
-- Days are local; [since, until) are the first instants of local days, also where midnight is skipped or comes twice.
-- $1: tenant
-- $2: source (mcp/metrics/sources.def)
-- $3: window (mcp/metrics/windows.def), or empty for the days $4 and $5
-- $4: first day, or null
-- $5: last day, inclusive, or null
-- $6: the day to take as today, or null for the clock's
-- $7: days to look back from the window's end instead of its own first day; 0 for none
with place as (
	select t.zone, t.week_start, t.currency, t.data_version, t.data_as_of, t.now,
		(t.now at time zone t.zone)::date as real_today,
		coalesce($6::date, (t.now at time zone t.zone)::date) as today
	from metric.tenants t where t.tenant = $1::int
), starts as (
	select p.*, p.today - (extract(isodow from p.today)::int - p.week_start + 7) % 7 as week,
		date_trunc('month', p.today)::date as month
	from place p
), asked as (
	select s.*,
		case
			when $3::text = '' then $4::date
			when $3 = 'today' then today
			when $3 = 'yesterday' then today - 1
			when $3 ~ '^last_[0-9]+d$' then today - substring($3 from '[0-9]+')::int
			when $3 = 'this_week' then week
			when $3 = 'last_week' then week - 7
			when $3 in ('this_month', 'mtd') then month
			when $3 = 'last_month' then (month - interval '1 month')::date
		end as since,
		case
			when $3 = '' then $5::date + 1
			when $3 in ('today', 'this_week', 'this_month', 'mtd') then today + 1
			when $3 = 'last_week' then week
			when $3 = 'last_month' then month
			else today
		end as until
	from starts s
), months as (   -- whole calendar months move by months, everything else by its days
	select a.*, case when $3 in ('', 'last_month') and extract(day from since) = 1 and extract(day from until) = 1
		then (extract(year from age(until, since)) * 12 + extract(month from age(until, since)))::int end as months
	from asked a
), periods as (
	select m.*, 0 as period, since as first_day, until as end_day from months m
	union all
	select m.*, 1,
		case
			when $3 = 'this_week' then since - 7
			when $3 in ('this_month', 'mtd') then (since - interval '1 month')::date
			when months > 0 then (since - make_interval(months => months))::date
			else since - (until - since)
		end,
		case
			when $3 = 'this_week' then until - 7
			when $3 in ('this_month', 'mtd') then least((since - interval '1 month')::date + (until - since), since)
			else since
		end
	from months m
	union all
	select m.*, 2,   -- weeks move by 52 weeks, so that the days of the week meet
		case when $3 in ('this_week', 'last_week') then since - 364 else (since - interval '1 year')::date end,
		case
			when $3 in ('this_week', 'last_week') then until - 364
			when to_char(until, 'MM-DD') = '02-29' then (until + 1 - interval '1 year')::date
			else (until - interval '1 year')::date
		end
	from months m
), days as (
	select p.*, case when $7::int > 0 then end_day - $7::int else first_day end as since_day, end_day as until_day
	from periods p
), instants as (
	select d.*,
		(select case when ((x.at - interval '1 hour') at time zone d.zone)::date >= d.since_day
				then x.at - interval '1 hour' else x.at end
			from (select d.since_day::timestamp at time zone d.zone as at) x) as since_at,
		(select case when ((x.at - interval '1 hour') at time zone d.zone)::date >= d.until_day
				then x.at - interval '1 hour' else x.at end
			from (select d.until_day::timestamp at time zone d.zone as at) x) as until_at,
		c.since as covered_since, c.until as covered_until,
		(d.real_today + 1)::timestamp at time zone d.zone - d.now as day_left
	from days d
	left join metric.coverage c on c.tenant = $1::int and c.source = $2::text
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
	to_char(i.covered_until at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') as covered_until
from instants i
order by i.period
