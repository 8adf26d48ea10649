-- Distinct purchase histories of all members, for the fit: at most 200,000, by an even sample of members when more.
-- $1 tenant, $2 as of
-- One row: lines "x days_to_last days_since_first members", their number, 0
with t as (
	select zone from reading.tenant where tenant = $1::int
), s as materialized (
	select member, days - 1 as x, last_on - first_on as t_x,
		((($2::timestamptz) at time zone t.zone)::date - first_on) as age
	from app.stats_as_of($1::int, $2::timestamptz, 0, 9223372036854775807), t
), g as (
	select x, t_x, age, count(*) as members from s where age >= 0
		and (member % greatest(1, (select count(*) from s) / 150000)) = 0
	group by x, t_x, age limit 200000
)
select string_agg(x || ' ' || t_x || ' ' || age || ' ' || members, E'\n'), count(*), 0 from g
