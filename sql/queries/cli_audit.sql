-- The latest calls, latest last. $1: at most so many, $2: only this tool, or null, $3: only this principal, or null,
-- $4: only calls of the last so many seconds, or null (a call's id
-- begins with its daemon's time, which may be a day off, and finds them fast), $5: the zone of the screen's times
select x.call, reading.stamp(x.at), reading.local_stamp(x.at, $5::text), x.principal, x.via, x.tool, x.decision, x.code,
	x.value_cents, x.row_count, x.duration_us, x.detail
from (select * from reading.audit a
	where ($2::text is null or a.tool = $2::text) and ($3::text is null or a.principal = $3::text)
		and ($4::int is null or a.at >= clock_timestamp() - make_interval(secs => $4) and
			a.call >= (lpad(to_hex((extract(epoch from clock_timestamp()) * 1000)::bigint
			- 1000 * ($4::bigint + 86400)), 12, '0') || repeat('0', 20))::uuid)
	order by a.call desc limit $1::int) x
order by x.call
