-- All that became of one message.
create index message_events_message on data.message_events (tenant, message, member) include (kind, at);

-- A history begins with what holds today. Row security is forced on the owner too, so it rests while all tenants' rows
-- are copied.
alter table data.consents no force row level security;
alter table data.consent_changes no force row level security;
insert into data.consent_changes (tenant, member, channel, at, granted, source)
	select c.tenant, c.member, c.channel, c.at, c.granted, c.source from data.consents c
	on conflict (tenant, member, channel, at) do nothing;
alter table data.consents force row level security;
alter table data.consent_changes force row level security;
