-- One draft with its sealed texts. $1: draft, $2: the zone of the screen's times
select d.draft, d.state, d.channel, d.member, m.name_sealed, m.email_sealed, d.run, d.policy, d.policy_version, d.arm,
	d.audience, d.subject_sealed, d.body_sealed, encode(d.text_hash, 'hex'), reading.stamp(d.created_at),
	reading.local_stamp(d.created_at, $2::text), reading.stamp(d.expires_at),
	reading.local_stamp(d.expires_at, $2::text),
	d.decided_by, reading.stamp(d.decided_at), reading.local_stamp(d.decided_at, $2::text),
	d.reason
from reading.drafts d left join reading.members m using (tenant, member)
where d.draft = $1::uuid
