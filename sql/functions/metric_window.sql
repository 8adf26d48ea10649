-- The exact bounds of a window and of what it is compared with, in the tenant's zone, week, calendar and clock; and
-- from when until when the source is covered. Period 0 is the window, the others are those of
-- mcp/metrics/comparisons.def in its order; only those of p_periods come. Days are local, `until_day` is behind the
-- last; [since_at, until_at) are the first instants of local days, also where midnight is skipped or comes twice, or a
-- cut. whole_days: they are exactly the rows whose local date is one of the days: not cut, and at neither end do the
-- clocks go back behind midnight.
-- p_window: one of mcp/metrics/windows.def, or empty for the days p_from to p_to; p_as_of: the day to take as today, or
-- null for the clock's; p_back: days to look back from the window's end instead of its own first day, or a unit to
-- begin with the piece of time that the last day lies in; 0 for neither.
-- Step by step, because each question asks it: of one large statement most of the time goes into its plan's beginning.
create function metric.find_window(p_tenant int, p_source text, p_window text, p_from date, p_to date, p_as_of date,
	p_back text, p_periods int[]) returns table (period int, zone text, currency text, week_start int,
	data_version bigint, retail boolean, fiscal_month int, min_group int, now timestamptz, real_today date,
	since_day date, until_day date, since_at timestamptz, until_at timestamptz, whole_days boolean,
	covered_since timestamptz, covered_until timestamptz)
language plpgsql stable as $$
declare
	v_today date; v_unit text; v_to_date boolean := p_window ~ '^this_|td$';
	v_s0 date; v_s1 date;              -- the piece of time that today lies in, and the one before
	v_since date; v_until date;        -- the window, until behind its last day
	v_before_since date; v_before_until date; v_months int; v_y0 date; v_y1 date; v_end date; v_cut timestamp;
	v_day_end timestamptz;
begin
	select t.zone, t.currency, t.week_start, t.data_version, t.retail, t.fiscal_month, t.min_group, t.now
		into zone, currency, week_start, data_version, retail, fiscal_month, min_group, now
		from metric.tenants t where t.tenant = p_tenant;
	if zone is null then
		return;
	end if;
	select c.since, c.until into covered_since, covered_until from app.coverage(p_tenant, p_source) c;
	real_today := (now at time zone zone)::date;
	v_today := coalesce(p_as_of, real_today);
	if p_window = '' then
		v_since := p_from;
		v_until := p_to + 1;
	elsif p_window = 'today' then
		v_since := v_today;
		v_until := v_today + 1;
	elsif p_window = 'yesterday' then
		v_since := v_today - 1;
		v_until := v_today;
	elsif p_window ~ '^last_[0-9]+d$' then
		v_since := v_today - substring(p_window from '[0-9]+')::int;
		v_until := v_today;
	else
		v_unit := case p_window when 'wtd' then 'week' when 'mtd' then 'month' when 'qtd' then 'quarter'
			when 'ytd' then 'year' when 'fiscal_ytd' then 'fiscal_year'
			else substring(p_window from '^(?:this|last)_(.*)$') end;
		v_s0 := metric.piece_start(v_unit, v_today, week_start, retail, fiscal_month);
		v_s1 := metric.piece_start(v_unit, v_s0 - 1, week_start, retail, fiscal_month);
		v_since := case when v_to_date then v_s0 else v_s1 end;
		v_until := case when v_to_date then v_today + 1 else v_s0 end;
	end if;
	foreach period in array p_periods loop
		since_day := v_since;
		v_end := v_until;
		v_cut := null;
		if period in (1, 3) or (period = 4 and (v_unit is null or not v_to_date)) then
			-- Whole calendar months move by months, everything else by its days.
			if v_unit is not null then
				since_day := case when v_to_date then v_s1
					else metric.piece_start(v_unit, v_s1 - 1, week_start, retail, fiscal_month) end;
				v_end := case when v_to_date then least(v_s1 + (v_until - v_since), v_s0) else v_s1 end;
			else
				v_months := case when p_window = '' and extract(day from v_since) = 1 and extract(day from v_until) = 1
					then extract(year from age(v_until, v_since)) * 12 + extract(month from age(v_until, v_since)) end;
				since_day := case when v_months > 0 then v_since - make_interval(months => v_months)
					else v_since - (v_until - v_since) end;
				v_end := v_since;
			end if;
		elsif period = 4 then
			since_day := v_s1;
			v_end := v_s0;
		elsif period = 2 and v_unit = 'week' then   -- by 52 weeks, so that the days of the week meet
			since_day := v_since - 364;
			v_end := v_until - 364;
		elsif period = 2 and retail and v_unit like 'fiscal%' then   -- 4-5-4 years move by their own days
			v_y0 := metric.piece_start('fiscal_year', v_since, week_start, true, fiscal_month);
			v_y1 := metric.piece_start('fiscal_year', v_y0 - 1, week_start, true, fiscal_month);
			since_day := v_y1 + (v_since - v_y0);
			v_end := least(v_y1 + (v_until - v_y0), v_y0);
		elsif period = 2 then
			since_day := v_since - interval '1 year';
			v_end := case when to_char(v_until, 'MM-DD') = '02-29' then v_until + 1 - interval '1 year'
				else v_until - interval '1 year' end;
		end if;
		-- The same elapsed part ends at the local moment until which the source is known, if that is in the window.
		if period = 3 and (covered_until at time zone zone)::date between v_since and v_until - 1 then
			v_cut := since_day + ((covered_until at time zone zone)::date - v_since)
				+ (covered_until at time zone zone)::time;
			v_end := least(v_end, v_cut::date + 1);
		end if;
		until_day := v_end;
		if p_back !~ '^[0-9]+$' then
			since_day := metric.piece_start(p_back, until_day - 1, week_start, retail, fiscal_month);
		elsif p_back <> '0' then
			since_day := until_day - p_back::int;
		end if;
		since_at := metric.day_start(since_day, zone);
		v_day_end := metric.day_start(until_day, zone);
		until_at := least(v_cut at time zone zone, v_day_end);
		whole_days := until_at = v_day_end and ((since_at + interval '30 minutes') at time zone zone)::date = since_day
			and ((until_at + interval '30 minutes') at time zone zone)::date = until_day;
		return next;
	end loop;
end $$;
grant execute on function metric.find_window(int, text, text, date, date, date, text, int[]) to flashd;
