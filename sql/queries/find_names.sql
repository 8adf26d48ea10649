-- The sealed names of members. $1 tenant, $2 members. Rows: member, name
select member, name_sealed from reading.members where tenant = $1::int and member = any ($2::bigint[]) order by member
