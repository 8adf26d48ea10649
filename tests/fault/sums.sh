# Sums of orders by the day follow every writer: while a day is not stale they are those of its orders, and a number counts
# the orders themselves where it is.
world 300
running a
daemon_key reader read-only
sed 's/function pg_temp\./function testing./' tests/fixtures/order_days.sql | psql -X -q -v ON_ERROR_STOP=1
# In the writer's own transaction, so that no daemon was there in between: as SQL the number of differing rows.
wrote() { sql "begin; set local flash.tenant = '1'; $1; select testing.differences(1); commit" | tail -1; }
summed_up() { until_sql "select not exists (select from data.stale_days where kind = 'rollup')"; }
by_day() { call query_metric "{\"metric\":\"$1\",\"by\":[\"day\"],\"from\":\"2026-01-01\",\"to\":\"2026-01-31\"}" |
	jq -r '[.rows[].value] | @csv'; }
by_hand() { sql "select string_agg(v::text, ',' order by d) from (select d, coalesce(sum($1), 0) as v
	from generate_series('2026-01-01'::timestamp, '2026-01-31', '1 day') d left join data.orders o on o.tenant = 1
		and (o.ordered_at at time zone 'Europe/Paris')::date = d::date group by d) x"; }

sql "set flash.tenant = '1'; insert into data.tiers select 1, n, n, 1, 0 from unnest('{bronze,silver,gold}'::text[]) n;
	insert into data.stores values (1, 'S1', 'S1', 'North'), (1, 'S2', 'S2', 'South');
	update data.members set tier = (array['bronze', 'silver', 'gold', null])[1 + member % 4];
	insert into data.orders (tenant, order_ref, member, store, channel, ordered_at, gross_cents, discount_cents, refund_cents,
			coupon)
		select 1, 'o' || i, case when i % 4 > 0 then i % 300 + 1 end, 'S' || 1 + i % 2, 'web',
			'2025-12-31T23:00:00Z'::timestamptz + i * interval '11 minutes', i * 7919 % 9973, i % 3, i % 17,
			case when i % 6 = 0 then 'c' end from generate_series(1, 4057) i;
	update data.tenants set data_as_of = (select max(ordered_at) from data.orders), data_version = 2"
check "the daemon sums up what came" summed_up
same "rightly" 0 "$(sql "select testing.differences(1)")"
same "there are sums of 31 days" 31 "$(sql "select count(distinct day) from data.order_days")"
same "and numbers are made of them" "$(by_hand gross_cents)" "$(by_day gmv)"

same "a refund is no sum that still stands" 0 "$(wrote "update data.orders set refund_cents = 5000 where order_ref = 'o77'")"
same "nor an order that moved to another day" 0 "$(wrote "update data.orders set ordered_at = ordered_at + interval '3 days'
	where order_ref in ('o100', 'o300')")"
same "nor one that went" 0 "$(wrote "delete from data.orders where order_ref in ('o1000', 'o2000')")"
same "nor one that came" 0 "$(wrote "insert into data.orders (tenant, order_ref, ordered_at, gross_cents) values (1, 'new',
	'2026-01-20Z', 77)")"
same "nor a shop's that had a day to itself" 0 "$(wrote "update data.orders set store = 'S1' where store = 'S2'
	and ordered_at < '2026-01-06Z'")"
check "it is summed up again" summed_up
same "rightly again" 0 "$(sql "select testing.differences(1)")"
same "what was given back, too" "$(by_hand 'gross_cents - discount_cents - refund_cents')" "$(by_day net_gmv)"
same "tiers that change carry their sums over" 0 "$(wrote "update data.members set tier = case tier when 'gold' then null
	when 'bronze' then 'gold' else 'bronze' end where member % 5 < 3")"
same "all of a tier, too" 0 "$(wrote "update data.members set tier = 'silver' where tier = 'gold'")"

# As long as somebody holds the facts no day is summed up; numbers are right all the same.
hold "select set_config('flash.tenant', '1', true), app.hold_facts(1)"
sql "set flash.tenant = '1'; update data.orders set gross_cents = gross_cents + 1000 where order_ref ~ '^o.*5\$';
	update data.tenants set data_version = data_version + 1"
same "every day is stale" 31 "$(sql "select count(*) from data.stale_days where kind = 'rollup'")"
same "a number counts the orders of stale days" "$(by_hand gross_cents)" "$(by_day gmv)"
let_go
check "afterwards they are summed up" summed_up
same "to the same number" "$(by_hand gross_cents)" "$(by_day gmv)"

# A day that is written, or whose buyers change tiers, while it is being summed up: read, but the facts are held.
hold "select set_config('flash.tenant', '1', true), app.hold_facts(1)"
sql "set flash.tenant = '1'; update data.orders set gross_cents = 1 where order_ref = 'o500'"
check "a day is read and waits to be written" waits 'flashd wake'
sql "set flash.tenant = '1'; update data.orders set gross_cents = 100000 where order_ref = 'o500'"
let_go
check "and is read again when it was written meanwhile" summed_up
same "so that nothing of it is lost" 0 "$(sql "select testing.differences(1)")"
hold "select set_config('flash.tenant', '1', true), app.hold_facts(1)"
sql "set flash.tenant = '1'; update data.orders set gross_cents = 2 where order_ref = 'o500'"
check "a day waits to be written" waits 'flashd wake'
let_go "update data.members set tier = 'gold' where tier is distinct from 'gold'; commit"
check "and is read again when tiers moved meanwhile" summed_up
same "so that none is the old one" 0 "$(sql "select testing.differences(1)")"

# The same with the set of a day's members: counted, but the facts are held.
sets_kept() { until_sql "select not exists (select from data.stale_days where kind = 'members')"; }
bought() { sql "set flash.tenant = '1'; insert into data.orders (tenant, order_ref, member, ordered_at, gross_cents)
	values (1, 'set$1', $1, '2026-01-12T12:00Z', 5)"; }
sql "set flash.tenant = '1'; delete from data.orders where member between 290 and 300"
check "the sets of all days are kept" sets_kept
hold "select set_config('flash.tenant', '1', true), app.hold_facts(1)"
bought 291
check "a day's members are counted and wait to be kept" waits 'flashd upkeep'
bought 292
let_go
check "and are counted again when somebody bought meanwhile" sets_kept
same "so that nobody is missing" '31 0' "$(sql "select count(*) || ' ' || count(*) filter (where d.count is distinct from x.members)
	from (select (o.ordered_at at time zone 'Europe/Paris')::date as day, count(distinct o.member) as members from data.orders o
		where o.tenant = 1 and o.member is not null group by 1) x left join data.day_members d on d.tenant = 1 and d.day = x.day")"
