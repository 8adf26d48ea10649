-- Which days' sums are out of date, and the sums themselves (data.order_days). No writer of facts can forget: triggers
-- see every statement on data.orders, data.members and data.tenants, with all its rows at once.

-- A day is left alone when nothing came into it for two seconds. Into others facts stream: what is made of such a day
-- is out of date before it is written, and reading it takes time from those who write. So it waits.
create view reading.stale_days as
	select s.tenant, s.kind, s.day, s.marked_at <= app.now() - interval '2 seconds' as is_left_alone
	from data.stale_days s;

-- Whoever sums up a day deletes the mark that it saw; whoever marks meets that row, so that either waits for the other,
-- and a mark that is another by then stays.
-- The daemon that sums up is woken by a day that was not stale, once, and not by each batch.
create function app.mark_days(p_tenant int, p_days date[]) returns void language plpgsql volatile as $$
declare
	v_new boolean;
begin
	with done as (
		insert into data.stale_days as x (tenant, kind, day, marked_at)
			select p_tenant, k.kind, d.day, app.now()
			from unnest(p_days) d(day), (values ('rollup'), ('members')) k(kind) order by k.kind, d.day
			on conflict (tenant, kind, day) do update set marked_at = excluded.marked_at
			returning xmax = 0 as new
	) select bool_or(d.new) into v_new from done d;
	if v_new then
		perform pg_notify('flashd_days', '');
	end if;
end $$;

-- A statement's orders, as they were or as they are: an update has a trigger for either. A superuser's statement may
-- hold those of several tenants.
create function app.mark_orders() returns trigger language plpgsql volatile as $$
begin
	perform app.mark_days(d.tenant, array_agg(d.day)) from (
		select distinct x.tenant, (x.ordered_at at time zone t.zone)::date as day
		from marked_orders x join data.tenants t on t.tenant = x.tenant) d group by d.tenant;
	return null;
end $$;

-- All orders at once cannot be told by their days.
create function app.refuse_truncate() returns trigger language plpgsql volatile as $$
begin
	perform app.refuse('FLSTA', format('data.%s is not truncated: sums by the day follow from it. Delete its rows, '
		'tenant by tenant.', tg_table_name));
	return null;
end $$;

create trigger mark_inserted after insert on data.orders referencing new table as marked_orders
	for each statement execute function app.mark_orders();
create trigger mark_deleted after delete on data.orders referencing old table as marked_orders
	for each statement execute function app.mark_orders();
create trigger mark_updated after update on data.orders referencing new table as marked_orders
	for each statement execute function app.mark_orders();
create trigger mark_updated_from after update on data.orders referencing old table as marked_orders
	for each statement execute function app.mark_orders();
create trigger refuse_truncate before truncate on data.orders
	for each statement execute function app.refuse_truncate();

-- In another zone the same orders lie in other days: the old days as well as the new are stale.
create function app.mark_zone() returns trigger language plpgsql volatile as $$
begin
	perform app.mark_days(new.tenant, array(
		select distinct (o.ordered_at at time zone z.zone)::date
			from data.orders o, (values (old.zone), (new.zone)) z(zone) where o.tenant = new.tenant
		union select r.day from data.order_days r where r.tenant = new.tenant));
	return null;
end $$;

create trigger mark_zone after update of zone on data.tenants
	for each row when (old.zone is distinct from new.zone) execute function app.mark_zone();

-- Members whose tier is another now, or who are new: (member, was, now). For readers of sets by tier each is a row; of
-- more than 10,000 in one statement, and when 100,000 rows are kept, one row says that all members are to be read anew.
-- A reader: takes max(move) and all members in one snapshot, later the rows behind the last that it knows, in order;
-- when one of them has no member it starts anew. Moves of one tenant are committed in their order: app.hold_facts.
create function app.log_tier_moves(p_tenant int, p_members bigint[], p_tiers text[]) returns void
language plpgsql volatile as $$
begin
	if cardinality(p_members) <= 10000 then
		insert into data.tier_moves (tenant, member, tier)
			select p_tenant, m.member, m.tier from unnest(p_members, p_tiers) m(member, tier) order by m.member;
	end if;
	if cardinality(p_members) > 10000 or (select max(m.move) - min(m.move) from data.tier_moves m
			where m.tenant = p_tenant) > 100000 then
		delete from data.tier_moves m where m.tenant = p_tenant;
		insert into data.tier_moves (tenant) values (p_tenant);
	end if;
