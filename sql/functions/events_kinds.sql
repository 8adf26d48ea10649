-- What each kind of event touches. Every function takes the newest word about each thing, resolved (app.fact.who), and
-- writes it unless a newer one is there already. Only app.take_facts calls these, under app.hold_facts.

-- An enrolment states the whole member. Its tier is where the member began: a row of data.tier_changes without a
-- from_tier, which a corrected enrolment replaces; later changes stand.
create function app.take_enrolments(p_tenant int, p_facts app.fact[]) returns void language plpgsql volatile as $$
declare
	v app.fact[]; v_done bigint[]; v_begun bigint[]; v_next bigint; v_added bigint;
begin
	v := app.newest(p_facts);
	with done as (
		update data.members m set name_sealed = f.name, email_sealed = f.email, phone_sealed = f.phone,
				email_index = f.email_index, phone_index = f.phone_index, home_store = f.store, source = f.other,
				enrolled_at = f.at, stated_at = f.stated_at, stated_by = f.feed || '/' || f.event
			from unnest(v) f where m.tenant = p_tenant and m.external = f.member and (m.stated_at is null
				or (m.stated_at, m.stated_by) < (f.stated_at, f.feed || '/' || f.event))
			returning m.member
	) select array_agg(d.member) into v_done from done d;
	select t.next_member into v_next from data.tenants t where t.tenant = p_tenant for update;
	with added as (
		insert into data.members (tenant, member, external, name_sealed, email_sealed, phone_sealed, email_index,
				phone_index, home_store, source, enrolled_at, stated_at, stated_by)
			select p_tenant, v_next - 1 + row_number() over (order by f.n), f.member, f.name, f.email, f.phone,
				f.email_index, f.phone_index, f.store, f.other, f.at, f.stated_at, f.feed || '/' || f.event
			from unnest(v) f
			where not exists (select from data.members m where m.tenant = p_tenant and m.external = f.member)
			returning member
	) select v_done || array_agg(a.member), count(*) into v_done, v_added from added a;
	update data.tenants set next_member = next_member + v_added where tenant = p_tenant and v_added > 0;
	with gone as (
		delete from data.tier_changes c where c.tenant = p_tenant and c.member = any (v_done) and c.from_tier is null
			returning c.member
	) select array_agg(g.member) into v_begun from gone g;
	insert into data.tier_changes (tenant, member, at, from_tier, to_tier)
		select p_tenant, m.member, f.at, null, f.word
		from unnest(v) f join data.members m on m.tenant = p_tenant and m.external = f.member
		where m.member = any (v_done) and f.word is not null
		on conflict do nothing;
	update data.members m set tier = null where m.tenant = p_tenant and m.member = any (v_begun) and m.tier is not null;
	perform app.set_tiers(p_tenant, v_done);
end $$;

-- A member's tier is where the newest change led; without any it stays what an import said.
create function app.set_tiers(p_tenant int, p_members bigint[]) returns void language plpgsql volatile as $$
begin
	update data.members m set tier = c.to_tier
		from unnest(p_members) x(member) cross join lateral (select t.to_tier from data.tier_changes t
			where t.tenant = p_tenant and t.member = x.member order by t.at desc limit 1) c
		where m.tenant = p_tenant and m.member = x.member and m.tier is distinct from c.to_tier;
end $$;

-- Two changes of one member at one moment: the later name wins, so that the order in which they come does not matter.
create function app.take_tier_changes(p_tenant int, p_facts app.fact[]) returns void language plpgsql volatile as $$
begin
	if p_facts = '{}' then
		return;
	end if;
	insert into data.tier_changes as x (tenant, member, at, from_tier, to_tier)
		select distinct on (f.who, f.at) p_tenant, f.who, f.at, f.other, f.word from unnest(p_facts) f
			order by f.who, f.at, f.word desc, f.other desc
		on conflict (tenant, member, at) do update set from_tier = excluded.from_tier, to_tier = excluded.to_tier
			where x.from_tier is null or (x.to_tier, x.from_tier) < (excluded.to_tier, excluded.from_tier);
	perform app.set_tiers(p_tenant, array(select distinct f.who from unnest(p_facts) f));
