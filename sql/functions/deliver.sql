-- Delivery, at most once: claim and commit, then send, then settle. An attempt whose sender went silent becomes
-- unknown, never waiting again: whether it left is not known, so a human decides.

-- Whether an approved draft may be tried now: what was refused once is tried again five minutes later, then twenty. A
-- mail server that asks for patience, or restarts, gets it.
create function app.is_ripe(p_tenant int, p_draft uuid) returns boolean language sql stable as $$
	select not exists (select from data.attempts a where a.tenant = p_tenant and a.draft = p_draft
		and a.settled_at > app.now() - a.attempt * a.attempt * interval '5 minutes')
$$;

-- The key that a draft, or any other action, was made with.
create function app.key_of(p_tenant int, p_action uuid) returns text language plpgsql stable as $$
begin
	return (select a.key from data.actions a where a.tenant = p_tenant and a.action = p_action);
end $$;

-- One approved draft with everything the sender needs, or no row. A draft of a key that is stopped waits, approved or
-- not. The consent row is locked for share until the
-- claim commits: an opt-out is either before it and seen, or after it and told that one is in flight.
create function app.claim_delivery(p_tenant int, p_call uuid, p_daemon text, p_timeout_ms int)
returns table (draft uuid, attempt int, member bigint, channel text, audience text, subject text, body text,
	text_hash text, email text, phone text, policy text, policy_version int, expires_at timestamptz)
language plpgsql security definer volatile set search_path = pg_catalog, pg_temp as $$
declare
	d data.drafts; v_granted boolean; v_attempt int; v_stopped text[];
begin
	perform app.enter(p_tenant);
	perform app.hold_gate(p_tenant);
	perform app.refuse_stopped(p_tenant, '*');
	v_stopped := array(select s.scope from data.stops s where s.tenant = p_tenant and s.stopped);
	loop
		select * into d from data.drafts x where x.tenant = p_tenant and x.state = 'approved'
			and app.is_ripe(p_tenant, x.draft)
			and (v_stopped = '{}' or not app.key_of(p_tenant, x.draft) = any (v_stopped))
			order by x.draft limit 1 for update skip locked;
		if d.draft is null then
			return;
		end if;
		v_granted := null;
		select c.granted into v_granted from data.consents c where c.tenant = p_tenant and c.member = d.member
			and c.channel = d.channel for share;
		exit when v_granted and d.expires_at > app.now();
		update data.drafts x set approved_hash = null,
				state = case when v_granted then 'expired' else 'void' end,
				reason = case when v_granted then 'expired before it was sent' else 'the member opted out' end
			where x.tenant = p_tenant and x.draft = d.draft;
		perform app.release_hold(p_tenant, d.draft);
	end loop;
	update data.drafts x set state = 'sending' where x.tenant = p_tenant and x.draft = d.draft;
	select coalesce(max(a.attempt), 0) + 1 into v_attempt from data.attempts a
		where a.tenant = p_tenant and a.draft = d.draft;
	insert into data.attempts (tenant, draft, attempt, claimed_by, claimed_at, deadline_at, outcome)
		values (p_tenant, d.draft, v_attempt, p_daemon, app.now(),
			app.now() + make_interval(secs => p_timeout_ms / 1000.0), 'open');
	perform app.write_audit(p_tenant, p_call, p_daemon, 'agent', 'claim_delivery', 'executed', '', d.text_hash, null, 1,
		jsonb_build_object('draft', d.draft, 'attempt', v_attempt));
	return query select d.draft, v_attempt, d.member, d.channel, d.audience, d.subject_sealed::text,
		d.body_sealed::text, d.text_hash::text, m.email_sealed::text, m.phone_sealed::text, d.policy, d.policy_version,
		d.expires_at
		from data.members m where m.tenant = p_tenant and m.member = d.member;
end $$;

-- What became of an attempt: sent, failed (nothing was accepted; back to approved for another try, three at most)
-- or unknown. Settling is a fact about the past, so it is allowed while stopped. A late word changes nothing.
create function app.settle_delivery(p_tenant int, p_call uuid, p_daemon text, p_draft uuid, p_attempt int,
	p_outcome text, p_detail text) returns text language plpgsql security definer volatile
set search_path = pg_catalog, pg_temp as $$
declare
	v_state text;
begin
	perform app.enter(p_tenant);
	perform from data.drafts x where x.tenant = p_tenant and x.draft = p_draft for update;
	update data.attempts set outcome = p_outcome, settled_at = app.now(), detail = left(p_detail, 500)
		where tenant = p_tenant and draft = p_draft and attempt = p_attempt and outcome = 'open';
	if not found then
		return 'late';
	end if;
	v_state := case p_outcome when 'sent' then 'sent' when 'unknown' then 'unknown'
		when 'failed' then case when p_attempt < 3 then 'approved' else 'failed' end end;
	update data.drafts set state = v_state, reason = left(p_detail, 500),
			approved_hash = case when v_state = 'failed' then null else approved_hash end
		where tenant = p_tenant and draft = p_draft and state = 'sending';
	if v_state = 'failed' then
		perform app.release_hold(p_tenant, p_draft);
	end if;
	perform app.write_audit(p_tenant, p_call, p_daemon, 'agent', 'settle_delivery', 'executed', '', null, null, 1,
		jsonb_build_object('draft', p_draft, 'attempt', p_attempt, 'outcome', p_outcome));
	return v_state;
end $$;

-- Attempts past their deadline become unknown; waiting drafts past their expiry give their amount back, also while
-- stopped: an offer does not become true again by a stop (decisions: README), but its end is told.
create function app.reap(p_tenant int) returns bigint language plpgsql security definer volatile
set search_path = pg_catalog, pg_temp as $$
declare
	x record; v_count bigint := 0;
begin
	perform app.enter(p_tenant);
	for x in select d.tenant, d.draft from data.drafts d join data.attempts a using (tenant, draft)
			where d.tenant = p_tenant and a.outcome = 'open' and a.deadline_at < app.now()
			for update of d skip locked loop
		update data.attempts set outcome = 'unknown', settled_at = app.now(), detail = 'the sender went silent'
			where tenant = p_tenant and draft = x.draft and outcome = 'open' and deadline_at < app.now();
		update data.drafts set state = 'unknown', reason = 'the sender went silent; it may have been sent'
			where tenant = p_tenant and draft = x.draft and state = 'sending';
		v_count := v_count + 1;
	end loop;
	for x in select d.tenant, d.draft from data.drafts d where d.tenant = p_tenant and d.state = 'waiting'
			and d.expires_at <= app.now() limit 1000 for update of d skip locked loop
		update data.drafts set state = 'expired',
				reason = case when app.is_stopped(p_tenant, app.key_of(p_tenant, x.draft))
					then 'expired while it was stopped' else 'nobody decided in time' end
			where tenant = p_tenant and draft = x.draft;
		perform app.release_hold(p_tenant, x.draft);
		v_count := v_count + 1;
	end loop;
	return v_count;
end $$;
