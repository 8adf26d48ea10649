-- Imports, over the owner's connection only: rows wait in temporary tables (sql/load/stage.sql) and are merged here by
-- their natural keys, so that the same file twice changes nothing the second time. A row that refers to something that
-- is not there is left out and told; the rest goes in. None of this is granted to the daemon.

create type app.merged as (added bigint, changed bigint);

-- Statistics of what was staged; without them PostgreSQL plans for empty tables. For the same reason a table that
-- others are joined with is analysed as soon as the tenant's rows are in: where there was one tenant before, PostgreSQL
-- plans for none of the second's rows, and takes hours. No batch of events comes in between.
create function app.prepare_merge(p_entity text) returns void language plpgsql volatile as $$
begin
	perform app.hold_import(current_setting('flash.tenant')::int);
	perform set_config('flash.person', 'import', true);
	execute format('analyze pg_temp.%I', 'stage_' || p_entity);
end $$;

-- Takes out of the staged rows those that were just told as skipped: what is merged then needs no second look at why.
create function app.leave_out(p_entity text) returns void language plpgsql volatile as $$
begin
	execute format('delete from pg_temp.%I s using pg_temp.stage_skipped k where k.file = s.file and k.line = s.line',
		'stage_' || p_entity);
end $$;

-- A local time of the zone, or an instant with its offset.
create function app.read_time(p_text text, p_zone text) returns timestamptz language sql stable as $$
	select case when p_text is null then null when p_text ~ '(Z|[+-]\d\d:\d\d)$' then p_text::timestamptz
		else p_text::timestamp at time zone p_zone end
$$;

create function app.merge_stores(p_tenant int, p_zone text) returns app.merged language sql volatile as $$
	with done as (
		insert into data.stores as x (tenant, store, name, region, opened_on)
			select distinct on (store) p_tenant, store, name, region, opened_on::date from pg_temp.stage_stores
				order by store, line desc
			on conflict (tenant, store) do update set name = excluded.name, region = excluded.region,
				opened_on = excluded.opened_on
				where (x.name, x.region, x.opened_on)
					is distinct from (excluded.name, excluded.region, excluded.opened_on)
			returning xmax = 0 as new
	) select count(*) filter (where new), count(*) filter (where not new) from done
$$;

create function app.merge_tiers(p_tenant int, p_zone text) returns app.merged language plpgsql volatile as $$
declare
	v app.merged;
begin
	perform app.prepare_merge('tiers');
	with done as (
		insert into data.tiers as x (tenant, tier, name, rank, threshold_cents)
			select distinct on (tier) p_tenant, tier, name, rank::smallint, threshold_cents::bigint
				from pg_temp.stage_tiers
				order by tier, line desc
			on conflict (tenant, tier) do update set name = excluded.name, rank = excluded.rank,
				threshold_cents = excluded.threshold_cents
				where (x.name, x.rank, x.threshold_cents)
					is distinct from (excluded.name, excluded.rank, excluded.threshold_cents)
			returning xmax = 0 as new
	) select count(*) filter (where new), count(*) filter (where not new) into v from done;
	return v;
end $$;

-- A sealed value is another one each time, so names and addresses are taken as changed only when the index, which
-- is not, changed.
create function app.merge_members(p_tenant int, p_zone text) returns app.merged language plpgsql volatile as $$
declare
	v_next bigint; v_added bigint; v_changed bigint;
