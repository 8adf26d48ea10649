-- Fiscal years and weeks; null leaves as it is. $1 tenant, $2 call, $3 the admin who asks, $4 first fiscal month,
-- $5 whether years are of weeks (4-5-4), $6 first day of the week. A sentence with what holds now
select app.set_calendar($1::int, $2::uuid, $3::text, $4::int, $5::boolean, $6::int)
