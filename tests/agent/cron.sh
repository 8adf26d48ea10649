# When a policy wakes: app.cron_next against an oracle of its own.
copy cron
seed=${SEED:-$(date +%s)}
python3 tests/agent/cron_oracle.py "$seed" 3000 >"$DAEMONS/cases.csv"
wrong=$(psql -X -qAt -v ON_ERROR_STOP=1 <<-SQL
	create temporary table cases (cron text, zone text, after timestamptz, expected timestamptz);
	\\copy cases from '$DAEMONS/cases.csv' with (format csv)
	select cron, zone, after, 'expected ' || coalesce(expected::text, 'never') || ' got ' || coalesce(got::text, 'never')
		from cases, lateral (select app.cron_next(cron, zone, after) as got) x where got is distinct from expected;
	\\o $DAEMONS/counts
	select count(*) > 4000, count(*) filter (where expected is null) between 1 and 500 from cases;
SQL
)
same "the next time is the oracle's, over clock changes, leap days, lists, steps, ranges (seed $seed)" '' "$wrong"
same "in more than 4,000 cases, of which few never come" 't|t' "$(<"$DAEMONS/counts")"
