-- One audit row, in the transaction of what it tells about.
create function app.write_audit(p_tenant int, p_call uuid, p_principal text, p_via text, p_tool text,
	p_decision text, p_code text, p_digest bytea, p_value_cents bigint, p_rows int, p_detail jsonb) returns void
language plpgsql volatile as $$
begin
	insert into journal.audit (tenant, call, at, principal, via, tool, decision, code, args_digest, value_cents,
			row_count, detail)
		values (p_tenant, p_call, clock_timestamp(), p_principal, p_via, p_tool, p_decision::journal.decision, p_code,
			p_digest, p_value_cents, p_rows, p_detail);
end $$;

-- The limits of a key and their version; null when it is not a valid key.
create function app.limits_of_key(p_tenant int, p_key text, p_now timestamptz) returns jsonb
language plpgsql stable as $$
begin
	return (select jsonb_build_object('version', k.limits_version, 'limits', app.limits_text(k.stores, k.tiers))
		from data.keys k where k.tenant = p_tenant and k.key = p_key and k.revoked_at is null
			and (k.expires_at is null or k.expires_at > p_now));
end $$;

-- The group commit of calls that wrote nothing else: reads and refusals. One row a call; for the tenant of the batch
-- it answers what a cached answer must be checked against before it may leave: "VERSION", its data version, and where
-- keys are not what the answers were made for, behind a blank {KEY: null} of one that is not valid any more, {KEY:
-- {version, limits}} of one whose limits are others. The gate is held, so that a revoked or limited key's answer
-- cannot follow the revocation's. Their time is the database's, as everybody's. Rows come by tenant: only one can be
-- seen at a time. A write whose commit was not heard of has its row already: that one stays, and does not fail its
-- neighbours.
--
-- A batch costs most before its first row: plans are for any parameters (made once; unnest() looks cheaper with known
-- arrays and was planned anew each time), what can be assigned is not asked, the answer is one word for which no row
-- has to be kept, and the keys are compared here, each with the version of its limits behind a blank.
create function app.audit_calls(p_tenant int, p_calls uuid[], p_principals text[], p_vias text[], p_tools text[],
	p_decisions text[], p_codes text[], p_digests bytea[], p_rows bigint[], p_durations_us bigint[],
	p_limits_versions bigint[]) returns text
language plpgsql security definer volatile
set search_path = pg_catalog, pg_temp set plan_cache_mode = force_generic_plan as $$
declare
	v_tenant text := set_config('flash.tenant', p_tenant::text, true);
	v_now timestamptz := app.now();
	v_held boolean; v_version bigint; v_good text[]; v_keys jsonb;
begin
	if p_tenant > 0 then
		v_held := pg_advisory_xact_lock_shared(7301, p_tenant) is null;
	end if;
	insert into journal.audit (tenant, at, call, principal, via, tool, decision, code, args_digest, row_count,
			duration_us)
		select p_tenant, clock_timestamp(), unnest(p_calls), unnest(p_principals), unnest(p_vias), unnest(p_tools),
			unnest(p_decisions)::journal.decision, unnest(p_codes), unnest(p_digests), unnest(p_rows),
			unnest(p_durations_us)
		on conflict do nothing;
	select t.data_version, array(select k.key || ' ' || k.limits_version from data.keys k where k.tenant = p_tenant
			and k.key = any (p_principals) and k.revoked_at is null and (k.expires_at is null or k.expires_at > v_now))
		into v_version, v_good from data.tenants t where t.tenant = p_tenant;
	for i in 1 .. cardinality(p_principals) loop
		if v_good is null or p_principals[i] || ' ' || p_limits_versions[i] <> all (v_good) then
			v_keys := coalesce(v_keys, '{}') || jsonb_build_object(p_principals[i],
				app.limits_of_key(p_tenant, p_principals[i], v_now));
		end if;
	end loop;
	return concat_ws(' ', coalesce(v_version, 0), v_keys);
end $$;

-- The same for a call that comes alone, as most do: its columns need not come and go as arrays.
create function app.audit_call(p_tenant int, p_call uuid, p_principal text, p_via text, p_tool text, p_decision text,
	p_code text, p_digest bytea, p_rows bigint, p_duration_us bigint, p_limits_version bigint) returns text
language plpgsql security definer volatile
set search_path = pg_catalog, pg_temp set plan_cache_mode = force_generic_plan as $$
declare
	v_tenant text := set_config('flash.tenant', p_tenant::text, true);
	v_held boolean; v_version bigint; v_limits_version bigint;
begin
	if p_tenant > 0 then
		v_held := pg_advisory_xact_lock_shared(7301, p_tenant) is null;
	end if;
	insert into journal.audit (tenant, at, call, principal, via, tool, decision, code, args_digest, row_count,
			duration_us)
		values (p_tenant, clock_timestamp(), p_call, p_principal, p_via, p_tool, p_decision::journal.decision, p_code,
			p_digest, p_rows, p_duration_us)
		on conflict do nothing;
	select t.data_version, k.limits_version into v_version, v_limits_version from data.tenants t
		left join data.keys k on k.tenant = t.tenant and k.key = p_principal and k.revoked_at is null
			and (k.expires_at is null or k.expires_at > app.now())
		where t.tenant = p_tenant;
	if v_limits_version = p_limits_version then
		return v_version;
	end if;
	return concat_ws(' ', coalesce(v_version, 0), jsonb_build_object(p_principal,
		app.limits_of_key(p_tenant, p_principal, app.now())));
end $$;
