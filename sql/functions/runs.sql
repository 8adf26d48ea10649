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
	perform app.refuse_limited(v_key);
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
		'own', (select jsonb_build_object(
				'gifts', coalesce(jsonb_agg(x.done) filter (where x.tool <> 'draft_outreach'), '[]'),
				'drafts', coalesce(jsonb_agg(x.done) filter (where x.tool = 'draft_outreach'), '[]'))
			from (select a.tool, jsonb_build_array(a.member, a.value_cents) as done from data.actions a
				where a.tenant = p_tenant and v_go_on and a.run = r.run order by a.member) x),
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
	if true = any (p_chosen) then
		perform app.pass_receipts(p_tenant, v_run);
	end if;
	v_again := exists (select from data.decisions d where d.tenant = p_tenant and d.run = p_run
		and d.member between p_members[1] and p_members[cardinality(p_members)]);
	insert into data.decisions (tenant, run, member, p_now, p_then, at_risk_cents, holdout_u, arm, value_cents, chosen,
		reason)
		select p_tenant, p_run, x.* from (select unnest(p_members) as member, unnest(p_now), unnest(p_then),
				unnest(p_at_risk), unnest(p_draws), unnest(p_arms), unnest(p_values), unnest(p_chosen),
				unnest(p_reasons)) x
			where not v_again or not exists (select from data.decisions d where d.tenant = p_tenant and d.run = p_run
				and d.member = x.member);
	get diagnostics v_count = row_count;
	perform app.renew_lease(p_tenant, v_run);
	perform app.write_audit(p_tenant, p_call, p_key, 'agent', 'record_decisions', 'executed', '', null, null,
		v_count::int, jsonb_build_object('run', p_run));
	return v_count;
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
