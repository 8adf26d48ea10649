-- A moment as a tenant's own clocks show it, with its offset: for screens. Programs get reading.stamp().
create function reading.local_stamp(p_at timestamptz, p_zone text) returns text language sql stable as $$
	select case when isfinite(p_at) then
		to_char(p_at at time zone p_zone, 'YYYY-MM-DD HH24:MI:SS') || case when x.minutes < 0 then ' -' else ' +' end
			|| to_char(abs(x.minutes) / 60, 'FM00') || ':' || to_char(abs(x.minutes) % 60, 'FM00') end
	from (select case when isfinite(p_at) then
		(extract(epoch from (p_at at time zone p_zone) - (p_at at time zone 'UTC')) / 60)::int end as minutes) x
$$;
grant execute on function reading.local_stamp(timestamptz, text) to flashd;