end $$;

-- The sums of these members' orders go over from the tier that they had to the one that they have, on all days that are
-- not stale: the others are read from the orders. What is left without orders is deleted. The writer holds the facts,
-- so no rebuild is under way; one whose snapshot is older than that lock cannot know what was rebuilt and marks
-- instead.
create function app.move_tiers(p_tenant int, p_members bigint[], p_was text[], p_now text[]) returns void
language plpgsql volatile as $$
declare
	v_zone text; v_gone tid[];
begin
	select t.zone into v_zone from data.tenants t where t.tenant = p_tenant;
	if current_setting('transaction_isolation') <> 'read committed' then
		perform app.mark_days(p_tenant, array(select distinct (o.ordered_at at time zone v_zone)::date
			from unnest(p_members) m(member) join data.orders o on o.tenant = p_tenant and o.member = m.member));
		return;
	end if;
	if not exists (select from data.order_days r where r.tenant = p_tenant) then
		return;
	end if;
	with moved as materialized (
		select x.day, x.store, x.channel, m.was, m.now, sum(x.orders) as orders, sum(x.gross_cents) as gross,
			sum(x.discount_cents) as discount, sum(x.refund_cents) as refund, sum(x.units) as units,
			sum(x.coupon_orders) as coupon_orders, sum(x.coupon_gross_cents) as coupon_gross,
			sum(x.discounted_orders) as discounted, count(distinct x.member) as members
		from unnest(p_members, p_was, p_now) m(member, was, now)
		join metric.order_rows x on x.tenant = p_tenant and x.member = m.member
		where m.was is distinct from m.now and not exists (select from data.stale_days s where s.tenant = p_tenant
			and s.kind = 'rollup' and s.day = x.day)
		group by x.day, x.store, x.channel, m.was, m.now
	), done as (
		insert into data.order_days as r (tenant, day, store, channel, tier, of_members, orders, gross_cents,
				discount_cents, refund_cents, units, coupon_orders, coupon_gross_cents, discounted_orders, members)
			select p_tenant, m.day, m.store, m.channel, s.tier, true, sum(s.sign * m.orders), sum(s.sign * m.gross),
				sum(s.sign * m.discount), sum(s.sign * m.refund), sum(s.sign * m.units), sum(s.sign * m.coupon_orders),
				sum(s.sign * m.coupon_gross), sum(s.sign * m.discounted), sum(s.sign * m.members)
			from moved m, lateral (values (m.was, -1), (m.now, 1)) s(tier, sign)
			group by m.day, m.store, m.channel, s.tier
			on conflict (tenant, day, store, channel, tier, of_members) do update set
				orders = r.orders + excluded.orders, gross_cents = r.gross_cents + excluded.gross_cents,
				discount_cents = r.discount_cents + excluded.discount_cents,
				refund_cents = r.refund_cents + excluded.refund_cents, units = r.units + excluded.units,
				coupon_orders = r.coupon_orders + excluded.coupon_orders,
				coupon_gross_cents = r.coupon_gross_cents + excluded.coupon_gross_cents,
				discounted_orders = r.discounted_orders + excluded.discounted_orders,
				members = greatest(0, r.members + excluded.members)   -- 0 may stand for not known
			returning r.ctid as place, r.orders
	) select array_agg(d.place) into v_gone from done d where d.orders = 0;
	delete from data.order_days r where r.ctid = any (v_gone) and r.tenant = p_tenant;
end $$;

-- The view that the sums are made of shows the session's tenant only, which a superuser's session need not be in.
create function app.follow_members(p_tenant int, p_members bigint[], p_was text[], p_now text[]) returns void
language plpgsql volatile as $$
declare
	v_tenant text := current_setting('flash.tenant', true);
begin
	perform app.enter(p_tenant);
	perform app.hold_facts(p_tenant);
	perform app.log_tier_moves(p_tenant, p_members, p_now);
	perform app.move_tiers(p_tenant, p_members, p_was, p_now);
	perform set_config('flash.tenant', coalesce(v_tenant, ''), true);
