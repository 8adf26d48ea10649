-- Runs, newest first. $1 tenant; each of the next may be null: $2 run, $3 policy, $4 state, $5 microseconds since 1970
-- and $6 run of the last row of the page before; $7 at most so many
-- Rows: microseconds, run, JSON of it; a report beyond 4,000 bytes (12,000 of a single run) is left out
select (extract(epoch from r.started_at) * 1000000)::bigint, r.run,
	jsonb_build_object('run', r.run, 'policy', r.policy, 'version', r.version, 'key', r.key,
		'as_of', reading.stamp(r.as_of), 'dry_run', r.dry_run, 'state', r.state, 'budget_cents', r.budget_cents,
		'spent_cents', r.spent_cents, 'started_at', reading.stamp(r.started_at), 'ended_at', reading.stamp(r.ended_at),
		'summary', case when octet_length(r.summary::text) <= case when $2::uuid is null then 4000 else 12000 end
			then r.summary end, 'receipts', (select coalesce(jsonb_agg(distinct c.receipt), '[]')
			from reading.citations c where c.tenant = $1::int and c.cited_by = r.run))
from reading.runs r
where r.tenant = $1::int and ($2::uuid is null or r.run = $2::uuid) and ($3::text is null or r.policy = $3::text)
	and ($4::text is null or r.state = $4::text)
	and ($5::bigint is null or (r.started_at, r.run)
		< (timestamptz 'epoch' + $5::bigint * interval '1 microsecond', $6::uuid))
order by r.started_at desc, r.run desc limit $7::int
