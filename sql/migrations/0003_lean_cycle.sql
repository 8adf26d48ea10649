-- What a cycle pays for each member it serves, measured at 100,000: a foreign key's check 12 us, a unique index on a
-- long text 3 us, an index whose place is far from the last one's 2 us. Kept is what something reads or relies on.

-- A single call's key is unique in data.idempotency, written in the same transaction; a run's action is unique by run,
-- member and tool, and has no key of its own. The same index finds a member's actions.
alter table data.actions drop constraint actions_tenant_key_idem_key;
alter table data.actions alter column idem drop not null;
alter table data.actions add check (idem is not null or run is not null);
drop index data.actions_member;
create unique index actions_member on data.actions (tenant, member, run, tool);
-- The ids of runs grow with time and a run's actions lie together: a note per range of pages finds them.
drop index data.actions_run;
create index actions_run on data.actions using brin (tenant, run) with (pages_per_range = 16, autosummarize = on);

-- An entry that earns has its action's id, so the primary key keeps it from coming twice; a reverse has one of its own.
drop index data.ledger_action;
create unique index ledger_reverse on data.ledger (tenant, action) where kind = 'reverse';

-- As lots, ledger and actions (0001): written only by functions that have locked or read the member's row.
alter table data.drafts drop constraint drafts_tenant_member_fkey;
alter table data.balances drop constraint balances_tenant_member_fkey;

-- What was applied, so that a file that was edited afterwards is noticed (flashd migrate).
alter table journal.migrations add column body_hash bytea;
