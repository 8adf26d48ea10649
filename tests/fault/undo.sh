# Undo: once and exactly, by whoever may, also while stopped; what moved since stays and is told.
world 2000
running a b
daemon_key undoer agent --budget-cents 100000 --per-minute 100000
undoer=$SECRET undoer_key=$KEY
daemon_key stranger agent --budget-cents 100000 --per-minute 100000
stranger=$SECRET
daemon_key desk operator --budget-cents 100000 --per-minute 100000
desk=$SECRET
sql "insert into data.pools (tenant, pool, name, value_cents, cost_cents, valid_days, state) values (1, 'undo', 'Undo', 500, 7, 30, 'open');
	insert into data.coupons (tenant, code, pool, state) select 1, 'U' || i, 'undo', 'available' from generate_series(1, 100) i"
award() { daemon_call "$undoer" earn_points "{\"member\":$1,\"points\":${3:-10},\"reason\":\"test\",\"idempotency_key\":\"$2\"}" | jq -r .action; }
coupon() { daemon_call "$undoer" issue_coupon "{\"member\":$1,\"pool\":\"undo\",\"idempotency_key\":\"$2\"}" | jq -r .action; }
# undo SECRET SCOPE: preview and apply; prints the word of the outcome, and how many were undone.
undo() {
	local hash
	hash=$(daemon_call "$1" undo_action "{$2}" | jq -r .hash)
	daemon_call "$1" undo_action "{$2,\"apply_hash\":\"$hash\"}" | jq -r '"\(.result._meta["flash/error"].code // .status) \(.undone // 0)"'
}
net() { sql "select net from data.budgets where key = '$undoer_key'"; }

one=$(award 300 undo-1) two=$(coupon 300 undo-2)
same "an award and a coupon are undone" "executed 1 executed 1" "$(undo "$undoer" "\"action\":\"$one\"") $(undo "$undoer" "\"action\":\"$two\"")"
same "their money is back, the coupon is void, the points are gone" "0 voided 0" \
	"$(net) $(sql "select c.state || ' ' || b.points from data.coupons c, data.balances b where c.action = '$two' and b.member = 300")"
same "a second undo is refused" wrong_state "$(daemon_call "$undoer" undo_action "{\"action\":\"$one\"}" | word)"

# In parallel, from two daemons, with the same good hash. The members have points of their own, and the key has other
# spending: neither a balance nor a budget at zero may do the work of the lock.
for i in $(seq 1 20); do award $((300 + i)) "undo-own-$i" 30 >/dev/null; done
before=$(net)
lost=0 told=""
blocked="select count(*) from pg_stat_activity where datname = current_database() and application_name like 'flashd%' and wait_event_type = 'Lock'"
# race: four at once; how many were undone in all. Every second time all four stand at one lock, and start from it.
race() {
	local racers=()
	for name in a b a b; do
		URL=$(url $name) daemon_call "$([ $name = a ] && echo "$undoer" || echo "$desk")" undo_action \
			"{\"action\":\"$id\",\"apply_hash\":\"$hash\"}" >"$work/undo.${#racers[@]}" &
		racers[${#racers[@]}]=$!
	done
	[ "$1" != held ] || { daemon_until 1 eval "[ \"\$(sql \"$blocked\")\" -ge 4 ]"; let_go; }
	wait "${racers[@]}"
	told="$told $(for answer in "$work"/undo.?; do word <"$answer"; done | tr '\n' ' ')"
	undone=$((undone + $(jq -r '.undone // 0' "$work"/undo.? | awk '{ n += $1 } END { print n }')))
}
for i in $(seq 1 20); do
	undone=0
	id=$(award $((300 + i)) "undo-race-$i")
	hash=$(daemon_call "$undoer" undo_action "{\"action\":\"$id\"}" | jq -r .hash)
	if [ $((i % 2)) = 0 ]; then
		hold "select from data.budgets where key = '$undoer_key' for update"
		race held
	fi
	[ $undone != 0 ] || race free   # also when the lock outlasted their patience
	[ $undone = 1 ] || lost=$((lost + 1))
done
same "of four who undo one action at once, by two daemons, one does" 0 $lost
same "the others are told so, or to try again" "" "$(tr -s ' ' '\n' <<<"$told" | grep -vxE 'executed|wrong_state|text_changed|busy|' | sort -u)"
same "and each was reversed once" "20 20 30 $before" \
	"$(sql "select count(*) || ' ' || count(distinct action) from data.ledger where kind = 'reverse' and member between 301 and 320") $(
		sql 'select string_agg(distinct points::text, chr(32)) from data.balances where member between 301 and 320') $(net)"

spent=$(award 330 undo-spent) half=$(award 331 undo-half) used=$(coupon 332 undo-used)
sql "update data.lots set remaining = remaining - 10, state = 'spent' where action = '$spent'; update data.lots set remaining = remaining - 1 where action = '$half';
	update data.balances set points = points - case member when 330 then 10 else 1 end where member in (330, 331);
	insert into data.ledger (tenant, entry, member, delta, kind, lot, at) values
		(1, gen_random_uuid(), 330, -10, 'redeem', '$spent', now()), (1, gen_random_uuid(), 331, -1, 'redeem', '$half', now());
	update data.coupons set state = 'redeemed', redeemed_at = now() where action = '$used'"
before=$(net)
for id in "$spent" "$half" "$used"; do undo "$undoer" "\"action\":\"$id\""; done >"$work/undone"
same "points that were spent and coupons that were redeemed stay, and the money with them" "world_moved 0 world_moved 0 world_moved 0 $before" \
	"$(paste -sd ' ' "$work/undone") $(net)"

id=$(award 340 undo-foreign)
missing=$(daemon_call "$stranger" undo_action '{"action":"00000000-0000-7000-8000-000000000000"}' | jq -r '.result.content[0].text')
same "another agent's action looks like one that is not there" "${missing//00000000-0000-7000-8000-000000000000/$id}" \
	"$(daemon_call "$stranger" undo_action "{\"action\":\"$id\"}" | jq -r '.result.content[0].text')"
daemon_call "$undoer" stop_agent '{"reason":"undo while stopped"}' >"$work/stopped"
same "undo works while stopped, by the agent itself" "executed 1" "$(undo "$undoer" "\"action\":\"$id\"")"
same "and nothing else is written" stopped "$(daemon_call "$undoer" earn_points '{"member":1,"points":1,"reason":"x","idempotency_key":"undo-stopped"}' | word)"
flashd resume --reason tested --confirm=acme --quiet >/dev/null 2>&1

