-- Facts that come as events (POST /api/events): a batch is one transaction of set-based statements. What the tables say
-- afterwards depends on the facts alone, not on the order or the batches that they came in; of several words about one
-- thing the newest wins (stated_at, then feed and event). What each kind's event touches is in events_kinds.sql.

-- One event. Which field lies in which column of which kind is mcp/events/event_fields.def. `who` is the member's
-- number.
create type app.fact as (n int, feed text, event text, kind text, stated_at timestamptz, ref text, member text,
	store text, channel text, at timestamptz, cents bigint, discount bigint, units int, order_ref text, code text,
	word text, other text, message text, lines jsonb, name bytea, email bytea, phone bytea, email_index bytea,
	phone_index bytea, who bigint);
create type app.consent_word as (member bigint, channel text, at timestamptz, granted boolean, source text);
create type app.done_order as (order_ref text, member bigint, ordered_at timestamptz, net bigint, new boolean);

-- One writer of facts a tenant at a time, import or batch: statistics follow from what is there.
create function app.hold_facts(p_tenant int) returns void language plpgsql volatile as $$
begin
	perform pg_advisory_xact_lock(7303, p_tenant);
end $$;

-- An import is one writer for as long as it merges, which is seconds or minutes: batches are told at once to come back,
-- instead of each waiting in vain while those of other tenants wait behind it.
create function app.hold_import(p_tenant int) returns void language plpgsql volatile as $$
begin
	perform pg_advisory_xact_lock(7306, p_tenant);
	perform app.hold_facts(p_tenant);
end $$;

create function app.pass_import(p_tenant int) returns void language plpgsql volatile as $$
begin
	if not pg_try_advisory_xact_lock_shared(7306, p_tenant) then
		perform app.refuse('FLBSY', 'An import is being taken in; nothing of this batch was taken. Send the same '
			'again in some seconds: nothing counts twice.');
	end if;
end $$;

-- The newest of several words about one thing.
create function app.newest(p_facts app.fact[]) returns app.fact[] language plpgsql volatile as $$
begin
	return array(select x.f from (select distinct on (coalesce(f.ref, f.member)) f from unnest(p_facts) f
		order by coalesce(f.ref, f.member), f.stated_at desc, (f.feed || '/' || f.event) collate "C" desc) x(f));
end $$;

create function app.of_kind(p_facts app.fact[], p_kind text) returns app.fact[] language plpgsql volatile as $$
begin
	return array(select f from unnest(p_facts) f where f.kind = p_kind);
end $$;

-- What cannot come as an event and is not there: a sentence for each. Nothing of such an event is kept, so that it can
-- be sent again, under the same id, when what it names was imported.
create function app.refusals(p_tenant int, p_facts app.fact[]) returns table (n int, reason text)
language plpgsql volatile as $$
begin
	return query select distinct on (x.n) x.n, x.reason from (
		select f.n, format('there is no store "%s": import it, then send this event again', f.store)
			from unnest(p_facts) f left join data.stores s on s.tenant = p_tenant and s.store = f.store
			where f.store is not null and s.store is null
		union all
		select f.n, format('there is no tier "%s": import it, then send this event again', t.tier)
			from unnest(p_facts) f, unnest(array[f.word, case when f.kind = 'tier_change' then f.other end]) t(tier)
			where f.kind in ('enrolment', 'tier_change') and t.tier is not null
				and not exists (select from data.tiers y where y.tenant = p_tenant and y.tier = t.tier)
		union all
		select f.n, case when f.code is not null and c.code is null
				then format('there is no coupon "%s": import it, then send this event again', f.code)
			when c.state = 'available' then format('coupon "%s" was never given to anybody', f.code)
			when c.pool <> f.word then format('coupon "%s" is of the pool "%s", not "%s"', f.code, c.pool, f.word)
			else format('there is no coupon pool "%s": import it, then send this event again', f.word) end
			from unnest(p_facts) f left join data.coupons c on c.tenant = p_tenant and c.code = f.code
				left join data.pools p on p.tenant = p_tenant and p.pool = f.word
			where f.kind = 'redemption' and ((f.code is not null and (c.code is null or c.state = 'available'
				or c.pool <> f.word)) or (f.code is null and p.pool is null))
		union all
		select f.n, case when f.code is not null and d.draft is null then format('there is no draft %s', f.code)
			else format('there is no campaign "%s": import it, then send this event again', f.other) end
			from unnest(p_facts) f left join data.drafts d on d.tenant = p_tenant
					and d.draft = case when f.kind = 'message_event' then f.code::uuid end
				left join data.campaigns c on c.tenant = p_tenant and c.campaign = f.other
			where f.kind = 'message_event' and ((f.code is not null and d.draft is null)
				or (f.other is not null and c.campaign is null))
	) x(n, reason) order by x.n, x.reason;
