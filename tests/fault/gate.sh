# The other powers behind the gate: a revoked key and a lowered budget end writing as surely as a stop does; and a session
# that holds the gate and has gone to sleep cannot keep a stop from being answered.
world 2000
running a b
daemon_key stopper2 read-only
stopper=$SECRET
for i in 1 2 3; do
	daemon_key "revoked$i" agent --budget-cents 100000000 --per-minute 100000
	load_begin --clients 16 $(keys "revoked$i") --members 2000 --endless "revoked$i"
	load_say settle
	flashd key revoke "$KEY" --yes --quiet >/dev/null 2>&1 || check "key $i is revoked" false
	counted=$(sql "select count(*) from data.actions where key = '$KEY'")
	load_say settle
	load_end "revoked$i"
	same "a key revoked under load: nothing commits after the answer ($counted before)" "0 0" \
		"$(sql "select count(*) - $counted from data.actions where key = '$KEY'") $(sql "select testing.actions_after('$KEY', 'revoke_key')")"
	same "and its calls are refused as those of no key" "executed http-401" \
		"$(sql "select string_agg(distinct outcome, ' ' order by outcome) from testing.answers where load = 'revoked$i'")"
done

# Reads, whose answers were at hand: alone, and many at once that share a commit.
daemon_key reads read-only --per-minute 100000
ask() { call list_metrics '{}' | jq -r 'if .error or .result.isError or has("message") then "refused" else "answered" end'; }
crowd() { for i in {1..12}; do ask & done | sort | uniq -c | xargs; }
same "a key reads, alone and beside others" "answered 12 answered" "$(ask) $(crowd)"
flashd key revoke "$KEY" --yes --quiet >/dev/null 2>&1 || check "the reading key is revoked" false
same "revoked it reads no more, neither alone nor beside others" "refused 12 refused" "$(ask) $(crowd)"

daemon_key lowered agent --budget-cents 100000000 --per-minute 100000
load_begin --clients 16 $(keys lowered) --members 2000 --endless lowered
load_say settle
flashd key budget "$KEY" 5 --quiet >/dev/null 2>&1
counted=$(sql "select count(*) from data.actions where key = '$KEY'")
load_say settle
same "a budget lowered below what is spent: no further write ($counted before)" "0 0" \
	"$(sql "select count(*) - $counted from data.actions where key = '$KEY'") $(sql "select testing.actions_after('$KEY', 'change_budget')")"
flashd key budget "$KEY" $((counted + 100)) --confirm=acme --quiet >/dev/null 2>&1
load_say settle
load_say settle
daemon_until 30 eval "[ \"\$(sql \"select net from data.budgets where key = '$KEY'\")\" = $((counted + 100)) ]"
load_end lowered
same "raised again: written up to the new limit and not beyond" $((counted + 100)) "$(sql "select count(*) from data.actions where key = '$KEY'")"
same "executed or over budget, nothing else" "executed over_budget" \
	"$(sql "select string_agg(distinct outcome, ' ' order by outcome) from testing.answers where load = 'lowered'")"

# A writer's session that sleeps inside the gate, its client stopped: PostgreSQL ends it, the stop gets its answer.
for way in mcp cli; do
	HOLD_USER=flashd hold 'select pg_advisory_xact_lock_shared(7301, 1)'
	kill -STOP $hold_pid
	begun=$(now_us)
	if [ $way = mcp ]; then
		answer=$(daemon_call "$stopper" stop_agent '{"reason":"against a sleeper"}' | jq -r .state)
	else
		answer=$(flashd stop --reason 'against a sleeper' --json 2>/dev/null | jq -r .state)
	fi
	ms=$(elapsed_ms "$begun")
	same "a sleeper inside the gate: the stop is confirmed ($way)" 1 "$([[ $answer == stopped || $answer == quiet ]] && echo 1)"
	figures "a stop against a writer asleep inside the gate was answered in $ms ms ($way)"
	kill -CONT $hold_pid
	{ let_go; } 2>/dev/null
	check "and the sleeper was ended by its time limit" grep -q 'idle-in-transaction timeout' "$work/hold.out"
	flashd resume --reason tested --confirm=acme --quiet >/dev/null 2>&1
done
balanced
