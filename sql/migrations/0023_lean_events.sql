-- What nothing reads and nothing needs goes, where a thousand rows come at once (0003, 0008).

-- Events are found by their id only.
drop index data.events_time;

-- One check a row, of a member who was looked up before and is never deleted.
alter table data.member_stats drop constraint member_stats_tenant_member_fkey;
