-- Awards of one batch in one set: the commonest write, and the one that many callers make on one budget at once.
-- What app.write_call and effect.earn_points do call by call is done here by one statement when nothing stands against
-- any of the tenant's awards in the batch (p_count of them, by p_keys); otherwise all are left to them, which know how
-- to refuse, replay and try. So this only ever says yes, where they would, and all or nothing: a set and a rest would
-- take members' rows twice over, each in its own order, and two daemons would stand in each other's way (measured:
-- deadlocks whenever a budget ran out).
--
-- The gate is held and the budgets' open windows are locked (app.write_calls), so what is read of them here stays true.
-- A window that begins with this batch is opened first; another daemon may charge it before it is charged here, which
-- then raises, and the calls go one by one.
-- In the way of a set: anything stopped that concerns the tenant; a key that is more than a plain one (gears, or a
-- column that this function does not know of, as limits) or an agent's, whose writes cite receipts; a name used before
-- or twice in the batch; a member that is not there; a call over the cap; and a sum, in the order of the calls, that
-- does not fit into the window's limits or the minute.
create function app.award_calls(p_tenant int, p_keys text[], p_count bigint, p_calls jsonb)
returns table (place int, answer jsonb) language plpgsql volatile set plan_cache_mode = force_generic_plan as $$
declare
	v_now timestamptz := app.now();
	v_minute timestamptz := date_trunc('minute', v_now);
	v_keys int; v_charged int; v_places int[]; v_answers jsonb[];
