-- The frame around every write of a key, in the order that the money protocol asks for: gate, flags and key in
-- a fresh statement, idempotency, effect (entity rows), action, audit, and the budget's condition last (its row was
-- locked first, by app.write_calls). A refusal is raised, so nothing of the call stays.
create function app.write_call(p_tenant int, p_key text, p_call uuid, p_via text, p_tool text, p_scope text,
	p_idem text, p_hash bytea, p_args jsonb, p_dry_run boolean) returns jsonb language plpgsql volatile as $$
declare
	v_key data.keys; v_window timestamptz;
	v effect.result; v_answer jsonb; v_left bigint; v_run uuid := (p_args ->> 'run')::uuid;
begin
	perform app.enter(p_tenant);
	perform app.hold_gate(p_tenant);
	perform app.refuse_stopped(p_tenant, p_key);
	v_key := app.pass_key(p_tenant, p_key, p_scope, p_tool);
	perform app.pass_member(p_tenant, v_key, (p_args ->> 'member')::bigint);
	if v_run is not null then
		perform app.pass_fence(p_tenant, v_run, (p_args ->> 'fence')::bigint);
	end if;
	insert into data.idempotency (tenant, key, idem, tool, body_hash, at)
		values (p_tenant, p_key, p_idem, p_tool, p_hash, app.now()) on conflict do nothing;
	if not found then
		return app.replay(p_tenant, p_key, p_call, p_via, p_tool, p_idem, p_hash);
	end if;
	perform app.cite_write(p_tenant, v_key, p_call, p_args -> 'receipts');
	v := case p_tool
		when 'earn_points' then effect.earn_points(p_tenant, p_call, p_args)
		when 'issue_coupon' then effect.issue_coupon(p_tenant, p_call, p_args)
		when 'draft_outreach' then effect.draft_outreach(p_tenant, p_call, p_args)
		end;
	if v is null then
		perform app.refuse('FLARG', format('There is no write called %s.', p_tool));
	end if;
	if v.value_cents > v_key.cap_cents then
		perform app.refuse('FLCAP', format('This is worth %s; one call of this key may be worth at most %s. '
			'Nothing was changed.', app.money(v.value_cents), app.money(v_key.cap_cents)));
	end if;
	v_window := app.open_window(p_tenant, v_key);
	insert into data.actions (tenant, action, key, idem, tool, run, member, value_cents, budget_starts_at, detail,
			state, created_at)
		values (p_tenant, p_call, p_key, p_idem, p_tool, v_run, v.member, v.value_cents, v_window, v.detail, 'done',
			app.now());
	v_answer := jsonb_build_object('status', case p_tool when 'draft_outreach' then 'pending_approval'
		else 'executed' end, 'action', p_call, 'value_cents', v.value_cents) || v.detail;
	update data.idempotency set answer = v_answer where tenant = p_tenant and key = p_key and idem = p_idem;
	perform app.write_audit(p_tenant, p_call, p_key, p_via, p_tool, 'executed', '', p_hash, v.value_cents, 1, null);
	v_left := app.charge(p_tenant, v_key, v_window, v.value_cents, 1);
	v_answer := v_answer || jsonb_build_object('budget_left_cents', v_left);
	if p_dry_run then
		raise exception using errcode = 'FLYES', message = v_answer || '{"status": "would_execute"}';
	end if;
	return v_answer;
end $$;

-- The same key again: the stored answer when the body is the same, a refusal when it is not.
create function app.replay(p_tenant int, p_key text, p_call uuid, p_via text, p_tool text, p_idem text,
	p_hash bytea) returns jsonb language plpgsql volatile as $$
declare
	v_old data.idempotency;
begin
	select * into v_old from data.idempotency i where i.tenant = p_tenant and i.key = p_key and i.idem = p_idem;
	if v_old.body_hash is distinct from p_hash or v_old.answer is null then
		perform app.refuse('FLIDM', format('The idempotency key "%s" was used before for another %s call (at %s). '
			'Nothing was changed. Use a new key for a new call, or the first call''s exact arguments to see its '
			'answer.', p_idem, v_old.tool, v_old.at));
	end if;
	perform app.write_audit(p_tenant, p_call, p_key, p_via, p_tool, 'replayed', '', p_hash, 0, 0, null);
	return v_old.answer || '{"replayed": true}';
