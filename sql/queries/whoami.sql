-- What a caller should know of itself. $1 tenant, $2 key (or a person, for whom there are no limits)
-- One row: JSON of tenant, limits, switch and server_time
select jsonb_build_object(
	'tenant', jsonb_build_object('name', t.name, 'zone', t.zone, 'currency', t.currency, 'week_start', t.week_start,
		'data_as_of', reading.stamp(t.data_as_of), 'cents_per_100_points', t.cents_per_100_points,
		'message_cost_cents', t.message_cost_cents),
	'limits', (select jsonb_build_object('cap_cents', k.cap_cents, 'writes_per_minute', k.calls_per_minute,
			'expires_at', reading.stamp(k.expires_at),
			'budget', case when k.budget_cents is not null then jsonb_build_object('period', k.budget_period,
				'limit_cents', coalesce(b.limit_cents, k.budget_cents), 'spent_cents', coalesce(b.spent_cents, 0),
				'left_cents', coalesce(b.left_cents, k.budget_cents), 'starts_at', reading.stamp(b.starts_at),
				'ends_at', reading.stamp(b.ends_at)) end)
		from reading.keys k left join reading.budgets b on b.tenant = k.tenant and b.key = k.key
		where k.tenant = t.tenant and k.key = $2::text),
	'switch', s.switch || jsonb_build_object('key_stopped',
		s.switch -> 'stops' @> jsonb_build_array(jsonb_build_object('scope', $2::text))),
	'server_time', reading.stamp(app.now()))
from reading.tenant t, lateral (select app.read_switch($1::int) as switch) s where t.tenant = $1::int
