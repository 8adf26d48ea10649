-- Members by a value, highest first. $1 tenant, $2 order (spend, last_order, points, enrolled), $3 tier or null,
-- $4 home store or null, $5 value and $6 member of the last row of the page before or null, $7 at most so many
-- Rows: value, member, sealed name, sealed e-mail, JSON of the rest
with ranked as (
	select m.member, case $2::text when 'spend' then m.spend_cents when 'points' then m.points
			when 'last_order' then coalesce(m.last_on - date '1970-01-01', -1)
			else extract(epoch from m.enrolled_at)::bigint end as value
	from reading.member_lines m
	where m.tenant = $1::int and ($3::text is null or m.tier = $3::text)
		and ($4::text is null or m.home_store = $4::text)
), page as (
	select r.value, r.member from ranked r
	where $6::bigint is null or r.value < $5::bigint or (r.value = $5::bigint and r.member > $6::bigint)
	order by r.value desc, r.member limit $7::int
)
select p.value, m.member, m.name_sealed, m.email_sealed, reading.member_line(m)
from page p join reading.member_lines m on m.tenant = $1::int and m.member = p.member
order by p.value desc, m.member
