-- Budget windows lie between local midnights; each entry falls into exactly one; an undo gives back to the window it
-- came from; gross never comes back; limits hold as CHECKs too.
begin;
select no_plan();
set role flash_owner;
select set_config('flash.now', '2026-03-28 12:00:00+01', false);
select app.create_tenant('one', 'One', 'Europe/Paris', 'EUR', 1, 100, 2, 'ann');
select set_config('flash.tenant', '1', false);
select app.create_key(1, app.new_id(), 'ann', '1kday', 'operator', 'day', '\x00', '{points:write}', 5000, 100000, 1000, 'day');
select app.create_key(1, app.new_id(), 'ann', '1kweek', 'operator', 'week', '\x00', '{points:write}', 5000, 100000, 1000, 'week');
select app.create_key(1, app.new_id(), 'ann', '1kmonth', 'operator', 'month', '\x00', '{points:write}', 5000, 100000, 1000, 'month');
select app.create_key(1, app.new_id(), 'ann', '1knone', 'operator', 'none', '\x00', '{points:write}', 5000, 100000, null, 'forever');
insert into data.members (tenant, member, external, enrolled_at) select 1, i, 'm' || i, '2026-01-01' from generate_series(1, 5) i;

create function pg_temp.give(p_key text, p_idem text, p_points int) returns jsonb language sql as $$
	select answer from app.write_calls(jsonb_build_array(jsonb_build_object('tenant', 1, 'key', p_key, 'call', app.new_id(), 'via',
		'http', 'tool', 'earn_points', 'scope', 'points:write', 'idem', p_idem, 'hash', '\x01', 'args',
		jsonb_build_object('member', 1, 'points', p_points))))
$$;
create function pg_temp.at(p_key text, p_now text) returns text language sql as $$
	select set_config('flash.now', p_now, false);
	select app.open_window(1, k)::text from data.keys k where k.tenant = 1 and k.key = p_key;
$$;

select is(pg_temp.at('1kday', '2026-03-28 23:30:00+01'), '2026-03-27 23:00:00+00', 'a day begins at local midnight');
select is(pg_temp.at('1kday', '2026-03-29 12:00:00+02'), '2026-03-28 23:00:00+00', 'the day on which the clocks go forward');
select is((select ends_at - starts_at from data.budgets where key = '1kday' and starts_at = '2026-03-28 23:00:00+00'),
	interval '23 hours', 'has 23 hours');
select is(pg_temp.at('1kday', '2026-10-25 12:00:00+01'), '2026-10-24 22:00:00+00', 'the day on which they go back');
select is((select ends_at - starts_at from data.budgets where key = '1kday' and starts_at = '2026-10-24 22:00:00+00'),
	interval '25 hours', 'has 25 hours');
select is(pg_temp.at('1kweek', '2026-11-20 12:00:00+01'), '2026-11-15 23:00:00+00', 'a week begins on the tenant''s Monday');
select is(pg_temp.at('1kmonth', '2026-11-20 12:00:00+01'), '2026-10-31 23:00:00+00', 'a month begins on its first');
select is(pg_temp.at('1kday', '2026-11-20 23:59:59.999999+01'), '2026-11-19 23:00:00+00', 'the last instant of a day');
select is(pg_temp.at('1kday', '2026-11-21 00:00:00+01'), '2026-11-20 23:00:00+00', 'the first instant of the next');

select set_config('flash.now', '2026-11-20 12:00:00+01', false);
select is(pg_temp.give('1kday', 'a', 600) #>> '{answer,budget_left_cents}', '400', 'an award leaves the rest of the day''s budget');
select is(pg_temp.give('1kday', 'b', 401) ->> 'state', 'FLBUD', 'one cent more than is left is refused');
select is(pg_temp.give('1kday', 'c', 400) #>> '{answer,budget_left_cents}', '0', 'exactly what is left is not');
select is(pg_temp.give('1knone', 'a', 1) ->> 'state', 'FLBUD', 'a key without a budget may not write');
select set_config('flash.now', '2026-11-21 12:00:00+01', false);
select is(pg_temp.give('1kday', 'd', 100) #>> '{answer,budget_left_cents}', '900', 'the next day has its own');
select action as a from data.actions where idem = 'a' \gset
select app.preview_undo(1, null, jsonb_build_object('action', :'a'), 'ann') ->> 'hash' as h \gset
select is(app.apply_undo(1, app.new_id(), null, 'ann', 'cli', jsonb_build_object('action', :'a'), :'h', 1, '{}', 10) ->> 'undone', '1',
	'undone the day after');
select is((select net from data.budgets where key = '1kday' and starts_at = '2026-11-19 23:00:00+00'), 400::bigint,
	'the money went back to the day it came from');
select is((select net from data.budgets where key = '1kday' and starts_at = '2026-11-20 23:00:00+00'), 100::bigint, 'and not to today');
select is((select gross from data.budgets where key = '1kday' and starts_at = '2026-11-19 23:00:00+00'), 1000::bigint, 'gross stays');
select throws_ok($$ update data.budgets set net = net_ceiling + 1 $$, '23514', null, 'a CHECK repeats the limit');
select throws_ok($$ update data.balances set points = -1 $$, '23514', null, 'a balance is never negative');

-- The zone changes within the day: no two windows overlap.
update data.tenants set zone = 'America/New_York' where tenant = 1;
select is((select count(*) from (select app.open_window(1, k) from data.keys k where key = '1kday') x), 1::bigint, 'still one window');
select set_config('flash.now', '2026-11-22 02:00:00+01', false);
select lives_ok($$ select app.open_window(1, k) from data.keys k where k.key = '1kday' $$, 'a new window after the change');
select is((select count(*) from data.budgets a join data.budgets b on a.key = b.key and a.starts_at < b.starts_at
	and a.ends_at > b.starts_at), 0::bigint, 'windows of a key never overlap');

-- Numbers at the edges.
select is(pg_temp.give('1kweek', 'z' || n, n) ->> 'state', 'FLARG', 'points ' || n || ' are refused')
	from unnest(array[0, -1, 2147483647]) n;
select * from finish();
rollback;
