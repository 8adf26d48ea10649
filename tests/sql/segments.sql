-- A member's segment by hand: each rule at its edges, as of two days, and as of a moment of a day.
begin;
select no_plan();
set role flash_owner;
select set_config('flash.now', '2026-03-02 12:00:00+01', false);
select app.create_tenant('one', 'One', 'Europe/Paris', 'EUR', 1, 100, 2, 'ann');
select set_config('flash.tenant', '1', false);
insert into data.members (tenant, member, external, enrolled_at) select 1, i, 'm' || i, '2020-01-01' from generate_series(1, 14) i;

-- Of the year that ends with 1 March 2026 the ten buyers have 20 orders, 2 each, and 1,000.00, 100.00 each.
create temp table bought (member bigint, on_day date, times int, cents bigint);
insert into bought values
	(1, '2026-03-01', 3, 15000),                             -- champions: more orders, more spend
	(2, '2025-12-02', 3, 9000),                              -- loyal; 89 days before
	(3, '2026-02-01', 2, 10001),                             -- big spenders: a cent more, but no more orders
	(4, '2026-02-01', 2, 10000),                             -- promising: as much as the average is not more
	(5, '2025-12-01', 3, 10002),                             -- cannot be lost: 90 days before
	(6, '2025-06-01', 3, 9997),                              -- needs attention: more orders only
	(7, '2025-03-02', 1, 27000),                             -- needs attention: more spend only; 364 days before
	(8, '2025-09-01', 1, 1000),                              -- hibernates
	(9, '2025-03-01', 5, 90000),                             -- lost: 365 days before
	(10, '2025-11-30', 1, 4000), (11, '2026-02-28', 1, 4000),
	(12, '2026-03-01', 4, 50000);                            -- at eight in the evening, for the first time
insert into data.orders (tenant, order_ref, member, ordered_at, gross_cents, discount_cents)
	select 1, b.member || '-' || i, b.member, (b.on_day + make_interval(hours => case b.member when 12 then 20 else 12 end)) at time zone 'Europe/Paris',
		case when i = 1 then b.cents - (b.times - 1) * 10 else 10 end + 7, 7
	from bought b, generate_series(1, b.times) i;
insert into data.orders (tenant, order_ref, member, ordered_at, gross_cents) values (1, 'nobody', null, '2026-02-01', 9900000);
select app.refresh_member_stats(1);
update data.tenants set data_as_of = '2026-03-01 20:00:00+01';

-- As mcp/metrics/segments.c asks.
create function pg_temp.told(p_until timestamptz, p_day date) returns text language sql as $$
	select string_agg(s.member || ' ' || s.rfm_segment, ', ' order by s.member)
	from (select b.*, coalesce(r.rfm_segment, (select 'lost' from metric.first_purchases h where h.tenant = 1
			and h.member = b.member and h.first_on <= least(p_day, h.known_on) - 365)) as rfm_segment
		from metric.members b left join metric.rfm_members(1, p_until, p_day) r on r.member = b.member) s
$$;
-- Until an evening: who buys later that day has not bought.
select is(pg_temp.told('2026-03-01 19:00+01', '2026-03-01'), '1 champions, 2 loyal, 3 big_spenders, 4 promising, 5 cant_lose, '
	'6 needs_attention, 7 needs_attention, 8 hibernating, 9 lost, 10 hibernating, 11 promising', 'until seven in the evening');
select is(pg_temp.told('2026-03-02 00:00+01', '2026-03-01'), '1 champions, 2 loyal, 3 promising, 4 promising, 5 needs_attention, '
	'6 needs_attention, 7 needs_attention, 8 hibernating, 9 lost, 10 hibernating, 11 promising, 12 champions',
	'the whole day: one buyer more moves the averages');
select is(pg_temp.told('2026-03-20 00:00+01', '2026-03-19'), pg_temp.told('2026-03-02 00:00+01', '2026-03-01'),
	'nobody grows old by days of which nothing is known');
select is(pg_temp.told('2026-02-16 00:00+01', '2026-02-15'), '2 loyal, 3 promising, 4 promising, 5 loyal, 6 needs_attention, '
	'7 needs_attention, 8 hibernating, 9 cant_lose, 10 promising', 'as of two weeks before, by the orders until then');
select is(pg_temp.told('2024-01-01 00:00+01', '2023-12-31'), null, 'before anybody bought, nobody has one');
select set_config('flash.tenant', '2', false);
select is((select count(*) from metric.rfm_members(1, '2026-03-02 00:00+01', '2026-03-01')), 0::bigint, 'another tenant sees nobody');
select * from finish();
rollback;