begin
	perform app.prepare_merge('members');
	insert into pg_temp.stage_skipped
		select s.file, s.line, format('there is no tier "%s"', s.tier) from pg_temp.stage_members s
			where s.tier is not null
			and not exists (select from data.tiers t where t.tenant = p_tenant and t.tier = s.tier)
		union all
		select s.file, s.line, format('there is no store "%s"', s.home_store) from pg_temp.stage_members s
			where s.home_store is not null
			and not exists (select from data.stores t where t.tenant = p_tenant and t.store = s.home_store);
	perform app.leave_out('members');
	perform app.keep_first_tiers(p_tenant, array(select m.member from data.members m
		join pg_temp.stage_members s on s.member = m.external where m.tenant = p_tenant and s.tier <> m.tier));
	update data.members m set name_sealed = s.name::bytea, email_sealed = s.email::bytea, phone_sealed = s.phone::bytea,
			email_index = s.email_index::bytea, phone_index = s.phone_index::bytea, tier = coalesce(s.tier, m.tier),
			home_store = coalesce(s.home_store, m.home_store), source = coalesce(s.acquisition_source, m.source),
			enrolled_at = coalesce(app.read_time(s.enrolled_at, p_zone), m.enrolled_at)
		from pg_temp.stage_members s where m.tenant = p_tenant and m.external = s.member
			and (m.email_index, m.phone_index, m.tier, m.home_store, m.source, m.enrolled_at) is distinct from
				(s.email_index::bytea, s.phone_index::bytea, coalesce(s.tier, m.tier),
				coalesce(s.home_store, m.home_store), coalesce(s.acquisition_source, m.source),
				coalesce(app.read_time(s.enrolled_at, p_zone), m.enrolled_at));
	get diagnostics v_changed = row_count;
	select t.next_member into v_next from data.tenants t where t.tenant = p_tenant for update;
	insert into data.members (tenant, member, external, name_sealed, email_sealed, phone_sealed, email_index,
			phone_index, tier, home_store, source, enrolled_at)
		select p_tenant, v_next - 1 + row_number() over (order by s.place), s.member, s.name::bytea, s.email::bytea,
			s.phone::bytea, s.email_index::bytea, s.phone_index::bytea, s.tier, s.home_store, s.acquisition_source,
			coalesce(app.read_time(s.enrolled_at, p_zone), app.now())
		from (select distinct on (x.member) x.*, row_number() over (order by x.line) as place
			from pg_temp.stage_members x
			order by x.member, x.enrolled_at is null, x.line) s
		where not exists (select from data.members m where m.tenant = p_tenant and m.external = s.member);
	get diagnostics v_added = row_count;
	update data.tenants set next_member = next_member + v_added where tenant = p_tenant;
	analyze data.members;
	return row(v_added, v_changed);
end $$;

create function app.merge_campaigns(p_tenant int, p_zone text) returns app.merged language sql volatile as $$
	with done as (
		insert into data.campaigns as x (tenant, campaign, name, type, starts_at, ends_at)
			select distinct on (campaign) p_tenant, campaign, name, type, starts_on::timestamp at time zone p_zone,
				coalesce((ends_on::date + 1)::timestamp at time zone p_zone, 'infinity')
				from pg_temp.stage_campaigns order by campaign, line desc
			on conflict (tenant, campaign) do update set name = excluded.name, type = excluded.type,
				starts_at = excluded.starts_at, ends_at = excluded.ends_at
				where (x.name, x.type, x.starts_at, x.ends_at) is distinct from
					(excluded.name, excluded.type, excluded.starts_at, excluded.ends_at)
			returning xmax = 0 as new
	) select count(*) filter (where new), count(*) filter (where not new) from done
$$;

create function app.merge_coupon_pools(p_tenant int, p_zone text) returns app.merged language plpgsql volatile as $$
declare
	v app.merged;
begin
	perform app.prepare_merge('coupon_pools');
	insert into pg_temp.stage_skipped select s.file, s.line, format('there is no campaign "%s"', s.campaign)
		from pg_temp.stage_coupon_pools s where s.campaign is not null
		and not exists (select from data.campaigns c where c.tenant = p_tenant and c.campaign = s.campaign);
	perform app.leave_out('coupon_pools');
	with done as (
		insert into data.pools as x (tenant, pool, name, campaign, value_cents, cost_cents, valid_days, state)
			select distinct on (s.pool) p_tenant, s.pool, s.name, s.campaign, s.value_cents::bigint,
				s.cost_cents::bigint, s.valid_days::int, s.state from pg_temp.stage_coupon_pools s
				order by s.pool, s.line desc
			on conflict (tenant, pool) do update set name = excluded.name, campaign = excluded.campaign,
				value_cents = excluded.value_cents, cost_cents = excluded.cost_cents, valid_days = excluded.valid_days,
				state = excluded.state
				where (x.name, x.campaign, x.value_cents, x.cost_cents, x.valid_days, x.state) is distinct from
					(excluded.name, excluded.campaign, excluded.value_cents, excluded.cost_cents, excluded.valid_days,
						excluded.state)
			returning xmax = 0 as new
	) select count(*) filter (where new), count(*) filter (where not new) into v from done;
	return v;
