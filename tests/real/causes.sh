# What the agent, its policies and the feeds did, as causes of a change: each really done here, and told at its minute.
brand causes Europe/Paris 'Causes'
build/demo-brand --seed 1 --members 3000 --out "$DAEMONS/brand" >/dev/null 2>&1
flashd import "$DAEMONS/brand" --map demo --json
check "the brand is imported" coded 0
mkdir -p "$DAEMONS/policies"
# Ten times the gifts of the agent's tests: enough to be seen beside what the shops give.
generous='.budget.per_cycle_cents *= 10 | (.arms[] | select(.kind == "points")) |= (.points *= 10 | .max_cost_cents *= 10 | .expected_uplift *= 10)'
jq "$generous" tests/agent/winback.json >"$DAEMONS/policies/winback.json"
flashd key create --preset agent --name night --budget-cents 5000000 --cap-cents 100000 --out "$DAEMONS/night.key" --quiet
key=$(daemon_sql "select key from data.keys where tenant = $tenant")
flashd agent policy "$DAEMONS/policies/winback.json" --key "$key"
flashd agent run --policy winback --quiet
jq "$generous | .why = \"The same, said anew.\"" tests/agent/winback.json >"$DAEMONS/policies/winback.json"
flashd agent policy "$DAEMONS/policies/winback.json" --key "$key"
check "a policy ran and was changed" coded 0
flashd feed create till --expect-minutes 30
flashd feed create web --expect-minutes 30
daemon_sql "update data.feeds set created_at = now() - interval '2 hours' where tenant = $tenant and feed = 'till'"
flashd stop --reason 'too many'

# local SQL: a moment as the brand's clocks show it. told KIND: the cause's value, minute and whether it matches.
local_time() { daemon_sql "select to_char(($1) at time zone 'Europe/Paris', 'YYYY-MM-DD HH24:MI')"; }
why() { flashd explain points_issued --window today --json; }
told() { jq -c --arg kind "$1" '[.causes[] | select(.kind == $kind) | [.value, .at_local]]' <<<"$out"; }
acts="from data.actions where tenant = $tenant and tool = 'earn_points' and state = 'done'"
why
same "what the agent gave away is no usual change" unusual "$(jq -r .verdict <<<"$out")"
same "its acts match in time, with their policy" "[\"agent_acted\",\"winback\",\"$(local_time "select min(created_at) $acts")\",true]" \
	"$(jq -c '.causes[] | select(.kind == "agent_acted" and .matches and (.text | contains("earn_points"))) | [.kind, .value, .at_local, .matches]' <<<"$out")"
same "what they moved is what was given" "$(daemon_sql "select sum(points) from data.lots l where tenant = $tenant and exists (select $acts
	and l.action = action)")" "$(jq '.causes[0].effect.value | round' <<<"$out")"
check "and are counted" eval 'jq -e --arg said ": 0 actions before the later period, $(daemon_sql "select count(*) $acts") in it." \
	".causes | any(.text | endswith(\$said))" <<<"$out"'
same "the policy that changed" "[[\"winback\",\"$(local_time "select created_at from data.policies where tenant = $tenant and version = 2")\"]]" \
	"$(told policy_changed)"
check "and to which version" jq -e '.causes | any(.kind == "policy_changed" and (.text | endswith(", to version 2.")))' <<<"$out"
same "the one that was added" "[[\"winback\",\"$(local_time "select created_at from data.policies where tenant = $tenant and version = 1")\"]]" \
	"$(told policy_added)"
stops="select changed_at from data.stops where tenant = $tenant and scope = '*'"
same "the stop" "[[null,\"$(local_time "$stops")\"]]" "$(told agent_stopped)"
same "the feed that went silent, and only it" "[[\"till\",\"$(local_time "select created_at from data.feeds where tenant = $tenant and feed = 'till'")\"]]" \
	"$(told feed_stale)"
check "in words" jq -e '.text | any(contains("The feed till has sent nothing since"))' <<<"$out"
check "what cannot be measured is not called a match" jq -e '[.causes[] | select(.kind == "agent_stopped" or .kind == "feed_stale") | .matches] | any | not' <<<"$out"
flashd resume --reason 'few enough' --confirm=causes
why
same "after going on, that" "[[null,\"$(local_time "$stops")\"]] []" "$(told agent_resumed) $(told agent_stopped)"
# What the agent cannot have touched is not blamed on it.
flashd explain gmv --window today --json
check "orders are not blamed on the agent, but the silent feed is named beside them" jq -e \
	'[.causes // [] | .[].kind] | all(. != "policy_changed" and . != "agent_acted" and . != "agent_resumed")' <<<"$out"
