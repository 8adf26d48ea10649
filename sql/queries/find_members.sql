-- The members that an argument means. $1 tenant, $2 number or null, $3 blind index of an e-mail or null
-- Rows (6 at most): member, sealed name, sealed e-mail
select member, name_sealed, email_sealed from reading.members where tenant = $1::int and member = $2::bigint
union all
(select member, name_sealed, email_sealed from reading.members where tenant = $1::int and email_index = $3::bytea
	order by member limit 6)