end $$;

-- A coupon that was given out here, or is past "available" already, stays as it is.
create function app.merge_coupons(p_tenant int, p_zone text) returns app.merged language plpgsql volatile as $$
declare
	v app.merged;
begin
	perform app.prepare_merge('coupons');
	insert into pg_temp.stage_skipped
		select s.file, s.line, format('there is no coupon pool "%s"', s.pool) from pg_temp.stage_coupons s
			where not exists (select from data.pools p where p.tenant = p_tenant and p.pool = s.pool)
		union all
		select s.file, s.line, format('there is no member "%s"', s.member) from pg_temp.stage_coupons s
			where s.member is not null
			and not exists (select from data.members m where m.tenant = p_tenant and m.external = s.member)
		union all
		select s.file, s.line, 'a coupon that a member has needs issued_at' from pg_temp.stage_coupons s
			where s.member is not null and s.issued_at is null;
	perform app.leave_out('coupons');
	with done as (
		insert into data.coupons as x (tenant, code, pool, member, state, issued_at, expires_at)
			select distinct on (s.code) p_tenant, s.code, s.pool, m.member,
				case when m.member is null then 'available' else 'issued' end,
				case when m.member is not null then app.read_time(s.issued_at, p_zone) end,
				app.read_time(s.expires_at, p_zone)
				from pg_temp.stage_coupons s left join data.members m on m.tenant = p_tenant and m.external = s.member
				order by s.code, s.line desc
			on conflict (tenant, code) do update set member = excluded.member, state = excluded.state,
				issued_at = excluded.issued_at, expires_at = excluded.expires_at
				where x.state = 'available' and excluded.state = 'issued'
			returning xmax = 0 as new
	) select count(*) filter (where new), count(*) filter (where not new) into v from done;
	analyze data.coupons;
	return v;
end $$;

-- What an order gave back is the sum of its refunds, where these are known one by one.
create function app.merge_orders(p_tenant int, p_zone text) returns app.merged language plpgsql volatile as $$
declare
	v app.merged;
begin
	perform app.prepare_merge('orders');
	insert into pg_temp.stage_skipped
		select s.file, s.line, format('there is no member "%s"', s.member) from pg_temp.stage_orders s
			left join data.members m on m.tenant = p_tenant and m.external = s.member
			where s.member is not null and m.member is null
		union all
		select s.file, s.line, format('there is no store "%s"', s.store) from pg_temp.stage_orders s
			left join data.stores t on t.tenant = p_tenant and t.store = s.store
			where s.store is not null and t.store is null;
	perform app.leave_out('orders');
	with done as (
		insert into data.orders as x (tenant, order_ref, member, store, channel, ordered_at, gross_cents,
				discount_cents, refund_cents, units, coupon)
			select distinct on (s.order_ref) p_tenant, s.order_ref, m.member, s.store, s.channel,
				app.read_time(s.ordered_at, p_zone), s.gross_cents::bigint, s.discount_cents::bigint,
				coalesce(f.cents, s.refund_cents::bigint), s.units::int, s.coupon
				from pg_temp.stage_orders s left join data.members m on m.tenant = p_tenant and m.external = s.member
				left join (select r.order_ref, sum(r.amount_cents)::bigint as cents from data.refunds r
					where r.tenant = p_tenant group by r.order_ref) f on f.order_ref = s.order_ref
				order by s.order_ref, s.line desc
			on conflict (tenant, order_ref) do update set member = excluded.member, store = excluded.store,
				channel = excluded.channel, ordered_at = excluded.ordered_at, gross_cents = excluded.gross_cents,
				discount_cents = excluded.discount_cents, refund_cents = excluded.refund_cents, units = excluded.units,
				coupon = excluded.coupon
				where (x.member, x.store, x.channel, x.ordered_at, x.gross_cents, x.discount_cents, x.refund_cents,
					x.units, x.coupon)
					is distinct from (excluded.member, excluded.store, excluded.channel, excluded.ordered_at,
						excluded.gross_cents,
					excluded.discount_cents, excluded.refund_cents, excluded.units, excluded.coupon)
			returning xmax = 0 as new
	) select count(*) filter (where new), count(*) filter (where not new) into v from done;
	analyze data.orders;
	return v;
