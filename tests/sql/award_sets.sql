-- A batch of awards as a set answers what the same calls answer one by one, and leaves the same books; whatever stands
-- against one of them is in the way of the set.
begin;
select no_plan();
set role flash_owner;
select set_config('flash.now', '2026-03-02 12:00:00+01', false);
select app.create_tenant('one', 'One', 'Europe/Paris', 'EUR', 1, 100, 2, 'ann');
select set_config('flash.tenant', '1', false);
select app.create_key(1, app.new_id(), 'ann', '1kopen', 'operator', 'open', '\x00', '{points:write}', 500, 100000, 100000, 'forever');
select app.create_key(1, app.new_id(), 'ann', '1ktight', 'operator', 'tight', '\x00', '{points:write}', 500, 100000, 350, 'forever');
select app.create_key(1, app.new_id(), 'ann', '1kslow', 'operator', 'slow', '\x00', '{points:write}', 500, 2, 100000, 'forever');
select app.create_key(1, app.new_id(), 'ann', '1kread', 'operator', 'read', '\x00', '{members:read}', 500, 100000, 100000, 'forever');
select app.create_key(1, app.new_id(), 'ann', '1kgear', 'operator', 'gear', '\x00', '{points:write}', 500, 100000, 100000, 'forever');
select app.create_key(1, app.new_id(), 'ann', '1knew', 'operator', 'new', '\x00', '{points:write}', 500, 100000, 100000, 'month');
select app.create_key(1, app.new_id(), 'ann', '1kgone', 'operator', 'gone', '\x00', '{points:write}', 500, 100000, 100000, 'forever');
update data.keys set gears = '{"earn_points": "forbidden"}' where key = '1kgear';
insert into data.members (tenant, member, external, enrolled_at) select 1, i, 'm' || i, '2026-01-01' from generate_series(1, 9) i;

-- Place, key, name, member, points and what else is said.
create temp table asked (place int, key text, idem text, member bigint, points bigint, more jsonb default '{}', dry boolean default false);
insert into asked values
	(1, '1kopen', 'a', 3, 100), (2, '1kopen', 'b', 1, 50),
	(4, '1kopen', 'a', 3, 100), (5, '1kopen', 'b', 1, 51), (6, '1kopen', 'd', 77, 1), (7, '1kopen', 'e', 1, 501),
	(8, '1ktight', 'a', 4, 200), (9, '1ktight', 'b', 4, 200), (10, '1ktight', 'c', 4, 150), (11, '1kslow', 'a', 5, 1),
	(12, '1kslow', 'b', 5, 2), (13, '1kslow', 'c', 5, 3), (14, '1kread', 'a', 6, 1), (15, '1kgear', 'a', 6, 1),
	(16, '1kgone', 'a', 6, 1), (17, '1kopen', 'f', 2, 0), (19, '1kopen', 'h', 2, 10),
	(20, '1kopen', 'old', 8, 5), (21, '1kopen', 'i', 3, 1),
	(22, '1knew', 'a', 7, 3);
insert into asked values (3, '1kopen', 'c', 3, 7, '{"reason": "kind", "expires_days": 30}', false), (18, '1kopen', 'g', 9, 9, '{}', true);

create function pg_temp.call_of(a asked) returns jsonb language sql as $$
	select jsonb_build_object('tenant', 1, 'key', a.key, 'call', md5('call' || a.place)::uuid, 'via', 'http', 'tool', 'earn_points',
		'scope', 'points:write', 'idem', a.idem, 'hash', '\x' || md5(a.member || ' ' || a.points), 'dry_run', a.dry,
		'args', jsonb_build_object('member', a.member, 'points', a.points) || a.more)
$$;
create function pg_temp.books() returns setof text language sql as $$
	select 'balance ' || b from data.balances b union all select 'lot ' || l from data.lots l
	union all select 'entry ' || e from data.ledger e union all select 'budget ' || b from data.budgets b
	union all select 'action ' || a from data.actions a union all select 'name ' || i from data.idempotency i
	union all select 'audit ' || jsonb_build_array(call, principal, via, tool, decision, code, args_digest, value_cents, row_count)::text
		from journal.audit where call in (select md5('call' || place)::uuid from asked)
	order by 1
$$;
-- Both begin with open windows but for one key, a name used before and a key revoked.
select app.write_calls(jsonb_build_array(pg_temp.call_of((0, k, 'old', 8, 5, '{}', false)::asked) || jsonb_build_object('call', app.new_id())))
	from unnest('{1kopen,1ktight,1kslow,1kgone}'::text[]) k;
