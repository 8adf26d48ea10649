-- Facts as events: whose word a row is, and where events wait for what they speak of.

-- The newest word about a thing wins, in whatever order the words come: by the moment that the sender states, then by
-- feed and event. Null: an import's row, which the first event about it replaces.
do $$
declare t text;
begin
	foreach t in array array['members', 'orders', 'refunds', 'visits', 'redemptions', 'message_events']
	loop
		execute format('alter table data.%I add column stated_at timestamptz', t);
		execute format('alter table data.%I add column stated_by text collate "C"', t);
	end loop;
end $$;

create index refunds_order on data.refunds (tenant, order_ref);

-- No foreign keys where thousands of rows come at once: the functions that write events, orders and their lines
-- (imports and app.take_events, one at a time) have looked up what each row names, nothing of that is ever deleted, and
-- the checks, one a row and key, cost as much as the rows themselves.
alter table data.events drop constraint events_tenant_feed_fkey;
alter table data.orders drop constraint orders_tenant_fkey, drop constraint orders_tenant_member_fkey,
	drop constraint orders_tenant_store_fkey;
alter table data.order_lines drop constraint order_lines_tenant_order_ref_fkey;

-- A batch moves a thousand of these rows: room beside each for its next version.
alter table data.member_stats set (fillfactor = 70);

alter table data.feeds add column calls_per_minute int not null default 6000 check (calls_per_minute > 0);
alter table data.feeds add column minute_at timestamptz not null default '-infinity';
alter table data.feeds add column minute_calls int not null default 0;

-- Events that speak of a member or an order that is not there yet: taken, answered for, and done when it comes. No
-- names or addresses are in here: an enrolment never waits.
create table data.parked (
	tenant int, feed text, event text,
	waits_for text not null check (waits_for in ('member', 'order')), waits_on text not null,
	body jsonb not null, parked_at timestamptz not null,
	primary key (tenant, feed, event),
	foreign key (tenant, feed, event) references data.events
);
create index parked_wait on data.parked (tenant, waits_for, waits_on);
alter table data.parked enable row level security;
alter table data.parked force row level security;
create policy one_tenant on data.parked using (tenant = current_setting('flash.tenant')::int);
