-- Orders summed up by the day, so that what an answer costs does not grow with the orders. What is not summed up yet is
-- read from the orders themselves: a day is either in data.stale_days or rolled, whoever wrote its orders last.

-- Local days whose orders changed since they were last summed up: 'rollup' into data.order_days, 'members' into the
-- sets of members. Written by the triggers of data.orders in the writer's transaction; a rebuild deletes the mark
-- first.
create table data.stale_days (
	tenant int, kind text check (kind in ('rollup', 'members')), day date,
	marked_at timestamptz not null,
	primary key (tenant, kind, day)
);

-- A local day's orders by where, how and by whom: sums of data.orders with the tier that the member has today. No row:
-- no such orders. No foreign keys: it follows from data.orders, and is written by the thousand.
create table data.order_days (
	tenant int not null, day date not null,
	store text, channel text, tier text,
	of_members boolean not null,          -- orders with a member, whose tier may be null all the same
	orders bigint not null, gross_cents bigint not null, discount_cents bigint not null, refund_cents bigint not null,
	units bigint not null,
	coupon_orders bigint not null, coupon_gross_cents bigint not null,   -- of the orders with a coupon
	discounted_orders bigint not null     -- with a discount above 0
) with (fillfactor = 90);
create unique index order_days_key on data.order_days (tenant, day, store, channel, tier, of_members)
	nulls not distinct;

-- Members who came or whose tier changed, in the order in which that was committed, for readers who keep sets by tier.
-- A row without a member says: too many to name, read all members anew (app.log_tier_moves).
create table data.tier_moves (
	tenant int, move bigint generated always as identity, member bigint, tier text,
	primary key (tenant, move)
);

-- All that is there already is stale. Row security is forced on the owner too, so it rests meanwhile.
alter table data.orders no force row level security;
alter table data.tenants no force row level security;
insert into data.stale_days (tenant, kind, day, marked_at)
	select d.tenant, k.kind, d.day, now()
	from (select distinct o.tenant, (o.ordered_at at time zone t.zone)::date as day
		from data.orders o join data.tenants t on t.tenant = o.tenant) d, (values ('rollup'), ('members')) k(kind);
alter table data.orders force row level security;
alter table data.tenants force row level security;

do $$
declare t text;
begin
	foreach t in array array['stale_days', 'order_days', 'tier_moves']
	loop
		execute format('alter table data.%I enable row level security', t);
		execute format('alter table data.%I force row level security', t);
		execute format('create policy one_tenant on data.%I using (tenant = current_setting(''flash.tenant'')::int)',
			t);
	end loop;
end $$;
