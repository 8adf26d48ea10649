-- The tenant's own calendar, and the life of its metrics: what a person (or, to suspend only, the daemon) said of each,
-- with a history that only grows, and definitions of the tenant's own.

alter table data.tenants
	add column fiscal_month smallint not null default 1 check (fiscal_month between 1 and 12),   -- the first one
	add column retail boolean not null default false;   -- fiscal years of weeks, in months of 4, 5 and 4

-- As it stands. A definition is named by its hash: what was said of another one does not count for this.
create table data.metric_states (
	tenant int references data.tenants, metric text check (metric ~ '^[a-z0-9_]{1,30}$'),
	definition text not null check (definition ~ '^[0-9a-f]{64}$'),
	state text not null check (state in ('proposed', 'certified', 'suspended', 'retired')),
	shape text not null,                  -- of the sources' columns when it was said
	changed_by text not null, reason text not null, changed_at timestamptz not null,
	primary key (tenant, metric)
);

create table data.metric_history (
	tenant int, metric text, at timestamptz, call uuid,
	definition text not null, from_state text, to_state text not null,
	changed_by text not null, reason text not null,
	primary key (tenant, metric, at, call),
	foreign key (tenant) references data.tenants
);

-- The tenant's own definitions; the newest version counts.
create table data.metric_definitions (
	tenant int references data.tenants, metric text check (metric ~ '^[a-z0-9_]{1,30}$'),
	version int check (version > 0),
	body text not null check (length(body) <= 20000), definition text not null,
	created_by text not null, created_at timestamptz not null,
	primary key (tenant, metric, version)
);

-- For numbers of calls: they are asked for by time, the record's own key is the call.
create index audit_time on journal.audit using brin (tenant, at);

do $$
declare t text;
begin
	foreach t in array array['metric_states', 'metric_history', 'metric_definitions']
	loop
		execute format('alter table data.%I enable row level security', t);
		execute format('alter table data.%I force row level security', t);
		execute format('create policy one_tenant on data.%I using (tenant = current_setting(''flash.tenant'')::int)',
			t);
	end loop;
end $$;
