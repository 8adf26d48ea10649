-- Plants one bug (psql -v plant=NAME) into the functions as they stand, to see the tests catch it: tests/fault/planted.
-- Each row: name, function, a piece of its text, what comes in its place. One name may have several rows.
select set_config('testing.plant', :'plant', false) \g /dev/null
do $$
declare
	p record; v_text text; v_found boolean := false;
begin
	for p in select * from (values
		('no_gate', 'app.hold_gate', 'perform pg_advisory_xact_lock_shared(7301, p_tenant);', ''),
		('flag_before_lock', 'app.write_calls', 'perform app.hold_gate(x.tenant);',
			'perform app.refuse_stopped(x.tenant, ''*''); perform app.hold_gate(x.tenant);'),
		('flag_before_lock', 'app.write_call', 'perform app.refuse_stopped(p_tenant, p_key);', ''),
		('flag_with_lock', 'app.hold_gate', 'perform pg_advisory_xact_lock_shared(7301, p_tenant);', ''),
		('flag_with_lock', 'app.write_call', 'perform app.refuse_stopped(p_tenant, p_key);',
			'if (select pg_advisory_xact_lock_shared(7301, p_tenant) is not null and exists (select from data.stops s
				where s.tenant = p_tenant and s.stopped)) then perform app.refuse_stopped(p_tenant, p_key); end if;'),
		('stop_shares_gate', 'app.close_gate', 'pg_advisory_xact_lock(', 'pg_advisory_xact_lock_shared('),
		('stop_not_checked', 'app.write_call', 'perform app.refuse_stopped(p_tenant, p_key);', ''),
		('claim_while_stopped', 'app.claim_delivery', 'perform app.refuse_stopped(p_tenant, ''*'');', ''),
		('key_stop_ignored', 'app.claim_delivery', 'v_stopped = ''{}'' or', 'true or'),
		('clock_not_watched', 'app.find_work', 'perform app.watch_clock();', ''),
		('clock_not_gated', 'app.refuse_stopped', 'not i.stopped and', 'false and'),
		('claimed_twice', 'app.claim_delivery', 'limit 1 for update skip locked', 'limit 1'),
		('tried_at_once', 'app.is_ripe', 'interval ''5 minutes''', 'interval ''0'''),
		('quiet_too_early', 'app.count_in_flight', 'a.outcome = ''open''', 'a.outcome = ''failed'''),
		('opt_out_ignored', 'app.claim_delivery', 'exit when v_granted and', 'exit when'),
		('unknown_tried_again', 'app.settle_delivery', 'when ''unknown'' then ''unknown''', 'when ''unknown'' then ''approved'''),
		('refused_for_ever', 'app.settle_delivery', 'p_attempt < 3', 'p_attempt < 9'),
		('silent_sent_again', 'app.reap', 'update data.drafts set state = ''unknown''', 'update data.drafts set state = ''approved'''),
		('no_budget', 'app.charge', 'and net + p_cents <= net_limit and gross + p_cents <= gross_limit', ''),
		('budget_read_first', 'app.hold_budgets', 'for update', ''),
		('budget_read_first', 'app.charge', 'update data.budgets set net = net + p_cents',
			'select * into b from data.budgets x where x.tenant = p_tenant and x.key = (p_key).key and x.starts_at = p_window;
			update data.budgets set net = b.net + p_cents'),
		('window_refused', 'app.open_window', ' and b.ends_at <= v_now', ''),
		('coupons_free', 'effect.issue_coupon', 'row(v_member, v_pool.cost_cents,', 'row(v_member, 0::bigint,'),
		('no_idempotency', 'app.write_call', 'p_key, p_idem, p_tool, p_hash', 'p_key, p_idem || p_call, p_tool, p_hash'),
		('no_idempotency', 'app.write_call', 'p_call, p_key, p_idem', 'p_call, p_key, p_idem || p_call'),
		('no_idempotency', 'app.write_call', 'idem = p_idem', 'idem = p_idem || p_call'),
		('body_ignored', 'app.replay', 'v_old.body_hash is distinct from p_hash or', ''),
		('answer_not_kept', 'app.write_call', 'set answer = v_answer', 'set answer = ''{}'''),
		('served_twice', 'app.servable', 'then a.tool = p_tool', 'then false'),
		('ledger_forgotten', 'effect.earn_points', 'b.points + excluded.points', 'b.points + 2 * excluded.points'),
		('spent_taken_back', 'effect.reverse_earn_points', 'v_lot.remaining <> v_lot.points or', ''),
		('redeemed_voided', 'effect.reverse_issue_coupon', 'v_coupon.state <> ''issued''', 'false'),
		('gross_comes_back', 'app.give_back', 'net = net - p_cents', 'net = net - p_cents, gross = gross - p_cents'),
		('undo_stopped', 'app.apply_undo', 'perform app.hold_gate(p_tenant);',
			'perform app.hold_gate(p_tenant); perform app.refuse_stopped(p_tenant, ''*'');'),
		('undo_of_others', 'app.undo_scope', '(p_key is null or a.key = p_key)', 'true'),
		('undo_of_others', 'app.undo_one', '(p_key is not null and a.key <> p_key)', 'false'),
		('undone_twice', 'app.undo_one', 'a.state is distinct from ''done'' or', ''),
		('undone_twice', 'effect.reverse_earn_points', 'v_lot.remaining <> v_lot.points or v_lot.state <> ''active''',
			'v_lot.remaining <> v_lot.points and v_lot.state <> ''reversed'''),
		('undo_unseen', 'app.apply_undo', 'v_now is distinct from p_hash', 'false'),
		('revoke_passes_gate', 'app.revoke_key', 'perform app.close_gate(p_tenant);', ''),
		('revoked_writes', 'app.pass_key', 'v_key.revoked_at is not null', 'false'),
		('limit_stays', 'app.change_budget', 'net_limit = p_budget_cents,', 'net_limit = greatest(net_limit, p_budget_cents),'),
		('limit_stays', 'app.change_budget', 'greatest(p_budget_cents, net)', 'greatest(net_limit, p_budget_cents)'),
		('anybody_approves', 'app.pass_person', 'if not exists', 'if false and not exists'),
		('cap_ignored', 'app.write_call', 'v.value_cents > v_key.cap_cents', 'false'),
		('no_fence', 'app.pass_fence', 'and r.fence = p_fence', ''),
		('no_fence', 'app.pass_fence', 's.fence = p_fence and', ''),
		('lease_ignored', 'app.pass_fence', 'and s.lease_until > app.now()', ''),
		('everybody_runs', 'app.open_run', 'for update;', ';'),
		('everybody_runs', 'app.open_run', 's.lease_until > app.now()', 'false'),
		('copy_ignored', 'app.check_incarnation', 'p_known in ('''', i.incarnation::text)', 'true'),
		('promotion_ignored', 'app.check_incarnation', ' or i.timeline <> v_timeline', ''),
		('dump_ignored', 'app.check_incarnation', 'i.system_identifier <> v_system or', ''),
		('approvals_stay', 'app.check_incarnation', 'state in (''approved'', ''held'')', 'false'),
		('definition_forgotten', 'app.change_metric', 'update data.tenants set data_version = data_version + 1 where tenant = p_tenant;', ''),
		('foreign_told', 'app.find_key', 'k.tenant = p_tenant and', ''),
		('moved_day_forgotten', 'app.move_tiers', 'm.was is distinct from m.now', 'extract(day from x.day) <> 7'),
		('zero_rows_stay', 'app.move_tiers', 'where d.orders = 0', 'where false'),
		('refunds_forgotten', 'app.roll_days', 'sum(o.refund_cents) as refund', '0::numeric as refund'),
		('gone_rows_stay', 'app.write_sums', 'having count(*) = count(x.place)', 'having false'),
		('marked_meanwhile', 'app.roll_days', 's.ctid = d.place
				and s.marked_at = d.marked_at', 'true'),
		('bought_meanwhile', 'app.keep_day_members', 'and s.ctid = v_places[i] and s.marked_at = v_times[i]', ''),
		('moved_meanwhile', 'app.roll_days', 'm.move > v_move', 'false'),
		('limit_of_writes', 'app.write_call', 'perform app.pass_member(p_tenant, v_key, (p_args ->> ''member'')::bigint);', ''),
		('limit_of_undo', 'app.undo_scope', 'or app.sees_member(p_tenant, p_principal, a.member)', 'or true'),
		('limit_of_undo_told', 'app.refuse_undo', 'and app.sees_member(p_tenant, p_principal, x.member)', ''),
		('limit_of_tiers', 'reading.limit_of', 'v is not null then', 'v is not null and p_dimension <> ''tier'' then'),
		('limit_of_runs', 'app.serve_chunk', 'perform app.refuse_limited(v_key);', ''),
		('revoked_reads', 'app.audit_calls', 'k.revoked_at is null', 'true'),
		('revoked_reads', 'app.audit_call', 'k.revoked_at is null', 'true'),
		('revoked_reads_alone', 'app.audit_call', 'k.revoked_at is null', 'true'),
		('limit_of_before', 'app.audit_calls', 'k.key || '' '' || k.limits_version', 'k.key || '' '' || p_limits_versions[1]'),
		('limit_of_before', 'app.audit_call', 'v_limits_version = p_limits_version', 'v_limits_version is not null'),
		('limit_passes_gate', 'app.limit_key', 'perform app.close_gate(p_tenant);', '')
	) planted(name, function, old, new) where name = replace(current_setting('testing.plant'),
			'_after_crash', '') loop
		v_text := pg_get_functiondef(p.function::regproc);
		if strpos(v_text, p.old) = 0 then
			raise exception '% has no "%"', p.function, p.old;
		end if;
		execute replace(v_text, p.old, p.new);
		v_found := true;
	end loop;
	case current_setting('testing.plant')
		when 'no_budget' then   -- and the constraint that repeats it
			alter table data.budgets drop constraint budgets_check2, drop constraint budgets_check1;
		when 'commit_not_durable' then
			execute format('alter database %I set synchronous_commit = off', current_database());
			v_found := true;
		when 'none', 'stale_served', 'tenant_forgotten', 'arguments_forgotten', 'filters_forgotten' then   -- or of the code
			v_found := true;
		when 'wall_open' then
			alter policy one_tenant on data.members using (true);
			v_found := true;
		when 'foreign_told' then   -- and a superuser's function: row security does not hold it
			execute format('alter function app.find_key owner to %I', current_user);
		when 'stale_ignored' then   -- the sums of stale days count, as if they still stood
			execute 'create or replace view metric.order_sums as ' || regexp_replace(pg_get_viewdef('metric.order_sums'),
				'WHERE \(NOT .*?UNION ALL(.*);', 'UNION ALL\1 and false', 's');
			v_found := true;
		when 'old_day_forgotten' then
			drop trigger mark_updated_from on data.orders;
			v_found := true;
		when 'deleted_unmarked' then
			drop trigger mark_deleted on data.orders;
			v_found := true;
		when 'table_granted' then
			grant select on data.members to flashd;
			v_found := true;
		else null;
	end case;
	if not v_found then
		raise exception 'there is no plant %', current_setting('testing.plant');
	end if;
end $$;
