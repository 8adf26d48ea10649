# A cycle whose numbers are old, missing or outside the policy's guards does nothing, says so, and ends with code 3.
# nothing LABEL REASON WORDS: it did nothing, and everybody's reason is this one.
nothing() {
	local run
	check "$1: refused" coded 3
	run=$(jq -r .run <<<"$out")
	same "$1: nothing is done, nothing is spent" '0|0|0|0' "$(daemon_sql "select (select count(*) from data.actions where run = '$run'),
		(select count(*) from data.drafts where run = '$run'), (select count(*) from data.lots l join data.actions a on
		a.action = l.lot and a.run = '$run'), (select spent_cents from data.runs where run = '$run')")"
	same "$1: everybody looked at has the reason" "$2" "$(daemon_sql "select string_agg(distinct reason, ',') from data.decisions
		where run = '$run'")"
	same "$1: the run is refused" refused "$(daemon_sql "select state from data.runs where run = '$run'")"
	check "$1: the report says why" jq -e --arg words "$3" '(.why | startswith("No action: ")) and (.decision | contains($words))' <<<"$out"
}
# guard JQ: a new version of the policy with its evidence changed.
guard() {
	jq "$1" tests/agent/winback.json >"$DAEMONS/winback.json"
	flashd agent policy "$DAEMONS/winback.json" --key "$KEY"
	check "the policy with ${1:0:60}… is taken" coded 0
}
cycle() { flashd agent run --policy winback --json; }

copy guards
cycle
check "a sound cycle acts" coded 0
sound=$(jq -r .run <<<"$out")
flashd agent run --policy winback
check "its report says how to undo it" eval '[[ $out == *"flashd undo --run "* ]]'
flashd agent run --policy winback --dry-run
check "that of a dry run does not: nothing was done" eval '[ $code = 0 ] && [[ $out == *"a dry run, nothing was given"* ]] && [[ $out != *"flashd undo"* ]]'

daemon_sql "update data.tenants set data_as_of = data_as_of - interval '40 hours'"
cycle
nothing "purchases of two days ago" data_stale 'at most 36'
check "and in words" grep -q 'older than the policy allows' <(flashd agent run --policy winback; echo "$out")
daemon_sql "update data.tenants set data_as_of = data_as_of + interval '40 hours'"

flashd tenant privacy --min-group 1000
cycle
check "a number of the whole brand is no group: it is there, however few members are behind it" jq -e '.observations[0].value != null' <<<"$out"
flashd tenant privacy --min-group 1

guard '.evidence.metrics[0].metric = "no_such_metric" | .evidence.metrics[0] |= del(.max_jump)'
cycle
nothing "a metric that is not there" evidence_missing no_such_metric
guard '.evidence.metrics[0].min = 1000000'
cycle
nothing "fewer orders than the guard's least" evidence_out_of_bounds 'at least 1e+06'
guard '.evidence.metrics[1].max = 3'
cycle
nothing "more members than the guard's most" evidence_out_of_bounds 'at most 3'

# Half of the week's orders are gone, as when a feed breaks: against the last sound cycle, not the last one that looked.
guard '.evidence.metrics[0].max_jump = 1.5'
daemon_sql "create table kept as select * from data.orders where ordered_at > now() - interval '9 days' and member % 2 = 0;
	delete from data.order_lines l using kept k where l.order_ref = k.order_ref;
	delete from data.refunds r using kept k where r.order_ref = k.order_ref;
	delete from data.orders o using kept k where o.order_ref = k.order_ref;
	update data.tenants set data_version = data_version + 1"
cycle
nothing "half of the orders are gone" evidence_out_of_bounds 'not 1.5 times more or less'
cycle
nothing "and they still are at the next cycle" evidence_out_of_bounds 'not 1.5 times more or less'
daemon_sql "insert into data.orders select * from kept; update data.tenants set data_version = data_version + 1"
cycle
check "they come back: a sound cycle again" coded 0
same "which found everybody of the first one cooling down" 0 "$(daemon_sql "select count(*) from data.actions a
	join data.actions b using (member) where a.run = '$sound' and b.run = '$(jq -r .run <<<"$out")'")"
flashd stop --reason 'for the test'
cycle
check "stopped: no cycle begins" coded 3
same "and none is left open" 0 "$(daemon_sql "select count(*) from data.runs where state = 'open'")"
