-- Imports of what happens beside the orders; the manner is import.sql's. One row that is left out has one reason.

-- Every word is kept; the newest on each channel is the one that holds. Of two words at one instant the no holds.
create function app.merge_consents(p_tenant int, p_zone text) returns app.merged language plpgsql volatile as $$
declare
	v app.merged;
begin
	perform app.prepare_merge('consents');
	insert into pg_temp.stage_skipped select s.file, s.line, format('there is no member "%s"', s.member)
		from pg_temp.stage_consents s
		where not exists (select from data.members m where m.tenant = p_tenant and m.external = s.member);
	with done as (
		insert into data.consent_changes as x (tenant, member, channel, at, granted, source)
			select distinct on (w.member, w.channel, w.at) p_tenant, w.member, w.channel, w.at, w.granted, 'import'
				from (select m.member, s.channel, app.read_time(s.at, p_zone) as at, s.granted::boolean as granted
					from pg_temp.stage_consents s
					join data.members m on m.tenant = p_tenant and m.external = s.member) w
				order by w.member, w.channel, w.at, w.granted
			on conflict (tenant, member, channel, at) do update set granted = false, source = 'import'
				where x.granted and not excluded.granted
			returning xmax = 0 as new
	) select count(*) filter (where new), count(*) filter (where not new) into v from done;
	insert into pg_temp.stage_heard select distinct m.member, s.channel from pg_temp.stage_consents s
		join data.members m on m.tenant = p_tenant and m.external = s.member;
	perform app.hold_newest_words(p_tenant);
	return v;
end $$;

-- What holds now of the members and channels in stage_heard, which is empty afterwards.
create function app.hold_newest_words(p_tenant int) returns void language plpgsql volatile as $$
begin
	analyze pg_temp.stage_heard;
	insert into data.consents as x (tenant, member, channel, granted, at, source)
		select distinct on (c.member, c.channel) p_tenant, c.member, c.channel, c.granted, c.at, c.source
			from pg_temp.stage_heard h join data.consent_changes c on c.tenant = p_tenant and c.member = h.member
				and c.channel = h.channel
			order by c.member, c.channel, c.at desc
		on conflict (tenant, member, channel) do update set granted = excluded.granted, at = excluded.at,
			source = excluded.source
			where excluded.at > x.at or (excluded.at = x.at and x.granted and not excluded.granted);
	delete from pg_temp.stage_heard;
end $$;

-- An order's refund_cents stays the sum of its refunds, also when a refund moves to another order.
create function app.merge_refunds(p_tenant int, p_zone text) returns app.merged language plpgsql volatile as $$
declare
	v app.merged;
begin
	perform app.prepare_merge('refunds');
	insert into pg_temp.stage_skipped
		select s.file, s.line, case when o.order_ref is null then format('there is no order "%s"', s.order_ref)
				else 'amount_cents: a refund of 0 gives nothing back' end
			from pg_temp.stage_refunds s left join data.orders o on o.tenant = p_tenant and o.order_ref = s.order_ref
			where o.order_ref is null or s.amount_cents::bigint = 0;
	perform app.leave_out('refunds');
	create temporary table stage_refunded on commit drop as
		select s.order_ref from pg_temp.stage_refunds s
		union
		select r.order_ref from data.refunds r join pg_temp.stage_refunds s on s.refund = r.refund
			where r.tenant = p_tenant;
	with done as (
		insert into data.refunds as x (tenant, refund, order_ref, refunded_at, amount_cents)
			select distinct on (s.refund) p_tenant, s.refund, s.order_ref, app.read_time(s.refunded_at, p_zone),
				s.amount_cents::bigint from pg_temp.stage_refunds s order by s.refund, s.line desc
			on conflict (tenant, refund) do update set order_ref = excluded.order_ref,
				refunded_at = excluded.refunded_at, amount_cents = excluded.amount_cents
				where (x.order_ref, x.refunded_at, x.amount_cents) is distinct from
					(excluded.order_ref, excluded.refunded_at, excluded.amount_cents)
			returning xmax = 0 as new
	) select count(*) filter (where new), count(*) filter (where not new) into v from done;
	update data.orders o set refund_cents = f.cents
		from (select t.order_ref, coalesce(sum(r.amount_cents), 0)::bigint as cents from pg_temp.stage_refunded t
			left join data.refunds r on r.tenant = p_tenant and r.order_ref = t.order_ref group by t.order_ref) f
		where o.tenant = p_tenant and o.order_ref = f.order_ref and o.refund_cents <> f.cents;
	return v;
