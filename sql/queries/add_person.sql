-- Adds a person or changes the roles. $1 tenant, $2 call, $3 the admin who asks, $4 person, $5 name, $6 roles
select app.add_person($1::int, $2::uuid, $3::text, $4::text, $5::text, $6::text[])
