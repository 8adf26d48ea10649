-- Whom a typed number or e-mail means. $1 number or null, $2 blind index of an e-mail or null. Rows (3 at most): member
select m.member from reading.members m where m.member = $1::bigint or m.email_index = $2::bytea
order by m.member limit 3