end $$;

-- Of the events that would wait, those for which there is no room any more: a sentence for each. Nothing of them is
-- kept. Who comes in the same request does not count as there: whether it is taken is not known yet.
create function app.without_room(p_tenant int, p_feed text, p_facts app.fact[]) returns table (n int, reason text)
language plpgsql volatile as $$
declare
	v_most int := (select f.waiting_most from data.feeds f where f.tenant = p_tenant and f.feed = p_feed);
	v_waiting int;
begin
	if v_most >= cardinality(p_facts) and not exists (select from data.parked p where p.tenant = p_tenant
			and p.feed = p_feed) then
		return;
	end if;
	v_waiting := (select count(*) from data.parked p where p.tenant = p_tenant and p.feed = p_feed);
	return query select y.n, format('%s is not there yet, and %s events of this feed wait already, which is all that '
			'may: enrol or import whom they wait for (`flashd feed list` counts them), then send this event again',
			y.what, v_waiting)
		from (select w.n, w.what, row_number() over (order by w.n) as place from (
			select f.n, case when f.member is not null and m.member is null then format('the member "%s"', f.member)
					when f.kind = 'refund' and o.order_ref is null then format('the order "%s"', f.order_ref) end
				from unnest(p_facts) f left join data.members m on m.tenant = p_tenant and m.external = f.member
					left join data.orders o on o.tenant = p_tenant and o.order_ref = f.order_ref and f.kind = 'refund'
				where f.kind <> 'enrolment'
		) w(n, what) where w.what is not null) y
		where y.place > v_most - v_waiting;
end $$;

-- Keeps events for later: of a member (or for a refund an order) that is not there.
create function app.park(p_tenant int, p_facts app.fact[], p_for text) returns void language plpgsql volatile as $$
begin
	insert into data.parked (tenant, feed, event, waits_for, waits_on, body, parked_at)
		select p_tenant, f.feed, f.event, p_for, case p_for when 'member' then f.member else f.order_ref end,
			jsonb_strip_nulls(to_jsonb(f)) - 'n', app.now() from unnest(p_facts) f;
end $$;

-- Takes out what waited for these members or orders.
create function app.unpark(p_tenant int, p_for text, p_on text[]) returns app.fact[] language plpgsql volatile as $$
declare
	v app.fact[];
begin
	with gone as (
		delete from data.parked p where p.tenant = p_tenant and p.waits_for = p_for and p.waits_on = any (p_on)
			returning p.body
	) select array_agg(jsonb_populate_record(null::app.fact, g.body)) into v from gone g;
	return coalesce(v, '{}');
end $$;

-- Facts into their tables; those that must wait are kept. Answers them: [{"index": n, "reason": …}, …].
create function app.take_facts(p_tenant int, p_facts app.fact[]) returns jsonb language plpgsql volatile as $$
declare
	v app.fact[] := p_facts; v_new app.fact[] := app.of_kind(p_facts, 'enrolment'); v_wait app.fact[];
	v_waits app.fact[];
	v_parked boolean := exists (select from data.parked p where p.tenant = p_tenant);