# A window of time, by an operator: all but what moved.
from=$(date -u +%Y-%m-%dT%H:%M:%S.%3NZ)
for i in $(seq 1 30); do award $((350 + i)) "undo-window-$i" >/dev/null; done
id=$(award 390 undo-window-moved)
sql "update data.lots set remaining = 9 where action = '$id'; update data.balances set points = points - 1 where member = 390;
	insert into data.ledger (tenant, entry, member, delta, kind, lot, at) values (1, gen_random_uuid(), 390, -1, 'redeem', '$id', now())"
to=$(date -u +%Y-%m-%dT%H:%M:%S.%3NZ)
window="\"from\":\"$from\",\"to\":\"$to\""
hash=$(daemon_call "$desk" undo_action "{$window}" | jq -r .hash)
award 391 undo-outside >/dev/null
answer=$(daemon_call "$desk" undo_action "{$window,\"apply_hash\":\"$hash\"}")
same "a window: 30 undone, the one that moved is named with the reason" "30 1" \
	"$(jq -r '"\(.undone) \(.not_undone_count)"' <<<"$answer")"
same "and nothing outside of it" "30 done" \
	"$(sql "select count(*) from data.actions where idem like 'undo-window-%' and state = 'undone'") $(sql "select state from data.actions where idem = 'undo-outside'")"
id=$(award 392 undo-changed)
hash=$(daemon_call "$undoer" undo_action "{\"from\":\"$from\",\"to\":\"2099-01-01T00:00:00Z\"}" | jq -r .hash)
award 393 undo-changed-since >/dev/null
same "what was not shown is not undone" text_changed \
	"$(daemon_call "$undoer" undo_action "{\"from\":\"$from\",\"to\":\"2099-01-01T00:00:00Z\",\"apply_hash\":\"$hash\"}" | word)"

# Awarding and undoing again and again makes no new money: net comes back, gross does not.
daemon_key churner agent --budget-cents 10 --per-minute 100000
undoer=$SECRET undoer_key=$KEY
words=""
for i in 1 2 3 4; do
	id=$(award 395 "churn-$i")
	[ "$id" != null ] || { words="$words refused"; continue; }
	words="$words $(undo "$undoer" "\"action\":\"$id\"")"
done
same "three budgets' worth of churn, then no more" " executed 1 executed 1 executed 1 refused 0 30" \
	"$words $(sql "select net || ' ' || gross from data.budgets where key = '$undoer_key'")"
balanced
