-- Part of the orders of tenant 1, deterministic and in the order of time, as the peers' generator makes them: numbers
-- :first to :last of :total over 24 months up to today, :stores stores, a quarter without a member, skewed members
-- and stores, growing volume. The first part makes members, tiers and stores too, a fifth as many members as orders.
\set ON_ERROR_STOP on
set flash.tenant = '1';
create function pg_temp.u01(i bigint, seed bigint) returns float8 language sql immutable as
	$$ select (hashint8extended(i, seed) & 9007199254740991)::float8 / 9007199254740992.0 $$;

select :first = 1 as begins \gset
\if :begins
insert into data.tiers select 1, t, t, row_number() over (), 0 from unnest('{basic,silver,gold,platinum}'::text[]) t;
insert into data.stores select 1, 'S' || s, 'store ' || s, (array['north', 'south', 'east', 'west'])[1 + s % 4]
	from generate_series(1, :stores) s;
insert into data.members (tenant, member, external, tier, home_store, enrolled_at)
	select 1, i, i::text, case when pg_temp.u01(i, 11) < .70 then 'basic' when pg_temp.u01(i, 11) < .90 then 'silver'
			when pg_temp.u01(i, 11) < .98 then 'gold' else 'platinum' end,
		'S' || 1 + floor(power(pg_temp.u01(i, 12), 1.5) * :stores)::int, current_date - interval '1460 days'
	from generate_series(1, :total / 5) i;
\endif

insert into data.orders (tenant, order_ref, member, store, channel, ordered_at, gross_cents, discount_cents, refund_cents,
		coupon)
	select 1, 'o' || i, case when pg_temp.u01(i, 21) >= .25
			then 1 + floor(power(pg_temp.u01(i, 22), 1.6) * (:total / 5))::bigint end,
		'S' || 1 + floor(power(pg_temp.u01(i, 23), 1.5) * :stores)::int, (array['store', 'web', 'app'])[1 + i % 3],
		current_date - interval '730 days' * (1 - power(i::float8 / :total, .85)) - interval '1 second',
		200 + floor(-ln(1 - pg_temp.u01(i, 24)) * 4500)::bigint, case when i % 7 = 0 then 150 else 0 end,
		case when pg_temp.u01(i, 25) < .03 then 200 else 0 end, case when i % 11 = 0 then 'C' || i end
	from generate_series(:first, :last) i;
