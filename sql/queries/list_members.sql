-- Members in order of number. $1 tenant, $2 order (here always member), $3 tier or null, $4 home store or null,
-- $5 what the page before gave as value or null, $6 after this member or null, $7 at most so many
-- Rows: the order's name, for there is no value to rank by, member, sealed name, sealed e-mail, JSON of the rest
select coalesce($5::text, $2::text), m.member, m.name_sealed, m.email_sealed,
	reading.member_line(m)
from reading.member_lines m
where m.tenant = $1::int and ($3::text is null or m.tier = $3::text) and ($4::text is null or m.home_store = $4::text)
	and ($6::bigint is null or m.member > $6::bigint)
order by m.member limit $7::int
