-- Makes a tenant with its first admin. $1 slug, $2 name, $3 zone, $4 currency, $5 first day of the week (1 Monday),
-- $6 cents per 100 points, $7 cents per message, $8 the admin, $9 fewest members behind a number. Its number.
select app.create_tenant($1::text, $2::text, $3::text, $4::text, $5::int, $6::int, $7::int, $8::text, $9::int)