end $$;

create function app.follow_new_members() returns trigger language plpgsql volatile as $$
begin
	perform app.follow_members(n.tenant, array_agg(n.member), array_agg(null::text), array_agg(n.tier))
		from new_members n group by n.tenant;
	return null;
end $$;

create function app.follow_old_members() returns trigger language plpgsql volatile as $$
begin
	perform app.follow_members(o.tenant, array_agg(o.member), array_agg(o.tier), array_agg(null::text))
		from old_members o group by o.tenant;
	return null;
end $$;

create function app.follow_changed_members() returns trigger language plpgsql volatile as $$
begin
	perform app.follow_members(x.tenant, array_agg(x.member), array_agg(x.was), array_agg(x.now)) from (
		select tenant, member, o.tier as was, n.tier as now, o.member is null or n.member is null as moved
		from old_members o full join new_members n using (tenant, member)) x
		where x.was is distinct from x.now or x.moved group by x.tenant;
	return null;
end $$;

-- Before any row is locked, or two writers could wait for each other.
create function app.hold_own_facts() returns trigger language plpgsql volatile as $$
begin
	if current_setting('flash.tenant', true) <> '' then
		perform app.hold_facts(current_setting('flash.tenant')::int);
	end if;
	return null;
end $$;

create trigger hold_facts before update of tier on data.members
	for each statement execute function app.hold_own_facts();
create trigger follow_inserted after insert on data.members referencing new table as new_members
	for each statement execute function app.follow_new_members();
create trigger follow_deleted after delete on data.members referencing old table as old_members
	for each statement execute function app.follow_old_members();
create trigger follow_updated after update on data.members referencing old table as old_members
	new table as new_members for each statement execute function app.follow_changed_members();
create trigger refuse_truncate before truncate on data.members
	for each statement execute function app.refuse_truncate();

-- Sums up again the days that have been stale for longest, `p_most` of them, and answers how many are left; -1: the
-- facts are held by somebody for longer than a batch takes. The orders are read before the facts are held, so that no
-- batch waits for that; a day that was marked again meanwhile, or whose buyers' tiers moved, stays stale. No number
-- changes by it, so the data version stays. Only what differs is written.
create function app.roll_days(p_tenant int, p_most int) returns bigint language plpgsql security definer volatile
set search_path = pg_catalog, pg_temp set lock_timeout = '2s' as $$
declare
	v_days date[]; v_places tid[]; v_times timestamptz[]; v_move bigint; v_sums data.order_days[];
begin
	perform app.enter(p_tenant);
	with picked as materialized (
		select s.day, s.ctid as place, s.marked_at, t.zone from data.stale_days s
			join data.tenants t on t.tenant = s.tenant
			where s.tenant = p_tenant and s.kind = 'rollup' order by s.marked_at, s.day limit p_most
	), sums as (
		select o.day, o.store, o.channel, o.tier, o.of_members, sum(o.orders) as orders, sum(o.gross_cents) as gross,
			sum(o.discount_cents) as discount, sum(o.refund_cents) as refund, sum(o.units) as units,
			sum(o.coupon_orders) as coupon_orders, sum(o.coupon_gross_cents) as coupon_gross,
			sum(o.discounted_orders) as discounted, count(distinct o.member) as members
		from picked d cross join lateral (
			select * from metric.order_rows x where x.tenant = p_tenant and x.day = d.day
				and x.ordered_at >= (d.day::timestamp at time zone d.zone) - interval '2 hours'
				and x.ordered_at < ((d.day + 1)::timestamp at time zone d.zone) + interval '2 hours' offset 0) o
		group by o.day, o.store, o.channel, o.tier, o.of_members
	)
	select p.days, p.places, p.times,
			(select coalesce(max(m.move), 0) from data.tier_moves m where m.tenant = p_tenant),
			(select array_agg(row(p_tenant, s.day, s.store, s.channel, s.tier, s.of_members, s.orders, s.gross,
				s.discount, s.refund, s.units, s.coupon_orders, s.coupon_gross, s.discounted,
				s.members)::data.order_days)
				from sums s)
		into v_days, v_places, v_times, v_move, v_sums
		from (select array_agg(d.day) as days, array_agg(d.place) as places, array_agg(d.marked_at) as times
			from picked d) p;
	if v_days is null then
		return 0;
	end if;
	begin
		perform app.hold_facts(p_tenant);
	exception when lock_not_available then
		return -1;
	end;
	with gone as (
		delete from data.stale_days s using unnest(v_days, v_places, v_times) d(day, place, marked_at), data.tenants t
			where s.tenant = p_tenant and s.kind = 'rollup' and s.day = d.day and s.ctid = d.place
				and s.marked_at = d.marked_at and t.tenant = p_tenant and not exists (
					select from data.tier_moves m where m.tenant = p_tenant and m.move > v_move and (m.member is null
						or exists (select from data.orders o where o.tenant = p_tenant and o.member = m.member
							and (o.ordered_at at time zone t.zone)::date = d.day)))
			returning s.day
	) select array_agg(g.day) into v_days from gone g;
	perform app.write_sums(p_tenant, v_days, v_sums);
	return (select count(*) from data.stale_days s where s.tenant = p_tenant and s.kind = 'rollup');
