-- The members of an audience with their scores, in order of member; the score is P(buys in the next s), now and as
-- it stood at the last visit: Fader, Hardie, Lee 2005 (BG/NBD) or Batislam et al. 2007 (MBG/NBD, $9).
-- $1 tenant, $2 as of, $3 and $4 members above the one and up to the other, $5 r, $6 alpha, $7 a, $8 b, $9 modified,
-- $10 horizon in days, $11 tiers, $12 least repeat days, $13 least and $14 most days since the last, $15 least spend in
-- 365 days,
-- $16 the run that asks: what it did itself is no contact yet. Days since a contact are whole ones; later than as of: 0
-- $17 as of as a local day: known when the statement is planned, so that the planner sees how few members pass
-- One row: their number, 0, then arrays: member, tier, x, days_to_last, days_since_first,
-- p_now, p_then, mean_cents, year_cents, consent, contact_days
with t as materialized (
	select coalesce($2::timestamptz >= data_as_of, true) as kept from reading.tenant where tenant = $1::int
), h as (
	select member, first_on, last_on, days, orders, spend_cents, year_cents from reading.member_stats
		where tenant = $1::int and member > $3::bigint and member <= $4::bigint and (select kept from t)
	union all
	select member, first_on, last_on, days, orders, spend_cents, year_cents
		from app.stats_as_of($1::int, $2::timestamptz, $3::bigint, $4::bigint) where not (select kept from t)
), s as (
	select m.member, array_position($11::text[], m.tier) - 1 as tier, h.days - 1 as x, h.last_on - h.first_on as t_x,
		$17::date - h.first_on as age, h.spend_cents / h.orders as mean_cents, h.year_cents
	from h join reading.member_tiers m on m.tenant = $1::int and m.member = h.member
	where m.tier = any ($11::text[]) and h.days > $12::int and h.year_cents >= $15::bigint
		and h.last_on between $17::date - $14::int and $17::date - $13::int
		and m.member > $3::bigint and m.member <= $4::bigint
), p as (
	select s.*, $5::float8 as r, $6::float8 as al, $7::float8 as a, $8::float8 as b, $10::int / 7.0::float8 as h,
		s.t_x / 7.0::float8 as tx, s.age / 7.0::float8 as ag,
		case when $9::boolean then $8::float8 + x when x > 0 then $8::float8 + x - 1 end as leave
	from s
), q as materialized (
	select p.*,
		1 / (1 + coalesce(a / leave, 0) * power((al + ag) / (al + tx), r + x))
			* (1 - power((al + ag) / (al + ag + h), r + x)) as p_now,
		1 / (1 + coalesce(a / leave, 0)) * (1 - power((al + tx) / (al + tx + h), r + x)) as p_then
	from p
), c as (
	select q.*, coalesce(e.granted, false)::int as consent,
		case when k.at is null then -1 else greatest(0, floor(extract(epoch from $2::timestamptz - k.at) / 86400)::int)
			end as contact_days
	from q
	left join reading.email_consents e on e.tenant = $1::int and e.member = q.member
		and e.member > $3::bigint and e.member <= $4::bigint
	left join app.last_contacts($1::int, $16::uuid, (select array_agg(q.member) from q)) k on k.member = q.member
	order by q.member
)
select count(*), 0, array_agg(member),
	array_agg(tier), array_agg(x), array_agg(t_x), array_agg(age), array_agg(p_now::real), array_agg(p_then::real),
	array_agg(mean_cents), array_agg(year_cents), array_agg(consent), array_agg(contact_days)
from c
