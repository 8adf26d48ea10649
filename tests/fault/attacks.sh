# Attacks on protocol and money that no other part shows (README, table): a client that leaves in the middle of a write, a
# thousand calls at once beside a neighbour, a limit near the largest number, a rate over two daemons, a key of last year.
world 2000
running a b
daemon_key attacker agent --budget-cents 100000000 --per-minute 100000
award() { call earn_points "{\"member\":$1,\"points\":5,\"reason\":\"test\",\"idempotency_key\":\"$2\"}" | jq -r '"\(.status) \(.replayed)"'; }
done_of() { sql "select count(*) from data.actions where idem = '$1'"; }

# leave MEMBER KEY SHARE: asks for an award on a connection of its own, sends that share of the call; the line is then in $wire.
leave() {
	local body="{\"member\":$1,\"points\":5,\"reason\":\"test\",\"idempotency_key\":\"$2\"}"
	body="{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"tools/call\",\"params\":{\"name\":\"earn_points\",\"arguments\":$(daemon_cite "$SECRET" earn_points "$body")}}"
	exec {wire}<>"/dev/tcp/127.0.0.1/$(<"$DAEMONS/a.port")"
	printf 'POST /api/mcp HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer %s\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s' \
		"$SECRET" ${#body} "${body:0:${#body} * $3 / 100}" >&$wire
}
leave 10 attack-half 50
exec {wire}>&-
award 10 attack-first >/dev/null
same "a client that leaves in the middle of sending: nothing was done, the same key does it" "0 executed null 1" \
	"$(done_of attack-half) $(award 10 attack-half) $(done_of attack-half)"
hold "select from data.balances where tenant = 1 and member = 10 for update"
leave 10 attack-left 100
waits 'flashd writer'
exec {wire}>&-
let_go
until_sql "select count(*) = 1 from data.actions where idem = 'attack-left'"
same "a client that leaves in the middle of the write: it commits whole, the same key tells" "executed true 1" \
	"$(award 10 attack-left) $(done_of attack-left)"

# A thousand in flight, on one key and on a hundred; the neighbour's calls go through the same two daemons. How long they take is
# compared with the crowd's of the same seconds, not with those of a machine at rest: that holds however busy the machine is.
"$FLASHD_CLI" tenant create rival --name Rival --zone UTC --currency USD --admin bea --quiet >/dev/null 2>&1 </dev/null
"$FLASHD_CLI" import "$DAEMONS/import" --map "$DAEMONS/import/map.json" --tenant rival --person bea --quiet >/dev/null 2>&1 </dev/null
FLASHD_TENANT=rival FLASHD_PERSON=bea daemon_key neighbour operator --budget-cents 10000000 --per-minute 100000
# neighbours NAME: 200 writes of the other tenant, two at a time, one at each daemon; their answers and times are in testing.answers.
neighbours() {
	"$work/load" $(doors) --answers "$work/neighbours" --clients 2 $(keys neighbour) --members 2000 --endless "$1" --limit 200 \
		</dev/null >/dev/null && sed "s/^/$1\t/" "$work/neighbours" | psql -X -q -c '\copy testing.answers from stdin'
}
# took NAME SHARE: so many ms or less took that share of a load's calls.
took() { sql "select round(percentile_disc($2) within group (order by took_us) / 1000.0) from testing.answers where load = '$1'"; }
neighbours alone
names=()
for i in $(seq 1 100); do names+=("crowd$i"); done
for name in "${names[@]}"; do daemon_key "$name" agent --budget-cents 100000000 --per-minute 100000; done
for crowd in "crowd1" "${names[*]}"; do
	count=$(wc -w <<<"$crowd")
	load_begin --clients 1000 $(keys $crowd) --members 2000 --endless "crowd-$count"
	load_say settle
	neighbours "beside-$count"
	load_say settle
	load_end "crowd-$count"
	same "1,000 calls in flight on $count keys: every one is answered, and with nothing but done or come back" "t executed" \
		"$(sql "select count(*) = $(load_word answered) and count(*) > 2000 from testing.answers where load = 'crowd-$count'") $(sql "select
			string_agg(distinct outcome, ' ' order by outcome) from testing.answers where load = 'crowd-$count' and outcome <> 'busy'")"
	same "beside them another tenant is served" "executed 200" \
		"$(sql "select string_agg(distinct outcome, ' ') || ' ' || count(*) from testing.answers where load = 'beside-$count'")"
	check "and waits for its turn, not for theirs: nine of ten of its writes take less than half of what one of theirs takes" \
		test $(($(took "beside-$count" 0.9) * 2)) -lt "$(took "crowd-$count" 0.5)"
	figures "1,000 calls in flight on $count keys, $(($(load_word answered) * 1000 / $(load_word ms))) writes/s of $(took "crowd-$count" 0.5) ms:" \
		"a neighbour's write takes $(took "beside-$count" 0.5) ms, p99 $(took "beside-$count" 0.99); alone $(took alone 0.5), p99 $(took alone 0.99)"
done

# The rate is one row for all daemons: exact, whoever asks where. The minute may turn in between.
daemon_key slow agent --budget-cents 100000000 --per-minute 30
load_begin --clients 16 $(keys slow) --members 2000 --endless rate --limit 300
load_wait rate
same "30 writes a minute are 30, through two daemons; the rest is told to wait" "t executed over_rate" \
	"$(sql "select max(n) = 30 from (select count(*) as n from data.actions where key = '$(<"$DAEMONS/slow.id")' group by date_trunc('minute', created_at)) x") $(
		sql "select string_agg(distinct outcome, ' ' order by outcome) from testing.answers where load = 'rate'")"

# Limits near the largest number: refused or held, never wrapped around.
KEY=$(<"$DAEMONS/attacker.id") SECRET=$(<"$DAEMONS/attacker.key")
before=$(sql "select net_limit || ' ' || gross_limit from data.budgets where key = '$KEY'")
flashd key budget "$KEY" 9223372036854775807 --confirm=acme --quiet >/dev/null 2>"$work/large"
same "a budget near 2^63 is refused with a sentence, and nothing changed" "t $before" \
	"$([ -s "$work/large" ] && echo t) $(sql "select net_limit || ' ' || gross_limit from data.budgets where key = '$KEY'")"
sql "update data.budgets set net_limit = 9223372036854775807, gross_limit = 9223372036854775807, net_ceiling = 9223372036854775807,
	gross_ceiling = 9223372036854775807, net = 9223372036854775805, gross = 9223372036854775805 where key = '$KEY'"
answer=$(award 11 attack-large)
same "a sum over 2^63 is refused, not wrapped" "t 0 9223372036854775805" "$([[ $answer != executed* ]] && echo t) $(done_of attack-large) $(
	sql "select net from data.budgets where key = '$KEY'")"
sql "update data.budgets set net = x.sum, gross = x.sum from (select sum(value_cents) from data.actions where key = '$KEY') x where key = '$KEY'"

# A key of last year is still that call's: it is kept for ever.
sql "update data.idempotency set at = at - interval '400 days' where idem = 'attack-left'"
same "an idempotency key of 400 days ago still answers what it did, and is refused for another call" "executed true key_reused 1" \
	"$(award 10 attack-left) $(call earn_points '{"member":10,"points":6,"reason":"test","idempotency_key":"attack-left"}' | word) $(done_of attack-left)"
balanced
