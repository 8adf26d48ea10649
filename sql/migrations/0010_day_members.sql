-- Which members bought on a local day, as the daemon counts them: a set in roaring's portable form, written only by
-- app.keep_day_members, which compares it with the day's orders. No row: nobody did, or the day is in data.stale_days.
create table data.day_members (
	tenant int, day date,
	revision bigint not null,   -- of the tenant's sets; grows in the order in which they are committed
	members bytea not null, count int not null check (count >= 0),
	digest bytea not null check (length(digest) = 32),   -- app.members_of_day
	primary key (tenant, day)
);
create unique index day_members_revision on data.day_members (tenant, revision);
alter table data.day_members alter column members set storage external;   -- it is compressed already
alter table data.day_members enable row level security;
alter table data.day_members force row level security;
create policy one_tenant on data.day_members using (tenant = current_setting('flash.tenant')::int);
