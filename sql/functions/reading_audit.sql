-- The record of calls, as people read it. `call` begins with the time, so its order is the order of calls.
create view reading.audit as
	select a.tenant, a.call, a.at, a.principal, a.via, a.tool, a.decision::text, a.code, a.value_cents, a.row_count,
		a.duration_us, a.detail
	from journal.audit a;
