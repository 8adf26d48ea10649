-- Undo of an action, a run or a window of time. First a preview with a hash of what would be undone; applying
-- needs that hash, so that nothing is undone that was not shown. It passes no stop: a stopped agent must still be
-- reversible. What moved since is reported with the reason and left as it is.

-- The actions in the scope (done ones of a key, or of all keys when p_key is null), newest first; for a limited key
-- those on its members.
create function app.undo_scope(p_tenant int, p_key text, p_principal text, p_scope jsonb)
returns setof data.actions
language sql stable as $$
	select a.* from data.actions a where a.tenant = p_tenant and a.state = 'done' and (p_key is null or a.key = p_key)
		and (not (select app.is_limited_principal(p_tenant, p_principal))
			or app.sees_member(p_tenant, p_principal, a.member))
		and case
			when p_scope ? 'action' then a.action = (p_scope ->> 'action')::uuid
			when p_scope ? 'run' then a.run = (p_scope ->> 'run')::uuid
			else a.created_at >= (p_scope ->> 'from')::timestamptz and a.created_at < (p_scope ->> 'to')::timestamptz
		end
	order by a.created_at desc, a.action
$$;

create function app.preview_undo(p_tenant int, p_key text, p_scope jsonb, p_principal text) returns jsonb
language plpgsql security definer volatile set search_path = pg_catalog, pg_temp as $$
declare
	v jsonb;
begin
	perform app.enter(p_tenant);
	select jsonb_build_object('actions', count(*), 'value_cents', coalesce(sum(value_cents), 0),
			'by_tool', coalesce((select jsonb_object_agg(tool, n) from (select tool, count(*) n
				from app.undo_scope(p_tenant, p_key, p_principal, p_scope) group by tool) t), '{}'),
			'hash', encode(sha256(convert_to(coalesce(
				string_agg(action::text, ',' order by created_at desc, action), ''), 'UTF8')), 'hex'),
			'first', coalesce((select jsonb_agg(jsonb_build_object('action', f.action, 'tool', f.tool,
					'member', f.member, 'value_cents', f.value_cents, 'at', f.created_at))
				from (select * from app.undo_scope(p_tenant, p_key, p_principal, p_scope) limit 20) f), '[]'))
		into v from app.undo_scope(p_tenant, p_key, p_principal, p_scope) s;
	if (v ->> 'actions')::bigint = 0 and p_scope ? 'action' then
		perform app.refuse_undo(p_tenant, p_key, p_principal, (p_scope ->> 'action')::uuid);
	end if;
	return v;
end $$;

-- Says why one action cannot be undone: foreign and missing look alike.
create function app.refuse_undo(p_tenant int, p_key text, p_principal text, p_action uuid) returns void
language plpgsql volatile as $$
declare
	a data.actions;
begin
	select * into a from data.actions x where x.tenant = p_tenant and x.action = p_action
		and (p_key is null or x.key = p_key) and app.sees_member(p_tenant, p_principal, x.member);
	if a.action is null then
		perform app.refuse('FLNOT', format('There is no action %s: list_actions shows them.', p_action));
	end if;
	perform app.refuse('FLSTA', format('Action %s was undone at %s by %s already.', p_action, a.undone_at,
		a.undone_by));
end $$;

-- The reverse of whatever an action did.
create function effect.reverse_action(p_tenant int, p_action data.actions) returns void language plpgsql volatile as $$
begin
	case (p_action).tool
		when 'earn_points' then perform effect.reverse_earn_points(p_tenant, p_action);
		when 'issue_coupon' then perform effect.reverse_issue_coupon(p_tenant, p_action);
		when 'draft_outreach' then perform effect.reverse_draft_outreach(p_tenant, p_action);
	end case;
end $$;

-- Reverses one action: its row first, so that two undoers cannot both pass; then the effect's own reverse. The
-- money goes back with the chunk's, to a budget that was locked before any action, like everywhere.
create function app.undo_one(p_tenant int, p_key text, p_principal text, p_action uuid) returns void
language plpgsql volatile as $$
declare
	a data.actions;
begin
	select * into a from data.actions x where x.tenant = p_tenant and x.action = p_action for update;
	if a.state is distinct from 'done' or (p_key is not null and a.key <> p_key) then
		perform app.refuse_undo(p_tenant, p_key, p_principal, p_action);
	end if;
	perform effect.reverse_action(p_tenant, a);
	update data.actions set state = 'undone', undone_at = app.now(), undone_by = p_principal
		where tenant = p_tenant and action = p_action;
end $$;

