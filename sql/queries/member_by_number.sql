-- One member by number. $1 tenant, $2 member. At most one row: member, sealed name, sealed e-mail
select member, name_sealed, email_sealed from reading.members where tenant = $1::int and member = $2::bigint
