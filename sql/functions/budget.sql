-- The start of the key's open budget window; the next window is opened when the last one has ended. Windows lie
-- between local midnights of the tenant's zone, as rows, so that every entry falls into exactly one.
create function app.open_window(p_tenant int, p_key data.keys) returns timestamptz language plpgsql volatile as $$
declare
	v_now timestamptz := app.now();
	v_start timestamptz; v_end timestamptz; v_zone text; v_week int; v_day date;
begin
	select b.starts_at into v_start from data.budgets b
		where b.tenant = p_tenant and b.key = (p_key).key and b.starts_at <= v_now and b.ends_at > v_now;
	if v_start is not null then
		return v_start;
	end if;
	if (p_key).budget_cents is null then
		perform app.refuse('FLBUD', 'This key has no budget, so it may not write: an admin can give it one with '
			'`flashd key budget`.');
	end if;
	select t.zone, t.week_start into v_zone, v_week from data.tenants t where t.tenant = p_tenant;
	v_day := (v_now at time zone v_zone)::date;
	case (p_key).budget_period
		when 'day' then null;
		when 'week' then v_day := v_day - ((extract(isodow from v_day)::int - v_week + 7) % 7);
		when 'month' then v_day := date_trunc('month', v_day)::date;
		else v_day := null;
	end case;
	v_start := coalesce(v_day::timestamp at time zone v_zone, '-infinity');
	v_end := case (p_key).budget_period
		when 'day' then (v_day + 1)::timestamp at time zone v_zone
		when 'week' then (v_day + 7)::timestamp at time zone v_zone
		when 'month' then (v_day + interval '1 month')::timestamp at time zone v_zone
		else 'infinity' end;
	-- A zone that changed within the window must not make two windows overlap. Only windows that have ended count: this
	-- one may have been opened by another daemon since the look above.
	select greatest(v_start, max(b.ends_at)) into v_start from data.budgets b
		where b.tenant = p_tenant and b.key = (p_key).key and b.ends_at <= v_now;
	insert into data.budgets (tenant, key, starts_at, ends_at, net_limit, gross_limit, net_ceiling, gross_ceiling)
		values (p_tenant, (p_key).key, v_start, v_end, (p_key).budget_cents, 3 * (p_key).budget_cents,
			(p_key).budget_cents, 3 * (p_key).budget_cents)
		on conflict do nothing;
	return v_start;
end $$;

-- Locks the open windows of these keys, in the order of the keys and before any member's row: what one transaction does
-- for several calls would otherwise take budget after member after budget, and two daemons stood in each other's way
-- for seconds at a time (measured: 23 writes a second instead of 600). A window that is not open yet is not locked.
create function app.hold_budgets(p_tenant int, p_keys text[]) returns void language plpgsql volatile as $$
begin
	perform from data.budgets b where b.tenant = p_tenant and b.key = any (p_keys) and b.ends_at > app.now()
		order by b.key, b.starts_at for update;
end $$;

-- Takes cents from the window, last of all that a call does. Refuses by RAISE, so that what was written before goes
-- with it. Returns what is left of the net limit.
create function app.charge(p_tenant int, p_key data.keys, p_window timestamptz, p_cents bigint, p_calls int)
returns bigint language plpgsql volatile as $$
declare
	v_minute timestamptz := date_trunc('minute', app.now());
	v_left bigint;
	b data.budgets;
begin
	update data.budgets set net = net + p_cents, gross = gross + p_cents, calls = calls + p_calls,
			minute_at = v_minute,
			minute_calls = case when minute_at = v_minute then minute_calls else 0 end + p_calls
		where tenant = p_tenant and key = (p_key).key and starts_at = p_window and ends_at > app.now()
			and net + p_cents <= net_limit and gross + p_cents <= gross_limit
			and (p_calls = 0 or minute_at < v_minute or minute_calls + p_calls <= (p_key).calls_per_minute)
		returning net_limit - net into v_left;
	if found then
		return v_left;
	end if;
	select * into b from data.budgets x where x.tenant = p_tenant and x.key = (p_key).key and x.starts_at = p_window;
	if b.ends_at <= app.now() then
		perform app.refuse('FLBUD', 'The budget window ended while this was under way: try again.');
	elsif b.net + p_cents > b.net_limit or b.gross + p_cents > b.gross_limit then
		perform app.refuse('FLBUD', format('This costs %s and %s of the budget of %s is left. Nothing was changed. '
			'Ask for less, or let an admin raise the budget.', app.money(p_cents),
			app.money(greatest(0, least(b.net_limit - b.net, b.gross_limit - b.gross))), app.money(b.net_limit)));
	end if;
	perform app.refuse('FLRAT', format('This key has used its %s writes of this minute. Nothing was changed; try '
		'again in %s seconds.', (p_key).calls_per_minute,
		greatest(1, ceil(extract(epoch from v_minute + interval '1 minute' - app.now())))));
	return null;
end $$;

-- Gives cents back to the window that they came from. Gross stays: churn cannot make new money.
create function app.give_back(p_tenant int, p_key text, p_window timestamptz, p_cents bigint) returns void
language plpgsql volatile as $$
begin
	update data.budgets set net = net - p_cents where tenant = p_tenant and key = p_key and starts_at = p_window;
end $$;
