-- What people do with drafts. An approval is of exact bytes: it names the hash that the person saw.

create function app.decide_draft(p_tenant int, p_call uuid, p_person text, p_via text, p_draft uuid, p_hash bytea,
	p_approve boolean, p_reason text) returns jsonb language plpgsql security definer volatile
set search_path = pg_catalog, pg_temp as $$
declare
	d data.drafts; v_tool text := case when p_approve then 'approve_draft' else 'reject_draft' end;
begin
	perform app.enter(p_tenant);
	perform app.hold_gate(p_tenant);
	perform app.pass_person(p_tenant, p_person, 'approver');
	if p_approve then
		perform app.refuse_stopped(p_tenant, '*');
	end if;
	select * into d from data.drafts x where x.tenant = p_tenant and x.draft = p_draft for update;
	if d.draft is null then
		perform app.refuse('FLNOT', format('There is no draft %s: `flashd drafts list` shows them.', p_draft));
	elsif d.state <> 'waiting' then
		perform app.refuse('FLSTA', format('This draft is %s (by %s); only a waiting one can be decided.', d.state,
			coalesce(d.decided_by, 'nobody')));
	elsif p_approve and app.is_stopped(p_tenant, app.key_of(p_tenant, p_draft)) then
		perform app.refuse_stopped(p_tenant, app.key_of(p_tenant, p_draft));
	elsif d.expires_at <= app.now() then
		perform app.refuse('FLEXP', format('This draft expired at %s; it will not be sent.', d.expires_at));
	elsif p_approve and d.text_hash is distinct from p_hash then
		perform app.refuse('FLHSH', 'The hash is not that of the draft as it stands: look at it again with '
			'`flashd drafts show` and approve what you see.');
	elsif p_approve and not exists (select from data.consents c where c.tenant = p_tenant and c.member = d.member
			and c.channel = d.channel and c.granted) then
		perform app.refuse('FLCON', format('The member has taken back the consent to %s: this draft cannot be sent.',
			d.channel));
	end if;
	update data.drafts set state = case when p_approve then 'approved' else 'rejected' end,
			decided_by = p_person, decided_at = app.now(), approved_hash = case when p_approve then p_hash end,
			reason = p_reason
		where tenant = p_tenant and draft = p_draft;
	if not p_approve then
		perform app.release_hold(p_tenant, p_draft);
	end if;
	perform app.write_audit(p_tenant, p_call, p_person, p_via, v_tool, 'executed', '', p_hash, null, 1,
		jsonb_build_object('draft', p_draft, 'reason', p_reason));
	if p_approve then
		perform pg_notify('flashd', 'deliver');
	end if;
	return jsonb_build_object('draft', p_draft, 'state', case when p_approve then 'approved' else 'rejected' end);
end $$;

-- A person's edit: new text, new hash, and any approval is void.
create function app.edit_draft(p_tenant int, p_call uuid, p_person text, p_via text, p_draft uuid, p_old_hash bytea,
	p_subject bytea, p_body bytea, p_hash bytea) returns jsonb language plpgsql security definer volatile
set search_path = pg_catalog, pg_temp as $$
declare
	d data.drafts;
begin
	perform app.enter(p_tenant);
	perform app.hold_gate(p_tenant);
	perform app.pass_person(p_tenant, p_person, 'approver');
	select * into d from data.drafts x where x.tenant = p_tenant and x.draft = p_draft for update;
	if d.draft is null then
		perform app.refuse('FLNOT', format('There is no draft %s: `flashd drafts list` shows them.', p_draft));
	elsif d.state not in ('waiting', 'approved', 'held') then
		perform app.refuse('FLSTA', format('This draft is %s and cannot be edited.', d.state));
	elsif d.text_hash is distinct from p_old_hash then
		perform app.refuse('FLHSH', 'Somebody edited this draft since you saw it: look at it again.');
	end if;
	update data.drafts set subject_sealed = p_subject, body_sealed = p_body, text_hash = p_hash, state = 'waiting',
			approved_hash = null, decided_by = null, decided_at = null, reason = 'edited by ' || p_person
		where tenant = p_tenant and draft = p_draft;
	perform app.write_audit(p_tenant, p_call, p_person, p_via, 'edit_draft', 'executed', '', p_hash, null, 1,
		jsonb_build_object('draft', p_draft));
	return jsonb_build_object('draft', p_draft, 'state', 'waiting');
end $$;

-- A draft that will not be sent gives its held amount back to the window that it came from.
create function app.release_hold(p_tenant int, p_draft uuid) returns void language sql volatile as $$
	select app.give_back(a.tenant, a.key, a.budget_starts_at, a.value_cents)
	from data.actions a where a.tenant = p_tenant and a.action = p_draft and a.state = 'done'
$$;

-- The member's own word. When it has answered with in_flight 0, nothing goes to that member any more.
create function app.set_consent(p_tenant int, p_call uuid, p_principal text, p_member bigint, p_channel text,
	p_granted boolean) returns bigint language plpgsql security definer volatile
set search_path = pg_catalog, pg_temp as $$
begin
	perform app.enter(p_tenant);
	if not exists (select from data.people p where p.tenant = p_tenant and p.person = p_principal
			and p.removed_at is null) then
		perform app.refuse('FLPER', format('"%s" is not a person here: an admin can add one with '
			'`flashd tenant person`.', coalesce(p_principal, '')));
	end if;
	insert into data.consents (tenant, member, channel, granted, at, source)
		values (p_tenant, p_member, p_channel, p_granted, app.now(), p_principal)
		on conflict (tenant, member, channel) do update set granted = excluded.granted, at = excluded.at,
			source = excluded.source;
	insert into data.consent_changes (tenant, member, channel, at, granted, source)
		values (p_tenant, p_member, p_channel, app.now(), p_granted, p_principal)
		on conflict (tenant, member, channel, at) do update set granted = excluded.granted, source = excluded.source;
	perform app.write_audit(p_tenant, p_call, p_principal, 'cli', 'set_consent', 'executed', '', null, null, 1,
		jsonb_build_object('member', p_member, 'channel', p_channel, 'granted', p_granted));
	return (select count(*) from data.attempts a join data.drafts d using (tenant, draft)
		where a.tenant = p_tenant and a.outcome = 'open' and d.member = p_member and d.channel = p_channel);
end $$;
