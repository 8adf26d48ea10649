-- Hands one coupon of a pool to a member. args: member, pool. Two callers never get the same coupon, and none
-- waits for the other: a row that somebody else is taking is passed over.
create function effect.issue_coupon(p_tenant int, p_action uuid, p_args jsonb) returns effect.result
language plpgsql volatile as $$
declare
	v_member bigint := (p_args ->> 'member')::bigint;
	v_pool data.pools; v_code text; v_expires timestamptz; v_now timestamptz := app.now();
begin
	select * into v_pool from data.pools p where p.tenant = p_tenant and p.pool = p_args ->> 'pool' for share;
	if v_pool.pool is null then
		perform app.refuse('FLNOT', format('There is no coupon pool "%s": list_coupon_pools shows them.',
			p_args ->> 'pool'));
	end if;
	if v_pool.state <> 'open' then
		perform app.refuse('FLSTA', format('The coupon pool "%s" is %s; only an open pool gives out coupons.',
			v_pool.pool, v_pool.state));
	end if;
	if not exists (select from data.members m where m.tenant = p_tenant and m.member = v_member) then
		perform app.refuse('FLNOT', format('There is no member %s.', v_member));
	end if;
	v_expires := v_now + make_interval(days => v_pool.valid_days);
	update data.coupons c set member = v_member, state = 'issued', issued_at = v_now, expires_at = v_expires,
			action = p_action
		where c.tenant = p_tenant and c.code = (
			select a.code from data.coupons a where a.tenant = p_tenant and a.pool = v_pool.pool
				and a.state = 'available' limit 1 for update skip locked)
		returning c.code into v_code;
	if v_code is null then
		perform app.refuse('FLDRY', format('The coupon pool "%s" is empty: top it up, or choose another '
			'(list_coupon_pools).', v_pool.pool));
	end if;
	return row(v_member, v_pool.cost_cents, jsonb_build_object('coupon', v_code, 'pool', v_pool.pool,
		'expires_at', v_expires))::effect.result;
end $$;

-- Voids the coupon, if it was not redeemed. It does not go back to the pool: its code has been seen.
create function effect.reverse_issue_coupon(p_tenant int, p_action data.actions) returns void
language plpgsql volatile as $$
declare
	v_coupon data.coupons;
begin
	select * into v_coupon from data.coupons c where c.tenant = p_tenant and c.code = (p_action).detail ->> 'coupon'
		for update;
	if v_coupon.state <> 'issued' then
		perform app.refuse('FLMOV', format('The coupon %s is %s; only an unused coupon can be voided.', v_coupon.code,
			v_coupon.state));
	end if;
	update data.coupons set state = 'voided' where tenant = p_tenant and code = v_coupon.code;
end $$;
