-- Puts a message before a human. args: member, channel, audience, subject and body (sealed), text_hash (of text,
-- member, audience, policy version and expiry), expires_at, policy, policy_version, run, arm. It holds its cost.
create function effect.draft_outreach(p_tenant int, p_action uuid, p_args jsonb) returns effect.result
language plpgsql volatile as $$
declare
	v_member bigint := (p_args ->> 'member')::bigint;
	v_channel text := p_args ->> 'channel'; v_cost int; v_open int;
begin
	if not exists (select from data.members m where m.tenant = p_tenant and m.member = v_member) then
		perform app.refuse('FLNOT', format('There is no member %s.', v_member));
	end if;
	if not exists (select from data.consents c where c.tenant = p_tenant and c.member = v_member
			and c.channel = v_channel and c.granted) then
		perform app.refuse('FLCON', format('Member %s has not agreed to %s: no message was drafted.', v_member,
			v_channel));
	end if;
	select count(*) into v_open from (select from data.drafts d where d.tenant = p_tenant and d.state = 'waiting'
		and d.member = v_member limit 3) x;
	if v_open >= 3 then
		perform app.refuse('FLCOO', format('Member %s has %s messages waiting for a human already.', v_member, v_open));
	end if;
	select t.message_cost_cents into v_cost from data.tenants t where t.tenant = p_tenant;
	insert into data.drafts (tenant, draft, member, run, policy, policy_version, arm, channel, audience,
			subject_sealed, body_sealed, text_hash, state, created_at, expires_at)
		values (p_tenant, p_action, v_member, (p_args ->> 'run')::uuid, p_args ->> 'policy',
			(p_args ->> 'policy_version')::int, p_args ->> 'arm', v_channel, p_args ->> 'audience',
			(p_args ->> 'subject')::bytea, (p_args ->> 'body')::bytea, (p_args ->> 'text_hash')::bytea, 'waiting',
			app.now(), (p_args ->> 'expires_at')::timestamptz);
	return row(v_member, v_cost::bigint, jsonb_build_object('draft', p_action, 'channel', v_channel,
		'text_hash', p_args ->> 'text_hash', 'expires_at', p_args ->> 'expires_at'))::effect.result;
end $$;

-- Withdraws a draft that has not begun to leave.
create function effect.reverse_draft_outreach(p_tenant int, p_action data.actions) returns void
language plpgsql volatile as $$
declare
	v_draft data.drafts;
begin
	select * into v_draft from data.drafts d where d.tenant = p_tenant and d.draft = (p_action).action for update;
	if v_draft.state not in ('waiting', 'approved', 'held') then
		perform app.refuse('FLMOV', format('The message is %s; only one that has not begun to leave can be withdrawn.',
			v_draft.state));
	end if;
	update data.drafts set state = 'withdrawn', reason = 'undone', approved_hash = null, decided_at = app.now()
		where tenant = p_tenant and draft = v_draft.draft;
end $$;