begin
	if exists (select from data.installation i where i.stopped)
			or exists (select from data.stops s where s.tenant = p_tenant and s.stopped) then
		return;
	end if;
	perform app.open_window(p_tenant, k) from (select k from data.keys k
		where k.tenant = p_tenant and k.key = any (p_keys) and k.kind <> 'agent' and 'points:write' = any (k.scopes)
			and k.budget_cents is not null
			and k.revoked_at is null and (k.expires_at is null or k.expires_at > v_now)
			and not exists (select from data.budgets b where b.tenant = p_tenant and b.key = k.key
				and b.starts_at <= v_now and b.ends_at > v_now)
		order by k.key) x;
	with calls as (
		select e.place::int as place, x.*, (x.args ->> 'member')::bigint as member,
			(x.args ->> 'points')::bigint as points,
			row_number() over (partition by x.key, x.idem order by e.place) as named
		from jsonb_array_elements(p_calls) with ordinality e(call, place),
			jsonb_to_record(e.call) x(tenant int, key text, call uuid, via text, tool text, scope text, idem text,
				hash bytea, args jsonb, dry_run boolean)
		where x.tenant = p_tenant and x.tool = 'earn_points' and x.dry_run is not true
			and not x.args ?| array['run', 'receipts']
	), windows as materialized (
		select k as row, k.key, k.cap_cents, k.calls_per_minute, k.scopes, b.starts_at,
			b.net_limit - b.net as left_cents, b.gross_limit - b.gross as gross_left_cents,
			k.calls_per_minute - case when b.minute_at < v_minute then 0 else b.minute_calls end as calls_left
		from data.keys k join data.budgets b on b.tenant = k.tenant and b.key = k.key
		where k.tenant = p_tenant and k.key = any (p_keys) and b.starts_at <= v_now and b.ends_at > v_now
			and k.revoked_at is null and (k.expires_at is null or k.expires_at > v_now) and k.kind <> 'agent'
	), plain as materialized (
		select w.* from windows w
		where jsonb_strip_nulls(to_jsonb(w.row) - array['tenant', 'key', 'kind', 'name', 'secret_hash', 'scopes',
				'cap_cents', 'calls_per_minute', 'budget_cents', 'budget_period', 'created_by', 'created_at',
				'expires_at', 'revoked_at', 'revoked_by', 'limits_version']) = '{"gears": {}}'
	), worth as (
		select c.*, w.starts_at, w.left_cents, w.gross_left_cents, w.calls_left,
			(c.points * t.cents_per_100_points + 99) / 100 as cents
		from calls c join plain w on w.key = c.key join data.tenants t on t.tenant = p_tenant
		where c.named = 1 and c.points between 1 and 1000000000 and c.scope = any (w.scopes)
			and (c.points * t.cents_per_100_points + 99) / 100 <= w.cap_cents
			and exists (select from data.members m where m.tenant = p_tenant and m.member = c.member)
			and not exists (select from data.idempotency i
				where i.tenant = p_tenant and i.key = c.key and i.idem = c.idem)
	), summed as (
		select w.*, sum(w.cents) over (partition by w.key order by w.place) as spent,
			row_number() over (partition by w.key order by w.place) as number
		from worth w
	), fitting as materialized (
		select s.*, sum(s.points) over (partition by s.member order by s.place) as earned,
			sum(s.points) over (partition by s.member) as earned_all
		from summed s where s.spent <= s.left_cents and s.spent <= s.gross_left_cents and s.number <= s.calls_left
	), fit as materialized (
		select f.* from fitting f where (select count(*) from fitting) = p_count
	), balances as (
		insert into data.balances as b (tenant, member, points)
			select p_tenant, f.member, sum(f.points) from fit f group by f.member order by f.member
			on conflict (tenant, member) do update set points = b.points + excluded.points
			returning b.member, b.points
	), done as materialized (
		select f.*, jsonb_strip_nulls(jsonb_build_object('points', f.points, 'balance',
			b.points - f.earned_all + f.earned, 'reason', f.args ->> 'reason')) as detail
		from fit f join balances b on b.member = f.member
	), answered as materialized (
		select d.*, d.detail || jsonb_build_object('status', 'executed', 'action', d.call, 'value_cents', d.cents)
			as kept
		from done d
	), named as (
		insert into data.idempotency (tenant, key, idem, tool, body_hash, answer, at)
			select p_tenant, a.key, a.idem, a.tool, a.hash, a.kept, v_now from answered a
	), lots as (
		insert into data.lots (tenant, lot, member, points, remaining, state, earned_at, expires_at, action)
			select p_tenant, f.call, f.member, f.points, f.points, 'active', v_now,
				v_now + make_interval(days => coalesce((f.args ->> 'expires_days')::int, 365)), f.call from fit f
	), entries as (
		insert into data.ledger (tenant, entry, member, delta, kind, lot, action, at)
			select p_tenant, f.call, f.member, f.points, 'earn', f.call, f.call, v_now from fit f
	), actions as (
		insert into data.actions (tenant, action, key, idem, tool, member, value_cents, budget_starts_at, detail, state,
				created_at)
			select p_tenant, d.call, d.key, d.idem, d.tool, d.member, d.cents, d.starts_at, d.detail, 'done', v_now
			from done d
	), audits as (
		insert into journal.audit (tenant, call, at, principal, via, tool, decision, code, args_digest, value_cents,
				row_count)
			select p_tenant, f.call, clock_timestamp(), f.key, f.via, f.tool, 'executed', '', f.hash, f.cents, 1
				from fit f
	), sums as (
		select f.key, f.starts_at, sum(f.cents) as cents, count(*)::int as calls from fit f group by f.key, f.starts_at
	), charged as (
		update data.budgets b set net = b.net + s.cents, gross = b.gross + s.cents, calls = b.calls + s.calls,
				minute_at = v_minute,
				minute_calls = case when b.minute_at = v_minute then b.minute_calls else 0 end + s.calls
			from sums s
			where b.tenant = p_tenant and b.key = s.key and b.starts_at = s.starts_at and b.ends_at > v_now
				and b.net + s.cents <= b.net_limit and b.gross + s.cents <= b.gross_limit
			returning b.key
	)
	select (select count(*) from sums), (select count(*) from charged), array_agg(a.place),
			array_agg(a.kept || jsonb_build_object('budget_left_cents', a.left_cents - a.spent))
		into v_keys, v_charged, v_places, v_answers from answered a;
	if v_keys is distinct from v_charged then
		raise exception 'a set of awards did not fit into its budgets';
	end if;
	return query select * from unnest(v_places, v_answers);
end $$;
