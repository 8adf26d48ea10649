-- Members by number, for showing. $1 tenant, $2 members. Rows: member, sealed name, sealed e-mail
select member, name_sealed, email_sealed from reading.members
where tenant = $1::int and member = any ($2::bigint[]) order by member
