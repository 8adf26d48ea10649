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

-- The group commit of calls that wrote nothing else: reads and refusals. One row a call; for every tenant in the
-- batch it also answers what a cached answer must be checked against before it may leave: the keys that are
-- not valid any more and the data version. The gate is held, so that a revoked key's answer cannot follow the
-- revocation's. Their time is the database's, as everybody's. Rows come by tenant: only one can be seen at a time. A
-- write whose commit was not heard of has its row already: that one stays, and does not fail its neighbours.
create function app.audit_calls(p_tenant int, p_calls uuid[], p_principals text[], p_vias text[],
	p_tools text[], p_decisions text[], p_codes text[], p_digests bytea[], p_rows int[], p_durations_us int[],
	p_details jsonb[])
returns table (bad_keys text[], data_version bigint) language plpgsql security definer volatile
set search_path = pg_catalog, pg_temp as $$
begin
	perform app.enter(p_tenant);
	if p_tenant > 0 then
		perform pg_advisory_xact_lock_shared(7301, p_tenant);
	end if;
	insert into journal.audit (tenant, call, at, principal, via, tool, decision, code, args_digest, row_count,
			duration_us, detail)
		select p_tenant, x.call, clock_timestamp(), x.principal, x.via, x.tool, x.decision, x.code, x.digest,
			x.row_count, x.duration_us, x.detail
			from unnest(p_calls, p_principals, p_vias, p_tools, p_decisions, p_codes, p_digests, p_rows, p_durations_us,
				p_details) x(call, principal, via, tool, decision, code, digest, row_count, duration_us, detail)
		on conflict do nothing;
	return query select
		(select array_agg(p) from (select distinct p from unnest(p_principals) p) u
			where not exists (select from data.keys k where k.tenant = p_tenant and k.key = p
				and k.revoked_at is null and (k.expires_at is null or k.expires_at > app.now()))),
		(select t.data_version from data.tenants t where t.tenant = p_tenant);
end $$;