end $$;

-- A member's words, and the opt-outs that a sender tells: "unsubscribed" and "complained" count as taking the consent
-- back, and no later word about that message gives it again. At one moment a no beats a yes. The row's lock is the one
-- that a delivery's claim takes: an opt-out is before the claim and seen, or after it.
create function app.take_consents(p_tenant int, p_facts app.fact[]) returns void language plpgsql volatile as $$
declare
	v_words app.consent_word[];
begin
	v_words := array(select row(f.who, f.channel, f.at, f.kind = 'consent' and f.word = 'true',
			case f.kind when 'consent' then 'feed ' || f.feed else 'message' end)::app.consent_word
		from unnest(p_facts) f where f.kind = 'consent'
			or (f.kind = 'message_event' and f.word in ('unsubscribed', 'complained')));
	if v_words = '{}' then
		return;
	end if;
	insert into data.consent_changes as x (tenant, member, channel, at, granted, source)
		select distinct on (w.member, w.channel, w.at) p_tenant, w.member, w.channel, w.at, w.granted, w.source
			from unnest(v_words) w order by w.member, w.channel, w.at, w.granted, w.source
		on conflict (tenant, member, channel, at) do update set granted = excluded.granted, source = excluded.source
			where (excluded.granted, excluded.source) < (x.granted, x.source);
	insert into data.consents as x (tenant, member, channel, granted, at, source)
		select distinct on (w.member, w.channel) p_tenant, w.member, w.channel, w.granted, w.at, w.source
			from unnest(v_words) w order by w.member, w.channel, w.at desc, w.granted, w.source
		on conflict (tenant, member, channel) do update set granted = excluded.granted, at = excluded.at,
			source = excluded.source
			where excluded.at > x.at
				or (excluded.at = x.at and (excluded.granted, excluded.source) < (x.granted, x.source));
end $$;

-- Which of these orders are there: looked up by their keys, whatever the planner believes of a table that grew since.
create function app.known_orders(p_tenant int, p_facts app.fact[]) returns text[] language plpgsql volatile
set enable_hashjoin = off set enable_mergejoin = off set enable_seqscan = off as $$
begin
	return array(select o.order_ref from unnest(p_facts) f
		join data.orders o on o.tenant = p_tenant and o.order_ref = f.ref);
end $$;

-- The lines of corrected orders go, for those that the correction states. By their keys, as above: of a table that was
-- empty a moment ago the planner reads all, batch by batch.
create function app.drop_lines(p_tenant int, p_orders app.done_order[]) returns void language plpgsql volatile
set enable_hashjoin = off set enable_mergejoin = off set enable_seqscan = off as $$
begin
	delete from data.order_lines l using unnest(p_orders) d where l.tenant = p_tenant and l.order_ref = d.order_ref;
end $$;

-- Orders state themselves whole, with their lines; refunds are events of their own. Most orders are new; those that are
-- not are corrections, which concern the member before as well as the one after.
create function app.take_orders(p_tenant int, p_facts app.fact[]) returns void language plpgsql volatile as $$
declare
	v_before timestamptz; v_again bigint[] := '{}'; v_done app.done_order[]; v_corrected app.done_order[];
	v_known text[] := app.known_orders(p_tenant, p_facts);
