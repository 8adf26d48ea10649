# 10,000 idempotency keys: each asked for one to four times, out of order, at once and at both daemons; one in four also with
# another body or another tool, one in ten under another API key (which is another call). One effect each, one answer.
world 2000
running a b
daemon_key once1 agent --budget-cents 100000000 --per-minute 100000
daemon_key once2 agent --budget-cents 100000000 --per-minute 100000
count=$(many 10000 100000 1000)
# place, then the plan's line: what is asked, and under which key. Most repetitions are near, some far away.
awk -v count=$count 'BEGIN { srand(2); for (i = 0; i < count; i++) { m = 1 + i % 2000
	right = sprintf("earn_points\t{\"member\":%d,\"points\":%d,\"reason\":\"once\",\"idempotency_key\":\"once-%d\"}", m, 1 + i % 3, i)
	n = 1 + int(rand() * 4)
	for (c = 0; c < n; c++) printf "%f\t0\t%s\n", rand() < 0.1 ? rand() * count : i + rand() * 40, right
	if (i % 10 == 0) printf "%f\t1\t%s\n", i + rand() * 40, right
	if (i % 4 == 1) printf "%f\t0\tearn_points\t{\"member\":%d,\"points\":%d,\"reason\":\"once\",\"idempotency_key\":\"once-%d\"}\n", i + rand() * 40, m, 7, i
	if (i % 8 == 3) printf "%f\t0\tissue_coupon\t{\"member\":%d,\"pool\":\"once\",\"idempotency_key\":\"once-%d\"}\n", i + rand() * 40, m, i } }' |
	sort -n | cut -f2- >"$work/plan"
sql "insert into data.pools (tenant, pool, name, value_cents, cost_cents, valid_days, state) values (1, 'once', 'Once', 500, 3, 30, 'open');
	insert into data.coupons (tenant, code, pool, state) select 1, 'O' || i, 'once', 'available' from generate_series(1, $count) i"
load_begin --clients 48 $(keys once1 once2) --plan "$work/plan"
load_wait once
sql "create table testing.plan (line bigserial, key int, tool text, args jsonb)"
psql -X -q -c '\copy testing.plan (key, tool, args) from pstdin' <"$work/plan"
sql "create table testing.asked as
	select p.key, p.args ->> 'idempotency_key' as idem, t.*, a.action as made,
		coalesce(p.tool = a.tool and (p.args ->> 'points')::int is not distinct from (a.detail ->> 'points')::int, false) as same
	from testing.plan p join testing.answers t on t.load = 'once' and t.line = p.line - 1
	left join data.actions a on a.tenant = 1 and a.idem = p.args ->> 'idempotency_key'
		and a.key = case p.key when 0 then '$(<"$DAEMONS/once1.id")' else '$(<"$DAEMONS/once2.id")' end"
keys_used=$(sql "select count(distinct (key, args ->> 'idempotency_key')) from testing.plan")
same "one action for each idempotency key of each API key" "$keys_used $keys_used" \
	"$(sql "select count(*) || ' ' || count(distinct (key, idem)) from data.actions where idem like 'once-%'")"
same "every repetition got the first one's answer, word for word" "0 0" \
	"$(sql "select count(*) from testing.asked where same and action is distinct from made::text") $(sql "select count(*)
		from (select from testing.asked where same group by key, idem having count(distinct said) <> 1) x")"
same "just one of each was the first" 0 \
	"$(sql "select count(*) from (select from testing.asked where same group by key, idem having count(*) filter (where not replayed) <> 1) x")"
same "another body or tool under a used key is refused, and nothing else is" "0 0" \
	"$(sql "select count(*) filter (where not same and outcome <> 'key_reused') || ' ' || count(*) filter (where same and outcome <> 'executed') from testing.asked")"
balanced
figures "$keys_used keys in $(load_word answered) calls: $(load_word executed) done, $(load_word replayed) repeated answers," \
	"$(load_word refused) other bodies refused; $(($(load_word answered) * 1000 / $(load_word ms))) calls/s"
