-- Cron times in a zone. Local times are made into instants by PostgreSQL: a time that a DST night skips runs an hour
-- later, one that it repeats runs once, at its second coming.

-- The values of one field: lists, ranges, steps and *. The policy reader has checked the form already.
create function app.cron_field(p_field text, p_least int, p_most int) returns int[] language plpgsql immutable as $$
declare
	v_part text; v_range text; v_step int; v_from int; v_to int; v_all int[] := '{}';
begin
	foreach v_part in array string_to_array(p_field, ',') loop
		v_range := split_part(v_part, '/', 1);
		v_step := coalesce(nullif(split_part(v_part, '/', 2), '')::int, 1);
		v_from := case when v_range = '*' then p_least else split_part(v_range, '-', 1)::int end;
		v_to := case when v_range = '*' then p_most when v_range like '%-%' then split_part(v_range, '-', 2)::int
			when v_part like '%/%' then p_most else v_from end;
		if v_step < 1 or v_from < p_least or v_to > p_most or v_from > v_to then
			perform app.refuse('FLARG', format('The schedule''s field "%s" is not within %s to %s.', p_field, p_least,
				p_most));
		end if;
		v_all := v_all || array(select generate_series(v_from, v_to, v_step));
	end loop;
	return array(select distinct x from unnest(v_all) x order by x);
end $$;

-- The first instant after p_after at which the expression is true in the zone; null when there is none in 8 years.
create function app.cron_next(p_cron text, p_zone text, p_after timestamptz) returns timestamptz
language plpgsql stable as $$
declare
	v_fields text[] := regexp_split_to_array(btrim(p_cron), '\s+');
	v_minutes int[] := app.cron_field(v_fields[1], 0, 59);
	v_hours int[] := app.cron_field(v_fields[2], 0, 23);
	v_days int[] := app.cron_field(v_fields[3], 1, 31);
	v_months int[] := app.cron_field(v_fields[4], 1, 12);
	v_weekdays int[] := array(select distinct x % 7 from unnest(app.cron_field(v_fields[5], 0, 7)) x);
	v_day date := (p_after at time zone p_zone)::date - 1;
	v_last date := v_day + 8 * 366;
	v_next timestamptz;
	v_in_days boolean; v_in_weekdays boolean;
begin
	while v_day <= v_last loop
		v_day := v_day + 1;
		continue when not extract(month from v_day)::int = any (v_months);
		v_in_days := extract(day from v_day)::int = any (v_days);
		v_in_weekdays := extract(dow from v_day)::int = any (v_weekdays);
		-- As in cron: when both are restricted, either is enough.
		continue when not case when v_fields[3] <> '*' and v_fields[5] <> '*' then v_in_days or v_in_weekdays
			else v_in_days and v_in_weekdays end;
		select min(t) into v_next from unnest(v_hours) h, unnest(v_minutes) m,
			lateral (select (v_day + make_time(h, m, 0)) at time zone p_zone as t) x where t > p_after;
		if v_next is not null then
			return v_next;
		end if;
	end loop;
	return null;
end $$;
