-- The life of a metric, per tenant: a person certifies, suspends and retires; the daemon may only suspend. Every change
-- bumps the tenant's data version, so that no kept answer of a number that was just suspended leaves any more.

create view metric.states as
	select s.tenant, s.metric, s.definition, s.state, s.shape, s.changed_by, s.reason, s.changed_at
	from data.metric_states s;

create view metric.history as
	select h.tenant, h.metric, h.at, h.definition, h.from_state, h.to_state, h.changed_by, h.reason
	from data.metric_history h;

create view metric.definitions as
	select distinct on (d.tenant, d.metric) d.tenant, d.metric, d.version, d.body, d.definition, d.created_by,
		d.created_at
	from data.metric_definitions d
	order by d.tenant, d.metric, d.version desc;

-- A source's columns with their types, as one hash: another shape is another source.
create view metric.shapes as
	select c.relname as source, (select md5(string_agg(a.attname || ' ' || format_type(a.atttypid, a.atttypmod), ','
		order by a.attname)) from pg_attribute a
		where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped) as shape
	from pg_class c
	where c.relnamespace = 'metric'::regnamespace and c.relkind = 'v';

create function app.change_metric(p_tenant int, p_call uuid, p_by text, p_metric text, p_definition text, p_state text,
	p_reason text, p_source text, p_via text) returns void language plpgsql volatile as $$
declare
	v_from text;
begin
	if coalesce(btrim(p_reason), '') = '' then
		perform app.refuse('FLARG', 'A metric''s state needs a reason, for the record.');
	end if;
	select s.state into v_from from data.metric_states s where s.tenant = p_tenant and s.metric = p_metric for update;
	insert into data.metric_states as s (tenant, metric, definition, state, shape, changed_by, reason, changed_at)
		values (p_tenant, p_metric, p_definition, p_state,
			coalesce((select h.shape from metric.shapes h where h.source = p_source::name), ''), p_by, p_reason,
			app.now())
		on conflict (tenant, metric) do update set definition = excluded.definition, state = excluded.state,
			shape = excluded.shape, changed_by = excluded.changed_by, reason = excluded.reason,
			changed_at = excluded.changed_at;
	insert into data.metric_history (tenant, metric, at, call, definition, from_state, to_state, changed_by, reason)
		values (p_tenant, p_metric, app.now(), p_call, p_definition, v_from, p_state, p_by, p_reason);
	update data.tenants set data_version = data_version + 1 where tenant = p_tenant;
	perform app.write_audit(p_tenant, p_call, p_by, p_via, 'set_metric', 'executed', '', null, null, 1,
		jsonb_build_object('metric', p_metric, 'state', p_state, 'definition', p_definition, 'reason', p_reason));
end $$;

-- A person's word. p_source: the source whose shape goes with it.
create function app.set_metric(p_tenant int, p_call uuid, p_person text, p_metric text, p_definition text, p_state text,
	p_reason text, p_source text) returns void language plpgsql security definer volatile
set search_path = pg_catalog, pg_temp as $$
begin
	perform app.enter(p_tenant);
	perform app.pass_person(p_tenant, p_person, 'admin');
	perform app.change_metric(p_tenant, p_call, p_person, p_metric, p_definition, p_state, p_reason, p_source, 'cli');
end $$;

-- The daemon's: a test of the metric failed. It can take trust away, never give it.
create function app.suspend_metric(p_tenant int, p_call uuid, p_metric text, p_definition text, p_reason text,
	p_source text) returns void language plpgsql security definer volatile set search_path = pg_catalog, pg_temp as $$
begin
	perform app.enter(p_tenant);
	if exists (select from data.metric_states s where s.tenant = p_tenant and s.metric = p_metric
			and s.state in ('suspended', 'retired')) then
		return;
	end if;
	perform app.change_metric(p_tenant, p_call, 'flashd', p_metric, p_definition, 'suspended', p_reason, p_source,
		'daemon');
end $$;

-- A tenant's own definition, checked before it comes here; a new version is proposed until a person certifies it.
create function app.add_metric(p_tenant int, p_call uuid, p_person text, p_metric text, p_body text, p_definition text,
	p_source text) returns int language plpgsql security definer volatile set search_path = pg_catalog, pg_temp as $$
declare
	v_version int; v_definition text;
begin
	perform app.enter(p_tenant);
	perform app.pass_person(p_tenant, p_person, 'admin');
	perform pg_advisory_xact_lock(7305, p_tenant);
	select d.version, d.definition into v_version, v_definition from data.metric_definitions d
		where d.tenant = p_tenant and d.metric = p_metric order by d.version desc limit 1;
	if v_definition = p_definition then
		return v_version;
	end if;
	if (select count(distinct d.metric) from data.metric_definitions d where d.tenant = p_tenant) >= 200 then
		perform app.refuse('FLSTA', 'There are 200 metrics of this tenant''s own already, the most there may be.');
	end if;
	insert into data.metric_definitions (tenant, metric, version, body, definition, created_by, created_at)
		values (p_tenant, p_metric, coalesce(v_version, 0) + 1, p_body, p_definition, p_person, app.now());
	perform app.change_metric(p_tenant, p_call, p_person, p_metric, p_definition, 'proposed',
		format('version %s', coalesce(v_version, 0) + 1), p_source, 'cli');
	return coalesce(v_version, 0) + 1;
end $$;
