-- The pieces of time that some days fall into.
-- $1: tenant  $2, $3: first and last local day  $4: a grain
select distinct d.pieces ->> $4::text from oracle.days d
where d.tenant = $1::int and d.day between $2::date and $3::date and $4 <> 'hour'
union all
select distinct oracle.hour($1::int, h.at) from data.tenants t,
	generate_series($2::date::timestamptz - interval '2 days', $3::date::timestamptz + interval '3 days',
		interval '1 hour') h(at)
where t.tenant = $1::int and (h.at at time zone t.zone)::date between $2::date and $3::date and $4 = 'hour'
order by 1
