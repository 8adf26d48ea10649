-- The gate: a shared advisory lock that every write holds to its end and that a stop, a revocation and a budget
-- change take alone. The flags are read in a later statement, whose snapshot is younger than the lock; reading
-- them in the same statement let writes through after the stop had answered (measured).

-- In PL/pgSQL, as all that a write calls: its plans are kept for the session, those of an SQL function are made anew
-- in each transaction.
create function app.enter(p_tenant int) returns void language plpgsql volatile as $$
begin
	perform set_config('flash.tenant', p_tenant::text, true);
end $$;

create function app.hold_gate(p_tenant int) returns void language plpgsql volatile as $$
begin
	perform pg_advisory_xact_lock_shared(7300, 0);
	perform pg_advisory_xact_lock_shared(7301, p_tenant);
end $$;

create function app.close_gate(p_tenant int) returns void language plpgsql volatile as $$
begin
	perform pg_advisory_xact_lock(7301, p_tenant);
end $$;

-- Why a clock that was at p_seen_at before stops everything.
create function app.clock_word(p_seen_at timestamptz) returns text language plpgsql stable as $$
begin
	return format('the database''s clock went back by %s s; budgets, leases and expiry go by it: look before you '
		'resume', round(extract(epoch from p_seen_at - statement_timestamp())));
end $$;

-- Each look for work writes down how late it is by the database's clock; a clock that has gone back by more than a
-- second since stops everything, until a person resumes. Between two looks the gate itself refuses.
create function app.watch_clock() returns void language plpgsql volatile as $$
declare
	v_seen_at timestamptz := (select i.clock_seen_at from data.installation i);
begin
	if v_seen_at > statement_timestamp() + interval '1 second' then
		perform pg_advisory_xact_lock(7300, 0);
		update data.installation i set stopped = true, generation = generation + 1, stopped_by = 'flashd',
				reason = app.clock_word(i.clock_seen_at), changed_at = statement_timestamp(),
				clock_seen_at = statement_timestamp()
			where i.clock_seen_at > statement_timestamp() + interval '1 second';
	elsif v_seen_at is null or v_seen_at < statement_timestamp() - interval '1 second' then
		update data.installation i set clock_seen_at = statement_timestamp()
			where coalesce(i.clock_seen_at, '-infinity') < statement_timestamp();
	end if;
end $$;

-- Raises when anything is stopped for this key: the house, the tenant or the key itself.
create function app.refuse_stopped(p_tenant int, p_key text) returns void language plpgsql volatile as $$
declare
	v_who text; v_reason text; v_at timestamptz; v_scope text;
begin
	select x.who, x.reason, x.at, x.what into v_who, v_reason, v_at, v_scope from (
		select i.stopped_by, i.reason, i.changed_at, 'everything' from data.installation i where i.stopped
		union all
		select 'flashd', app.clock_word(i.clock_seen_at), statement_timestamp(), 'everything' from data.installation i
			where not i.stopped and i.clock_seen_at > statement_timestamp() + interval '1 second'
		union all
		select s.changed_by, s.reason, s.changed_at, case s.scope when '*' then 'the agent' else 'key ' || s.scope end
			from data.stops s where s.tenant = p_tenant and s.scope in ('*', p_key) and s.stopped
	) x(who, reason, at, what) limit 1;
	if v_scope is not null then
		perform app.refuse('FLSTP', format('Stopped: %s was stopped at %s by %s (%s). Nothing was changed. A '
			'person can resume it with `flashd resume`.', v_scope, to_char(v_at at time zone 'UTC',
			'YYYY-MM-DD"T"HH24:MI:SS"Z"'), v_who, v_reason));
	end if;
end $$;

-- Whether refuse_stopped() would raise.
create function app.is_stopped(p_tenant int, p_key text) returns boolean language plpgsql volatile as $$
begin
	return exists (select from data.installation i where i.stopped
		or i.clock_seen_at > statement_timestamp() + interval '1 second') or exists (select from data.stops s
		where s.tenant = p_tenant and s.scope in ('*', p_key) and s.stopped);
end $$;

-- The key as it is now, or a refusal: revoked, expired, without the scope, or forbidden to use this tool.
create function app.pass_key(p_tenant int, p_key text, p_scope text, p_tool text) returns data.keys
language plpgsql volatile as $$
declare
	v_key data.keys;
begin
	select * into v_key from data.keys k where k.tenant = p_tenant and k.key = p_key;
	if v_key.key is null or v_key.revoked_at is not null or v_key.expires_at <= app.now() then
		perform app.refuse('FLKEY', 'This API key is not valid (any more): ask an admin for a new one.');
	end if;
	if not p_scope = any (v_key.scopes) then
		perform app.refuse('FLSCO', format('This key lacks scope %s, which %s needs: ask an admin for a key '
			'that has it.', p_scope, p_tool));
	end if;
	if v_key.gears ->> p_tool = 'forbidden' then
		perform app.refuse('FLGEA', format('%s is switched off for this key: an admin decides that.', p_tool));
	end if;
	return v_key;
end $$;

-- A run's writes count only while it is open and its runner still holds the lease under the same fence.
create function app.pass_fence(p_tenant int, p_run uuid, p_fence bigint) returns data.runs
language plpgsql volatile as $$
declare
	v_run data.runs;
begin
	select r.* into v_run from data.runs r where r.tenant = p_tenant and r.run = p_run and r.fence = p_fence
		and r.state = 'open';
	if v_run.run is null or not exists (select from data.policy_states s where s.tenant = p_tenant
			and s.policy = v_run.policy and s.fence = p_fence and s.lease_until > app.now()) then
		perform app.refuse('FLFEN', format('Run %s is not (any more) this daemon''s: another one has taken over. '
			'Nothing was changed.', p_run));
	end if;
	return v_run;
end $$;
