-- Awards points as a new lot. args: member, points, reason, expires_days (optional).
create function effect.earn_points(p_tenant int, p_action uuid, p_args jsonb) returns effect.result
language plpgsql volatile as $$
declare
	v_member bigint := (p_args ->> 'member')::bigint;
	v_points bigint := (p_args ->> 'points')::bigint;
	v_rate int; v_balance bigint; v_now timestamptz := app.now();
	v_lot uuid := p_action;
begin
	if v_points is null or v_points < 1 or v_points > 1000000000 then
		perform app.refuse('FLARG', format('points is %s; it must be a whole number from 1 to 1000000000.', v_points));
	end if;
	select t.cents_per_100_points into v_rate from data.tenants t where t.tenant = p_tenant;
	if not exists (select from data.members m where m.tenant = p_tenant and m.member = v_member) then
		perform app.refuse('FLNOT', format('There is no member %s.', v_member));
	end if;
	insert into data.balances as b (tenant, member, points) values (p_tenant, v_member, v_points)
		on conflict (tenant, member) do update set points = b.points + excluded.points
		returning b.points into v_balance;
	insert into data.lots (tenant, lot, member, points, remaining, state, earned_at, expires_at, action)
		values (p_tenant, v_lot, v_member, v_points, v_points, 'active', v_now,
			v_now + make_interval(days => coalesce((p_args ->> 'expires_days')::int, 365)), p_action);
	insert into data.ledger (tenant, entry, member, delta, kind, lot, action, at)
		values (p_tenant, p_action, v_member, v_points, 'earn', v_lot, p_action, v_now);
	return row(v_member, (v_points * v_rate + 99) / 100,
		jsonb_strip_nulls(jsonb_build_object('points', v_points, 'balance', v_balance,
			'reason', p_args ->> 'reason')))::effect.result;
end $$;

-- Takes the lot back, if the member has not touched it.
create function effect.reverse_earn_points(p_tenant int, p_action data.actions) returns void
language plpgsql volatile as $$
declare
	v_lot data.lots;
begin
	perform from data.balances b where b.tenant = p_tenant and b.member = (p_action).member for update;
	select * into v_lot from data.lots l where l.tenant = p_tenant and l.member = (p_action).member
		and l.lot = (p_action).action for update;
	if v_lot.remaining <> v_lot.points or v_lot.state <> 'active' then
		perform app.refuse('FLMOV', format('The member has used %s of these %s points since; points that were spent '
			'cannot be taken back.', v_lot.points - v_lot.remaining, v_lot.points));
	end if;
	update data.lots set remaining = 0, state = 'reversed' where tenant = p_tenant and member = v_lot.member
		and lot = v_lot.lot;
	update data.balances set points = points - v_lot.points where tenant = p_tenant and member = v_lot.member;
	insert into data.ledger (tenant, entry, member, delta, kind, lot, action, at)
		values (p_tenant, app.new_id(), v_lot.member, -v_lot.points, 'reverse', v_lot.lot, (p_action).action,
			app.now());
end $$;
