-- Keys and budgets: people's powers. A revocation and a budget change take the gate alone, like a stop.

-- The row that a presented key's hash is compared with. No row for an unknown one.
create function app.find_key(p_tenant int, p_key text)
returns table (kind text, name text, secret_hash text, scopes text, cap_cents bigint, calls_per_minute int,
	valid boolean, limits text, limits_version int)
language plpgsql security definer volatile set search_path = pg_catalog, pg_temp as $$
begin
	perform app.enter(p_tenant);
	return query select k.kind, k.name, k.secret_hash::text, array_to_string(k.scopes, ' '), k.cap_cents,
		k.calls_per_minute, k.revoked_at is null and (k.expires_at is null or k.expires_at > app.now()),
		app.limits_text(k.stores, k.tiers), k.limits_version
		from data.keys k where k.tenant = p_tenant and k.key = p_key;
end $$;

create function app.create_key(p_tenant int, p_call uuid, p_person text, p_key text, p_kind text, p_name text,
	p_hash bytea, p_scopes text[], p_cap_cents bigint, p_calls_per_minute int, p_budget_cents bigint, p_period text,
	p_stores text[] default null, p_tiers text[] default null)
returns void language plpgsql security definer volatile set search_path = pg_catalog, pg_temp as $$
begin
	perform app.enter(p_tenant);
	perform app.pass_person(p_tenant, p_person, 'admin');
	perform app.check_limits(p_tenant, p_stores, p_tiers);
	insert into data.keys (tenant, key, kind, name, secret_hash, scopes, cap_cents, calls_per_minute, budget_cents,
			budget_period, created_by, created_at, stores, tiers)
		values (p_tenant, p_key, p_kind, p_name, p_hash, p_scopes, p_cap_cents, p_calls_per_minute, p_budget_cents,
			p_period, p_person, app.now(), p_stores, p_tiers);
	perform app.write_audit(p_tenant, p_call, p_person, 'cli', 'create_key', 'executed', '', null, null, 1,
		jsonb_build_object('key', p_key, 'kind', p_kind, 'scopes', p_scopes, 'budget_cents', p_budget_cents,
			'stores', p_stores, 'tiers', p_tiers));
end $$;

create function app.revoke_key(p_tenant int, p_call uuid, p_person text, p_key text) returns void
language plpgsql security definer volatile set search_path = pg_catalog, pg_temp as $$
begin
	perform app.enter(p_tenant);
	perform app.close_gate(p_tenant);
	perform app.pass_person(p_tenant, p_person, 'admin');
	update data.keys set revoked_at = app.now(), revoked_by = p_person
		where tenant = p_tenant and key = p_key and revoked_at is null;
	if not found then
		perform app.refuse('FLNOT', format('There is no valid key %s: `flashd key list` shows them.', p_key));
	end if;
	perform app.write_audit(p_tenant, p_call, p_person, 'cli', 'revoke_key', 'executed', '', null, null, 1,
		jsonb_build_object('key', p_key));
	perform pg_notify('flashd', 'key');
end $$;

-- Other stores and tiers; null: all. Once this has answered nothing leaves that was answered under the limits of
-- before, and no write of before is on its way.
create function app.limit_key(p_tenant int, p_call uuid, p_person text, p_key text, p_stores text[], p_tiers text[])
returns jsonb language plpgsql security definer volatile set search_path = pg_catalog, pg_temp as $$
declare
	v_key data.keys;
begin
	perform app.enter(p_tenant);
	perform app.close_gate(p_tenant);
	perform app.pass_person(p_tenant, p_person, 'admin');
	perform app.check_limits(p_tenant, p_stores, p_tiers);
	select * into v_key from data.keys k where k.tenant = p_tenant and k.key = p_key and k.revoked_at is null
		for update;
	if v_key.key is null then
		perform app.refuse('FLNOT', format('There is no valid key %s: `flashd key list` shows them.', p_key));
	end if;
	update data.keys k set stores = p_stores, tiers = p_tiers, limits_version = k.limits_version + 1
		where k.tenant = p_tenant and k.key = p_key;
	perform app.write_audit(p_tenant, p_call, p_person, 'cli', 'limit_key', 'executed', '', null, null, 1,
		jsonb_build_object('key', p_key, 'stores', p_stores, 'tiers', p_tiers, 'stores_before', (v_key).stores,
			'tiers_before', (v_key).tiers));
	return jsonb_build_object('key', p_key, 'stores', p_stores, 'tiers', p_tiers);
end $$;

-- A new limit, for the open window and those to come. Lower than what is spent: no further write.
create function app.change_budget(p_tenant int, p_call uuid, p_person text, p_key text, p_budget_cents bigint)
returns jsonb language plpgsql security definer volatile set search_path = pg_catalog, pg_temp as $$
declare
	v_key data.keys; v_window timestamptz; b data.budgets;
begin
	perform app.enter(p_tenant);
	perform app.close_gate(p_tenant);
	perform app.pass_person(p_tenant, p_person, 'admin');
	update data.keys set budget_cents = p_budget_cents where tenant = p_tenant and key = p_key returning * into v_key;
	if v_key.key is null then
		perform app.refuse('FLNOT', format('There is no key %s: `flashd key list` shows them.', p_key));
	end if;
	v_window := app.open_window(p_tenant, v_key);
	update data.budgets set net_limit = p_budget_cents, gross_limit = 3 * p_budget_cents,
			net_ceiling = greatest(p_budget_cents, net), gross_ceiling = greatest(3 * p_budget_cents, gross)
		where tenant = p_tenant and key = p_key and starts_at = v_window returning * into b;
	perform app.write_audit(p_tenant, p_call, p_person, 'cli', 'change_budget', 'executed', '', null, p_budget_cents, 1,
		jsonb_build_object('key', p_key, 'budget_cents', p_budget_cents, 'spent_cents', b.net));
	return jsonb_build_object('key', p_key, 'budget_cents', p_budget_cents, 'spent_cents', b.net);
end $$;

-- What whoami and `key list` show of budgets: limit, spent and left of the open window.
create view reading.budgets as
	select b.tenant, b.key, b.starts_at, b.ends_at, b.net_limit as limit_cents, b.net as spent_cents,
		b.gross as gross_cents, greatest(0, least(b.net_limit - b.net, b.gross_limit - b.gross)) as left_cents, b.calls
	from data.budgets b where b.starts_at <= app.now() and b.ends_at > app.now();

create view reading.keys as
	select k.tenant, k.key, k.kind, k.name, k.scopes, k.cap_cents, k.calls_per_minute, k.budget_cents, k.budget_period,
		k.created_by, k.created_at, k.expires_at, k.revoked_at, k.stores, k.tiers
	from data.keys k;
