-- One audit row, in the transaction of what it tells about.
create function app.write_audit(p_tenant int, p_call uuid, p_principal text, p_via text, p_tool text,
	p_decision text, p_code text, p_digest bytea, p_value_cents bigint, p_rows int, p_detail jsonb) returns void
language plpgsql volatile as $$
begin
	insert into journal.audit (tenant, call, at, principal, via, tool, decision, code, args_digest, value_cents,
			row_count, detail)
		values (p_tenant, p_call, clock_timestamp(), p_principal, p_via, p_tool, p_decision, p_code, p_digest,
			p_value_cents, p_rows, p_detail);
end $$;

-- The limits of a key and their version; null when it is not a valid key.
create function app.limits_of_key(p_tenant int, p_key text, p_now timestamptz) returns jsonb
language plpgsql stable as $$
begin
	return (select jsonb_build_object('version', k.limits_version, 'limits', app.limits_text(k.stores, k.tiers))
		from data.keys k where k.tenant = p_tenant and k.key = p_key and k.revoked_at is null
			and (k.expires_at is null or k.expires_at > p_now));
end $$;

-- The group commit of calls that wrote nothing else: reads and refusals. One row a call; for every tenant in the
-- batch it also answers what a cached answer must be checked against before it may leave: the keys that are
-- not valid any more, those whose limits are others than the answer's (with the limits: {key: {version, limits}}), and
-- the data version. The gate is held, so that a revoked or limited key's answer cannot follow the revocation's. Their
-- time is the database's, as everybody's. Rows come by tenant: only one can be seen at a time. A write whose commit was
-- not heard of has its row already: that one stays, and does not fail its neighbours.
--
-- Most batches hold one row or a few, so what counts is what a batch costs before its first row: plans for any
-- parameters (made once; unnest() looks cheaper with known arrays and was planned anew each time), assignments instead
-- of queries, and the keys compared here, each with the version of its limits behind a blank.
create function app.audit_calls(p_tenant int, p_calls uuid[], p_principals text[], p_vias text[], p_tools text[],
	p_decisions text[], p_codes text[], p_digests bytea[], p_rows bigint[], p_durations_us bigint[],
	p_limits_versions bigint[], out bad_keys text[], out moved_keys jsonb, out data_version bigint)
language plpgsql security definer volatile
set search_path = pg_catalog, pg_temp set plan_cache_mode = force_generic_plan as $$
declare
	v_tenant text := set_config('flash.tenant', p_tenant::text, true);
	v_now timestamptz := app.now();
	v_held boolean; v_good text[]; v_limits jsonb;
begin
	if p_tenant > 0 then
		v_held := pg_advisory_xact_lock_shared(7301, p_tenant) is null;
	end if;
	if cardinality(p_calls) = 1 then
		insert into journal.audit (tenant, at, call, principal, via, tool, decision, code, args_digest, row_count,
				duration_us)
			values (p_tenant, clock_timestamp(), p_calls[1], p_principals[1], p_vias[1], p_tools[1], p_decisions[1],
				p_codes[1], p_digests[1], p_rows[1], p_durations_us[1])
			on conflict do nothing;
	else
		insert into journal.audit (tenant, at, call, principal, via, tool, decision, code, args_digest, row_count,
				duration_us)
		select p_tenant, clock_timestamp(), unnest(p_calls), unnest(p_principals), unnest(p_vias), unnest(p_tools),
			unnest(p_decisions), unnest(p_codes), unnest(p_digests), unnest(p_rows), unnest(p_durations_us)
		on conflict do nothing;
	end if;
	select t.data_version, array(select k.key || ' ' || k.limits_version from data.keys k where k.tenant = p_tenant
			and k.key = any (p_principals) and k.revoked_at is null and (k.expires_at is null or k.expires_at > v_now))
		into data_version, v_good from data.tenants t where t.tenant = p_tenant;
	for i in 1 .. cardinality(p_principals) loop
		if v_good is null or p_principals[i] || ' ' || p_limits_versions[i] <> all (v_good) then
			v_limits := app.limits_of_key(p_tenant, p_principals[i], v_now);
			if v_limits is null then
				bad_keys := bad_keys || p_principals[i];
			else
				moved_keys := coalesce(moved_keys, '{}') || jsonb_build_object(p_principals[i], v_limits);
			end if;
		end if;
	end loop;
end $$;