-- Applies a preview, at most p_limit actions a transaction; the caller asks again until `left` is 0. The first
-- chunk checks the hash; p_chunk > 1 goes on with what that check let through. Of many actions each may fail for
-- itself and is reported; a single one's refusal is the answer.
--
-- An undo never waits for a lock while it holds one that a writer may want, so it is in no circle with them: it waits
-- for the budgets first, then takes members only if they are free. What is not free is left for a later chunk; when
-- nothing was, the chunk answers 55P03: nothing was done, ask again.
create function app.apply_undo(p_tenant int, p_call uuid, p_key text, p_principal text, p_via text, p_scope jsonb,
	p_hash text, p_chunk int, p_skip uuid[], p_limit int) returns jsonb language plpgsql security definer volatile
set search_path = pg_catalog, pg_temp as $$
declare
	v_now text; x record; v_batch uuid[]; v_done uuid[] := '{}'; v_cents bigint; v_left bigint; v_failed jsonb := '[]';
	v_busy boolean := false; v_state text; v_sentence text; v_timeout text := current_setting('lock_timeout');
begin
	perform app.enter(p_tenant);
	if p_via = 'cli' then
		perform app.pass_person(p_tenant, p_principal, 'approver');
	end if;
	perform app.hold_gate(p_tenant);
	if p_chunk = 1 then
		v_now := app.preview_undo(p_tenant, p_key, p_scope, p_principal) ->> 'hash';
		if v_now is distinct from p_hash then
			perform app.refuse('FLHSH', 'What would be undone is not what you were shown (something happened since, or '
				'the hash is wrong). Nothing was undone: ask for a new preview.');
		end if;
	end if;
	select coalesce(array_agg(s.action), '{}') into v_batch from (select u.action
		from app.undo_scope(p_tenant, p_key, p_principal, p_scope) u where u.action <> all (p_skip) limit p_limit) s;
	perform from data.budgets b where b.tenant = p_tenant and (b.key, b.starts_at) in (
			select a.key, a.budget_starts_at from data.actions a where a.tenant = p_tenant and a.action = any (v_batch))
		order by b.key, b.starts_at for update;
	perform set_config('lock_timeout', '1ms', true);
	for x in select a.action from unnest(v_batch) a(action) loop
		begin
			perform app.undo_one(p_tenant, p_key, p_principal, x.action);
			v_done := v_done || x.action;
		exception when others then
			get stacked diagnostics v_state = returned_sqlstate, v_sentence = message_text;
			if v_state = '55P03' then
				v_busy := true;
			elsif p_scope ? 'action' then
				raise;
			else
				v_failed := v_failed || jsonb_build_object('action', x.action, 'why', case when v_state like 'FL%'
					then v_sentence else 'It could not be undone (' || v_state || ').' end);
			end if;
		end;
	end loop;
	perform set_config('lock_timeout', v_timeout, true);
	if v_done = '{}' and v_failed = '[]' and v_busy then
		raise exception using errcode = '55P03', message = 'what is to be undone is being written to';
	elsif p_scope ? 'action' and v_done = '{}' then
		-- Another was faster.
		perform app.refuse_undo(p_tenant, p_key, p_principal, (p_scope ->> 'action')::uuid);
	end if;
	v_cents := app.give_back_all(p_tenant, v_done);
	select count(*) into v_left from app.undo_scope(p_tenant, p_key, p_principal, p_scope) s
		where s.action <> all (p_skip) and not v_failed @> jsonb_build_array(jsonb_build_object('action', s.action));
	perform app.write_audit(p_tenant, p_call, p_principal, p_via, 'undo_action', 'executed', '', null, v_cents,
		cardinality(v_done), jsonb_build_object('scope', p_scope, 'undone', cardinality(v_done), 'not_undone',
		v_failed));
	return jsonb_build_object('undone', cardinality(v_done), 'value_cents', v_cents, 'not_undone', v_failed,
		'left', v_left);
end $$;

-- Gives the value of actions back to the windows that it came from; what it was in all.
create function app.give_back_all(p_tenant int, p_actions uuid[]) returns bigint language plpgsql volatile as $$
declare
	x record; v_cents bigint := 0;
begin
	for x in select a.key, a.budget_starts_at, sum(a.value_cents)::bigint as cents from data.actions a
			where a.tenant = p_tenant and a.action = any (p_actions) group by 1, 2 loop
		perform app.give_back(p_tenant, x.key, x.budget_starts_at, x.cents);
		v_cents := v_cents + x.cents;
	end loop;
	return v_cents;
end $$;
