# What no API key can do, however it asks: approve, edit, reject, resume, raise a budget, make or revoke a key, add a person or
# a policy, act as the resident. And what amounts are not amounts.
world 2000
running a
daemon_key powers agent --budget-cents 100000 --per-minute 100000
agent=$SECRET agent_key=$KEY
daemon_key powers-desk operator --budget-cents 100000 --per-minute 100000
desk=$SECRET
listed=$(curl -s "$URL/api/mcp" -H "Authorization: Bearer $agent" -H 'Content-Type: application/json' \
	-d '{"jsonrpc":"2.0","id":1,"method":"tools/list","params":{}}' | jq -r '[.result.tools[].name] | sort | join(" ")')
powers="approve_draft reject_draft edit_draft decide_draft resume resume_agent start_agent change_budget raise_budget create_key
	revoke_key limit_key add_person add_policy create_tenant set_consent resume_installation"
residents="open_run read_history list_candidates list_free_coupons record_decisions serve_chunk close_run claim_delivery settle_delivery"
for tool in $powers $residents; do
	[[ " $listed " != *" $tool "* ]] || check "$tool is not listed" false
done
check "the tools that are listed are those of this issue" [ "$(wc -w <<<"$listed")" -ge 14 ]
called="" stated=$(sql "select md5(string_agg(t::text, '' order by t::text)) from (select d from data.drafts d) t")
before=$(sql 'select count(*) from data.actions')
for key in "$agent" "$desk"; do
	for tool in $powers; do called="$called $(daemon_call "$key" $tool '{"draft":"x","key":"x","reason":"x"}' | word)"; done
done
same "the powers cannot be called: there are no such tools" "" \
	"$(tr ' ' '\n' <<<"$called" | grep -v -e '^Unknown' -e '^tool:' -e '^$' | grep -v -x -F -f <(tr -s ' \t' '\n' <<<"$powers"))"
odd=""
for key in "$agent" "$desk"; do
	for tool in $residents; do
		answer=$(daemon_call "$key" $tool '{"policy":"x","run":"00000000-0000-7000-8000-000000000000","fence":1}' | word)
		[[ $answer == missing_scope || $answer == "Unknown tool: $tool" ]] || odd="$odd $tool:$answer"
	done
done
same "nor the resident's own tools" "" "$odd"

# The functions behind the powers refuse a key's name as a person, with the daemon's own role.
id=$(daemon_call "$agent" draft_outreach '{"member":400,"channel":"email","subject":"a","body":"b","idempotency_key":"powers-1"}' | jq -r .draft)
hash=$(sql "select text_hash from data.drafts where draft = '$id'")
daemon_call "$agent" stop_agent '{"reason":"powers"}' >"$work/stopped"
as_daemon() { psql -X -qAt -U flashd -v VERBOSITY=sqlstate -c "$1" 2>&1 | sed 's/^ERROR:  //' | head -1; }
c="1, gen_random_uuid(), '$agent_key'"
odd=""
while IFS='|' read -r name text; do
	state=$(as_daemon "select app.$text")
	[ "$state" = FLPER ] || odd="$odd $name:$state"
done <<-LINES
	approve|decide_draft($c, 'mcp', '$id', '$hash', true, 'x')
	reject|decide_draft($c, 'mcp', '$id', '$hash', false, 'x')
	edit|edit_draft($c, 'mcp', '$id', '$hash', '\x00', '\x00', '\x00')
	resume|resume($c, 'mcp', '*', 'x', null)
	everything|resume_installation($c, 'x')
	budget|change_budget($c, '$agent_key', 100000000)
	create|create_key($c, 'newkey', 'operator', 'x', '\x00', '{}', 1, 1, 1, 'forever')
	revoke|revoke_key($c, '$agent_key')
	limit|limit_key($c, '$agent_key', null, null)
	receipts|set_receipt_minutes($c, 1440)
	person|add_person($c, 'eve', 'Eve', '{admin}')
	policy|add_policy($c, 'p', '{"schedule":{"cron":"0 9 * * *","zone":"UTC","catch_up":"once"}}', '\x00', '$agent_key')
LINES
same "behind the tools each power asks for a person" "" "$odd"
same "nothing of it was done" "waiting t $((before + 1))" \
	"$(state_of "$id") $(sql "select stopped from data.stops where scope = '*'") $(sql 'select count(*) from data.actions')"
flashd resume --reason tested --confirm=acme --quiet >/dev/null 2>&1

# Only whole numbers from 1 to the cap are an amount; what is none changes nothing and costs nothing.
before=$(sql "select net from data.budgets where key = '$agent_key'")
odd="" number_of=0
for amount in 0 -1 -0 1.0 1e2 1e999 2147483648 9007199254740993 9223372036854775807 9223372036854775808 \
	18446744073709551617 NaN Infinity '"5"' '"5 "' true null '[]' '{}' 5001; do
	answer=$(daemon_call "$agent" earn_points "{\"member\":401,\"points\":$amount,\"reason\":\"x\",\"idempotency_key\":\"amount-$number_of\"}" | word)
	number_of=$((number_of + 1))
	[[ $answer != executed && $answer != would_execute ]] || odd="$odd $amount"
	[[ $answer != *internal* ]] || odd="$odd $amount:internal"
done
same "$number_of amounts that are none or too many are refused" " $before" "$odd $(sql "select net from data.budgets where key = '$agent_key'")"
for tool in issue_coupon draft_outreach; do
	answer=$(daemon_call "$agent" $tool '{"member":99999999,"pool":"nowhere","channel":"email","subject":"a","body":"b","idempotency_key":"none"}' | word)
	[[ $answer == *_* && $answer != executed ]] || check "$tool for nobody is refused" false
done
balanced
