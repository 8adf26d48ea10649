-- What a cycle asks of every candidate is answered from indexes alone: a member's tier and whether a channel is agreed
-- to. The rows themselves are wide, and one in eight is asked for.
create index members_tier on data.members (tenant, member) include (tier);

-- Entries come in the order of time and are asked for by windows of it.
drop index data.ledger_time;
create index ledger_time on data.ledger using brin (tenant, at) with (pages_per_range = 16, autosummarize = on);

alter table data.consents drop constraint consents_pkey;
alter table data.consents add primary key (tenant, member, channel) include (granted);
