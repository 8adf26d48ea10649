-- Stops by the tenant's name, in one round trip. $1 name or number of the tenant, $2 call, $3 who asks, $4 door,
-- $5 '*' or a key's id, $6 reason. No row: there is no such tenant. Columns: the answer as JSON, its moment (UTC), its
-- moment (the tenant's clocks)
select s.answer, reading.stamp((s.answer ->> 'stopped_at')::timestamptz),
	reading.local_stamp((s.answer ->> 'stopped_at')::timestamptz,
		(select n.zone from reading.tenant n where n.tenant = t))
from app.find_tenant($1::text) t,
	lateral (select app.stop(t, $2::uuid, $3::text, $4::text, $5::text, $6::text) as answer where t is not null
		offset 0) s
