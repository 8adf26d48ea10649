-- Changes with a key's limits, so that what was answered under others is known before it leaves (app.audit_calls).
alter table data.keys add column limits_version int not null default 0;
