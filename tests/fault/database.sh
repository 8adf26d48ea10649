# kill -9 of PostgreSQL under load: of the postmaster with all its processes, and of one backend (after which PostgreSQL
# restarts itself), in turn. The daemons stay up, reconnect, and clients ask again with the same key.
world 2000
daemon_key power agent --budget-cents 100000000 --per-minute 100000
running a b
kills=$(many 20 300 4)
postmaster() { head -1 "$CLUSTER/data/postmaster.pid"; }
gone() { [[ ! -e /proc/$1/stat || $(cut -d' ' -f3 "/proc/$1/stat" 2>/dev/null) == Z ]]; }
# As a child of ours, so that it is buried at once when it is killed: a pid that is still known would bar the next start.
power_on() { (cd / && cluster_as "$cluster_bin/postgres" -D "$CLUSTER/data" >>"$CLUSTER/postgres.log" 2>&1) & }
answers() { [ "$(sql 'select 1' 2>/dev/null)" = 1 ]; }
cluster_run -m fast stop
power_on
daemon_until 60 answers
load_begin --clients 32 --retry $(keys power) --members 2000 --endless power
load_say settle
for ((i = 1; i <= kills; i++)); do
	load_say "epoch $i"
	sleep 0.0$((RANDOM % 90 + 10))   # the moment itself is random
	if [ $((i % 2)) = 0 ]; then
		writer=$(sql "select pid from pg_stat_activity where application_name = 'flashd writer' order by random() limit 1")
		[ -z "$writer" ] || kill -KILL "$writer"
	else
		main=$(postmaster)
		all="$main $(pgrep -P "$main" | tr '\n' ' ')"
		kill -KILL $all
		for pid in $all; do daemon_until 20 gone "$pid"; done
		daemon_until 20 eval "! kill -0 $main 2>/dev/null"
		power_on
	fi
	daemon_until 60 answers
	load_say settle || break
done
load_end power
same "every call was answered in the end, with what it did" "$(load_word answered) 0" \
	"$(sql "select count(*) filter (where outcome = 'executed') from testing.answers where load = 'power'") $(sql "select count(*)
		from testing.answers t left join data.actions a on a.action::text = t.action and a.idem = 'power-' || t.line
		where load = 'power' and a.action is null")"
same "none was done twice, and nothing was done that nobody was told" "$(load_word answered) $(load_word answered)" \
	"$(sql "select count(distinct idem) || ' ' || count(*) from data.actions where idem like 'power-%'")"
check "kills hit the moment between commit and answer" [ "$(load_word replayed)" -gt 0 ]
check "the daemons lived through it" eval '! daemon_ended a && ! daemon_ended b'
balanced
figures "$kills kills of PostgreSQL under 32 writers: $(load_word answered) writes acknowledged, 0 lost, 0 doubled;" \
	"$(load_word replayed) were committed before their answer was lost"
