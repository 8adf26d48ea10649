-- Drafts, newest first. $1 tenant, $2 state or null, $3 member or null, $4 run or null, $5 draft of the last row of
-- the page before or null, $6 at most so many. A draft's id begins with its time.
-- Rows: draft, member, sealed name, sealed e-mail, JSON of the rest, sealed subject, sealed body
select d.draft, d.member, m.name_sealed, m.email_sealed,
	jsonb_build_object('draft', d.draft, 'state', d.state, 'channel', d.channel, 'policy', d.policy,
		'policy_version', d.policy_version, 'arm', d.arm, 'run', d.run, 'text_hash', d.text_hash::text,
		'created_at', reading.stamp(d.created_at), 'expires_at', reading.stamp(d.expires_at),
		'decided_by', d.decided_by, 'decided_at', reading.stamp(d.decided_at), 'reason', d.reason),
	d.subject_sealed, d.body_sealed
from reading.drafts d left join reading.members m on m.tenant = $1::int and m.member = d.member
where d.tenant = $1::int and ($2::text is null or d.state = $2::text) and ($3::bigint is null or d.member = $3::bigint)
	and ($4::uuid is null or d.run = $4::uuid)
	and ($5::uuid is null or d.draft < $5::uuid)
order by d.draft desc limit $6::int
