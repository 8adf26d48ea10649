# kill -9 of a cycle at named and at random points, twenty times: whoever goes on decides the same, gives nobody twice,
# and in the end everybody chosen has one gift and one message.
begin_run() {
	"$FLASHD_CLI" agent run --policy winback >"$DAEMONS/out" 2>"$DAEMONS/err" </dev/null &
	pid=$!
}
# The runner is gone, what it had sent to the database has ended, and its lease has run out.
kill_run() {
	kill -KILL "$pid" 2>/dev/null
	{ wait "$pid"; } 2>/dev/null
	exec 7>&-
	daemon_until 30 is "select count(*) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()
		and backend_type = 'client backend'" 0
	daemon_sql "update data.policy_states set lease_until = '-infinity'"
	killed=$((killed + 1))
}
# at POINT TABLE: the runner is killed while it waits for this table, in the middle of that step. A lock that it cannot
# have is refused after two seconds, which is what `stopped` would look like; the kill comes before.
at() {
	exec 7> >(exec psql -X -qAt >"$DAEMONS/holder")
	echo "begin; lock table $2 in exclusive mode;" >&7
	daemon_until 30 is "select count(*) from pg_locks where relation = '$2'::regclass and mode = 'ExclusiveLock' and granted" 1
	begin_run
	comes "it is held $1" "select count(*) > 0 from pg_locks where relation = '$2'::regclass and not granted"
	kill_run
}
# If no runner came to the end, the next one does; what then stands is what a cycle that nobody killed decides and does.
end_run() {
	if ! is_done; then
		flashd agent run --policy winback --json
		check "$1: the next runner ends the cycle" coded 0
	fi
	same "$1: of all tries there is one run that was begun, and it is done" '1 done' "$(daemon_sql "select count(*) || ' '
		|| string_agg(state, ' ') from data.runs")"
	same "$1: everybody chosen has one gift and one message, nobody else" '' "$(daemon_sql "
		select d.member, d.arm, x.tools from data.decisions d left join (select member, string_agg(tool, ' ' order by tool) as tools,
			sum(value_cents) as cents from data.actions group by member) x using (member)
		where d.chosen <> (x.member is not null) or d.chosen and (x.cents <> d.value_cents or x.tools <> case
			when d.arm like '%points%' then 'draft_outreach earn_points' when d.arm like '%vip%' then 'draft_outreach issue_coupon'
			else 'draft_outreach' end)")"
	same "$1: the books are even" "$even_books" "$(books)"
}
is_done() { is "select count(*) > 0 from data.runs where state = 'done'"; }

copy kills
killed=0
at "before its first write" data.runs
at "at the decisions" data.decisions
at "at the gifts" data.lots
at "at the messages" data.drafts
begin_run
daemon_until 30 is "select count(*) > 0 from journal.audit where tool = 'serve_chunk'"
kill_run
end_run "named points"
decisions "$(daemon_sql "select run from data.runs")" >"$DAEMONS/decisions"
as_of=$(daemon_sql "select to_char(as_of at time zone 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"') from data.runs")
copy unkilled
flashd agent run --policy winback --as-of "$as_of" --json
decisions "$(jq -r .run <<<"$out")" >"$DAEMONS/decisions"
check "a runner that nobody killed decides the same, to the byte" cmp "$FLASHD_TEST/agent_kills/decisions" "$DAEMONS/decisions"

# At random, several times each cycle until it is done; a cycle takes about half a second here.
round=0
while [ $killed -lt 20 ]; do
	round=$((round + 1))
	copy "kills_$round"
	while [ $killed -lt 20 ] && ! is_done; do
		begin_run
		sleep "0.$((100 + RANDOM % 400))"
		kill_run
	done
	end_run "at random, $round"
done
