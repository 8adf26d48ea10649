# Overspend: 64 clients race for budgets of 1 to 50 units through two daemons, with awards and coupons mixed; the budgets are
# raised again and again in the middle of it. Whoever looks at any moment must see books that agree and nothing over.
world 2000
running a b
names=()
for i in $(seq 1 25); do
	daemon_key "race$i" agent --budget-cents $((2 * i)) --per-minute 100000
	names+=("race$i")
done
attempts=$(many 100000 1000000 15000) raises=$(many 20 20 3)
sql "insert into data.pools (tenant, pool, name, value_cents, cost_cents, valid_days, state) values (1, 'race', 'Race', 500, 3, 30, 'open')"
sql "insert into data.coupons (tenant, code, pool, state) select 1, 'R' || i, 'race', 'available' from generate_series(1, 20000) i"
awk -v count=$attempts -v keys=25 'BEGIN { srand(1); for (i = 0; i < count; i++) { m = 1 + int(rand() * 2000)
	if (rand() < 0.3) printf "%d\tissue_coupon\t{\"member\":%d,\"pool\":\"race\",\"idempotency_key\":\"race-%d\"}\n", i % keys, m, i
	else printf "%d\tearn_points\t{\"member\":%d,\"points\":%d,\"reason\":\"race\",\"idempotency_key\":\"race-%d\"}\n",
		i % keys, m, 1 + int(rand() * 4), i } }' >"$work/plan"
over="select count(*) from data.budgets where net > net_limit or gross > gross_limit or net < 0"

# One round of raising: every key gets its first budget once more. People's power, so by the function that the command line uses.
raise() {
	psql -X -q -U flashd -c "select app.change_budget(1, gen_random_uuid(), 'ann', k.key, k.budget_cents + b.units)
		from (select key, budget_cents from reading.keys where name like 'race%') k
		join (values $(for i in $(seq 1 25); do printf "('%s', %d)," "$(<"$DAEMONS/race$i.id")" $((2 * i)); done | sed 's/,$//')) b(key, units)
		on b.key = k.key" -c 'select 1' >/dev/null
}
export PGOPTIONS="-c flash.tenant=1"
load_begin --clients 64 $(keys "${names[@]}") --plan "$work/plan"
rounds=0 bad=0
for ((rounds = 0; rounds < raises; rounds++)); do
	load_say "reach $((attempts * (2 * rounds + 1) / (2 * raises + 1)))"
	[ "$(sql "select ($over) + (select count(*) from testing.books())")" = 0 ] || bad=$((bad + 1))
	load_say "reach $((attempts * (2 * rounds + 2) / (2 * raises + 1)))"
	raise || bad=$((bad + 1))
	[ "$(sql "select ($over) + (select count(*) from testing.books())")" = 0 ] || bad=$((bad + 1))
done
unset PGOPTIONS
load_wait race
same "every moment's books agree and nothing is over" 0 $bad
same "nothing is over at the end" 0 "$(sql "$over")"
same "all $attempts attempts were answered" $attempts "$(load_word answered)"
same "executed or over budget, nothing else" "executed over_budget" \
	"$(sql "select string_agg(distinct outcome, ' ' order by outcome) from testing.answers where load = 'race'")"
same "what clients were told = what was spent" \
	"$(sql "select count(*) || ' ' || sum(value_cents) from data.actions where idem like 'race-%'")" \
	"$(sql "select count(*) || ' ' || sum(a.value_cents) from testing.answers t join data.actions a on a.action::text = t.action
		where load = 'race'")"
same "every budget is used up to less than one award" 0 \
	"$(sql "select count(*) from data.budgets b join data.keys k using (tenant, key) where k.name like 'race%' and b.net_limit - b.net > 0")"
balanced
figures "$attempts attempts of 64 clients on 25 budgets of 2-50 units, raised $rounds times on the way:" \
	"$(load_word executed) executed, $(load_word refused) refused, 0 over in $((2 * rounds)) looks; $((attempts * 1000 / $(load_word ms))) attempts/s"

# A key's first two writes at once: both find no window open, one opens it, the other finds it opened and takes the same.
daemon_key fresh agent --budget-cents 5
opens="select app.open_window(1, k) from data.keys k where k.key = '$KEY'"
hold 'lock table data.tenants in access exclusive mode'
psql -X -qAt -c "$opens" >"$work/opened" 2>&1 &
opening=$!
until_sql "select count(*) > 0 from pg_locks where relation = 'data.tenants'::regclass and not granted"
echo "$opens;" >&$hold_in
let_go commit
wait $opening
same "a window that two open at once is one window" "1 $(sql "select starts_at from data.budgets where key = '$KEY'")" \
	"$(sql "select count(*) from data.budgets where key = '$KEY'") $(<"$work/opened")"
