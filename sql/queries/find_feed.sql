-- The sealed secret of a feed. $1 tenant, $2 its name. No row when there is none, or when it was revoked.
select secret from app.find_feed($1::int, $2::text)
