-- Drafts, those that expire first in front. $1: only this state, or null, $2: at most so many, $3: the zone of the
-- screen's times.
select d.draft, d.state, d.channel, d.member, m.name_sealed, d.policy, d.arm, d.audience,
	encode(d.text_hash, 'hex'), reading.stamp(d.created_at), reading.stamp(d.expires_at),
	reading.local_stamp(d.expires_at, $3::text), d.decided_by, d.reason
from reading.drafts d left join reading.members m using (tenant, member)
where $1::text is null or d.state = $1::text
order by d.expires_at, d.draft limit $2::int
