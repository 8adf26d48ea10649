-- The members that an e-mail means. $1 tenant, $2 its blind index. Rows (6 at most): member, sealed name, sealed e-mail
select member, name_sealed, email_sealed from reading.members
where tenant = $1::int and email_index = $2::bytea order by member limit 6
