-- The receipts that agents cite for what they do, and how old one may be.

alter table data.tenants add column receipt_minutes int not null default 60
	check (receipt_minutes between 1 and 1440);

-- What a run or a single action rested on. cited_by: the run's or the action's id; a decision leads here by its run. A
-- run may cite more than once, as who takes it over does: the last time counts.
create table data.citations (
	tenant int, cited_by uuid, receipt text collate "C",
	metric text not null, definition text not null, value jsonb not null,
	data_version bigint not null, asked_at timestamptz not null,
	cited_at timestamptz not null,
	token text not null,
	primary key (tenant, cited_by, receipt)
);
alter table data.citations enable row level security;
alter table data.citations force row level security;
create policy one_tenant on data.citations using (tenant = current_setting('flash.tenant')::int);
