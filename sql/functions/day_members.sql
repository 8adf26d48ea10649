-- The sets of members that the daemon counts distinct members from: what it may read of them, and the one way to keep
-- the set of a day. Numbers of members that do not fit into 32 bits are in no set: the daemon then counts by SQL.

create view reading.day_members as
	select d.tenant, d.day, d.revision, d.members, d.count, d.digest from data.day_members d;

create view reading.tier_moves as
	select m.tenant, m.move, m.member, m.tier from data.tier_moves m;

create view reading.tiers_of_members as
	select m.tenant, m.member, m.tier from data.members m;

create view reading.tier_names as
	select t.tenant, t.tier, t.name from data.tiers t;

-- The orders that have a member.
create view reading.member_orders as
	select o.tenant, o.ordered_at, o.member from data.orders o where o.member is not null;

-- How many members bought on a day, and SHA-256 of their numbers, ascending, 4 bytes each, highest first. The bounds
-- are only for the index; which day an order lies in is what the compiled queries say too.
create function app.members_of_day(p_tenant int, p_day date, p_zone text, out count int, out digest bytea)
language plpgsql volatile as $$
begin
	select count(*), sha256(coalesce(string_agg(substring(int8send(x.member) from 5), ''::bytea order by x.member), ''))
		into count, digest
		from (select distinct o.member from data.orders o where o.tenant = p_tenant and o.member is not null
			and o.ordered_at >= (p_day::timestamp at time zone p_zone) - interval '3 hours'
			and o.ordered_at < ((p_day + 1)::timestamp at time zone p_zone) + interval '3 hours'
			and (o.ordered_at at time zone p_zone)::date = p_day) x;
end $$;

create function app.is_set_of_day(p_tenant int, p_day date, p_zone text, p_count int, p_digest bytea) returns boolean
language plpgsql volatile as $$
begin
	return (select (m.count, m.digest) is not distinct from (p_count, p_digest)
		from app.members_of_day(p_tenant, p_day, p_zone) m);
end $$;

-- Keeps the sets of some days and takes their marks; answers which. A set that is not exactly the day's members at this
-- moment is not kept, and its day stays stale: whatever the daemon made of it, no wrong set gets in here. Of one that
-- claims another count than its bytes hold, the bytes are refused when they are read (memberset_read).
-- A marked day's members are counted before the facts are held, so that no batch waits for that: then its mark must
-- still be the one that was there before. A day without a mark, whose kept set was found broken, is counted while they
-- are held.
create function app.keep_day_members(p_tenant int, p_days date[], p_members bytea[], p_counts int[], p_digests bytea[])
returns date[] language plpgsql security definer volatile set search_path = pg_catalog, pg_temp as $$
declare
	v_zone text; v_kept date[] := '{}'; v_revision bigint; v_places tid[]; v_times timestamptz[]; v_right boolean[];
begin
	perform app.enter(p_tenant);
	select t.zone into v_zone from data.tenants t where t.tenant = p_tenant;
	select array_agg(s.ctid order by d.n), array_agg(s.marked_at order by d.n) into v_places, v_times
		from unnest(p_days) with ordinality d(day, n)
		left join data.stale_days s on s.tenant = p_tenant and s.kind = 'members' and s.day = d.day;
	for i in 1 .. coalesce(cardinality(p_days), 0) loop
		v_right[i] := v_places[i] is not null and app.is_set_of_day(p_tenant, p_days[i], v_zone, p_counts[i],
			p_digests[i]);
	end loop;
	perform app.hold_facts(p_tenant);
	select coalesce(max(d.revision), 0) into v_revision from data.day_members d where d.tenant = p_tenant;
	for i in 1 .. coalesce(cardinality(p_days), 0) loop
		if v_places[i] is null then
			v_right[i] := app.is_set_of_day(p_tenant, p_days[i], v_zone, p_counts[i], p_digests[i]);
			insert into data.stale_days (tenant, kind, day, marked_at)
				select p_tenant, 'members', p_days[i], app.now() where not v_right[i] on conflict do nothing;
		elsif v_right[i] then
			delete from data.stale_days s where s.tenant = p_tenant and s.kind = 'members' and s.day = p_days[i]
				and s.ctid = v_places[i] and s.marked_at = v_times[i];
			v_right[i] := found;
		end if;
		continue when not v_right[i];
		v_revision := v_revision + 1;
		insert into data.day_members as d (tenant, day, revision, members, count, digest)
			values (p_tenant, p_days[i], v_revision, p_members[i], p_counts[i], p_digests[i])
			on conflict (tenant, day) do update set revision = excluded.revision, members = excluded.members,
				count = excluded.count, digest = excluded.digest;
		v_kept := v_kept || p_days[i];
	end loop;
	return v_kept;
end $$;

-- The tenants, for the daemon's upkeep of what it keeps in memory.
create function app.find_tenants() returns table (tenant int) language plpgsql security definer volatile
set search_path = pg_catalog, pg_temp as $$
declare
	v_tenant int := 1;
begin
	loop
		perform app.enter(v_tenant);
		exit when not exists (select from data.tenants t where t.tenant = v_tenant);
		tenant := v_tenant;
		return next;
		v_tenant := v_tenant + 1;
	end loop;
end $$;
