-- Every change of what a human sets and what makes something worth more or less to a member, for explain_change and for
-- whoever asks since when: of a tenant's points and messages, of a coupon pool, of a tier. Written by triggers of the
-- tables that hold the rules (functions/price_rules.sql), in the transaction of the change, whoever makes it.
create table data.price_changes (
	tenant int references data.tenants (tenant),
	change uuid,
	at timestamptz not null,
	dimension text not null check (dimension in ('tool', 'coupon_pool', 'tier')),   -- what it touches ...
	value text not null,                                                           -- ... and which of them
	rule text not null,                    -- the column
	from_value bigint, to_value bigint,    -- null: none, as a tier that cannot be earned by spending
	changed_by text not null,              -- a person, import, or who had a session of the database
	primary key (tenant, change),
	check (from_value is distinct from to_value)
);
create index price_changes_time on data.price_changes (tenant, at);
alter table data.price_changes enable row level security;
alter table data.price_changes force row level security;
create policy one_tenant on data.price_changes using (tenant = (select current_setting('flash.tenant')::int));
