-- What makes something worth more or less to a member, and its history (data.price_changes). The rules stand in three
-- tables and come by two ways, an admin's word and imports; triggers see both, and what is done by hand in SQL. They
-- fire for statements that name these columns only, which no award and no cycle does.

-- Notes the difference of two versions of a row. Arguments: the dimension that it touches, the column that tells which
-- of its values ('=word': this word), and the columns that are rules.
create function app.note_prices() returns trigger language plpgsql volatile as $$
declare
	v_old jsonb := to_jsonb(old); v_new jsonb := to_jsonb(new); v_rule text;
begin
	foreach v_rule in array tg_argv[2:] loop
		if v_old -> v_rule is distinct from v_new -> v_rule then
			insert into data.price_changes (tenant, change, at, dimension, value, rule, from_value, to_value,
					changed_by)
				values (new.tenant, app.new_id(), app.now(), tg_argv[0],
					case when tg_argv[1] like '=%' then substr(tg_argv[1], 2) else v_new ->> tg_argv[1] end, v_rule,
					(v_old ->> v_rule)::bigint, (v_new ->> v_rule)::bigint,
					coalesce(nullif(current_setting('flash.person', true), ''), session_user));
		end if;
	end loop;
	return null;
end $$;

-- Points are given by earn_points, messages are drafted by draft_outreach: these are the tools whose value moves.
create trigger note_point_price after update of cents_per_100_points on data.tenants
	for each row when (old.cents_per_100_points is distinct from new.cents_per_100_points)
	execute function app.note_prices('tool', '=earn_points', 'cents_per_100_points');
create trigger note_message_price after update of message_cost_cents on data.tenants
	for each row when (old.message_cost_cents is distinct from new.message_cost_cents)
	execute function app.note_prices('tool', '=draft_outreach', 'message_cost_cents');
create trigger note_prices after update of value_cents, cost_cents, valid_days on data.pools
	for each row when ((old.value_cents, old.cost_cents, old.valid_days) is distinct from
		(new.value_cents, new.cost_cents, new.valid_days))
	execute function app.note_prices('coupon_pool', 'pool', 'value_cents', 'cost_cents', 'valid_days');
create trigger note_prices after update of threshold_cents on data.tiers
	for each row when (old.threshold_cents is distinct from new.threshold_cents)
	execute function app.note_prices('tier', 'tier', 'threshold_cents');

-- What 100 points and one message are worth from now on; null leaves as it is. What was given before keeps the worth of
-- its day in the budget; numbers that value what is out do not, so the data version moves. Answers are read from
-- reading.price_changes.
create function app.set_prices(p_tenant int, p_call uuid, p_admin text, p_cents_per_100_points int,
	p_message_cost_cents int) returns void language plpgsql security definer volatile
set search_path = pg_catalog, pg_temp as $$
declare
	v_before data.tenants; v_after data.tenants;
begin
	perform app.enter(p_tenant);
	perform app.pass_person(p_tenant, p_admin, 'admin');
	if p_cents_per_100_points not between 0 and 1000000 or p_message_cost_cents not between 0 and 100000 then
		perform app.refuse('FLARG', format('100 points may be worth 0 to 1000000 cents (it would be %s) and a message '
			'may cost 0 to 100000 (%s). Nothing was changed.', coalesce(p_cents_per_100_points::text, 'as it was'),
			coalesce(p_message_cost_cents::text, 'as it was')));
	end if;
	perform set_config('flash.person', p_admin, true);
	select * into v_before from data.tenants t where t.tenant = p_tenant for update;
	update data.tenants t set cents_per_100_points = coalesce(p_cents_per_100_points, t.cents_per_100_points),
			message_cost_cents = coalesce(p_message_cost_cents, t.message_cost_cents), data_version = t.data_version + 1
		where t.tenant = p_tenant returning * into v_after;
	perform set_config('flash.person', '', true);
	perform app.write_audit(p_tenant, p_call, p_admin, 'cli', 'set_prices', 'executed', '', null, null, 1,
		jsonb_build_object('cents_per_100_points', v_after.cents_per_100_points,
			'message_cost_cents', v_after.message_cost_cents,
			'before', jsonb_build_object('cents_per_100_points', v_before.cents_per_100_points,
				'message_cost_cents', v_before.message_cost_cents)));
end $$;

-- A key that is limited to some tiers sees the rules of these only; those of points, messages and pools are for all.
create view reading.price_changes as
	select c.tenant, c.change, c.at, c.dimension, c.value, c.rule, c.from_value, c.to_value, c.changed_by
	from data.price_changes c
	where c.dimension <> 'tier'
		or coalesce(c.value = any ((select reading.limit_of('tier'))::text[]),
			(select reading.limit_of('tier')) is null);