end $$;

create function app.merge_order_lines(p_tenant int, p_zone text) returns app.merged language plpgsql volatile as $$
declare
	v app.merged;
begin
	perform app.prepare_merge('order_lines');
	insert into pg_temp.stage_skipped select s.file, s.line, format('there is no order "%s"', s.order_ref)
		from pg_temp.stage_order_lines s left join data.orders o on o.tenant = p_tenant and o.order_ref = s.order_ref
		where o.order_ref is null;
	perform app.leave_out('order_lines');
	with done as (
		insert into data.order_lines as x (tenant, order_ref, line, category, units, amount_cents, cost_cents)
			select distinct on (s.order_ref, s.number) p_tenant, s.order_ref, s.number::int, s.category, s.units::int,
				s.amount_cents::bigint, s.cost_cents::bigint
				from pg_temp.stage_order_lines s
				order by s.order_ref, s.number, s.line desc
			on conflict (tenant, order_ref, line) do update set category = excluded.category, units = excluded.units,
				amount_cents = excluded.amount_cents, cost_cents = excluded.cost_cents
				where (x.category, x.units, x.amount_cents, x.cost_cents) is distinct from
					(excluded.category, excluded.units, excluded.amount_cents, excluded.cost_cents)
			returning xmax = 0 as new
	) select count(*) filter (where new), count(*) filter (where not new) into v from done;
	return v;
end $$;

-- The first redemption of a coupon marks it as redeemed.
create function app.merge_redemptions(p_tenant int, p_zone text) returns app.merged language plpgsql volatile as $$
declare
	v app.merged;
begin
	perform app.prepare_merge('redemptions');
	insert into pg_temp.stage_skipped
		select s.file, s.line, format('there is no coupon "%s"', s.code) from pg_temp.stage_redemptions s
			left join data.coupons c on c.tenant = p_tenant and c.code = s.code where c.code is null
		union all
		select s.file, s.line, format('there is no member "%s"', s.member) from pg_temp.stage_redemptions s
			left join data.members m on m.tenant = p_tenant and m.external = s.member
			where s.member is not null and m.member is null
		union all
		select s.file, s.line, format('there is no store "%s"', s.store) from pg_temp.stage_redemptions s
			left join data.stores t on t.tenant = p_tenant and t.store = s.store where s.store is not null
				and t.store is null
		union all
		select s.file, s.line, format('coupon "%s" was never given to anybody', s.code) from pg_temp.stage_redemptions s
			join data.coupons c on c.tenant = p_tenant and c.code = s.code where c.state = 'available';
	perform app.leave_out('redemptions');
	with done as (
		insert into data.redemptions as x (tenant, redemption, code, pool, member, store, order_ref, redeemed_at,
			discount_cents)
			select distinct on (s.redemption) p_tenant, s.redemption, s.code, c.pool, m.member, s.store, s.order_ref,
				app.read_time(s.redeemed_at, p_zone), s.discount_cents::bigint
				from pg_temp.stage_redemptions s join data.coupons c on c.tenant = p_tenant and c.code = s.code
				left join data.members m on m.tenant = p_tenant and m.external = s.member
				order by s.redemption, s.line desc
			on conflict (tenant, redemption) do update set redeemed_at = excluded.redeemed_at,
				discount_cents = excluded.discount_cents, store = excluded.store
				where (x.redeemed_at, x.discount_cents, x.store) is distinct from
					(excluded.redeemed_at, excluded.discount_cents, excluded.store)
			returning xmax = 0 as new
	) select count(*) filter (where new), count(*) filter (where not new) into v from done;
	analyze data.redemptions;
	update data.coupons c set state = 'redeemed', redeemed_at = f.at
		from (select r.code, min(r.redeemed_at) as at from data.redemptions r where r.tenant = p_tenant
			and r.code in (select code from pg_temp.stage_redemptions) group by r.code) f
		where c.tenant = p_tenant and c.code = f.code and c.state in ('issued', 'expired');
	return v;