begin
	if v_new <> '{}' then
		perform app.take_enrolments(p_tenant, v_new);
		if v_parked then
			v := v || app.unpark(p_tenant, 'member', array(select distinct f.member from unnest(v_new) f));
		end if;
	end if;
	-- Who is meant was looked up when the batch came; again only when there are new members, or somebody was not there.
	if exists (select from unnest(v) f where f.who is null and f.member is not null) then
		v := array(select row(f.n, f.feed, f.event, f.kind, f.stated_at, f.ref, f.member, f.store, f.channel, f.at,
				f.cents, f.discount, f.units, f.order_ref, f.code, f.word, f.other, f.message, f.lines, null, null,
				null, null, null, m.member)::app.fact
			from unnest(v) f left join data.members m on m.tenant = p_tenant and m.external = f.member);
	end if;
	if v_new <> '{}' then
		v := array(select f from unnest(v) f where f.kind <> 'enrolment');
	end if;
	v_waits := array(select f from unnest(v) f where f.member is not null and f.who is null);
	if v_waits <> '{}' then
		perform app.park(p_tenant, v_waits, 'member');
		v := array(select f from unnest(v) f where f.member is null or f.who is not null);
	end if;
	v_new := app.of_kind(v, 'order');
	if v_new <> '{}' then
		perform app.take_orders(p_tenant, app.newest(v_new));
		if v_parked then
			v := v || app.unpark(p_tenant, 'order', array(select distinct f.ref from unnest(v_new) f));
		end if;
	end if;
	v_wait := array(select f from unnest(v) f where f.kind = 'refund'
		and not exists (select from data.orders o where o.tenant = p_tenant and o.order_ref = f.order_ref));
	if v_wait <> '{}' then
		perform app.park(p_tenant, v_wait, 'order');
	end if;
	if exists (select from unnest(v) f where f.kind <> 'order') then
		perform app.take_refunds(p_tenant, app.newest(array(select f from unnest(v) f where f.kind = 'refund'
			and exists (select from data.orders o where o.tenant = p_tenant and o.order_ref = f.order_ref))));
		perform app.take_visits(p_tenant, app.newest(app.of_kind(v, 'visit')));
		perform app.take_redemptions(p_tenant, app.newest(app.of_kind(v, 'redemption')));
		perform app.take_messages(p_tenant, app.newest(app.of_kind(v, 'message_event')));
		perform app.take_consents(p_tenant, v);
		perform app.take_tier_changes(p_tenant, app.of_kind(v, 'tier_change'));
	end if;
	return (select jsonb_agg(jsonb_build_object('index', w.n, 'reason', w.reason)) from (
		select f.n, format('waits for the member "%s"', f.member) from unnest(v_waits) f where f.n is not null
		union all
		select f.n, format('waits for the order "%s"', f.order_ref) from unnest(v_wait) f where f.n is not null
	) w(n, reason));
end $$;

-- What waits and need not any more, after an import brought members and orders.
create function app.release_parked(p_tenant int) returns void language plpgsql volatile as $$
declare
	v app.fact[];
begin
	v := app.unpark(p_tenant, 'member', array(select m.external from data.members m where m.tenant = p_tenant
			and exists (select from data.parked p where p.tenant = p_tenant and p.waits_for = 'member'
				and p.waits_on = m.external)))
		|| app.unpark(p_tenant, 'order', array(select o.order_ref from data.orders o where o.tenant = p_tenant
			and exists (select from data.parked p where p.tenant = p_tenant and p.waits_for = 'order'
				and p.waits_on = o.order_ref)));
	if v <> '{}' then
		perform app.take_facts(p_tenant, v);
	end if;
end $$;

-- The feed's row, held; a refusal when it was revoked meanwhile or asks too often.
create function app.hold_feed(p_tenant int, p_feed text) returns void language plpgsql volatile as $$
declare
	f data.feeds;
begin
	select * into f from data.feeds x where x.tenant = p_tenant and x.feed = p_feed for update;
	if f.feed is null or f.revoked_at is not null then
		perform app.refuse('FLKEY', 'The signature is not that of a feed here.');
	end if;
	if f.minute_at > app.now() - interval '1 minute' and f.minute_calls >= f.calls_per_minute then
		perform app.refuse('FLRAT', format('The feed "%s" may send %s requests a minute. Nothing of this one was '
			'taken; send it again in a minute, and more events in each (1,000 at most).', p_feed, f.calls_per_minute));
	end if;
	update data.feeds set minute_at = case when f.minute_at > app.now() - interval '1 minute' then f.minute_at
			else app.now() end,
			minute_calls = case when f.minute_at > app.now() - interval '1 minute' then f.minute_calls else 0 end + 1
		where tenant = p_tenant and feed = p_feed;
end $$;

-- Notes the events that are new and not refused, and answers their places. Mostly all of them are: then no id is looked
-- up before it is written, which costs as much as the writing; the first that is there already tells that it must be.
create function app.note_events(p_tenant int, p_feed text, p_n int[], p_events text[], p_kinds text[], p_hashes bytea[],
	p_stated timestamptz[], p_refusals jsonb) returns int[] language plpgsql volatile as $$
declare
	v_taken int[];
