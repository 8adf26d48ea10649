-- What a cycle does for its members: gift and message of up to 2,000 in one transaction.

-- Gives each member of the chunk what the arm gives (p_kind: points, p_points each; coupon, the one of p_codes;
-- message, nothing) and puts the arm's message before a human, under stop, fence, recorded decision, cool-down, consent
-- and both budgets. The arrays hold one value a member; texts are sealed, null where none could be made: the gift is
-- given all the same. p_gifts and p_drafts are the ids to use, in order: ids that follow each other cost an index a
-- fraction of those that do not. Whom this run has served already is passed over (the idempotency key is run and
-- member), and so is a member whose coupon somebody else took meanwhile.
create function app.serve_chunk(p_tenant int, p_call uuid, p_key text, p_run uuid, p_fence bigint, p_kind text,
	p_points bigint, p_pool text, p_arm text, p_channel text, p_audience text, p_expires_at timestamptz,
	p_cool_down_days int, p_members bigint[], p_codes text[], p_subjects bytea[], p_bodies bytea[], p_hashes bytea[],
	p_gifts uuid[], p_drafts uuid[])
returns jsonb language plpgsql security definer volatile set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_generic_plan as $$
declare
	v_key data.keys; v_run data.runs; v_window timestamptz; v_now timestamptz := app.now(); v_gift bigint := 0;
	v_message bigint; v_tool text := case p_kind when 'points' then 'earn_points' when 'coupon' then 'issue_coupon' end;
	v_expires timestamptz; v_given bigint[]; v_gifts int; v_drafts int; v_left bigint;
	v_gift_detail jsonb := jsonb_build_object('points', p_points);
	v_draft_detail jsonb := jsonb_build_object('channel', p_channel);
begin
	perform app.enter(p_tenant);
	perform app.hold_gate(p_tenant);
	perform app.refuse_stopped(p_tenant, p_key);
	v_key := app.pass_key(p_tenant, p_key, 'agent:act', 'draft_outreach');
	perform app.refuse_limited(v_key);
	v_run := app.pass_fence(p_tenant, p_run, p_fence);
	perform app.pass_receipts(p_tenant, v_run);
	select t.message_cost_cents, (p_points * t.cents_per_100_points + 99) / 100, v_now + interval '365 days'
		into v_message, v_gift, v_expires from data.tenants t where t.tenant = p_tenant;
	if p_kind = 'coupon' then
		select x.cost_cents, v_now + make_interval(days => x.valid_days) into v_gift, v_expires from data.pools x
			where x.tenant = p_tenant and x.pool = p_pool and x.state = 'open';
	end if;
	if v_tool is not null then
		v_key := app.pass_key(p_tenant, p_key, case p_kind when 'points' then 'points:write' else 'coupons:write' end,
			v_tool);
		if v_gift is null or v_gift > v_key.cap_cents then
			perform app.refuse('FLCAP', format('One gift is worth %s; one write of this key may be worth at most %s.',
				coalesce(app.money(v_gift), 'nothing, for the pool is not open'), app.money(v_key.cap_cents)));
		end if;
	end if;
	v_window := app.open_window(p_tenant, v_key);
	with asked as (
		select x.*, s.may_write and x.subject is not null as writes
			from (select unnest(p_members) as member, unnest(p_codes) as code, unnest(p_subjects) as subject,
				unnest(p_bodies) as body, unnest(p_hashes) as hash, unnest(p_gifts) as gift,
				unnest(p_drafts) as draft) x
			join app.servable(p_tenant, v_run, p_channel, p_cool_down_days, p_members) s using (member)
	), free as materialized (
		select c.code from data.coupons c where p_kind = 'coupon' and c.tenant = p_tenant and c.code = any (p_codes)
			and c.pool = p_pool and c.state = 'available' for update skip locked
	), served as materialized (
		select a.member, case when v_tool is not null then a.gift end as gift,
			case when a.writes then a.draft end as draft, a.code, a.subject, a.body, a.hash
		from asked a where (v_tool is not null or a.writes)
			and (p_kind <> 'coupon' or a.code in (select f.code from free f))
	), coupons as (
		update data.coupons c set member = s.member, state = 'issued', issued_at = v_now, expires_at = v_expires,
				action = s.gift
			from served s where p_kind = 'coupon' and c.tenant = p_tenant and c.code = s.code
	), actions as (
		insert into data.actions (tenant, action, key, tool, run, member, value_cents, budget_starts_at, detail, state,
				created_at)
			select p_tenant, s.gift, p_key, v_tool, p_run, s.member, v_gift, v_window, case p_kind when 'points'
					then v_gift_detail else jsonb_build_object('coupon', s.code, 'pool', p_pool) end, 'done', v_now
				from served s where s.gift is not null
			union all
			select p_tenant, s.draft, p_key, 'draft_outreach', p_run, s.member, v_message, v_window, v_draft_detail,
					'done', v_now
				from served s where s.draft is not null
	), lots as (
		insert into data.lots (tenant, lot, member, points, remaining, state, earned_at, expires_at, action)
			select p_tenant, s.gift, s.member, p_points, p_points, 'active', v_now, v_expires, s.gift
				from served s where p_kind = 'points'
	), ledger as (
		insert into data.ledger (tenant, entry, member, delta, kind, lot, action, at)
			select p_tenant, s.gift, s.member, p_points, 'earn', s.gift, s.gift, v_now
				from served s where p_kind = 'points'
	), drafts as (
		insert into data.drafts (tenant, draft, member, run, policy, policy_version, arm, channel, audience,
				subject_sealed, body_sealed, text_hash, state, created_at, expires_at)
			select p_tenant, s.draft, s.member, p_run, v_run.policy, v_run.version, p_arm, p_channel, p_audience,
				s.subject, s.body, s.hash, 'waiting', v_now, p_expires_at from served s where s.draft is not null
	)
	select array_agg(s.member order by s.member) filter (where p_kind = 'points'), count(s.gift), count(s.draft)
		into v_given, v_gifts, v_drafts from served s;
	perform app.add_points(p_tenant, v_given, p_points);
	perform app.write_audit(p_tenant, p_call, p_key, 'agent', 'serve_chunk', 'executed', '', null,
		v_gifts * v_gift + v_drafts * v_message, greatest(v_gifts, v_drafts), jsonb_build_object('run', p_run, 'kind',
		p_kind, 'arm', p_arm, 'gifts', v_gifts, 'drafts', v_drafts));
	v_left := app.charge_run(p_tenant, v_key, v_run, v_window, v_gifts * v_gift + v_drafts * v_message);
	return jsonb_build_object('status', 'executed', 'gifts', v_gifts, 'gift_cents', v_gifts * v_gift,
		'drafts', v_drafts, 'draft_cents', v_drafts * v_message, 'budget_left_cents', v_left);
