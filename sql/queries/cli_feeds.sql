-- Feeds as the command line lists them. $1 revoked ones too, $2 the tenant's zone, $3 only this one or null
select f.feed, f.state, f.accepted, f.refused, f.parked, reading.stamp(f.last_event_at),
	reading.local_stamp(f.last_event_at, $2::text), reading.stamp(f.last_received_at),
	reading.local_stamp(f.last_received_at, $2::text), f.calls_per_minute, f.expect_every_minutes,
	f.created_by, reading.stamp(f.created_at), reading.stamp(f.revoked_at)
from reading.feeds f
where ($1::boolean or f.state = 'open') and ($3::text is null or f.feed = $3::text)
order by f.feed
