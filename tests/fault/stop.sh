# Stop under 32 writers, flipped through both daemons and the command line, resumed by a person. No action may commit
# between the stop's answer and the resume: counted twice from outside, and by the commit times.
world 2000
running a b
for i in 1 2 3 4; do daemon_key "writer$i" agent --budget-cents 100000000 --per-minute 100000; done
daemon_key stopper read-only
flips=$(many 100 1000 15)
: >"$work/stop.mcp"
: >"$work/stop.cli"
count_actions() { sql "select count(*) from data.actions where idem like 'stop-%'"; }

# flip N: one stop, by the N-th way, timed; fails unless the answer says that it is stopped.
flip() {
	local answer begun
	begun=$(now_us)
	case $(($1 % 3)) in
	0) answer=$(flashd stop --reason "flip $1" --json 2>/dev/null | jq -r .state) ;;
	*) answer=$(URL=$(url "$([ $(($1 % 3)) = 1 ] && echo a || echo b)") call stop_agent "{\"reason\":\"flip $1\"}" | jq -r .state) ;;
	esac
	elapsed_ms "$begun" >>"$work/stop.$([ $(($1 % 3)) = 0 ] && echo cli || echo mcp)"
	[ "$answer" = stopped ] || [ "$answer" = quiet ]
}

load_begin --clients 32 $(keys writer1 writer2 writer3 writer4) --members 2000 --endless stop
confirmed=0 moved=0
for ((i = 1; i <= flips; i++)); do
	load_say settle
	flip $i && confirmed=$((confirmed + 1))
	before=$(count_actions)
	load_say settle
	[ "$(count_actions)" = "$before" ] || moved=$((moved + 1))
	flashd resume --reason "flip $i" --confirm=acme --quiet >/dev/null 2>&1
done
load_say settle
load_end stop
same "every stop was confirmed" $flips $confirmed
same "the ledger stood still after every stop, until the resume" 0 $moved
same "no action committed between a stop and its resume" 0 "$(sql 'select testing.late_actions()')"
same "writers were refused with the word stopped, and with nothing else" "executed stopped" \
	"$(sql "select string_agg(distinct outcome, ' ' order by outcome) from testing.answers where load = 'stop'")"
same "every answered write is there, once" "$(load_word executed)" \
	"$(sql "select count(distinct a.action) from testing.answers t join data.actions a on a.action::text = t.action where load = 'stop'")"
balanced
figures "$flips flips, $(load_word executed) writes by 32 writers, $(load_word refused) refused; stopped over MCP in" \
	"$(percentile "$work/stop.mcp" 50) ms (p50) $(percentile "$work/stop.mcp" 99) ms (p99), by the command line" \
	"$(percentile "$work/stop.cli" 50) ms and $(percentile "$work/stop.cli" 99) ms"