insert into data.budgets (tenant, key, starts_at, ends_at, net_limit, gross_limit, net_ceiling, gross_ceiling)
	select b.tenant, k, b.starts_at, b.ends_at, b.net_limit, b.gross_limit, b.net_ceiling, b.gross_ceiling
	from data.budgets b, unnest('{1kread,1kgear}'::text[]) k where b.key = '1kopen';
select set_config('flash.now', '2026-03-02 12:05:00+01', false);
select app.revoke_key(1, app.new_id(), 'ann', '1kgone');

create function pg_temp.batch(p_places int[]) returns jsonb language sql as $$
	select jsonb_agg(pg_temp.call_of(x) order by x.place) from asked x where x.place = any (p_places)
$$;
create function pg_temp.set_of(p_places int[]) returns bigint language sql as $$
	select count(*) from app.award_calls(1, '{1kopen,1ktight,1kslow,1kread,1kgear,1kgone,1knew}', cardinality(p_places), pg_temp.batch(p_places))
$$;
create temp table ways (way text, place int, answer jsonb);
create temp table kept (way text, line text);
-- Asks for these calls at once or one by one, notes answers and books, and takes it all back.
create procedure pg_temp.ask(p_way text, p_places int[]) language plpgsql as $$
declare
	a asked; v_answers jsonb[]; v_lines text[];
begin
	begin
		if p_way like 'set%' then
			v_answers := array(select w.answer from app.write_calls(pg_temp.batch(p_places)) w);
		else
			for a in select * from asked where place = any (p_places) order by place loop
				v_answers := v_answers || (select w.answer from app.write_calls(jsonb_build_array(pg_temp.call_of(a))) w);
			end loop;
		end if;
		v_lines := array(select pg_temp.books());
		raise exception 'take it back' using errcode = 'ZZ001';
	exception when sqlstate 'ZZ001' then null;
	end;
	insert into ways select p_way, o.place, o.answer from unnest(v_answers) with ordinality o(answer, place);
	insert into kept select p_way, l from unnest(v_lines) l;
end $$;
call pg_temp.ask('single', '{1,2,3,8,11,12,19,21,22}');
call pg_temp.ask('set', '{1,2,3,8,11,12,19,21,22}');
select array_agg(place) as everyone from asked \gset
call pg_temp.ask('single all', :'everyone');
call pg_temp.ask('set all', :'everyone');

select is(array(select answer from ways where way = 'set' order by place), array(select answer from ways where way = 'single' order by place),
	'a set answers as its calls would one by one');
select set_eq($$ select line from kept where way = 'set' $$, $$ select line from kept where way = 'single' $$, 'and leaves the same books');
select is((select count(*) from ways where way = 'set' and answer ? 'answer'), 9::bigint, 'all of them done, one of a key whose window opens with it');
-- Where a batch goes one by one, a member's calls stand together, so what is left of the budget may come in another order.
select is(array(select answer #- '{answer,budget_left_cents}' from ways where way = 'set all' order by place),
	array(select answer #- '{answer,budget_left_cents}' from ways where way = 'single all' order by place), 'a mixed batch answers the same');
select set_eq($$ select line from kept where way = 'set all' $$, $$ select line from kept where way = 'single all' $$, 'and leaves the same books');
select is((select count(*) from ways where way = 'set all' and answer ? 'state'), 10::bigint, 'with its refusals');
select is(pg_temp.set_of('{1,2,3,8,11,12,19,21,22}'::int[] || a.place), 0::bigint, format('call %s is in the way of a set', a.place))
	from asked a where a.place not in (1, 2, 3, 8, 11, 12, 19, 21, 22) order by a.place;
select is(pg_temp.set_of('{1,2,3,8,11,12,19,21,22}'), 9::bigint, 'which goes without it');

-- Nothing goes as a set while anything is stopped, nor on a key with a power that sets do not know of.
update data.installation set stopped = true, stopped_by = 'ann', reason = 'test', changed_at = now();
select is((select count(*) from app.award_calls(1, '{1kopen}', 1, jsonb_build_array(pg_temp.call_of((30, '1kopen', 'x', 1, 1, '{}', false)::asked)))),
	0::bigint, 'no set while the house is stopped');
update data.installation set stopped = false;
select is((select count(*) from app.award_calls(1, '{1kopen}', 1, jsonb_build_array(pg_temp.call_of((30, '1kopen', 'x', 1, 1, '{}', false)::asked)))),
	1::bigint, 'and a set again afterwards');
alter table data.keys add column only_on_tuesdays boolean;
update data.keys set only_on_tuesdays = true where key = '1kopen';
select is((select count(*) from app.award_calls(1, '{1kopen}', 1, jsonb_build_array(pg_temp.call_of((31, '1kopen', 'y', 1, 1, '{}', false)::asked)))),
	0::bigint, 'a key with a column that is not known here goes one by one');
select * from finish();
rollback;
