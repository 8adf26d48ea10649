-- Keys that are limited to stores or tiers. Two walls: the reading views keep to the limits of the call that is served
-- (flash.limits, set beside the tenant), and what writes or undoes asks the key itself. A member is inside by the home
-- store and tier of this moment, and outside looks like missing everywhere.

-- The values that the call is limited to; null: not limited by this. Asked for once a statement, not once a row.
create function reading.limit_of(p_dimension text) returns text[] language plpgsql stable as $$
declare
	v jsonb := nullif(current_setting('flash.limits', true), '')::jsonb -> p_dimension;
begin
	return case when v is not null then array(select jsonb_array_elements_text(v)) end;
end $$;
grant execute on function reading.limit_of(text) to flashd;

create function app.is_limited(p_key data.keys) returns boolean language plpgsql immutable as $$
begin
	return (p_key).stores is not null or (p_key).tiers is not null;
end $$;

-- Whether a principal may see a member: whoever is no limited key may.
create function app.sees_member(p_tenant int, p_principal text, p_member bigint) returns boolean
language plpgsql stable as $$
begin
	return not exists (select from data.keys k where k.tenant = p_tenant and k.key = p_principal and app.is_limited(k)
		and not exists (select from data.members m where m.tenant = p_tenant and m.member = p_member
			and (k.stores is null or m.home_store = any (k.stores)) and (k.tiers is null or m.tier = any (k.tiers))));
end $$;

create function app.is_limited_principal(p_tenant int, p_principal text) returns boolean language plpgsql stable as $$
begin
	return exists (select from data.keys k where k.tenant = p_tenant and k.key = p_principal and app.is_limited(k));
end $$;

-- The gate of a write to one member: raises what a missing member raises.
create function app.pass_member(p_tenant int, p_key data.keys, p_member bigint) returns void
language plpgsql stable as $$
begin
	if app.is_limited(p_key) and not app.sees_member(p_tenant, (p_key).key, p_member) then
		perform app.refuse('FLNOT', format('There is no member %s.', p_member));
	end if;
end $$;

-- The resident looks at all members of an audience, which a limited key may not.
create function app.refuse_limited(p_key data.keys) returns void language plpgsql stable as $$
begin
	if app.is_limited(p_key) then
		perform app.refuse('FLSCO', format('The key %s is limited to some stores or tiers, and a run looks at all '
			'members of its audience: give the policy a key without limits. Nothing was changed.', (p_key).key));
	end if;
end $$;

-- What the daemon keeps of a key's limits: {"store": [...], "tier": [...]}, empty when there are none.
create function app.limits_text(p_stores text[], p_tiers text[]) returns text language plpgsql immutable as $$
begin
	return case when p_stores is null and p_tiers is null then '' else jsonb_strip_nulls(jsonb_build_object(
		'store', to_jsonb(p_stores), 'tier', to_jsonb(p_tiers)))::text end;
end $$;

-- A key's limits must be names that there are.
create function app.check_limits(p_tenant int, p_stores text[], p_tiers text[]) returns void
language plpgsql stable as $$
declare
	v_store text; v_tier text;
begin
	select s into v_store from unnest(p_stores) s
		where not exists (select from data.stores x where x.tenant = p_tenant and x.store = s) limit 1;
	select t into v_tier from unnest(p_tiers) t
		where not exists (select from data.tiers x where x.tenant = p_tenant and x.tier = t) limit 1;
	if v_store is not null then
		perform app.refuse('FLNOT', format('There is no store "%s" here: nothing was done. There are: %s.', v_store,
			coalesce((select string_agg(x.store, ', ') from (select store from data.stores where tenant = p_tenant
				order by store limit 12) x), 'none')));
	elsif v_tier is not null then
		perform app.refuse('FLNOT', format('There is no tier "%s" here: nothing was done. There are: %s.', v_tier,
			coalesce((select string_agg(x.tier, ', ') from (select tier from data.tiers where tenant = p_tenant
				order by tier limit 12) x), 'none')));
	elsif octet_length(app.limits_text(p_stores, p_tiers)) > 500 then
		perform app.refuse('FLARG', 'The names of these stores and tiers are longer than a key can hold (500 bytes): '
			'limit it to fewer.');
	end if;
end $$;

-- Fewest members behind a number that is given out. Answers of before may hold others, so the data version moves.
create function app.set_min_group(p_tenant int, p_call uuid, p_admin text, p_min_group int) returns int
language plpgsql security definer volatile set search_path = pg_catalog, pg_temp as $$
declare
	v_before int;
begin
	perform app.enter(p_tenant);
	perform app.pass_person(p_tenant, p_admin, 'admin');
	if p_min_group is null or p_min_group < 1 or p_min_group > 1000 then
		perform app.refuse('FLARG', format('The least group is %s; it must be a whole number from 1 to 1000.',
			p_min_group));
	end if;
	select t.min_group into v_before from data.tenants t where t.tenant = p_tenant for update;
	update data.tenants t set min_group = p_min_group, data_version = t.data_version + 1 where t.tenant = p_tenant;
	perform app.write_audit(p_tenant, p_call, p_admin, 'cli', 'set_min_group', 'executed', '', null, null, 1,
		jsonb_build_object('min_group', p_min_group, 'before', v_before));
	return p_min_group;
end $$;
