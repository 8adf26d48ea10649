-- What an agent's writes rest on. The daemon has checked each receipt's signature and tenant (mcp/corridor/cited.c);
-- here is decided, under the gate and by the database's clock, whether it is fresh, and what was cited is kept.

create view reading.citations as
	select c.tenant, c.cited_by, c.receipt, c.metric, c.definition, c.value, c.data_version, c.asked_at, c.cited_at
	from data.citations c;

-- How old a cited receipt may be. Once this has answered no write rests on an older one.
create function app.set_receipt_minutes(p_tenant int, p_call uuid, p_admin text, p_minutes int) returns int
language plpgsql security definer volatile set search_path = pg_catalog, pg_temp as $$
declare
	v_before int;
begin
	perform app.enter(p_tenant);
	perform app.close_gate(p_tenant);
	perform app.pass_person(p_tenant, p_admin, 'admin');
	if p_minutes is null or p_minutes < 1 or p_minutes > 1440 then
		perform app.refuse('FLARG', format('A cited receipt may be %s minutes old; it must be a whole number from 1 to '
			'1440 (a day).', p_minutes));
	end if;
	select t.receipt_minutes into v_before from data.tenants t where t.tenant = p_tenant;
	update data.tenants t set receipt_minutes = p_minutes where t.tenant = p_tenant;
	perform app.write_audit(p_tenant, p_call, p_admin, 'cli', 'set_receipt_minutes', 'executed', '', null, null, 1,
		jsonb_build_object('minutes', p_minutes, 'before', v_before));
	return p_minutes;
end $$;

-- Keeps the receipts that p_by (a run or an action) cites: an array of {id, metric, definition, value, data_version,
-- asked_at, token}. Refuses all when one is older than the tenant allows, or speaks of data that are still to come.
create function app.cite(p_tenant int, p_by uuid, p_receipts jsonb) returns int language plpgsql volatile as $$
declare
	v_minutes int; v_version bigint; v_now timestamptz := app.now(); r jsonb; v_asked timestamptz;
begin
	select t.receipt_minutes, t.data_version into v_minutes, v_version from data.tenants t where t.tenant = p_tenant;
	for r in select e from jsonb_array_elements(p_receipts) e loop
		v_asked := (r ->> 'asked_at')::timestamptz;
		if v_asked < v_now - make_interval(mins => v_minutes) then
			perform app.refuse('FLRCP', format('The receipt %s of %s is of %s, more than %s minutes ago: nothing was '
				'changed. Ask for the number again and cite the new receipt.', r ->> 'id', r ->> 'metric',
				to_char(v_asked at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'), v_minutes));
		elsif (r ->> 'data_version')::bigint > v_version or v_asked > v_now + interval '1 minute' then
			perform app.refuse('FLRCP', format('The receipt %s of %s speaks of data version %s, here it is %s: it is '
				'another database''s, or of before a restore. Ask for the number again.', r ->> 'id', r ->> 'metric',
				r ->> 'data_version', v_version));
		end if;
		insert into data.citations (tenant, cited_by, receipt, metric, definition, value, data_version, asked_at,
				cited_at, token)
			values (p_tenant, p_by, r ->> 'id', r ->> 'metric', r ->> 'definition', r -> 'value',
				(r ->> 'data_version')::bigint, v_asked, v_now, r ->> 'token')
			on conflict (tenant, cited_by, receipt) do update set cited_at = excluded.cited_at;
	end loop;
	return jsonb_array_length(p_receipts);
end $$;

-- A single write: an agent's has receipts; anybody else's may.
create function app.cite_write(p_tenant int, p_key data.keys, p_call uuid, p_receipts jsonb) returns void
language plpgsql volatile as $$
begin
	if coalesce(jsonb_array_length(p_receipts), 0) > 0 then
		perform app.cite(p_tenant, p_call, p_receipts);
	elsif (p_key).kind = 'agent' then
		perform app.refuse('FLRCP', 'An agent''s write cites the numbers that it rests on: ask for one (query_metric, '
			'ask or get_dashboard_stats) and give its receipt.token in receipts. Nothing was changed.');
	end if;
end $$;

-- What a run gives or drafts rests on what it cited last, and that is still fresh; else a refusal.
create function app.pass_receipts(p_tenant int, p_run data.runs) returns void language plpgsql volatile as $$
declare
	v_asked timestamptz; v_minutes int;
begin
	select min(c.asked_at) into v_asked from data.citations c where c.tenant = p_tenant and c.cited_by = (p_run).run
		and c.cited_at = (select max(l.cited_at) from data.citations l where l.tenant = p_tenant
			and l.cited_by = (p_run).run);
	if v_asked is null then
		perform app.refuse('FLRCP', format('Run %s has cited no receipts of the numbers that it acts on: nothing was '
			'changed.', (p_run).run));
	end if;
	select t.receipt_minutes into v_minutes from data.tenants t where t.tenant = p_tenant;
	if v_asked < app.now() - make_interval(mins => v_minutes) then
		perform app.refuse('FLRCP', format('The numbers that run %s acts on were read at %s, more than %s minutes ago: '
			'nothing more was changed. The next cycle reads them anew.', (p_run).run,
			to_char(v_asked at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'), v_minutes));
	end if;
end $$;

-- The run's evidence, once after it has looked and before its first write.
create function app.cite_receipts(p_tenant int, p_call uuid, p_key text, p_run uuid, p_fence bigint, p_receipts jsonb)
returns int language plpgsql security definer volatile set search_path = pg_catalog, pg_temp as $$
declare
	v_count int;
begin
	perform app.enter(p_tenant);
	perform app.hold_gate(p_tenant);
	perform app.pass_fence(p_tenant, p_run, p_fence);
	v_count := app.cite(p_tenant, p_run, p_receipts);
	perform app.write_audit(p_tenant, p_call, p_key, 'agent', 'cite_receipts', 'executed', '', null, null, v_count,
		jsonb_build_object('run', p_run));
	return v_count;
end $$;
