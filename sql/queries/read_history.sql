-- Distinct purchase histories, for the fit, of all members or of an even sample of about 50,000: with so many the
-- parameters' own error is below a hundredth, and the rest of a cycle is larger.
-- $1 tenant, $2 as of
-- One row of arrays: the highest member's number alone, repeat days, days to the last, days since the first,
-- members
with t as materialized (
	select (($2::timestamptz) at time zone zone)::date as today, coalesce($2::timestamptz >= data_as_of, true) as kept,
		(select greatest(1, max(member) / 50000) from reading.member_tiers where tenant = $1::int) as every
	from reading.tenant where tenant = $1::int
), h as (
	select member, days, first_on, last_on from reading.member_stats where tenant = $1::int and (select kept from t)
	union all
	select member, days, first_on, last_on from app.stats_as_of($1::int, $2::timestamptz, 0, 9223372036854775807)
		where not (select kept from t)
), g as (
	select days - 1 as x, last_on - first_on as t_x, (select today from t) - first_on as age, count(*) as members
	from h where member % (select every from t) = 0 and first_on <= (select today from t)
	group by 1, 2, 3
)
select array[coalesce((select max(member) from reading.member_tiers where tenant = $1::int), 0)], array_agg(x),
	array_agg(t_x), array_agg(age), array_agg(members) from g
