-- The first day of the piece of time (a grain of mcp/metrics/dimensions.def, or a window's unit) that a local day lies
-- in. Fiscal years begin in the month p_month: on its first day, or, in a 4-5-4 calendar (p_retail), on the first day
-- of the week that is nearest to it; there a quarter has 13 weeks in months of 4, 5 and 4, and the 53rd week of a long
-- year belongs to its last month. With month 2 and weeks from Sunday these are the years of the National Retail
-- Federation. Null when anything is. p_week: first day of the week, 1 is Monday.
create function metric.piece_start(p_unit text, p_day date, p_week int, p_retail boolean, p_month int) returns date
language plpgsql immutable strict as $$
declare
	v_year int := extract(year from p_day)::int + 1; v_first date; v_week int; v_quarter int; v_months int;
begin
	if p_unit = 'day' then
		return p_day;
	elsif p_unit = 'week' then
		return p_day - (extract(isodow from p_day)::int - p_week + 7) % 7;
	elsif p_unit in ('month', 'quarter', 'year') then
		return date_trunc(p_unit, p_day)::date;
	elsif not p_retail then
		v_months := (extract(month from p_day)::int - p_month + 12) % case p_unit when 'fiscal_month' then 1
			when 'fiscal_quarter' then 3 when 'fiscal_year' then 12 end;
		return (date_trunc('month', p_day) - make_interval(months => v_months))::date;
	end if;
	loop
		v_first := make_date(v_year, p_month, 1) - 3;
		v_first := v_first + (p_week - extract(isodow from v_first)::int + 7) % 7;
		exit when v_first <= p_day;
		v_year := v_year - 1;
	end loop;
	v_week := (p_day - v_first) / 7;
	v_quarter := least(v_week / 13, 3);
	v_week := v_week - 13 * v_quarter;
	return v_first + 7 * case p_unit
		when 'fiscal_year' then 0
		when 'fiscal_quarter' then 13 * v_quarter
		when 'fiscal_month' then 13 * v_quarter + case when v_week < 4 then 0 when v_week < 9 then 4 else 9 end
	end;
end $$;
grant execute on function metric.piece_start(text, date, int, boolean, int) to flashd;

-- The first instant of a local day, also where midnight is skipped or comes twice.
create function metric.day_start(p_day date, p_zone text) returns timestamptz language plpgsql immutable strict as $$
declare
	v_midnight timestamp := p_day; v_at timestamptz := v_midnight at time zone p_zone;
begin
	if (v_at - interval '1 hour') at time zone p_zone >= v_midnight then
		return v_at - interval '1 hour';
	end if;
	return v_at;
end $$;
grant execute on function metric.day_start(date, text) to flashd;

-- A moment as the tenant's clock shows it, with its offset: 2026-11-20T14:00:00+01:00.
create function metric.tell_local(p_at timestamptz, p_zone text) returns text language plpgsql immutable strict as $$
declare
	v_local timestamp := p_at at time zone p_zone; v_ahead interval := v_local - (p_at at time zone 'UTC');
begin
	return to_char(v_local, 'YYYY-MM-DD"T"HH24:MI:SS') || case when v_ahead < interval '0' then '-' else '+' end
		|| to_char(greatest(v_ahead, -v_ahead), 'HH24:MI');
end $$;
grant execute on function metric.tell_local(timestamptz, text) to flashd;