begin
	v_before := (select max(o.ordered_at) from data.orders o where o.tenant = p_tenant);
	with done as (
		insert into data.orders as x (tenant, order_ref, member, store, channel, ordered_at, gross_cents,
				discount_cents, units, coupon, stated_at, stated_by)
			select p_tenant, f.ref, f.who, f.store, f.channel, f.at, f.cents, f.discount, f.units, f.code, f.stated_at,
				f.feed || '/' || f.event from unnest(p_facts) f
			where not exists (select from unnest(v_known) k(ref) where k.ref = f.ref)
			returning x.order_ref, x.member, x.ordered_at, x.gross_cents - x.discount_cents as net
	) select array_agg(row(d.order_ref, d.member, d.ordered_at, d.net, true)::app.done_order) into v_done from done d;
	if v_known <> '{}' then
		v_again := array(select o.member from unnest(p_facts) f join data.orders o on o.tenant = p_tenant
			and o.order_ref = f.ref where o.member is not null and (o.stated_at is null
				or (o.stated_at, o.stated_by) < (f.stated_at, f.feed || '/' || f.event)));
		with done as (
			update data.orders x set member = f.who, store = f.store, channel = f.channel, ordered_at = f.at,
					gross_cents = f.cents, discount_cents = f.discount, units = f.units, coupon = f.code,
					stated_at = f.stated_at, stated_by = f.feed || '/' || f.event
				from unnest(p_facts) f where x.tenant = p_tenant and x.order_ref = f.ref and (x.stated_at is null
					or (x.stated_at, x.stated_by) < (f.stated_at, f.feed || '/' || f.event))
					and x.order_ref = any (v_known)
				returning x.order_ref, x.member, x.ordered_at, x.gross_cents - x.discount_cents as net
		) select array_agg(row(d.order_ref, d.member, d.ordered_at, d.net, false)::app.done_order) into v_corrected
			from done d;
		v_done := v_done || v_corrected;
		perform app.drop_lines(p_tenant, v_corrected);
	end if;
	if v_done is null then
		return;
	end if;
	insert into data.order_lines (tenant, order_ref, line, category, units, amount_cents, cost_cents)
		select p_tenant, f.ref, l.line, l.category, l.units, l.amount_cents, l.cost_cents
		from unnest(p_facts) f join unnest(v_done) d on d.order_ref = f.ref
		cross join lateral jsonb_to_recordset(f.lines) l(line int, category text, units int, amount_cents bigint,
			cost_cents bigint)
		where f.lines is not null;
	perform app.follow_orders(p_tenant, v_done, v_before, v_again);
end $$;

-- Adds new orders to the statistics of members whose last day is not behind them, or who had none; answers whom. By the
-- members' keys, as above; to write rows that are mostly there as if they were new would cost twice as much.
create function app.add_to_stats(p_tenant int, p_orders app.done_order[], p_zone text, p_newest timestamptz)
returns bigint[] language plpgsql volatile
set enable_hashjoin = off set enable_mergejoin = off set enable_seqscan = off as $$
declare
	v_added bigint[];
begin
	with sums as materialized (
		select x.member, min(x.day) as first_on, max(x.day) as last_on, count(distinct x.day) as days,
			count(*) as orders, sum(x.net) as spend,
			coalesce(sum(x.net) filter (where x.ordered_at > p_newest - interval '8760 hours'), 0) as year
		from (select d.member, d.ordered_at, (d.ordered_at at time zone p_zone)::date as day, d.net
			from unnest(p_orders) d) x
		group by x.member
	), added as (
		update data.member_stats s set last_on = d.last_on,
				days = s.days + d.days - case when s.last_on = d.first_on then 1 else 0 end,
				orders = s.orders + d.orders, spend_cents = s.spend_cents + d.spend,
				year_cents = s.year_cents + d.year
			from sums d where s.tenant = p_tenant and s.member = d.member and s.last_on <= d.first_on
			returning s.member
	), new as (
		insert into data.member_stats (tenant, member, first_on, last_on, days, orders, spend_cents, year_cents)
			select p_tenant, d.member, d.first_on, d.last_on, d.days, d.orders, d.spend, d.year
				from sums d where d.member not in (select a.member from added a)
			on conflict do nothing returning member
	) select array_agg(x.member) into v_added
		from (select a.member from added a union all select n.member from new n) x;
	return v_added;
