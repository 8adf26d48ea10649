-- What the resident's reads need and no more.
create view reading.tenant as
	select t.tenant, t.slug, t.name, t.zone, t.currency, t.week_start, t.cents_per_100_points, t.message_cost_cents,
		t.data_version, t.data_as_of, t.min_group, t.receipt_minutes
	from data.tenants t;

create view reading.member_tiers as
	select m.tenant, m.member, m.tier from data.members m;

-- Coupons that nobody has.
create view reading.free_coupons as
	select c.tenant, c.pool, c.code from data.coupons c where c.state = 'available';

-- Runs as the command line shows them.
create view reading.policy_runs as
	select r.tenant, r.run, r.policy, r.state, r.started_at, r.summary, r.spent_cents from data.runs r;
