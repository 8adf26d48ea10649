-- Sums of orders by the day (sql/functions/order_days.sql): of every day that is not stale they are what a GROUP BY over
-- the orders says, after whatever was written, by whomever; and every day that was written is stale.
begin;
select plan(24);
set local client_min_messages = warning;

\ir ../fixtures/order_days.sql
create function pg_temp.roll() returns bigint language sql as $$
	select sum(app.roll_days(t, 100000)) from generate_series(1, 2) t
$$;
create function pg_temp.stale(p_kind text) returns text language sql as $$
	select coalesce(string_agg(tenant || ' ' || day, ', ' order by tenant, day), '') from data.stale_days
		where kind = p_kind
$$;

set local flash.tenant = '1';
insert into data.tenants (tenant, slug, name, zone, currency, cents_per_100_points, message_cost_cents, created_at)
	values (1, 'a', 'A', 'Europe/Paris', 'EUR', 100, 1, '2026-01-01Z'),
		(2, 'b', 'B', 'America/St_Johns', 'EUR', 100, 1, '2026-01-01Z');
insert into data.stores (tenant, store, name, region) select t, s, s, 'R' from generate_series(1, 2) t,
	unnest('{S1,S2,S3}'::text[]) s;
insert into data.tiers select t, n, n, 1, 0 from generate_series(1, 2) t, unnest('{bronze,silver,gold}'::text[]) n;
insert into data.members (tenant, member, external, tier, enrolled_at)
	select t, i, i::text, (array['bronze', 'silver', 'gold', null])[1 + i % 4], '2026-01-01Z'
	from generate_series(1, 2) t, generate_series(1, 60) i;
insert into data.orders (tenant, order_ref, member, store, channel, ordered_at, gross_cents, discount_cents, refund_cents,
		units, coupon)
	select t, 'o' || i, case when i % 4 > 0 then i % 60 + 1 end, case when i % 7 > 0 then 'S' || i % 3 + 1 end,
		case when i % 5 > 0 then 'web' end, '2010-11-05T00:00:00Z'::timestamptz + i * interval '17 minutes',
		i * 7919 % 9973, i % 4 * 10, i % 11, i % 3 + 1, case when i % 6 = 0 then 'c' end
	from generate_series(1, 2) t, generate_series(1, 3000) i;

select is((select count(*) from data.stale_days), 2 * (select count(distinct (o.tenant, (o.ordered_at at time zone
	t.zone)::date)) from data.orders o join data.tenants t using (tenant)), 'every day of new orders is stale, of either kind');
select is(pg_temp.roll(), 0::bigint, 'they are summed up');
select is(pg_temp.stale('rollup'), '', 'none is stale then');
select is(pg_temp.differences(1) + pg_temp.differences(2), 0::bigint, 'the sums are those of the orders, also in the '
	'night in which St John''s goes back to the day before');
select isnt((select count(*) from data.order_days), 0::bigint, 'there are sums');
delete from data.stale_days;

-- Into a day that was marked just now facts stream.
insert into data.stale_days select 1, k, d::date, app.now() - i * interval '1 second' from unnest('{rollup,members}'::text[]) k,
	generate_series('2010-11-06'::timestamp, '2010-11-09', '1 day') with ordinality d(d, i);
select is((select string_agg(tenant || ' ' || days, ', ') from app.find_stale()), '1 3', 'a day may be summed up when nothing '
	'came into it for two seconds');
set local flash.tenant = '1';
select is((select string_agg(s.day || ' ' || s.is_left_alone, ', ' order by s.day) from reading.stale_days s
	where s.kind = 'members'),
	'2010-11-06 false, 2010-11-07 true, 2010-11-08 true, 2010-11-09 true', 'its members may be counted then');
update data.stale_days set marked_at = app.now();
select is((select string_agg(tenant || ' ' || days, ', ') from app.find_stale()), '1 0', 'until then it is looked at again');
delete from data.stale_days;

update data.orders set refund_cents = refund_cents + 5 where tenant = 1 and order_ref = 'o100';
select is(pg_temp.stale('rollup') || '; ' || pg_temp.stale('members'), '1 2010-11-06; 1 2010-11-06',
	'a refund marks its order''s day');
update data.orders set ordered_at = ordered_at + interval '2 days', store = 'S3' where tenant = 2 and order_ref = 'o200';
select is(pg_temp.stale('rollup'), '1 2010-11-06, 2 2010-11-07, 2 2010-11-09', 'an order that moves marks both days');
delete from data.orders where tenant = 1 and order_ref = 'o2000';
select is(pg_temp.stale('members'), '1 2010-11-06, 1 2010-11-28, 2 2010-11-07, 2 2010-11-09', 'one that goes its own');
select is(pg_temp.differences(1) + pg_temp.differences(2), 0::bigint, 'all other days'' sums still hold');

-- While three days of tenant 1 are stale.
insert into data.stale_days select 1, 'rollup', d::date, now() from generate_series('2010-11-10'::timestamp, '2010-11-11',
	'1 day') d;
update data.members set tier = case tier when 'bronze' then 'silver' when 'silver' then null when 'gold' then 'bronze'
	else 'gold' end where member % 3 < 2;
select is(pg_temp.differences(1) + pg_temp.differences(2), 0::bigint, 'tiers that change carry their sums over');
select is((select min(orders) from data.order_days) > 0, true, 'and nothing is left of none');
select is((select count(*) from data.order_days where orders < 1 or gross_cents < 0), 0::bigint, 'nor of less');
insert into data.members (tenant, member, external, tier, enrolled_at) values (1, 99, '99', 'gold', '2026-01-01Z');
delete from data.members where tenant = 2 and member = 7;
select is(pg_temp.differences(1) + pg_temp.differences(2), 0::bigint, 'a member who goes leaves orders of no tier');
select is((select string_agg(concat_ws(' ', tenant, member, tier), ', ' order by move desc) from (select * from
	data.tier_moves order by move desc limit 2) m), '2 7, 1 99 gold', 'each change is logged');
update data.members set tier = 'gold' where tenant = 1 and member = 5;
update data.members set tier = 'gold', source = 'web' where tenant = 1 and member = 5;
select is((select count(*) from data.tier_moves where tenant = 1 and member = 5 and tier = 'gold') , 1::bigint,
	'what is no change is not logged');
select is(pg_temp.roll(), 0::bigint, 'what was stale is summed up');
select is(pg_temp.differences(1) + pg_temp.differences(2), 0::bigint, 'rightly, tiers and all');

insert into data.members (tenant, member, external, enrolled_at) select 1, 1000 + i, 'n' || i, '2026-01-01Z'
	from generate_series(1, 10001) i;
select is((select count(*) || ' ' || count(member) from data.tier_moves where tenant = 1), '1 0',
	'too many to name are one row without a member');

update data.tenants set zone = 'Pacific/Auckland' where tenant = 1;
select is(pg_temp.differences(1), 0::bigint, 'another zone makes all days stale');
select is(pg_temp.roll(), 0::bigint, 'and are summed up again');
select is(pg_temp.differences(1), 0::bigint, 'by the new days');
select * from finish();
rollback;
