-- Stop: takes the gate alone, so it waits for the writes that are in and lets none in behind them; when it has
-- answered, no later write commits. Also counts the deliveries in flight: the answer "quiet" is theirs to give.
-- p_scope: '*' for the tenant, or a key's id. A second stop is harmless and answers the same.
create function app.stop(p_tenant int, p_call uuid, p_principal text, p_via text, p_scope text, p_reason text)
returns jsonb language plpgsql security definer volatile set search_path = pg_catalog, pg_temp as $$
declare
	s data.stops; v_new boolean;
begin
	perform app.enter(p_tenant);
	perform app.close_gate(p_tenant);
	if p_scope <> '*' and not exists (select from data.keys k where k.tenant = p_tenant and k.key = p_scope) then
		perform app.refuse('FLNOT', format('There is no key %s. Leave `key` out to stop everything.', p_scope));
	end if;
	select * into s from data.stops x where x.tenant = p_tenant and x.scope = p_scope;
	v_new := s.stopped is distinct from true;
	if v_new then
		insert into data.stops as x (tenant, scope, stopped, generation, changed_by, reason, changed_at)
			values (p_tenant, p_scope, true, 1, p_principal, p_reason, app.now())
			on conflict (tenant, scope) do update set stopped = true, generation = x.generation + 1,
				changed_by = excluded.changed_by, reason = excluded.reason, changed_at = excluded.changed_at
			returning * into s;
	end if;
	perform app.write_audit(p_tenant, p_call, p_principal, p_via, 'stop_agent', 'executed', '', null, null, 1,
		jsonb_build_object('scope', p_scope, 'reason', p_reason, 'generation', s.generation));
	perform pg_notify('flashd', 'stop');
	return jsonb_build_object('status', 'executed', 'state', 'stopped', 'scope', p_scope, 'stopped_at', s.changed_at,
		'by', s.changed_by, 'reason', s.reason, 'generation', s.generation, 'was_stopped', not v_new,
		'in_flight', app.count_in_flight(p_tenant, p_scope));
end $$;

-- Deliveries that have been claimed and not settled, of everybody ('*') or of one key's drafts: none means quiet.
create function app.count_in_flight(p_tenant int, p_scope text) returns bigint language plpgsql
security definer volatile set search_path = pg_catalog, pg_temp as $$
begin
	perform app.enter(p_tenant);
	return (select count(*) from data.attempts a where a.tenant = p_tenant and a.outcome = 'open'
		and (p_scope = '*' or app.key_of(p_tenant, a.draft) = p_scope));
end $$;

-- Messages that a stop leaves waiting, and when the first of them expires: their time runs on meanwhile. Asked when the
-- stop has answered, which waits for no counting.
create function app.count_offers(p_tenant int, p_scope text, out waiting bigint, out first_at timestamptz)
language plpgsql security definer volatile set search_path = pg_catalog, pg_temp as $$
begin
	perform app.enter(p_tenant);
	select count(*), min(d.expires_at) into waiting, first_at from data.drafts d
		where d.tenant = p_tenant and d.state in ('waiting', 'approved', 'held') and d.expires_at > app.now()
		and (p_scope = '*' or app.key_of(p_tenant, d.draft) = p_scope);
end $$;

-- Raises unless the person is one of the tenant's and has the role; admins have every role.
create function app.pass_person(p_tenant int, p_person text, p_role text) returns void language plpgsql volatile as $$
begin
	if not exists (select from data.people p where p.tenant = p_tenant and p.person = p_person
			and p.removed_at is null and p.roles && array[p_role, 'admin']) then
		perform app.refuse('FLPER', format('"%s" is not a person with the role %s here: an admin can add one with '
			'`flashd tenant person`.', coalesce(p_person, ''), p_role));
	end if;
end $$;

-- Resume: a person's power. The generation that the person saw must be the present one, or somebody stopped again.
create function app.resume(p_tenant int, p_call uuid, p_person text, p_via text, p_scope text, p_reason text,
	p_generation bigint) returns jsonb language plpgsql security definer volatile
set search_path = pg_catalog, pg_temp as $$
declare
	s data.stops;
begin
	perform app.enter(p_tenant);
	perform app.close_gate(p_tenant);
	perform app.pass_person(p_tenant, p_person, 'admin');
	if coalesce(btrim(p_reason), '') = '' then
		perform app.refuse('FLARG', 'Resuming needs a reason, for the record.');
	end if;
	select * into s from data.stops x where x.tenant = p_tenant and x.scope = p_scope;
	if s.stopped is distinct from true then
		perform app.refuse('FLSTA', 'Nothing is stopped there, so there is nothing to resume.');
	elsif s.generation <> coalesce(p_generation, s.generation) then
		perform app.refuse('FLSTA', format('It was stopped again since (stop number %s by %s: %s). Look, then resume '
			'that one.', s.generation, s.changed_by, s.reason));
	end if;
	update data.stops set stopped = false, changed_by = p_person, reason = p_reason, changed_at = app.now()
		where tenant = p_tenant and scope = p_scope;
	update data.drafts set state = 'waiting', approved_hash = null, reason = 'held by a stop; approve again'
		where tenant = p_tenant and state = 'held';
	perform app.write_audit(p_tenant, p_call, p_person, p_via, 'resume', 'executed', '', null, null, 1,
		jsonb_build_object('scope', p_scope, 'reason', p_reason, 'generation', s.generation));
	perform pg_notify('flashd', 'resume');
	return jsonb_build_object('state', 'running', 'scope', p_scope, 'generation', s.generation,
		'expired', (select count(*) from data.drafts d where d.tenant = p_tenant
			and d.state in ('waiting', 'approved', 'expired')
			and d.expires_at > s.changed_at and d.expires_at <= app.now()
			and (p_scope = '*' or app.key_of(p_tenant, d.draft) = p_scope)));
end $$;

-- The switch as it stands, read without the gate: for showing, never for deciding.
create function app.read_switch(p_tenant int) returns jsonb language plpgsql security definer volatile
set search_path = pg_catalog, pg_temp as $$
begin
	perform app.enter(p_tenant);
	return jsonb_build_object(
		'stopped', (select i.stopped from data.installation i)
			or exists (select from data.stops s where s.tenant = p_tenant and s.scope = '*' and s.stopped),
		'in_flight', app.count_in_flight(p_tenant, '*'),
		'stops', (select coalesce(jsonb_agg(jsonb_build_object('scope', s.scope, 'by', s.changed_by, 'reason', s.reason,
			'at', s.changed_at, 'generation', s.generation) order by s.scope), '[]')
			from data.stops s where s.tenant = p_tenant and s.stopped));
end $$;
