-- The pieces of time that some days fall into.
-- $1: tenant  $2, $3: first and last local day  $4: day, week, month, quarter or year
select distinct case $4::text
		when 'day' then to_char(d, 'YYYY-MM-DD')
		when 'week' then (select to_char(max(d - k * interval '1 day'), 'YYYY-MM-DD') from generate_series(0, 6) k
			where extract(isodow from d - k * interval '1 day') = t.week_start)
		when 'month' then to_char(d, 'YYYY-MM-01')
		when 'quarter' then (select max(to_char(d, 'YYYY-') || m || '-01') from unnest('{01,04,07,10}'::text[]) m
			where m <= to_char(d, 'MM'))
		when 'year' then to_char(d, 'YYYY-01-01')
	end
from data.tenants t, generate_series($2::date::timestamp, $3::date::timestamp, interval '1 day') d
where t.tenant = $1::int
order by 1
