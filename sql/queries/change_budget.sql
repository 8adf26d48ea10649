-- A key's new budget. $1 tenant, $2 call, $3 the admin who asks, $4 key id, $5 cents. The answer as JSON.
select app.change_budget($1::int, $2::uuid, $3::text, $4::text, $5::bigint)