end $$;

create function app.merge_visits(p_tenant int, p_zone text) returns app.merged language plpgsql volatile as $$
declare
	v app.merged;
begin
	perform app.prepare_merge('visits');
	insert into pg_temp.stage_skipped
		select s.file, s.line, case when s.member is not null and m.member is null
				then format('there is no member "%s"', s.member) else format('there is no store "%s"', s.store) end
			from pg_temp.stage_visits s
			left join data.members m on m.tenant = p_tenant and m.external = s.member
			left join data.stores t on t.tenant = p_tenant and t.store = s.store
			where (s.member is not null and m.member is null) or (s.store is not null and t.store is null);
	perform app.leave_out('visits');
	with done as (
		insert into data.visits as x (tenant, visit, member, store, channel, visited_at)
			select distinct on (s.visit) p_tenant, s.visit, m.member, s.store, s.channel,
				app.read_time(s.visited_at, p_zone)
				from pg_temp.stage_visits s left join data.members m on m.tenant = p_tenant and m.external = s.member
				order by s.visit, s.line desc
			on conflict (tenant, visit) do update set member = excluded.member, store = excluded.store,
				channel = excluded.channel, visited_at = excluded.visited_at
				where (x.member, x.store, x.channel, x.visited_at) is distinct from
					(excluded.member, excluded.store, excluded.channel, excluded.visited_at)
			returning xmax = 0 as new
	) select count(*) filter (where new), count(*) filter (where not new) into v from done;
	return v;
end $$;

-- Whoever unsubscribed or complained has taken the consent for that channel back, whatever else the files say.
create function app.merge_message_events(p_tenant int, p_zone text) returns app.merged language plpgsql volatile as $$
declare
	v app.merged;
begin
	perform app.prepare_merge('message_events');
	insert into pg_temp.stage_skipped
		select s.file, s.line, case when m.member is null then format('there is no member "%s"', s.member)
				else format('there is no campaign "%s"', s.campaign) end
			from pg_temp.stage_message_events s
			left join data.members m on m.tenant = p_tenant and m.external = s.member
			left join data.campaigns c on c.tenant = p_tenant and c.campaign = s.campaign
			where m.member is null or (s.campaign is not null and c.campaign is null);
	perform app.leave_out('message_events');
	with done as (
		insert into data.message_events as x (tenant, event, message, member, channel, kind, campaign, at)
			select distinct on (s.event) p_tenant, s.event, s.message, m.member, s.channel, s.kind, s.campaign,
				app.read_time(s.at, p_zone)
				from pg_temp.stage_message_events s join data.members m on m.tenant = p_tenant
					and m.external = s.member
				order by s.event, s.line desc
			on conflict (tenant, event) do update set message = excluded.message, member = excluded.member,
				channel = excluded.channel, kind = excluded.kind, campaign = excluded.campaign, at = excluded.at
				where (x.message, x.member, x.channel, x.kind, x.campaign, x.at) is distinct from
					(excluded.message, excluded.member, excluded.channel, excluded.kind, excluded.campaign, excluded.at)
			returning xmax = 0 as new
	) select count(*) filter (where new), count(*) filter (where not new) into v from done;
	with taken as (
		insert into data.consent_changes as x (tenant, member, channel, at, granted, source)
			select distinct p_tenant, m.member, s.channel, app.read_time(s.at, p_zone), false, 'message'
				from pg_temp.stage_message_events s join data.members m on m.tenant = p_tenant
					and m.external = s.member
				where s.kind in ('complained', 'unsubscribed')
			on conflict (tenant, member, channel, at) do update set granted = false, source = 'message' where x.granted
			returning member, channel
	) insert into pg_temp.stage_heard select distinct member, channel from taken;
	perform app.hold_newest_words(p_tenant);
	return v;
