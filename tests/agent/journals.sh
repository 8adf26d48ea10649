# One corridor: a script of calls, played by the agent's own way in and over HTTP under the same key, leaves the same
# journal, row by row. Each on a copy of the base; only the way in ("via"), times and ids differ.
make -s -f tests/agent/build.mk SAN=1 build/san/agent-play || exit 1
agent_secret=$(<"$base/agent.key")
# An agent's writes cite a receipt; the last one does not.
script() {
	calls | while read -r tool args; do echo "$tool $(daemon_cite "$agent_secret" "$tool" "$args")"; done
}
calls() {
	cat <<-CALLS
		whoami {}
		list_metrics {}
		query_metric {"metric":"gmv","window":"last_7d"}
		query_metric {"metric":"gmv","by":["store"],"window":"last_28d","limit":3}
		query_metric {"metric":"gmw"}
		query_metric {"metric":"gmv","window":"last_year"}
		get_dashboard_stats {}
		list_members {"limit":5}
		get_member {"member":7}
		get_member {"member":999999}
		get_member {"email":"nobody@example.test"}
		list_stores {}
		list_coupon_pools {"limit":100}
		earn_points {"member":7,"points":20,"reason":"late delivery","idempotency_key":"j1"}
		earn_points {"member":7,"points":20,"reason":"late delivery","idempotency_key":"j1"}
		earn_points {"member":7,"points":30,"reason":"late delivery","idempotency_key":"j1"}
		earn_points {"member":7,"points":25,"reason":"late delivery","idempotency_key":"j2","dry_run":true}
		earn_points {"member":7,"points":1000000,"reason":"late delivery","idempotency_key":"j3"}
		earn_points {"member":7,"points":-5,"reason":"late delivery","idempotency_key":"j4"}
		earn_points {"member":7,"points":5,"idempotency_key":"j5"}
		earn_points {"member":999999,"points":5,"reason":"late delivery","idempotency_key":"j6"}
		earn_points {"member":7,"points":5,"reason":"late delivery","idempotency_key":"j7","force":true}
		issue_coupon {"member":7,"pool":"vip15","idempotency_key":"j8"}
		issue_coupon {"member":7,"pool":"autumn10","idempotency_key":"j9"}
		issue_coupon {"member":7,"pool":"nopool","idempotency_key":"j10"}
		draft_outreach {"member":$consenting,"channel":"email","subject":"Hello","body":"We miss you.","idempotency_key":"j11"}
		draft_outreach {"member":$refusing,"channel":"email","subject":"Hello","body":"We miss you.","idempotency_key":"j12"}
		draft_outreach {"member":$consenting,"channel":"email","subject":"Hello","body":"Go to www.example.com now","idempotency_key":"j13"}
		list_drafts {}
		list_actions {"limit":10}
		list_runs {}
		undo_action {"from":"2020-01-01T00:00:00Z","to":"2020-01-02T00:00:00Z"}
		undo_action {"run":"00000000-0000-4000-8000-000000000000"}
		stop_agent {"reason":"the end of the script"}
		earn_points {"member":8,"points":5,"reason":"too late","idempotency_key":"j14"}
		list_stores {"limit":1}
		earn_points {"receipts":[],"member":8,"points":5,"reason":"without a number","idempotency_key":"j15"}
	CALLS
}
journal() {
	daemon_sql "select tool, decision, code, coalesce(encode(args_digest, 'hex'), '-') from journal.audit
		where principal = '$KEY' and via = '$1' and tool <> 'tools/list' order by ctid" -F ' '
}
consented="select member from data.consents where channel = 'email'"

copy inside
consenting=$(daemon_sql "$consented and granted order by 1 limit 1")
refusing=$(daemon_sql "$consented and not granted order by 1 limit 1")
script | build/san/agent-play 1 "$KEY" >"$DAEMONS/ends" 2>"$DAEMONS/err"
check "the script is played inside" test $? = 0
inside=$(journal agent)
ends=$(<"$DAEMONS/ends")

copy outside
daemon_start outside --no-agent || exit 1
script | while read -r tool args; do
	daemon_call "$agent_secret" "$tool" "$args" |
		jq -r --arg tool "$tool" '"\($tool) \(.result._meta["flash/error"].code // "done")"'
done >"$DAEMONS/ends"
outside=$(journal http)
same "they end alike" "$ends" "$(<"$DAEMONS/ends")"
same "each call left one row" "$(script | wc -l)" "$(wc -l <<<"$inside")"
same "the same journal: tool, decision, code, digest" "$inside" "$outside"
check "with allowed, replayed, tried and refused calls in it" test \
	"$(awk '{ print $2 }' <<<"$inside" | sort -u | xargs)" = "dry_run executed refused replayed"
check "and many sorts of refusal" test "$(awk '$2 == "refused" { print $3 }' <<<"$inside" | sort -u | wc -l)" -ge 7
for tool in open_run cite_receipts read_history list_candidates list_free_coupons record_decisions serve_chunk close_run claim_delivery settle_delivery; do
	daemon_call "$agent_secret" "$tool" '{}' >"$DAEMONS/answer"
done
same "the resident's own tools are nobody's over HTTP, and the tries are written down" 'claim_delivery refused unknown_tool
open_run refused unknown_tool
serve_chunk refused unknown_tool' "$(daemon_sql "select tool, decision, code from journal.audit
	where via = 'http' and tool in ('open_run', 'serve_chunk', 'claim_delivery') order by 1" -F ' ')"
daemon_stop outside
check "the daemon ended in order" test $? = 0
