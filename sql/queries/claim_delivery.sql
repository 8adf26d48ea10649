-- $1 tenant, $2 call, $3 daemon, $4 timeout in ms. No row: nothing to send.
select draft, attempt, member, channel, audience, subject, body, text_hash, email, phone, policy, policy_version,
	to_char(expires_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"')
from app.claim_delivery($1::int, $2::uuid, $3::text, $4::int)