end $$;

-- The write committer's statement: calls of any tenants in one transaction, each in a subtransaction of its own, so
-- that one refused call never fails its neighbours. Every batch of every daemon takes its locks in one order (gates,
-- then budgets, then members), so that two batches wait for each other in a line and not in a circle; where a circle is
-- left (an undo, a window that opens), the one that PostgreSQL breaks answers 40P01 for that call, and the committer
-- asks again for it alone. A tenant's awards that wait together go as a set when nothing stands against any of them
-- (app.award_calls); else, or when the set fails, they go one by one. One answer a call, in the order of the calls:
-- {"answer": …} or {"state": …, "sentence": …}.
create function app.write_calls(p_calls jsonb) returns table (answer jsonb) language plpgsql
security definer volatile set search_path = pg_catalog, pg_temp as $$
declare
	x record; c jsonb; v_state text; v_sentence text; v_dry boolean; v_answers jsonb[]; v_places int[]; v_done jsonb[];
begin
	for x in select (e ->> 'tenant')::int as tenant, array_agg(distinct e ->> 'key') as keys
			from jsonb_array_elements(p_calls) e group by 1 order by 1 loop
		perform app.enter(x.tenant);
		perform app.hold_gate(x.tenant);
		perform app.hold_budgets(x.tenant, x.keys);
	end loop;
	for x in select (e ->> 'tenant')::int as tenant, array_agg(distinct e ->> 'key') as keys, count(*) as count
			from jsonb_array_elements(p_calls) e where e ->> 'tool' = 'earn_points'
			group by 1 having count(*) > 1 order by 1 loop
		v_places := null;
		begin
			perform app.enter(x.tenant);
			select array_agg(d.place), array_agg(d.answer) into v_places, v_done
				from app.award_calls(x.tenant, x.keys, x.count, p_calls) d;
		exception when others then
			get stacked diagnostics v_state = returned_sqlstate, v_sentence = message_text;
			raise log 'awards go one by one: % %', v_state, v_sentence;
			v_places := null;
		end;
		-- Outside of the block: what it took back must not be answered.
		for i in 1 .. coalesce(cardinality(v_places), 0) loop
			v_answers[v_places[i]] := jsonb_build_object('answer', v_done[i]);
		end loop;
	end loop;
	for x in select e.call, e.place from jsonb_array_elements(p_calls) with ordinality e(call, place)
			where v_answers[e.place] is null
			order by (e.call ->> 'tenant')::int, (e.call #>> '{args,member}')::bigint, e.place loop
		c := x.call;
		v_dry := coalesce((c ->> 'dry_run')::boolean, false);
		begin
			answer := jsonb_build_object('answer', app.write_call((c ->> 'tenant')::int, c ->> 'key',
				(c ->> 'call')::uuid, c ->> 'via', c ->> 'tool', c ->> 'scope', c ->> 'idem',
				(c ->> 'hash')::bytea, c -> 'args', v_dry));
		exception when others then
			get stacked diagnostics v_state = returned_sqlstate, v_sentence = message_text;
			perform app.enter((c ->> 'tenant')::int);
			if v_state = 'FLYES' then
				answer := jsonb_build_object('answer', v_sentence::jsonb);
				perform app.write_audit((c ->> 'tenant')::int, (c ->> 'call')::uuid, c ->> 'key', c ->> 'via',
					c ->> 'tool', 'dry_run', '', (c ->> 'hash')::bytea, 0, 0, null);
			else
				answer := jsonb_build_object('state', v_state, 'sentence', v_sentence);
				perform app.write_audit((c ->> 'tenant')::int, (c ->> 'call')::uuid, c ->> 'key', c ->> 'via',
					c ->> 'tool', case when v_state like 'FL%' then 'refused' else 'failed' end,
					app.error_word(v_state), (c ->> 'hash')::bytea, 0, 0, null);
			end if;
		end;
		v_answers[x.place] := answer;
	end loop;
	return query select a.answer from unnest(v_answers) with ordinality a(answer, place) order by a.place;
end $$;
