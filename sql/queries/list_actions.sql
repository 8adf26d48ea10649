-- Actions, newest first. $1 tenant; each of the next may be null: $2 action, $3 member, $4 run, $5 key, $6 tool,
-- $7 state, $8 from, $9 to, $10 action of the last row of the page before; $11 at most so many. An action's id begins
-- with its time, so that ids are in the order of time.
-- Rows: action, member, sealed name, sealed e-mail, JSON of the rest
select a.action, a.member, m.name_sealed, m.email_sealed,
	jsonb_build_object('action', a.action, 'tool', a.tool, 'key', a.key, 'run', a.run, 'value_cents', a.value_cents,
		'state', a.state, 'at', reading.stamp(a.created_at), 'undone_at', reading.stamp(a.undone_at),
		'undone_by', a.undone_by, 'detail', a.detail, 'receipts', (select coalesce(jsonb_agg(distinct c.receipt), '[]')
			from reading.citations c where c.tenant = $1::int and c.cited_by in (a.action, a.run)))
from reading.actions a left join reading.members m on m.tenant = $1::int and m.member = a.member
where a.tenant = $1::int and ($2::uuid is null or a.action = $2::uuid) and ($3::bigint is null or a.member = $3::bigint)
	and ($4::uuid is null or a.run = $4::uuid) and ($5::text is null or a.key = $5::text)
	and ($6::text is null or a.tool = $6::text) and ($7::text is null or a.state = $7::text)
	and ($8::timestamptz is null or a.created_at >= $8::timestamptz)
	and ($9::timestamptz is null or a.created_at < $9::timestamptz)
	and ($10::uuid is null or a.action < $10::uuid)
order by a.action desc limit $11::int
