-- The exact bounds of a window and of what it is compared with (metric.find_window), told in all their forms, and what
-- was said of the metric. Rows: 0 the window, then the comparisons that are asked for.
-- $1: tenant
-- $2: source (mcp/metrics/sources.def)
-- $3: window (mcp/metrics/windows.def), or empty for the days $4 and $5
-- $4: first day, or null
-- $5: last day, inclusive, or null
-- $6: the day to take as today, or null for the clock's
-- $7: days to look back from the window's end instead of its own first day, or a unit to begin with the piece of time
--     that the last day lies in; 0 for neither
-- $8: the metric, for what was said of it and the shape of its source
-- $9: which periods: {0}, and the places of comparisons in mcp/metrics/comparisons.def, from 1 on
select i.period, i.zone, i.currency, i.week_start, i.data_version, i.real_today::text as real_today,
	greatest(0, floor(extract(epoch from (i.real_today + 1)::timestamp at time zone i.zone - i.now)))::bigint
		as day_left_s,
	to_char(i.since_day, 'YYYY-MM-DD') as first_day, to_char(i.until_day - 1, 'YYYY-MM-DD') as last_day,
	to_char(i.since_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') as since,
	to_char(i.until_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') as until,
	(extract(epoch from i.since_at) * 1000000)::bigint as since_us,
	(extract(epoch from i.until_at) * 1000000)::bigint as until_us,
	metric.tell_local(i.since_at, i.zone) as since_local, metric.tell_local(i.until_at, i.zone) as until_local,
	(extract(epoch from i.covered_since) * 1000000)::bigint as covered_since_us,
	(extract(epoch from i.covered_until) * 1000000)::bigint as covered_until_us,
	to_char(i.covered_since at time zone i.zone, 'YYYY-MM-DD') as covered_since_day,
	to_char(i.covered_until at time zone i.zone, 'YYYY-MM-DD') as covered_until_day,
	to_char(i.covered_until at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') as covered_until,
	to_char(i.covered_since at time zone i.zone, 'YYYY-MM-DD"T"HH24') as covered_since_hour,
	to_char(i.covered_until at time zone i.zone, 'YYYY-MM-DD"T"HH24') as covered_until_hour,
	i.retail, i.fiscal_month, i.min_group,
	floor(extract(epoch from i.now) * 1000000)::bigint as now_us,
	i.whole_days,
	v.state, v.definition, v.changed_by, to_char(v.changed_at at time zone i.zone, 'YYYY-MM-DD') as changed_on,
	v.reason, v.shape, n.shape as shape_now, h.shape as shape_shipped
from metric.find_window($1::int, $2::text, $3::text, $4::date, $5::date, $6::date, $7::text, $9::int[]) i
left join metric.states v on v.tenant = $1 and v.metric = $8::text
left join metric.shapes n on n.source = $2::name
left join metric.shapes_shipped h on h.source = $2
order by i.period