end $$;

-- Who of the chunk may be served: chosen by a recorded decision of this run, not served by it yet (nor taken back
-- since), and not written to by another run within the cool-down. And whether they have agreed to the channel.
-- The tables it reads are those that the cycle fills; their statistics are of before, and a plan that takes them for
-- empty compares every member with every decision or action (minutes instead of milliseconds). So the function takes
-- all plans away from the planner but the look-up by member.
create function app.servable(p_tenant int, p_run data.runs, p_channel text, p_cool_down_days int, p_members bigint[])
returns table (member bigint, may_write boolean) language plpgsql volatile
set enable_seqscan = off set enable_bitmapscan = off set enable_hashjoin = off set enable_mergejoin = off
set plan_cache_mode = force_generic_plan as $$
declare
	v_run uuid := (p_run).run; v_since timestamptz := app.now() - make_interval(days => p_cool_down_days);
begin
	return query select m.member, c.granted
		from unnest(p_members) m(member)
		join data.decisions d on d.tenant = p_tenant and d.run = v_run and d.member = m.member and d.chosen
		left join data.consents c on c.tenant = p_tenant and c.member = m.member and c.channel = p_channel
		where not exists (select from data.actions a where a.tenant = p_tenant and a.member = m.member
			and (a.run = v_run or (a.run is not null and a.state = 'done' and a.created_at > v_since)));
end $$;

-- The members come in order, so that two chunks lock in one order. Most have a balance: an update costs half of what
-- an insert does that finds them. By look-up, as above.
create function app.add_points(p_tenant int, p_members bigint[], p_points bigint) returns void
language plpgsql volatile set enable_seqscan = off set enable_bitmapscan = off as $$
declare
	v_found bigint[];
begin
	with found as (
		update data.balances b set points = b.points + p_points from unnest(p_members) m(member)
			where b.tenant = p_tenant and b.member = m.member returning b.member
	) select array_agg(f.member) into v_found from found f;
	if coalesce(cardinality(v_found), 0) < cardinality(p_members) then
		insert into data.balances as b (tenant, member, points)
			select p_tenant, m.member, p_points from unnest(p_members) m(member)
				where not exists (select from unnest(v_found) f(member) where f.member = m.member)
			on conflict (tenant, member) do update set points = b.points + excluded.points;
	end if;
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
