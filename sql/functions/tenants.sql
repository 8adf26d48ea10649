-- Tenants and people. Making a tenant is the owner's business (not granted to the daemon); its people are the
-- admins'.
create function app.create_tenant(p_slug text, p_name text, p_zone text, p_currency text, p_week_start int,
	p_cents_per_100_points int, p_message_cost_cents int, p_admin text, p_min_group int default 5) returns int
language plpgsql volatile as $$
declare
	v_tenant int := 1;
begin
	if not exists (select from pg_timezone_names where name = p_zone) then
		perform app.refuse('FLARG', format('There is no time zone "%s": use a name like Europe/Paris.', p_zone));
	end if;
	-- Nobody may see all tenants at once, so the next number is looked for, under a lock.
	perform pg_advisory_xact_lock(7302, 0);
	loop
		perform app.enter(v_tenant);
		exit when not exists (select from data.tenants t where t.tenant = v_tenant);
		if exists (select from data.tenants t where t.tenant = v_tenant and t.slug = p_slug) then
			perform app.refuse('FLSTA', format('There is a tenant "%s" already (number %s).', p_slug, v_tenant));
		end if;
		v_tenant := v_tenant + 1;
	end loop;
	insert into data.tenants (tenant, slug, name, zone, currency, week_start, cents_per_100_points,
			message_cost_cents, created_at, min_group)
		values (v_tenant, p_slug, p_name, p_zone, p_currency, p_week_start, p_cents_per_100_points,
			p_message_cost_cents, app.now(), p_min_group);
	insert into data.people (tenant, person, name, roles, created_at)
		values (v_tenant, p_admin, p_admin, '{admin}', app.now());
	perform app.write_audit(v_tenant, app.new_id(), p_admin, 'cli', 'create_tenant', 'executed', '', null, null, 1,
		jsonb_build_object('slug', p_slug));
	return v_tenant;
end $$;

-- The number of a tenant by its name in the command line; null when there is none.
create function app.find_tenant(p_slug text) returns int language plpgsql security definer volatile
set search_path = pg_catalog, pg_temp as $$
declare
	v_slug text;
begin
	for v_tenant in 1 .. 1000000 loop
		perform app.enter(v_tenant);
		select t.slug into v_slug from data.tenants t where t.tenant = v_tenant;
		if not found then
			return null;
		elsif v_slug = p_slug or v_tenant::text = p_slug then
			return v_tenant;
		end if;
	end loop;
end $$;

create function app.add_person(p_tenant int, p_call uuid, p_admin text, p_person text, p_name text, p_roles text[])
returns void language plpgsql security definer volatile set search_path = pg_catalog, pg_temp as $$
begin
	perform app.enter(p_tenant);
	perform app.pass_person(p_tenant, p_admin, 'admin');
	insert into data.people (tenant, person, name, roles, created_at)
		values (p_tenant, p_person, p_name, p_roles, app.now())
		on conflict (tenant, person) do update set name = excluded.name, roles = excluded.roles, removed_at = null;
	perform app.write_audit(p_tenant, p_call, p_admin, 'cli', 'add_person', 'executed', '', null, null, 1,
		jsonb_build_object('person', p_person, 'roles', p_roles));
end $$;

-- Numbers of earlier answers may be other numbers now, so the data version moves.
create function app.set_calendar(p_tenant int, p_call uuid, p_admin text, p_month int, p_retail boolean, p_week int)
returns text language plpgsql security definer volatile set search_path = pg_catalog, pg_temp as $$
declare
	t data.tenants;
begin
	perform app.enter(p_tenant);
	perform app.pass_person(p_tenant, p_admin, 'admin');
	update data.tenants x set fiscal_month = coalesce(p_month, x.fiscal_month), retail = coalesce(p_retail, x.retail),
			week_start = coalesce(p_week, x.week_start), data_version = x.data_version + 1
		where x.tenant = p_tenant returning * into t;
	perform app.write_audit(p_tenant, p_call, p_admin, 'cli', 'set_calendar', 'executed', '', null, null, 1,
		jsonb_build_object('fiscal_month', t.fiscal_month, 'retail', t.retail, 'week_start', t.week_start));
	return format('fiscal years begin in month %s and are of %s; weeks begin on day %s', t.fiscal_month,
		case when t.retail then 'weeks (4-5-4)' else 'months' end, t.week_start);
end $$;

-- At the daemon's start: is this the database that this daemon knew? A restored backup or a promoted standby may have
-- forgotten a stop or a sent mark, so it comes up stopped until a person resumes it, and no earlier approval counts, of
-- any tenant. A copy elsewhere, on another timeline, is another database from now on and gets a name of its own; a
-- database that this daemon merely did not know keeps its name, or each daemon's start would stop the others' again.
create function app.check_incarnation(p_known text) returns table (incarnation text, held boolean)
language plpgsql security definer volatile set search_path = pg_catalog, pg_temp as $$
declare
	i data.installation; v_system text; v_timeline int; v_moved boolean; v_tenant int := 1;
begin
	if pg_is_in_recovery() then
		perform app.refuse('FLSCH', 'This PostgreSQL is a standby, which cannot be written to: name the primary in the '
			'setting `database`.');
	end if;
	perform pg_advisory_xact_lock(7300, 0);
	select * into i from data.installation;
	select system_identifier::text into v_system from pg_control_system();
	-- Of the log that is written now: the last checkpoint may be older than a promotion.
	v_timeline := ('x' || left(pg_walfile_name(pg_current_wal_lsn()), 8))::bit(32)::int;
	if i.system_identifier = '' then
		update data.installation set system_identifier = v_system, timeline = v_timeline returning * into i;
	end if;
	v_moved := i.system_identifier <> v_system or i.timeline <> v_timeline;
	if not v_moved and p_known in ('', i.incarnation::text) then
		return query select i.incarnation::text, false;
		return;
	end if;
	update data.installation x set incarnation = case when v_moved then gen_random_uuid() else x.incarnation end,
			system_identifier = v_system, timeline = v_timeline, stopped = true, generation = generation + 1,
			stopped_by = 'flashd', reason = 'the database was restored or promoted; look before you resume',
			changed_at = app.now()
		returning * into i;
	loop
		perform app.enter(v_tenant);
		exit when not exists (select from data.tenants t where t.tenant = v_tenant);
		update data.drafts set state = 'waiting', approved_hash = null, decided_by = null,
				reason = 'approved before the database changed; approve again'
			where tenant = v_tenant and state in ('approved', 'held');
		v_tenant := v_tenant + 1;
	end loop;
	return query select i.incarnation::text, true;
end $$;

-- Lifts the stop of everything: an admin's word, of any tenant. What was approved before waits for a new approval.
create function app.resume_installation(p_tenant int, p_call uuid, p_person text, p_reason text) returns void
language plpgsql security definer volatile set search_path = pg_catalog, pg_temp as $$
begin
	perform pg_advisory_xact_lock(7300, 0);
	perform app.enter(p_tenant);
	perform app.pass_person(p_tenant, p_person, 'admin');
	if coalesce(btrim(p_reason), '') = '' then
		perform app.refuse('FLARG', 'Resuming needs a reason, for the record.');
	end if;
	update data.installation set stopped = false, reason = p_reason, stopped_by = p_person, changed_at = app.now(),
		clock_seen_at = statement_timestamp();
	perform app.write_audit(p_tenant, p_call, p_person, 'cli', 'resume', 'executed', '', null, null, 1,
		jsonb_build_object('scope', 'everything', 'reason', p_reason));
end $$;