end $$;

-- data.member_stats after these orders, exactly as app.refresh_member_stats would make it anew. New orders on or after
-- a member's last day only add; whoever is touched otherwise (p_again, and late orders) is computed from all their
-- orders. The year ends at the newest order of all: when that one moves, what falls out of it is taken off.
create function app.follow_orders(p_tenant int, p_done app.done_order[], p_before timestamptz, p_again bigint[])
returns void language plpgsql volatile as $$
declare
	v_zone text; v_after timestamptz; v_added bigint[]; v_again bigint[];
begin
	select t.zone into v_zone from data.tenants t where t.tenant = p_tenant;
	v_after := (select max(o.ordered_at) from data.orders o where o.tenant = p_tenant);
	v_again := p_again || array(select d.member from unnest(p_done) d where not d.new and d.member is not null);
	v_added := app.add_to_stats(p_tenant, array(select d from unnest(p_done) d where d.new and d.member is not null
		and not d.member = any (v_again)), v_zone, v_after);
	v_again := v_again || array(select d.member from unnest(p_done) d where d.member is not null
		except select x from unnest(v_added) x);
	if v_after <> p_before then
		update data.member_stats s
			set year_cents = s.year_cents - sign(extract(epoch from v_after - p_before))::int * g.net
			from (select o.member, sum(o.gross_cents - o.discount_cents) as net from data.orders o
				where o.tenant = p_tenant and o.member is not null
					and o.ordered_at > least(p_before, v_after) - interval '8760 hours'
					and o.ordered_at <= greatest(p_before, v_after) - interval '8760 hours'
					and not exists (select from unnest(p_done) d where d.new and d.order_ref = o.order_ref)
				group by o.member) g
			where s.tenant = p_tenant and s.member = g.member;
	end if;
	perform app.count_members(p_tenant, array(select distinct x from unnest(v_again) x), v_zone, v_after);
end $$;

-- The statistics of these members from all their orders.
create function app.count_members(p_tenant int, p_members bigint[], p_zone text, p_newest timestamptz) returns void
language plpgsql volatile as $$
begin
	if p_members = '{}' then
		return;
	end if;
	delete from data.member_stats s using unnest(p_members) x(member) where s.tenant = p_tenant and s.member = x.member;
	insert into data.member_stats (tenant, member, first_on, last_on, days, orders, spend_cents, year_cents)
		select p_tenant, o.member, min(o.day), max(o.day), count(distinct o.day), count(*), sum(o.net),
			coalesce(sum(o.net) filter (where o.ordered_at > p_newest - interval '8760 hours'), 0)
		from (select y.member, y.ordered_at, (y.ordered_at at time zone p_zone)::date as day,
			y.gross_cents - y.discount_cents as net
			from unnest(p_members) x(member) join data.orders y on y.tenant = p_tenant and y.member = x.member) o
		group by o.member;
end $$;

-- What an order gave back moves by what changed, so that a sum that an import brought without its parts stays.
create function app.take_refunds(p_tenant int, p_facts app.fact[]) returns void language plpgsql volatile as $$
begin
	if p_facts = '{}' then
		return;
	end if;
	with done as (
		insert into data.refunds as x (tenant, refund, order_ref, refunded_at, amount_cents, stated_at, stated_by)
			select p_tenant, f.ref, f.order_ref, f.at, f.cents, f.stated_at, f.feed || '/' || f.event
				from unnest(p_facts) f
			on conflict (tenant, refund) do update set order_ref = excluded.order_ref,
				refunded_at = excluded.refunded_at, amount_cents = excluded.amount_cents,
				stated_at = excluded.stated_at, stated_by = excluded.stated_by
				where x.stated_at is null or (x.stated_at, x.stated_by) < (excluded.stated_at, excluded.stated_by)
			returning x.refund, x.order_ref, x.amount_cents
	), change as (
		select c.order_ref, sum(c.cents) as cents from (
			select d.order_ref, d.amount_cents as cents from done d
			union all
			select r.order_ref, -r.amount_cents from done d join data.refunds r on r.tenant = p_tenant
				and r.refund = d.refund) c
			group by c.order_ref
	)
	update data.orders o set refund_cents = greatest(0, o.refund_cents + c.cents)
		from change c where o.tenant = p_tenant and o.order_ref = c.order_ref and c.cents <> 0;