end $$;

-- Ledger entries by their own names. What is left of each lot follows from the whole: what went out, soonest expiry
-- first.
create function app.merge_points(p_tenant int, p_zone text) returns app.merged language plpgsql volatile as $$
declare
	v_added bigint; v_below text;
begin
	perform app.prepare_merge('points');
	insert into pg_temp.stage_skipped select s.file, s.line, format('there is no member "%s"', s.member)
		from pg_temp.stage_points s left join data.members m on m.tenant = p_tenant and m.external = s.member
		where m.member is null;
	create temporary table stage_touched on commit drop as
		with done as (
			insert into data.ledger (tenant, entry, member, delta, kind, source, at)
				select distinct on (s.entry) p_tenant, md5('import:' || s.entry)::uuid, m.member,
					case s.kind when 'earn' then s.points::bigint else -s.points::bigint end, s.kind, s.entry,
					app.read_time(s.at, p_zone)
					from pg_temp.stage_points s join data.members m on m.tenant = p_tenant and m.external = s.member
				on conflict (tenant, source) where source is not null do nothing
				returning member, entry, delta, source, at
		) select d.*, app.read_time(x.expires_at, p_zone) as expires_at from done d
			join (select distinct on (entry) entry, expires_at from pg_temp.stage_points) x on x.entry = d.source;
	select count(*) into v_added from pg_temp.stage_touched;
	create temporary table stage_books on commit drop as
		select l.member, coalesce(-sum(l.delta) filter (where l.kind in ('redeem', 'expire')), 0) as out,
			sum(l.delta) as balance
			from data.ledger l join (select distinct member from pg_temp.stage_touched) t using (member)
			where l.tenant = p_tenant group by l.member;
	analyze pg_temp.stage_touched, pg_temp.stage_books;
	select m.external into v_below from pg_temp.stage_books b join data.members m on m.tenant = p_tenant
		and m.member = b.member
		where b.balance < 0 limit 1;
	if v_below is not null then
		perform app.refuse('FLARG',
			format('The points of member "%s" would fall below zero. Nothing was imported: correct the '
			'file, or bring the earlier entries with it.', v_below));
	end if;
	insert into data.balances as b (tenant, member, points)
		select p_tenant, k.member, k.balance from pg_temp.stage_books k order by k.member
		on conflict (tenant, member) do update set points = excluded.points where b.points <> excluded.points;
	-- What went out is taken from the lots, old and new, soonest expiry first.
	with lots as (
		select l.lot, l.member, l.points, l.earned_at, l.expires_at, false as new from data.lots l
			join pg_temp.stage_books k using (member) where l.tenant = p_tenant and l.state <> 'reversed'
		union all
		select t.entry, t.member, t.delta, t.at, t.expires_at, true from pg_temp.stage_touched t where t.delta > 0
	), spent as materialized (
		select l.*, least(l.points, greatest(0, sum(l.points) over (partition by l.member
			order by l.expires_at nulls last, l.lot)
			- k.out)) as remaining from lots l join pg_temp.stage_books k using (member)
	), old as (
		update data.lots x set remaining = s.remaining, state = case when s.remaining = 0 then 'spent' else 'active' end
			from spent s where not s.new and x.tenant = p_tenant and x.member = s.member and x.lot = s.lot
				and x.remaining <> s.remaining
	)
	insert into data.lots (tenant, lot, member, points, remaining, state, earned_at, expires_at)
		select p_tenant, s.lot, s.member, s.points, s.remaining, case when s.remaining = 0 then 'spent'
			else 'active' end,
			s.earned_at, s.expires_at from spent s where s.new;
	return row(v_added, 0::bigint);
