-- The keys as `key list` shows them. $1: revoked and expired ones too, $2: the zone of the screen's times, $3: only
-- this key, or null. Budget columns are those of the open window; before its first write, a key has all of it left.
select k.key, k.kind, k.name,
	case when k.revoked_at is not null then 'revoked' when k.expires_at <= app.now() then 'expired' else 'valid' end,
	k.cap_cents, k.calls_per_minute, k.budget_period, k.budget_cents,
	coalesce(b.spent_cents, case when k.budget_cents is not null then 0 end), coalesce(b.left_cents, k.budget_cents),
	k.created_by, reading.stamp(k.created_at), reading.local_stamp(k.created_at, $2::text), reading.stamp(k.expires_at),
	reading.stamp(k.revoked_at), to_json(k.scopes), to_json(k.stores), to_json(k.tiers),
	coalesce(array_to_string(k.stores || k.tiers, ','), '')
from reading.keys k left join reading.budgets b using (tenant, key)
where ($1::boolean or (k.revoked_at is null and coalesce(k.expires_at > app.now(), true)))
	and ($3::text is null or k.key = $3::text)
order by k.created_at, k.key
