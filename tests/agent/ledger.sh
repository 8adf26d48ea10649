# One cycle's record: everybody looked at is decided once, with the reason; what was decided is what was done, to the cent.
copy ledger
yesterday=$(daemon_sql "select (data_as_of at time zone zone)::date from data.tenants")
flashd agent run --policy winback --as-of "$yesterday" --json
check "a cycle runs" coded 0
run=$(jq -r .run <<<"$out")
first=$run
candidates=$(jq .candidates <<<"$out")

# Who is looked at, from the orders by hand: tier, rhythm and silence as the policy has them.
same "everybody in the audience has one decision, and nobody else" "$(daemon_sql "
	with h as (select o.member, count(distinct day) - 1 as repeats, date '$yesterday' - max(day) as silent
		from (select member, (ordered_at at time zone 'Europe/Paris')::date as day from data.orders where member is not null) o
		where day <= '$yesterday' group by o.member)
	select m.member from h join data.members m using (member) where m.tier in ('bronze', 'silver', 'gold', 'platinum')
		and repeats >= 2 and silent between 14 and 180 order by 1")" \
	"$(daemon_sql "select member from data.decisions where run = '$run' order by 1")"
same "the report counts them" "$candidates" "$(daemon_sql "select count(*) from data.decisions where run = '$run'")"
same "each has one of the known reasons" '' "$(daemon_sql "select distinct reason from data.decisions where run = '$run'" |
	grep -vxF "$(grep -oE '"[a-z_]+", ' agent/decide.def | tr -d '", ')")"
check "some were chosen, held out, vetoed by consent, too dear, not slipping" test "$(daemon_sql "select count(distinct reason)
	from data.decisions where run = '$run' and reason in ('chosen', 'held_out', 'no_consent', 'worth_less_than_cost',
	'not_slipping')")" = 5
same "chosen are those whose reason says so" 0 "$(daemon_sql "select count(*) from data.decisions where run = '$run'
	and chosen <> (reason = 'chosen')")"
same "and those who were served, each by the gift and the message of the arm" '' "$(daemon_sql "
	with arms as (select a ->> 'name' as arm, a ->> 'kind' as kind from data.policies p, jsonb_array_elements(p.body -> 'arms') a
		where p.policy = 'winback')
	select d.member, d.arm, x.tools from data.decisions d join arms using (arm)
		left join (select member, string_agg(tool, ' ' order by tool) as tools, sum(value_cents) as cents from data.actions
			where run = '$run' group by member) x using (member)
		where d.run = '$run' and (d.chosen <> (x.member is not null) or d.chosen and (x.cents <> d.value_cents
			or x.tools <> case kind when 'points' then 'draft_outreach earn_points' when 'coupon' then 'draft_outreach issue_coupon'
			else 'draft_outreach' end))")"
same "nobody without consent was served" 0 "$(daemon_sql "select count(*) from data.actions a where run = '$run' and not exists
	(select from data.consents c where c.member = a.member and c.channel = 'email' and c.granted)")"
same "the books are even" "$even_books" "$(books)"
same "the report's budget is the key's" "$(daemon_sql "select net_limit - net from data.budgets where key = '$KEY'")" \
	"$(jq .budget_left_cents <<<"$out")"

# Names travel sealed, beside their members; what leaves greets the member it is for.
[ -s "$base/brand/members.csv" ] || check "the brand's names are here" false
for draft in $(daemon_sql "select draft from (select draft, row_number() over (order by member) as n from data.drafts) x
		where n % 3 = 1 order by draft"); do
	flashd drafts show "$draft" --json
	jq -r '.body | capture("^Hello (?<name>[^,]+),").name' <<<"$out"
done >"$DAEMONS/greeted"
daemon_sql "select external from (select external, draft, row_number() over (order by member) as n from data.drafts
	join data.members using (member)) x where n % 3 = 1 order by draft" >"$DAEMONS/greet"
same "every message greets the one it is for" "$(python3 - "$base/brand/members.csv" "$DAEMONS/greet" <<-'PY'
	import csv, sys
	names = {row['member']: row['name'] for row in csv.DictReader(open(sys.argv[1]))}
	for line in open(sys.argv[2]):
	    print(names[line.strip()].split(' ')[0])
	PY
)" "$(<"$DAEMONS/greeted")"
check "and those are not a few" test "$(wc -l <"$DAEMONS/greeted")" -ge 20

