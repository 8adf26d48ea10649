-- What 100 points and one message are worth; null leaves as it is. $1 tenant, $2 call, $3 the admin who asks, $4 cents
-- for 100 points, $5 cents for a message
select app.set_prices($1::int, $2::uuid, $3::text, $4::int, $5::int)
