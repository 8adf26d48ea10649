-- The tenant's day, and which of some words are values of its dimensions: without regard to case, accents and signs.
-- First one row with the day alone, then one for each meaning.
-- $1: tenant
-- $2: words, an array
-- Columns: today, week_start, word (its place in the array), dimension, value
with place as (
	select (t.now at time zone t.zone)::date as today, t.week_start from metric.tenants t where t.tenant = $1::int
), asked as (
	select w.n, trim(regexp_replace(lower(regexp_replace(normalize(w.word, NFD), '[\u0300-\u036f''’]', '', 'g')),
		'[^[:alnum:]]+', ' ', 'g')) as word
	from unnest($2::text[]) with ordinality w(word, n)
), known as (
	select k.dimension, k.value, trim(regexp_replace(lower(regexp_replace(normalize(k.name, NFD),
		'[\u0300-\u036f''’]', '', 'g')), '[^[:alnum:]]+', ' ', 'g')) as word
	from metric.words k where k.tenant = $1::int
)
select to_char(p.today, 'YYYY-MM-DD'), p.week_start, 0::bigint as n, null as dimension, null as value from place p
union all
(select distinct null, null::int, a.n, k.dimension, k.value
	from asked a join known k on k.word = a.word where a.word <> '' limit 600)
order by n, dimension, value
