-- Takes back one chunk. $1 tenant, $2 call, $3 only this key's actions, or null, $4 who asks, $5 door, $6 scope as
-- JSON, $7 the preview's hash, $8 which chunk (1 checks the hash), $9 actions to leave out, $10 at most so many. As
-- JSON: undone, value_cents, not_undone, left
select app.apply_undo($1::int, $2::uuid, $3::text, $4::text, $5::text, $6::jsonb, $7::text, $8::int, $9::uuid[],
	$10::int)