end $$;

-- What every cycle reads, kept in one narrow row a member; events keep it too (app.follow_orders). A year is 8,760
-- hours, the same in every session's zone.
create function app.refresh_member_stats(p_tenant int) returns void language plpgsql volatile as $$
declare
	v_zone text; v_newest timestamptz;
begin
	select t.zone into v_zone from data.tenants t where t.tenant = p_tenant;
	select max(o.ordered_at) into v_newest from data.orders o where o.tenant = p_tenant;
	delete from data.member_stats where tenant = p_tenant;
	insert into data.member_stats (tenant, member, first_on, last_on, days, orders, spend_cents, year_cents)
		select p_tenant, o.member, min(o.day), max(o.day), count(distinct o.day), count(*), sum(o.net),
			coalesce(sum(o.net) filter (where o.ordered_at > v_newest - interval '8760 hours'), 0)
		from (select member, ordered_at, (ordered_at at time zone v_zone)::date as day,
			gross_cents - discount_cents as net
			from data.orders where tenant = p_tenant and member is not null) o
		group by o.member;
	analyze data.member_stats;
end $$;

create function app.apply_tier_rule(p_tenant int, p_days int) returns void language plpgsql volatile as $$
declare
	v_members bigint[]; v_tiers text[];
begin
	select array_agg(r.member), array_agg(r.tier) into v_members, v_tiers
		from data.members m join (
			select x.member, (select t.tier from data.tiers t where t.tenant = p_tenant and t.threshold_cents <= x.spend
				order by t.threshold_cents desc limit 1) as tier
			from (select m.member, coalesce(sum(o.gross_cents - o.discount_cents - o.refund_cents), 0) as spend
				from data.members m left join data.orders o on o.tenant = m.tenant and o.member = m.member
					and (p_days = 0
					or o.ordered_at > (select max(n.ordered_at) from data.orders n where n.tenant = p_tenant)
						- make_interval(days => p_days))
				where m.tenant = p_tenant group by m.member) x
		) r on r.member = m.member where m.tenant = p_tenant and m.tier is distinct from r.tier;
	perform app.keep_first_tiers(p_tenant, v_members);
	update data.members m set tier = r.tier from unnest(v_members, v_tiers) r(member, tier)
		where m.tenant = p_tenant and m.member = r.member;
end $$;

create function app.finish_import(p_tenant int, p_tier_days int, p_call uuid, p_what text) returns bigint
language plpgsql volatile as $$
declare
	v_version bigint;
begin
	perform app.hold_import(p_tenant);
	perform app.release_parked(p_tenant);
	if p_tier_days >= 0 then
		perform app.apply_tier_rule(p_tenant, p_tier_days);
	end if;
	perform app.refresh_member_stats(p_tenant);
	analyze data.orders, data.order_lines, data.refunds, data.coupons, data.redemptions, data.consents,
		data.consent_changes, data.visits, data.message_events, data.ledger, data.lots;
	update data.tenants t set data_version = data_version + 1, data_as_of = greatest(
			(select max(o.ordered_at) from data.orders o where o.tenant = p_tenant),
			(select max(r.redeemed_at) from data.redemptions r where r.tenant = p_tenant))
		where t.tenant = p_tenant returning data_version into v_version;
	perform app.keep_tier_history(p_tenant);
	perform app.write_audit(p_tenant, p_call, 'import', 'cli', 'import', 'executed', '', null, null, 1,
		jsonb_build_object('what', p_what, 'data_version', v_version));
	return v_version;
end $$;
