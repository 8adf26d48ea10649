-- The one tenant that this transaction sees. Columns: number, slug, name, zone, currency, week start, cents per 100
-- points, message cost, data as-of (UTC), data as-of (its own clocks), fewest
-- members behind a number, how many minutes old a cited receipt may be
select tenant, slug, name, zone, currency, week_start, cents_per_100_points, message_cost_cents,
	reading.stamp(data_as_of), reading.local_stamp(data_as_of, zone), min_group, receipt_minutes
from reading.tenant