begin
	if p_refusals is null then
		begin
			insert into data.events (tenant, feed, event, kind, body_hash, occurred_at, received_at)
				select p_tenant, p_feed, unnest(p_events), unnest(p_kinds), unnest(p_hashes), unnest(p_stated),
					app.now();
			return p_n;
		exception when unique_violation then
			null;
		end;
	end if;
	with first as (
		select distinct on (x.event) x.* from (select unnest(p_n) as n, unnest(p_events) as event,
				unnest(p_kinds) as kind, unnest(p_hashes) as hash, unnest(p_stated) as at) x
			where p_refusals is null or not p_refusals ? x.n::text order by x.event, x.n
	), added as (
		insert into data.events (tenant, feed, event, kind, body_hash, occurred_at, received_at)
			select p_tenant, p_feed, f.event, f.kind, f.hash, f.at, app.now() from first f
			on conflict do nothing returning event
	) select array_agg(f.n) into v_taken from first f join added a using (event);
	return coalesce(v_taken, '{}');
end $$;

-- What becomes of events that were not new: the same again, or another body under an id that was used.
create function app.judge_events(p_tenant int, p_feed text, p_n int[], p_events text[], p_hashes bytea[], p_taken int[],
	p_refusals jsonb) returns jsonb language plpgsql volatile as $$
begin
	return (select jsonb_agg(case
			when e.body_hash = x.hash then jsonb_build_object('index', x.n, 'id', x.event, 'status', 'duplicate')
			else jsonb_build_object('index', x.n, 'id', x.event, 'status', 'refused', 'reason', coalesce(
				p_refusals ->> x.n::text,
				'this id was used before for another event: a correction needs an id of its own')) end order by x.n)
		from unnest(p_n, p_events, p_hashes) x(n, event, hash)
		left join data.events e on e.tenant = p_tenant and e.feed = p_feed and e.event = x.event
		where not x.n = any (p_taken));
end $$;

-- One request of a feed. One array a column of app.fact, all of one length: $5 the place in the request, which is told
-- back; events that could not be read are not here, only counted (p_unread). Everything is in when it answers, with its
-- audit row; a stop does not hold facts back. Answers counts, and each event that was not simply taken.
create function app.take_events(p_tenant int, p_feed text, p_call uuid, p_digest bytea, p_unread int, p_n int[],
	p_events text[], p_kinds text[], p_hashes bytea[], p_stated timestamptz[], p_ref text[], p_member text[],
	p_store text[], p_channel text[], p_at timestamptz[], p_cents bigint[], p_discount bigint[], p_units int[],
	p_order_ref text[], p_code text[], p_word text[], p_other text[], p_message text[], p_lines jsonb[], p_name bytea[],
	p_email bytea[], p_phone bytea[], p_email_index bytea[], p_phone_index bytea[]) returns jsonb
language plpgsql security definer volatile set search_path = pg_catalog, pg_temp as $$
declare
	v app.fact[]; v_refusals jsonb; v_taken int[]; v_told jsonb := '[]'; v_parked jsonb; v_version bigint;
	v_count int := cardinality(p_n); v_refused int; v_duplicates int; v_waiting int; v_answer jsonb;
