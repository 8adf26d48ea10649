-- What an undo would take back. $1 tenant, $2 only this key's actions, or null, $3 scope as JSON, $4 who asks
-- As JSON: actions, value_cents, by_tool, hash, first
select app.preview_undo($1::int, $2::text, $3::jsonb, $4::text)