end $$;

create function app.take_visits(p_tenant int, p_facts app.fact[]) returns void language plpgsql volatile as $$
begin
	insert into data.visits as x (tenant, visit, member, store, channel, visited_at, stated_at, stated_by)
		select p_tenant, f.ref, f.who, f.store, f.channel, f.at, f.stated_at, f.feed || '/' || f.event
			from unnest(p_facts) f
		on conflict (tenant, visit) do update set member = excluded.member, store = excluded.store,
			channel = excluded.channel, visited_at = excluded.visited_at, stated_at = excluded.stated_at,
			stated_by = excluded.stated_by
			where x.stated_at is null or (x.stated_at, x.stated_by) < (excluded.stated_at, excluded.stated_by);
end $$;

-- A coupon is redeemed since its first redemption; one whose redemption turned out to be another's is issued again.
create function app.take_redemptions(p_tenant int, p_facts app.fact[]) returns void language plpgsql volatile as $$
declare
	v_codes text[];
begin
	if p_facts = '{}' then
		return;
	end if;
	v_codes := array(select f.code from unnest(p_facts) f where f.code is not null
		union select r.code from unnest(p_facts) f join data.redemptions r on r.tenant = p_tenant
			and r.redemption = f.ref and r.code is not null);
	insert into data.redemptions as x (tenant, redemption, code, pool, member, store, order_ref, redeemed_at,
			discount_cents, stated_at, stated_by)
		select p_tenant, f.ref, f.code, coalesce(c.pool, f.word), f.who, f.store, f.order_ref, f.at, f.discount,
			f.stated_at, f.feed || '/' || f.event
			from unnest(p_facts) f left join data.coupons c on c.tenant = p_tenant and c.code = f.code
		on conflict (tenant, redemption) do update set code = excluded.code, pool = excluded.pool,
			member = excluded.member, store = excluded.store, order_ref = excluded.order_ref,
			redeemed_at = excluded.redeemed_at, discount_cents = excluded.discount_cents,
			stated_at = excluded.stated_at, stated_by = excluded.stated_by
			where x.stated_at is null or (x.stated_at, x.stated_by) < (excluded.stated_at, excluded.stated_by);
	update data.coupons c set state = case when f.at is null then 'issued' else 'redeemed' end, redeemed_at = f.at
		from (select k.code, (select min(r.redeemed_at) from data.redemptions r where r.tenant = p_tenant
			and r.code = k.code) as at from unnest(v_codes) k(code)) f
		where c.tenant = p_tenant and c.code = f.code and c.redeemed_at is distinct from f.at
			and (c.state in ('issued', 'expired', 'redeemed'));
end $$;

create function app.take_messages(p_tenant int, p_facts app.fact[]) returns void language plpgsql volatile as $$
begin
	insert into data.message_events as x (tenant, event, message, member, channel, kind, draft, campaign, at, stated_at,
			stated_by)
		select p_tenant, f.ref, f.message, f.who, f.channel, f.word, f.code::uuid, f.other, f.at, f.stated_at,
			f.feed || '/' || f.event from unnest(p_facts) f
		on conflict (tenant, event) do update set message = excluded.message, member = excluded.member,
			channel = excluded.channel, kind = excluded.kind, draft = excluded.draft, campaign = excluded.campaign,
			at = excluded.at, stated_at = excluded.stated_at, stated_by = excluded.stated_by
			where x.stated_at is null or (x.stated_at, x.stated_by) < (excluded.stated_at, excluded.stated_by);
end $$;