begin
	perform app.enter(p_tenant);
	perform app.pass_import(p_tenant);
	-- Who is meant is looked up before the batch waits for its turn: a member who is there stays who it is, and one who
	-- is not is looked up again.
	v := array(select row(x.n, p_feed, x.event, x.kind, x.stated_at, x.ref, x.member, x.store, x.channel, x.at, x.cents,
			x.discount, x.units, x.order_ref, x.code, x.word, x.other, x.message, x.lines, x.name, x.email, x.phone,
			x.email_index, x.phone_index, m.member)::app.fact
		from (select unnest(p_n) as n, unnest(p_events) as event, unnest(p_kinds) as kind,
			unnest(p_stated) as stated_at, unnest(p_ref) as ref, unnest(p_member) as member,
			unnest(p_store) as store, unnest(p_channel) as channel, unnest(p_at) as at, unnest(p_cents) as cents,
			unnest(p_discount) as discount, unnest(p_units) as units, unnest(p_order_ref) as order_ref,
			unnest(p_code) as code, unnest(p_word) as word, unnest(p_other) as other, unnest(p_message) as message,
			unnest(p_lines) as lines, unnest(p_name) as name, unnest(p_email) as email, unnest(p_phone) as phone,
			unnest(p_email_index) as email_index, unnest(p_phone_index) as phone_index) x
		left join data.members m on m.tenant = p_tenant and m.external = x.member);
	perform app.hold_facts(p_tenant);
	perform app.hold_feed(p_tenant, p_feed);
	select jsonb_object_agg(r.n, r.reason) into v_refusals from (select * from app.without_room(p_tenant, p_feed, v)
		union all select * from app.refusals(p_tenant, v)) r;
	v_taken := app.note_events(p_tenant, p_feed, p_n, p_events, p_kinds, p_hashes, p_stated, v_refusals);
	if cardinality(v_taken) < v_count then
		v_told := app.judge_events(p_tenant, p_feed, p_n, p_events, p_hashes, v_taken, v_refusals);
		v := array(select f from unnest(v) f where f.n = any (v_taken));
	end if;
	if v <> '{}' then
		v_parked := app.take_facts(p_tenant, v);
	end if;
	if v_parked is not null then
		v_told := (select jsonb_agg(t.told order by (t.told ->> 'index')::int) from (
			select d from jsonb_array_elements(v_told) d
			union all
			select w || jsonb_build_object('id', x.event, 'status', 'parked') from jsonb_array_elements(v_parked) w
				join unnest(p_n, p_events) x(n, event) on x.n = (w ->> 'index')::int) t(told));
	end if;
	select count(*) filter (where t ->> 'status' = 'refused') + p_unread,
			count(*) filter (where t ->> 'status' = 'duplicate'),
			count(*) filter (where t ->> 'status' = 'parked')
		into v_refused, v_duplicates, v_waiting from jsonb_array_elements(v_told) t;
	update data.feeds set last_received_at = app.now(), accepted = accepted + cardinality(v_taken),
			refused = refused + v_refused,
			last_event_at = greatest(last_event_at, (select max(f.stated_at) from unnest(v) f))
		where tenant = p_tenant and feed = p_feed;
	v_version := app.move_data(p_tenant, v <> '{}');
	v_answer := jsonb_build_object('accepted', cardinality(v_taken) - v_waiting, 'parked', v_waiting,
		'duplicates', v_duplicates, 'refused', v_refused, 'data_version', v_version);
	perform app.write_audit(p_tenant, p_call, 'feed:' || p_feed, 'http', 'events', 'executed', '', p_digest, null,
		cardinality(v_taken), v_answer);
	return v_answer || app.told_in_flight(p_tenant, v) || jsonb_build_object('events', v_told);
end $$;

-- For opt-outs: how many messages to these members are on their way at this moment, as app.set_consent answers.
create function app.told_in_flight(p_tenant int, p_facts app.fact[]) returns jsonb language plpgsql volatile as $$
declare
	v_out app.fact[];
begin
	v_out := array(select f from unnest(p_facts) f where (f.kind = 'consent' and f.word = 'false')
		or (f.kind = 'message_event' and f.word in ('unsubscribed', 'complained')));
	if v_out = '{}' then
		return '{}';
	end if;
	return jsonb_build_object('in_flight', (select count(*) from data.attempts a
		join data.drafts d using (tenant, draft)
		where a.tenant = p_tenant and a.outcome = 'open' and exists (select from unnest(v_out) f
			join data.members m on m.tenant = p_tenant and m.external = f.member
			where m.member = d.member and f.channel = d.channel)));
end $$;

-- What is known until when, and the number that cached answers hold for; the same as after an import.
create function app.move_data(p_tenant int, p_moved boolean) returns bigint language plpgsql volatile as $$
declare
	v_version bigint;
begin
	if p_moved then
		update data.tenants t set data_version = data_version + 1, data_as_of = greatest(
				(select max(o.ordered_at) from data.orders o where o.tenant = p_tenant),
				(select max(r.redeemed_at) from data.redemptions r where r.tenant = p_tenant))
			where t.tenant = p_tenant returning data_version into v_version;
	else
		select t.data_version into v_version from data.tenants t where t.tenant = p_tenant;
	end if;
	return v_version;
end $$;

-- How fresh what each feed sends is; of those that have sent something.
create view metric.feeds as
	select f.tenant, f.feed, f.expect_every_minutes, f.accepted, f.refused,
		greatest(0, floor(extract(epoch from app.now() - f.last_event_at) / 3600))::bigint as age_hours,
		greatest(0, floor(extract(epoch from app.now() - f.last_received_at) / 3600))::bigint as silent_hours
	from data.feeds f
	where f.revoked_at is null and f.last_event_at is not null;
