-- Policies: a file's body becomes a version; who runs it and when is its state.

create function app.add_policy(p_tenant int, p_call uuid, p_person text, p_policy text, p_body jsonb, p_hash bytea,
	p_key text) returns int language plpgsql security definer volatile set search_path = pg_catalog, pg_temp as $$
declare
	v_version int; v_zone text; v_cron text := p_body #>> '{schedule,cron}'; v_hash bytea;
begin
	perform app.enter(p_tenant);
	perform app.pass_person(p_tenant, p_person, 'admin');
	select case p_body #>> '{schedule,zone}' when 'tenant' then t.zone else p_body #>> '{schedule,zone}' end
		into v_zone from data.tenants t where t.tenant = p_tenant;
	if not exists (select from pg_timezone_names where name = v_zone) then
		perform app.refuse('FLARG', format('The policy %s asks for the zone "%s", which does not exist.', p_policy,
			v_zone));
	elsif not exists (select from data.keys k where k.tenant = p_tenant and k.key = p_key and k.kind = 'agent'
			and k.revoked_at is null) then
		perform app.refuse('FLNOT', format('There is no valid agent key %s: make one with `flashd key create --preset '
			'agent`.', p_key));
	end if;
	select p.version, p.body_hash into v_version, v_hash from data.policies p
		where p.tenant = p_tenant and p.policy = p_policy order by p.version desc limit 1;
	if v_hash is distinct from p_hash then
		v_version := coalesce(v_version, 0) + 1;
		insert into data.policies (tenant, policy, version, body, body_hash, created_by, created_at)
			values (p_tenant, p_policy, v_version, p_body, p_hash, p_person, app.now());
	end if;
	insert into data.policy_states as s (tenant, policy, version, key, enabled, cron, zone, catch_up, next_run_at)
		values (p_tenant, p_policy, v_version, p_key, true, v_cron, v_zone, p_body #>> '{schedule,catch_up}',
			app.cron_next(v_cron, v_zone, app.now()))
		on conflict (tenant, policy) do update set version = excluded.version, key = excluded.key, enabled = true,
			cron = excluded.cron, zone = excluded.zone, catch_up = excluded.catch_up,
			next_run_at = case when s.cron = excluded.cron and s.zone = excluded.zone then s.next_run_at
				else excluded.next_run_at end;
	perform app.write_audit(p_tenant, p_call, p_person, 'cli', 'add_policy', 'executed', '', p_hash, null, 1,
		jsonb_build_object('policy', p_policy, 'version', v_version));
	perform pg_notify('flashd', 'policy');
	return v_version;
end $$;

create view reading.policies as
	select s.tenant, s.policy, s.version, s.key, s.enabled, s.cron, s.zone, s.next_run_at, s.lease_by,
		s.lease_until > app.now() as running, p.created_by, p.created_at
	from data.policy_states s join data.policies p using (tenant, policy, version);

-- What a daemon has to do now, over all tenants: policies that are due or whose runner went silent, drafts to deliver
-- or to reap; and when to look again
-- at the latest. Runs on the owner's side because nobody else may see more than one tenant.
create function app.find_work() returns table (tenant int, policy text, key text, deliver boolean, reap boolean,
	next_at timestamptz) language plpgsql security definer volatile set search_path = pg_catalog, pg_temp as $$
declare
	v_tenant int := 1;
begin
	perform app.watch_clock();
	loop
		perform app.enter(v_tenant);
		exit when not exists (select from data.tenants t where t.tenant = v_tenant);
		return query select s.tenant, s.policy, s.key, false, false,
			case when exists (select from data.runs r where r.tenant = s.tenant and r.policy = s.policy
				and r.state = 'open'
				and not r.dry_run) then app.now() else s.next_run_at end
			from data.policy_states s where s.tenant = v_tenant and s.enabled and s.lease_until <= app.now();
		return query select v_tenant, null::text, null::text,
			exists (select from data.drafts d where d.tenant = v_tenant and d.state = 'approved'
				and app.is_ripe(v_tenant, d.draft)),
			exists (select from data.attempts a where a.tenant = v_tenant and a.outcome = 'open'
				and a.deadline_at < app.now())
				or exists (select from data.drafts d where d.tenant = v_tenant and d.state = 'waiting'
					and d.expires_at <= app.now()),
			app.now();
		v_tenant := v_tenant + 1;
	end loop;
end $$;