end $$;

-- These days' sums, of which p_sums has all and others, instead of those that are there. Old and new of one key come
-- beside each other by a GROUP BY, to which nulls are alike; a join would be a nested loop, since the planner knows
-- nothing of today's rows.
create function app.write_sums(p_tenant int, p_days date[], p_sums data.order_days[]) returns void
language plpgsql volatile as $$
begin
	with gone as (
		select max(x.place) as place from (
			select s.day, s.store, s.channel, s.tier, s.of_members, null::tid as place from unnest(p_sums) s
			union all
			select r.day, r.store, r.channel, r.tier, r.of_members, r.ctid
			from data.order_days r where r.tenant = p_tenant and r.day = any (p_days)) x
		group by x.day, x.store, x.channel, x.tier, x.of_members having count(*) = count(x.place)
	)
	delete from data.order_days r where r.tenant = p_tenant and r.ctid = any (array(select g.place from gone g));
	insert into data.order_days as r
		select s.* from unnest(p_sums) s where s.day = any (p_days) order by s.day, s.store, s.channel, s.tier
		on conflict (tenant, day, store, channel, tier, of_members) do update set orders = excluded.orders,
			gross_cents = excluded.gross_cents, discount_cents = excluded.discount_cents,
			refund_cents = excluded.refund_cents, units = excluded.units, coupon_orders = excluded.coupon_orders,
			coupon_gross_cents = excluded.coupon_gross_cents, discounted_orders = excluded.discounted_orders,
			members = excluded.members
			where (r.orders, r.gross_cents, r.discount_cents, r.refund_cents, r.units, r.coupon_orders,
				r.coupon_gross_cents, r.discounted_orders, r.members) is distinct from (excluded.orders,
				excluded.gross_cents, excluded.discount_cents, excluded.refund_cents, excluded.units,
				excluded.coupon_orders, excluded.coupon_gross_cents, excluded.discounted_orders, excluded.members);
end $$;

-- The tenants with stale days, and how many of them are left alone, which app.roll_days takes first. For one daemon of
-- all that ask: the first holds a lock of its session, and the others find nothing to do as long as it is connected.
create function app.find_stale() returns table (tenant int, days bigint)
language plpgsql security definer volatile set search_path = pg_catalog, pg_temp as $$
declare
	v_tenant int := 1;
begin
	if not exists (select from pg_locks l where l.locktype = 'advisory' and l.database = (
			select d.oid from pg_database d where d.datname = current_database()) and l.classid = 7304 and l.objid = 0
			and l.pid = pg_backend_pid() and l.granted) and not pg_try_advisory_lock(7304, 0) then
		return;
	end if;
	perform set_config('statement_timeout', '60s', false);   -- a day is read without holding anybody up
	loop
		perform app.enter(v_tenant);
		exit when not exists (select from data.tenants t where t.tenant = v_tenant);
		return query select v_tenant, count(*) filter (where s.is_left_alone) from reading.stale_days s
			where s.tenant = v_tenant and s.kind = 'rollup' having count(*) > 0;
		v_tenant := v_tenant + 1;
	end loop;
end $$;