end $$;

-- The newest change says which tier the member has.
create function app.merge_tier_changes(p_tenant int, p_zone text) returns app.merged language plpgsql volatile as $$
declare
	v app.merged;
begin
	perform app.prepare_merge('tier_changes');
	insert into pg_temp.stage_skipped
		select s.file, s.line, case when m.member is null then format('there is no member "%s"', s.member)
				when t.tier is null then format('there is no tier "%s"', s.to_tier)
				when s.from_tier = s.to_tier then format('from "%s" to "%s" is no change', s.from_tier, s.to_tier)
				else format('there is no tier "%s"', s.from_tier) end
			from pg_temp.stage_tier_changes s
			left join data.members m on m.tenant = p_tenant and m.external = s.member
			left join data.tiers f on f.tenant = p_tenant and f.tier = s.from_tier
			left join data.tiers t on t.tenant = p_tenant and t.tier = s.to_tier
			where m.member is null or t.tier is null or s.from_tier = s.to_tier
				or (s.from_tier is not null and f.tier is null);
	perform app.leave_out('tier_changes');
	with done as (
		insert into data.tier_changes as x (tenant, member, at, from_tier, to_tier)
			select distinct on (w.member, w.at) p_tenant, w.member, w.at, w.from_tier, w.to_tier
				from (select m.member, app.read_time(s.at, p_zone) as at, s.from_tier, s.to_tier, s.line
					from pg_temp.stage_tier_changes s
					join data.members m on m.tenant = p_tenant and m.external = s.member) w
				order by w.member, w.at, w.line desc
			on conflict (tenant, member, at) do update set from_tier = excluded.from_tier, to_tier = excluded.to_tier
				where (x.from_tier, x.to_tier) is distinct from (excluded.from_tier, excluded.to_tier)
			returning xmax = 0 as new
	) select count(*) filter (where new), count(*) filter (where not new) into v from done;
	update data.members m set tier = n.to_tier
		from (select distinct on (c.member) c.member, c.to_tier from data.tier_changes c where c.tenant = p_tenant
			and c.member in (select x.member from pg_temp.stage_tier_changes s
				join data.members x on x.tenant = p_tenant and x.external = s.member)
			order by c.member, c.at desc) n
		where m.tenant = p_tenant and m.member = n.member and m.tier is distinct from n.to_tier;
	return v;
end $$;

-- A member's first known tier is no change, and gives way to the first change that is told. Before a members file or
-- the tier rule replaces it, it is kept as where the member began, so that the change can be seen.
create function app.keep_first_tiers(p_tenant int, p_members bigint[]) returns void language plpgsql volatile as $$
begin
	insert into data.tier_changes (tenant, member, at, from_tier, to_tier)
		select p_tenant, m.member, m.enrolled_at, null, m.tier from data.members m
		where m.tenant = p_tenant and m.member = any (p_members) and m.tier is not null
			and not exists (select from data.tier_changes c where c.tenant = p_tenant and c.member = m.member);
end $$;

-- A change of tier that came without its history, by a members file or the tier rule, is a change as of the data.
create function app.keep_tier_history(p_tenant int) returns void language plpgsql volatile as $$
begin
	insert into data.tier_changes (tenant, member, at, from_tier, to_tier)
		select p_tenant, m.member, greatest(coalesce(t.data_as_of, app.now()), n.at + interval '1 microsecond'),
			n.to_tier, m.tier
		from data.members m
		join data.tenants t on t.tenant = m.tenant
		join (select distinct on (c.member) c.member, c.at, c.to_tier from data.tier_changes c
			where c.tenant = p_tenant order by c.member, c.at desc) n on n.member = m.member
		where m.tenant = p_tenant and m.tier is not null and m.tier is distinct from n.to_tier;
	analyze data.tier_changes;
end $$;