# The draw is SHA-256 of key and member, here by another library.
daemon_sql "select member, holdout_u from data.decisions where run = '$run'" -F ' ' >"$DAEMONS/draws"
same "the hold-out is drawn as it says" '' "$(python3 - "$DAEMONS/draws" <<-'PY'
	import hashlib, sys
	for line in open(sys.argv[1]):
	    member, draw = line.split()
	    u = int.from_bytes(hashlib.sha256(b'winback:' + member.encode()).digest()[:8], 'big') / 2 ** 64
	    if abs(u - float(draw)) > 1e-15:
	        print(member, draw, u)
	PY
)"
same "held out is who drew less than a tenth and was due" 0 "$(daemon_sql "select count(*) from data.decisions
	where run = '$run' and reason in ('chosen', 'held_out') and (reason = 'held_out') <> (holdout_u < 0.1)")"
check "about a tenth drew so" test "$(daemon_sql "select avg((holdout_u < 0.1)::int) between 0.06 and 0.14
	from data.decisions where run = '$run'")" = t
same "nobody held out was served" 0 "$(daemon_sql "select count(*) from data.decisions d join data.actions a using (run, member)
	where d.holdout_u < 0.1")"

# The same data, the same day, another database: the same bytes.
decisions "$run" >"$DAEMONS/here"
copy twin
flashd agent run --policy winback --as-of "$yesterday" --json
decisions "$(jq -r .run <<<"$out")" >"$DAEMONS/there"
check "the same data in another database is decided alike, to the byte" cmp "$FLASHD_TEST/agent_ledger/here" "$DAEMONS/there"
check "and that is not nothing" test "$(wc -l <"$DAEMONS/there")" -gt 500

# Cool-down: whoever was served is left alone for 30 days, whole ones.
use ledger
flashd agent run --policy winback --json
run=$(jq -r .run <<<"$out")
same "a second cycle serves none of them" 0 "$(daemon_sql "select count(*) from data.actions a join data.actions b
	using (member) where a.run = '$first' and b.run = '$run'")"
same "their reason is the cool-down" cooling_down "$(daemon_sql "select string_agg(distinct d.reason, ',') from data.decisions d
	join data.actions a using (member) where d.run = '$run' and a.run = '$first'")"
again() {
	daemon_sql "update data.actions set created_at = now() - interval '$1' where run = '$first'"
	flashd agent run --policy winback --json
	daemon_sql "select string_agg(distinct d.reason, ',' order by d.reason) from data.decisions d join data.actions a using (member)
		where d.run = '$(jq -r .run <<<"$out")' and a.run = '$first'"
}
same "29 and a half days later it still is" cooling_down "$(again '29 days 12 hours')"
same "30 days later they may be served again" chosen "$(again '30 days 1 second')"
same "and the books are even, over all cycles" "$even_books" "$(books)"

# One write is one member's: a cycle's and a key's budget that reach for some only.
copy purse
daemon_sql "update data.policies set body = jsonb_set(body, '{budget,per_cycle_cents}', '1000')"
flashd agent run --policy winback --as-of "$yesterday" --json
check "a cycle of ten euros ends well" jq -e '.state == "done" and .reasons.over_cycle_budget > 0' <<<"$out"
check "and spends no more" test "$(daemon_sql "select sum(value_cents) between 500 and 1000 from data.actions")" = t
same "its books are even" "$even_books" "$(books)"
copy budget
daemon_sql "update data.keys set budget_cents = 700 where key = '$KEY'"
flashd agent run --policy winback --as-of "$yesterday" --json
check "a key with seven euros left ends well" jq -e '.state == "done" and .reasons.over_budget > 0' <<<"$out"
check "and spends no more" test "$(daemon_sql "select sum(value_cents) between 300 and 700 from data.actions")" = t
same "its books are even" "$even_books" "$(books)"
flashd agent run --policy winback --as-of "$yesterday" --json
check "what is left is not overspent by the next cycle" test "$(daemon_sql "select sum(net) <= 700 and max(gross) <= 2100
	from data.budgets where key = '$KEY'")" = t
