-- $1 tenant, $2 call, $3 the admin who asks, $4 how many minutes old a cited receipt may be. The same
select app.set_receipt_minutes($1::int, $2::uuid, $3::text, $4::int)
