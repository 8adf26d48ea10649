-- A run (one cycle of a policy): opened under a lease and a fence number that every write of it carries, so that of
-- any number of daemons one runs, and one that was paused and wakes up believing is refused.

-- Opens the policy's run if it is due (or p_force), or takes over one whose daemon went silent within the hour. Answers
-- {"due": false, ...} when there is nothing to do.
create function app.open_run(p_tenant int, p_call uuid, p_key text, p_daemon text, p_policy text, p_as_of text,
	p_dry_run boolean, p_force boolean) returns jsonb language plpgsql security definer volatile
set search_path = pg_catalog, pg_temp as $$
declare
	s data.policy_states; p data.policies; r data.runs; v_key data.keys; t data.tenants;
	v_late interval; v_fence bigint; v_as_of timestamptz; v_go_on boolean; v_own bigint; v_own_drafts bigint;
begin
	perform app.enter(p_tenant);
	select * into t from data.tenants x where x.tenant = p_tenant;
	v_as_of := app.read_as_of(p_as_of, t.zone);
	perform app.hold_gate(p_tenant);
	if not p_dry_run then
		perform app.refuse_stopped(p_tenant, p_key);
	end if;
	v_key := app.pass_key(p_tenant, p_key, 'agent:act', 'open_run');
	select * into s from data.policy_states x where x.tenant = p_tenant and x.policy = p_policy for update;
	if s.policy is null then
		perform app.refuse('FLNOT', format('There is no policy "%s" here: `flashd agent policy` adds one.', p_policy));
	elsif s.key <> p_key then
		perform app.refuse('FLKEY', format('The policy %s belongs to another agent key.', p_policy));
	elsif s.lease_until > app.now() and p_force then
		perform app.refuse('FLFEN', format('The policy %s is being run by %s until %s at the latest: wait for it.',
			p_policy, s.lease_by, s.lease_until));
	elsif not p_force and (s.lease_until > app.now() or not s.enabled) then
		return jsonb_build_object('due', false);
	end if;
	-- What another daemon left open is gone on with while its decisions are fresh, with the same moment and fence + 1.
	select * into r from data.runs x where x.tenant = p_tenant and x.policy = p_policy and x.state = 'open'
		and x.dry_run = p_dry_run order by x.started_at desc limit 1 for update;
	v_go_on := r.run is not null and r.version = s.version and v_as_of is null
		and r.started_at > app.now() - interval '1 hour';
	if r.run is not null and not v_go_on then
		update data.runs set state = 'failed', ended_at = app.now(), summary = '{"why": "its daemon went silent"}'
			where tenant = p_tenant and policy = p_policy and state = 'open' and dry_run = p_dry_run;
	end if;
	v_late := app.now() - s.next_run_at;
	if not p_force and not v_go_on and v_late < interval '0' then
		return jsonb_build_object('due', false);
	elsif not p_force and not v_go_on and s.catch_up = 'skip' and v_late > interval '1 hour' then
		update data.policy_states set next_run_at = app.cron_next(s.cron, s.zone, app.now())
			where tenant = p_tenant and policy = p_policy;
		return jsonb_build_object('due', false, 'skipped', true);
	end if;
	update data.policy_states set fence = fence + 1, lease_by = p_daemon,
			lease_until = app.now() + interval '2 minutes', next_run_at = case when next_run_at <= app.now()
				then app.cron_next(cron, zone, app.now()) else next_run_at end
		where tenant = p_tenant and policy = p_policy returning fence into v_fence;
	select * into p from data.policies x where x.tenant = p_tenant and x.policy = p_policy and x.version = s.version;
	if v_go_on then
		update data.runs set fence = v_fence, daemon = p_daemon where tenant = p_tenant and run = r.run
			returning * into r;
	else
		insert into data.runs (tenant, run, policy, version, key, fence, as_of, dry_run, state, budget_cents,
			started_at, daemon)
			values (p_tenant, app.new_id(), p_policy, s.version, p_key, v_fence, coalesce(v_as_of, app.now()),
				p_dry_run, 'open', (p.body #>> '{budget,per_cycle_cents}')::bigint, app.now(), p_daemon)
					returning * into r;
	end if;
	-- What this run has done already counts as if it were still to do: whoever goes on decides the same again.
	select coalesce(sum(a.value_cents), 0), count(*) filter (where a.tool = 'draft_outreach') into v_own, v_own_drafts
		from data.actions a where a.tenant = p_tenant and a.run = r.run and a.state = 'done';
	perform app.write_audit(p_tenant, p_call, p_key, 'agent', 'open_run', 'executed', '', p.body_hash, null, 1,
		jsonb_build_object('run', r.run, 'policy', p_policy, 'fence', v_fence));
	return jsonb_build_object('due', true, 'run', r.run, 'fence', v_fence, 'policy', p_policy, 'version', s.version,
		'body', p.body, 'fit', s.fit, 'as_of', r.as_of, 'dry_run', p_dry_run,
		'day', to_char(r.as_of at time zone s.zone, 'YYYY-MM-DD'), 'zone', s.zone,
		'brand_day', to_char(r.as_of at time zone t.zone, 'YYYY-MM-DD'), 'brand', t.name, 'currency',
		t.currency,
		'cents_per_100_points', t.cents_per_100_points, 'message_cents', t.message_cost_cents,
		'as_of_local', reading.local_stamp(r.as_of, t.zone), 'data_as_of_local', reading.local_stamp(t.data_as_of,
		t.zone),
		'data_as_of', t.data_as_of, 'data_age_hours', extract(epoch from r.as_of - t.data_as_of) / 3600,
		'cap_cents', v_key.cap_cents, 'budget_left_cents', app.left_of(p_tenant, v_key) + v_own,
		'drafts_left', greatest(0, t.open_drafts_most + v_own_drafts - (select count(*) from data.drafts d
			where d.tenant = p_tenant and d.state = 'waiting')),
		'own_coupons', (select coalesce(jsonb_object_agg(x.pool, x.n), '{}') from (select a.detail ->> 'pool' as pool,
			count(*) as n from data.actions a where a.tenant = p_tenant and a.run = r.run and a.state = 'done'
			and a.tool = 'issue_coupon' group by 1) x),
		'spent_cents', r.spent_cents, 'previous', (select x.summary -> 'observations' from data.runs x
			where x.tenant = p_tenant and x.policy = p_policy and x.state = 'done' and not x.dry_run
			order by x.started_at desc limit 1));
end $$;

-- A moment as it was typed: a day is meant whole, to its last moment by the brand's clocks.
create function app.read_as_of(p_text text, p_zone text) returns timestamptz language plpgsql stable as $$
begin
	if p_text ~ '^\d{4}-\d\d-\d\d$' then
		return (p_text::date + 1)::timestamp at time zone p_zone - interval '1 microsecond';
	elsif p_text ~ '^\d{4}-\d\d-\d\d[T ]\d\d:\d\d' or p_text is null then
		return app.read_time(p_text, p_zone);
	end if;
	raise datetime_field_overflow;
exception when datetime_field_overflow or invalid_datetime_format then
	perform app.refuse('FLARG',
		format('"%s" is not a moment: write 2026-11-20 for the whole day, 2026-11-20T08:00 by the '
		'brand''s clocks, or 2026-11-20T08:00:00Z. Nothing was run.', left(p_text, 40)));
end $$;

create function app.left_of(p_tenant int, p_key data.keys) returns bigint language plpgsql volatile as $$
declare
	v_window timestamptz := app.open_window(p_tenant, p_key);
begin
	return (select greatest(0, least(b.net_limit - b.net, b.gross_limit - b.gross)) from data.budgets b
		where b.tenant = p_tenant and b.key = (p_key).key and b.starts_at = v_window);
end $$;

-- What the members of a range of numbers had done by a moment of the past, from the orders. For a moment that nothing
-- kept is newer than, reading.member_stats says the same at once.
create function app.stats_as_of(p_tenant int, p_as_of timestamptz, p_after bigint, p_upto bigint)
returns table (member bigint, first_on date, last_on date, days int, orders int, spend_cents bigint, year_cents bigint)
language plpgsql security definer stable set search_path = pg_catalog, pg_temp as $$
declare
	v_zone text;
begin
	select t.zone into v_zone from data.tenants t where t.tenant = p_tenant;
	return query select o.member, min((o.ordered_at at time zone v_zone)::date),
		max((o.ordered_at at time zone v_zone)::date),
		count(distinct (o.ordered_at at time zone v_zone)::date)::int, count(*)::int,
		sum(o.gross_cents - o.discount_cents)::bigint,
		coalesce(sum(o.gross_cents - o.discount_cents) filter (where o.ordered_at > p_as_of - interval '365 days'),
		0)::bigint
		from data.orders o where o.tenant = p_tenant and o.member > p_after and o.member <= p_upto
			and o.ordered_at <= p_as_of
		group by o.member;
end $$;

-- Renews the lease, late in each write so that two chunks do not wait for each other there: a runner that works is
-- not taken for a silent one.
create function app.renew_lease(p_tenant int, p_run data.runs) returns void language sql volatile as $$
	update data.policy_states set lease_until = app.now() + interval '2 minutes'
	where tenant = p_tenant and policy = (p_run).policy and fence = (p_run).fence
$$;

-- One row for every candidate, chosen or not; written before anything is done. The members come in order; what a
-- daemon that went silent has recorded stays as it is. (Looking first costs nothing; ON CONFLICT doubles the price.)
create function app.record_decisions(p_tenant int, p_call uuid, p_key text, p_run uuid, p_fence bigint,
	p_members bigint[], p_now real[], p_then real[], p_at_risk bigint[], p_draws float8[], p_arms text[],
	p_values bigint[], p_chosen boolean[], p_reasons text[]) returns bigint language plpgsql security definer volatile
set search_path = pg_catalog, pg_temp as $$
declare
	v_count bigint; v_run data.runs; v_again boolean;
begin
	perform app.enter(p_tenant);
	perform app.hold_gate(p_tenant);
	v_run := app.pass_fence(p_tenant, p_run, p_fence);
	v_again := exists (select from data.decisions d where d.tenant = p_tenant and d.run = p_run
		and d.member between p_members[1] and p_members[cardinality(p_members)]);
	insert into data.decisions (tenant, run, member, p_now, p_then, at_risk_cents, holdout_u, arm, value_cents, chosen,
		reason)
		select p_tenant, p_run, x.* from unnest(p_members, p_now, p_then, p_at_risk, p_draws, p_arms, p_values,
			p_chosen, p_reasons) x(member, p_now, p_then, at_risk, draw, arm, value, chosen, reason)
			where not v_again or not exists (select from data.decisions d where d.tenant = p_tenant and d.run = p_run
				and d.member = x.member);
	get diagnostics v_count = row_count;
	perform app.renew_lease(p_tenant, v_run);
	perform app.write_audit(p_tenant, p_call, p_key, 'agent', 'record_decisions', 'executed', '', null, null,
		v_count::int, jsonb_build_object('run', p_run));
	return v_count;
end $$;

-- Gives the same thing to up to 2,000 members in one transaction, under stop, fence, recorded decision, cool-down
-- and both budgets. p_kind: points (p_points each) or coupon (one of p_pool each). A member that a chunk of this run
-- has already served is passed over: the idempotency key is run and member. Answers whom it served, and the coupons.
create function app.act_chunk(p_tenant int, p_call uuid, p_key text, p_run uuid, p_fence bigint, p_kind text,
	p_points bigint, p_pool text, p_cool_down_days int, p_members bigint[]) returns jsonb
language plpgsql security definer volatile set search_path = pg_catalog, pg_temp as $$
declare
	v_key data.keys; v_run data.runs; v_window timestamptz; v_now timestamptz := app.now(); v_each bigint; v_tool text;
	v_members bigint[]; v_done int; v_left bigint; v_expires timestamptz; v_id text;
	v_detail jsonb := jsonb_build_object('points', p_points); v_answer jsonb;
begin
	perform app.enter(p_tenant);
	perform app.hold_gate(p_tenant);
	perform app.refuse_stopped(p_tenant, p_key);
	v_tool := case p_kind when 'points' then 'earn_points' else 'issue_coupon' end;
	v_key := app.pass_key(p_tenant, p_key, case p_kind when 'points' then 'points:write' else 'coupons:write' end,
		v_tool);
	v_run := app.pass_fence(p_tenant, p_run, p_fence);
	v_members := app.servable(p_tenant, v_run, v_tool, p_cool_down_days, p_members);
	select case p_kind when 'points' then (p_points * t.cents_per_100_points + 99) / 100
			else (select x.cost_cents from data.pools x where x.tenant = p_tenant and x.pool = p_pool
				and x.state = 'open') end
		into v_each from data.tenants t where t.tenant = p_tenant;
	if v_each is null or v_each > v_key.cap_cents then
		perform app.refuse('FLCAP', format('One gift is worth %s; one write of this key may be worth at most %s.',
			coalesce(app.money(v_each), 'nothing, for the pool is not open'), app.money(v_key.cap_cents)));
	end if;
	v_window := app.open_window(p_tenant, v_key);
	v_id := app.chunk_prefix();
	if p_kind = 'points' then
		v_expires := v_now + interval '365 days';
		with served as materialized (
			select m.member, (v_id || lpad(to_hex(row_number() over (order by m.member)), 8, '0'))::uuid as action
				from unnest(v_members) m(member)
		), actions as (
			insert into data.actions (tenant, action, key, tool, run, member, value_cents, budget_starts_at, detail,
					state, created_at)
				select p_tenant, s.action, p_key, v_tool, p_run, s.member, v_each, v_window, v_detail, 'done', v_now
					from served s
		), lots as (
			insert into data.lots (tenant, lot, member, points, remaining, state, earned_at, expires_at, action)
				select p_tenant, s.action, s.member, p_points, p_points, 'active', v_now, v_expires, s.action
					from served s
		), ledger as (
			insert into data.ledger (tenant, entry, member, delta, kind, lot, action, at)
				select p_tenant, s.action, s.member, p_points, 'earn', s.action, s.action, v_now from served s
		)
		insert into data.balances as b (tenant, member, points)
			select p_tenant, s.member, p_points from served s order by s.member
			on conflict (tenant, member) do update set points = b.points + excluded.points;
		v_done := cardinality(v_members);
	else
		select v_now + make_interval(days => x.valid_days) into v_expires from data.pools x
			where x.tenant = p_tenant and x.pool = p_pool;
		with free as materialized (
			select c.code from data.coupons c where c.tenant = p_tenant and c.pool = p_pool and c.state = 'available'
				limit cardinality(v_members) for update skip locked
		), given as materialized (
			select m.member, f.code,
				(v_id || lpad(to_hex(row_number() over (order by m.member)), 8, '0'))::uuid as action
				from (select code, row_number() over () as place from free) f
				join unnest(v_members) with ordinality m(member, place) using (place)
		), coupons as (
			update data.coupons c set member = g.member, state = 'issued', issued_at = v_now, expires_at = v_expires,
					action = g.action
				from given g where c.tenant = p_tenant and c.code = g.code
		), actions as (
			insert into data.actions (tenant, action, key, tool, run, member, value_cents, budget_starts_at, detail,
					state, created_at)
				select p_tenant, g.action, p_key, v_tool, p_run, g.member, v_each, v_window,
					jsonb_build_object('coupon', g.code, 'pool', p_pool), 'done', v_now from given g
		)
		select count(*) into v_done from given g;
	end if;
	perform app.write_audit(p_tenant, p_call, p_key, 'agent', 'act_chunk', 'executed', '', null, v_done * v_each,
		v_done, jsonb_build_object('run', p_run, 'kind', p_kind, 'members', v_done));
	-- Also whom an earlier try of this chunk served: a run that is taken over goes on with them.
	select jsonb_build_object('status', 'executed', 'members', coalesce(jsonb_agg(a.member order by a.member), '[]'),
			'coupons', coalesce(jsonb_agg(a.detail -> 'coupon' order by a.member), '[]'),
			'value_cents', v_done * v_each) into v_answer
		from unnest(p_members) m(member)
		cross join lateral (select x.member, x.detail from data.actions x where x.tenant = p_tenant
			and x.member = m.member and case when x.run = p_run then x.tool = v_tool end and x.state = 'done'
			limit 1) a;
	v_left := app.charge_run(p_tenant, v_key, v_run, v_window, v_done * v_each);
	return v_answer || jsonb_build_object('budget_left_cents', v_left);
end $$;

-- The first 24 digits of a chunk's ids: the time, then a draw; the rest counts. Ids that follow each other cost an
-- index a fraction of those that do not.
create function app.chunk_prefix() returns text language sql volatile as $$
	select substr(replace(app.new_id()::text, '-', ''), 1, 24)
$$;

-- Who of the chunk may be served: chosen by a recorded decision of this run, not served by it yet (nor taken back
-- since), and not written to by another run within the cool-down. In order of member, so that two chunks lock in one
-- order.
-- The tables it reads are those that the cycle fills; their statistics are of before, and a plan that takes them for
-- empty compares every member with every decision or action (20 us a member instead of 3). LIMIT in a lateral subquery,
-- and CASE around what another index would offer, leave the planner no other way than a look-up by member.
create function app.servable(p_tenant int, p_run data.runs, p_tool text, p_cool_down_days int, p_members bigint[])
returns bigint[] language plpgsql volatile as $$
declare
	v_since timestamptz := app.now() - make_interval(days => p_cool_down_days);
begin
	return (select coalesce(array_agg(m.member order by m.member), '{}')
		from unnest(p_members) m(member)
		cross join lateral (select from data.decisions d where d.tenant = p_tenant and d.run = (p_run).run
			and d.member = m.member and d.chosen limit 1) x
		left join lateral (select true as found from data.actions a where a.tenant = p_tenant and a.member = m.member
			and a.run is not null and case when a.run = (p_run).run then a.tool = p_tool
				else a.state = 'done' and a.created_at > v_since end limit 1) y on true
		where y.found is null);
end $$;

-- The cycle's own limit, then the key's window, last.
create function app.charge_run(p_tenant int, p_key data.keys, p_run data.runs, p_window timestamptz, p_cents bigint)
returns bigint language plpgsql volatile as $$
begin
	update data.runs set spent_cents = spent_cents + p_cents
		where tenant = p_tenant and run = (p_run).run and spent_cents + p_cents <= budget_cents;
	if not found then
		perform app.refuse('FLBUD', format('This chunk costs %s; the cycle may spend %s and has spent %s.',
			app.money(p_cents), app.money((p_run).budget_cents), app.money((p_run).spent_cents)));
	end if;
	perform app.renew_lease(p_tenant, p_run);
	return app.charge(p_tenant, p_key, p_window, p_cents, 0);
end $$;

-- Puts up to 2,000 messages before a human, one transaction. The arrays hold one member each; texts are sealed.
create function app.draft_chunk(p_tenant int, p_call uuid, p_key text, p_run uuid, p_fence bigint, p_channel text,
	p_audience text, p_arm text, p_expires_at timestamptz, p_cool_down_days int, p_members bigint[], p_subjects bytea[],
	p_bodies bytea[], p_hashes bytea[]) returns jsonb language plpgsql security definer volatile
set search_path = pg_catalog, pg_temp as $$
declare
	v_key data.keys; v_run data.runs; v_window timestamptz; v_now timestamptz := app.now(); v_each bigint;
	v_members bigint[]; v_done int; v_left bigint; v_id text;
	v_detail jsonb := jsonb_build_object('channel', p_channel);
begin
	perform app.enter(p_tenant);
	perform app.hold_gate(p_tenant);
	perform app.refuse_stopped(p_tenant, p_key);
	v_key := app.pass_key(p_tenant, p_key, 'agent:act', 'draft_outreach');
	v_run := app.pass_fence(p_tenant, p_run, p_fence);
	select t.message_cost_cents into v_each from data.tenants t where t.tenant = p_tenant;
	select coalesce(array_agg(s.member order by s.member), '{}') into v_members
		from unnest(app.servable(p_tenant, v_run, 'draft_outreach', p_cool_down_days, p_members)) s(member)
		join data.consents c on c.tenant = p_tenant and c.member = s.member and c.channel = p_channel and c.granted;
	v_window := app.open_window(p_tenant, v_key);
	v_id := app.chunk_prefix();
	with served as materialized (
		select x.*, (v_id || lpad(to_hex(row_number() over (order by x.member)), 8, '0'))::uuid as action
			from unnest(p_members, p_subjects, p_bodies, p_hashes) x(member, subject, body, hash)
			join unnest(v_members) v(member) using (member)
	), actions as (
		insert into data.actions (tenant, action, key, tool, run, member, value_cents, budget_starts_at, detail,
				state, created_at)
			select p_tenant, s.action, p_key, 'draft_outreach', p_run, s.member, v_each, v_window, v_detail, 'done',
				v_now from served s
	)
	insert into data.drafts (tenant, draft, member, run, policy, policy_version, arm, channel, audience, subject_sealed,
			body_sealed, text_hash, state, created_at, expires_at)
		select p_tenant, s.action, s.member, p_run, v_run.policy, v_run.version, p_arm, p_channel, p_audience,
			s.subject, s.body, s.hash, 'waiting', v_now, p_expires_at from served s;
	get diagnostics v_done = row_count;
	perform app.write_audit(p_tenant, p_call, p_key, 'agent', 'draft_chunk', 'executed', '', null, v_done * v_each,
		v_done, jsonb_build_object('run', p_run, 'arm', p_arm, 'drafts', v_done));
	v_left := app.charge_run(p_tenant, v_key, v_run, v_window, v_done * v_each);
	return jsonb_build_object('status', 'executed', 'drafts', v_done, 'value_cents', v_done * v_each,
		'budget_left_cents', v_left);
end $$;

-- Ends the run and gives the lease back. A fit that was good is kept for the next one.
create function app.close_run(p_tenant int, p_call uuid, p_key text, p_run uuid, p_fence bigint, p_state text,
	p_summary jsonb, p_fit jsonb) returns void language plpgsql security definer volatile
set search_path = pg_catalog, pg_temp as $$
declare
	v_run data.runs;
begin
	perform app.enter(p_tenant);
	update data.runs set state = p_state, ended_at = app.now(), summary = p_summary
		where tenant = p_tenant and run = p_run and fence = p_fence and state = 'open' returning * into v_run;
	if v_run.run is null then
		perform app.refuse('FLFEN', format('Run %s is not (any more) this daemon''s: another one has taken over.',
			p_run));
	end if;
	update data.policy_states set lease_until = '-infinity', fit = coalesce(p_fit, fit)
		where tenant = p_tenant and policy = v_run.policy and fence = p_fence;
	perform app.write_audit(p_tenant, p_call, p_key, 'agent', 'close_run', 'executed', '', null, v_run.spent_cents, 1,
		jsonb_build_object('run', p_run, 'state', p_state));
end $$;
