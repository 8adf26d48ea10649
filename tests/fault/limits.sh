# Keys that are limited to stores or tiers: whatever tool is asked, what is outside looks like what there is not, and all
# that is listed or counted is inside.
world 2000
sql "insert into data.stores (tenant, store, name, region) values (1, 'S1', 'Lyon', 'South'), (1, 'S2', 'Lille', 'North'), (1, 'S3', 'Nice', 'South');
	insert into data.tiers (tenant, tier, name, rank) values (1, 'silver', 'Silver', 1), (1, 'gold', 'Gold', 2);
	update data.members set home_store = 'S' || 1 + member % 3, tier = case when member % 2 = 1 then 'gold' else 'silver' end;
	insert into data.pools (tenant, pool, name, value_cents, cost_cents, valid_days, state) values (1, 'spring', 'Spring', 500, 300, 30, 'open');
	insert into data.coupons (tenant, code, pool, state) select 1, 'C' || i, 'spring', 'available' from generate_series(1, 100) i;
	insert into data.orders (tenant, order_ref, member, store, channel, ordered_at, gross_cents) select 1, 'o' || i, 1 + i % 2000,
		'S' || 1 + i % 3, 'web', now() - (i % 60 + 1) * interval '1 day', 1000 + i from generate_series(1, 4000) i;
	update data.tenants set data_as_of = now(), data_version = data_version + 1"
flashd key create --preset operator --name stores-only --stores S1,S9 --out "$DAEMONS/none.key" --quiet >"$work/none" 2>&1
same "a key for a store that is not there is not made" "t f 0" "$(grep -q 'no store "S9"' "$work/none" && echo t) $(
	[ -e "$DAEMONS/none.key" ] && echo t || echo f) $(sql "select count(*) from data.keys where name = 'stores-only'")"
running a
daemon_key whole operator --budget-cents 1000000 --per-minute 100000
whole=$SECRET
daemon_key limited operator --budget-cents 1000000 --per-minute 100000 --stores S1 --tiers gold
limited=$SECRET limited_key=$KEY
same "key list and whoami say to what" '["S1"]["gold"] {"store":["S1"],"tier":["gold"]}' "$(flashd key list --json |
	jq -c '.keys[] | select(.name == "limited") | .stores, .tiers' | tr -d '\n') $(daemon_call "$limited" whoami '{}' | jq -cS .limited_to)"

# Members: 3 is inside (S1, gold), 6 of another tier, 5 of another store, 99999 of nobody. Something was done for each.
same "the four stand where they should" "S1 gold,S3 gold,S1 silver" \
	"$(sql "select string_agg(home_store || ' ' || tier, ',' order by member = 6, member) from data.members where member in (3, 5, 6)")"
for m in 3 5 6; do
	daemon_call "$whole" earn_points "{\"member\":$m,\"points\":5,\"reason\":\"x\",\"idempotency_key\":\"whole-$m\"}" | jq -r .action >"$work/action.$m"
	daemon_call "$whole" draft_outreach "{\"member\":$m,\"channel\":\"email\",\"subject\":\"a\",\"body\":\"b\",\"idempotency_key\":\"draft-$m\"}" >/dev/null
done
echo 00000000-0000-7000-8000-000000000000 >"$work/action.99999"

# what KIND PLACE: the id of a kind inside, in another store, in another tier, of nobody.
what() {
	case $1-$2 in
		member-inside) echo 3 ;; member-store) echo 5 ;; member-tier) echo 6 ;; member-missing) echo 99999 ;;
		email-*) echo "member$(what member "$2")@example.org" ;;
		action-*) cat "$work/action.$(what member "$2")" ;;
		store-inside) echo S1 ;; store-missing) echo S8 ;; store-*) echo S2 ;;
		tier-inside) echo gold ;; tier-missing) echo silvern ;; tier-*) echo silver ;;
		region-inside) echo South ;; region-missing) echo Mosth ;; region-*) echo North ;;
	esac
}
# say TOOL ARGS ID: the answer without what is each call's own.
say() {
	local shown=$3
	[[ $3 != *@* ]] || shown='[a-z]\*\*\*@[a-z]*\*\*\*[.a-z]*'
	daemon_call "$limited" "$1" "${2//ID/$3}" | sed -E "s/\"?$3\"?/ID/g; s/$shown/ID/g; s/0{8}-0000-7000-8000-0{12}/ID/g"
}
odd="" refused="" asked=0 seen=""
while IFS='|' read -r kind tool args; do
	seen="$seen $tool"
	missing=$(say "$tool" "$args" "$(what "$kind" missing)")
	for place in store tier; do
		outside=$(say "$tool" "${args//once-/$place-$asked-}" "$(what "$kind" $place)")
		asked=$((asked + 1))
		[ "$outside" = "$missing" ] || odd="$odd $tool($kind,$place): $outside, not $missing."
	done
	inside=$(daemon_call "$limited" "$tool" "$(sed "s/ID/$(what "$kind" inside)/g" <<<"$args")" | jq -r '.result._meta["flash/error"].code // "fine"')
	[ "$inside" = fine ] || refused="$refused $tool($kind): $inside"
done <<-'LINES'
	member|get_member|{"member":ID,"include":["timeline","coupons"]}
	email|get_member|{"email":"ID"}
	member|earn_points|{"member":ID,"points":3,"reason":"x","idempotency_key":"once-m"}
	email|earn_points|{"email":"ID","points":3,"reason":"x","idempotency_key":"once-e"}
	member|issue_coupon|{"member":ID,"pool":"spring","idempotency_key":"once-c"}
	member|draft_outreach|{"member":ID,"channel":"email","subject":"a","body":"b","idempotency_key":"once-d"}
	member|list_actions|{"member":ID}
	action|list_actions|{"action":"ID"}
	member|list_drafts|{"member":ID,"state":"any"}
	action|undo_action|{"action":"ID"}
	store|list_members|{"store":"ID"}
	tier|list_members|{"tier":"ID"}
	store|list_members|{"store":"ID","sort":"spend"}
	region|list_stores|{"region":"ID"}
	store|query_metric|{"metric":"gmv","window":"last_30d","filters":{"store":["ID"]}}
	tier|query_metric|{"metric":"gmv","window":"last_30d","filters":{"tier":["ID"]}}
	region|query_metric|{"metric":"gmv","window":"last_30d","filters":{"region":["ID"]}}
	store|explain_change|{"metric":"gmv","window":"last_14d","filters":{"store":["ID"]}}
	store|ask|{"question":"GMV last month for ID"}
LINES
same "$asked questions about what is outside are answered as about what there is not" "" "$odd"
same "and about what is inside they are answered" "" "$refused"

# Every tool is in the matrix, knows nothing of members and stores, or is refused.
listed=$(curl -s "$URL/api/mcp" -H "Authorization: Bearer $limited" -H 'Content-Type: application/json' \
	-d '{"jsonrpc":"2.0","id":1,"method":"tools/list","params":{}}' | jq -r '.result.tools[].name')
odd=""
for tool in $listed; do
	[[ " $seen whoami list_metrics list_coupon_pools stop_agent get_dashboard_stats verify_number " != *" $tool "* ]] || continue
	answer=$(daemon_call "$limited" "$tool" '{}')
	[[ $(word <<<"$answer") == missing_scope && $answer == *"cannot be limited"* ]] || odd="$odd $tool"
done
same "any other tool of the $(wc -w <<<"$listed") is refused to a limited key" "" "$odd"

# What lists and numbers hold is inside.
inside="home_store = 'S1' and tier = 'gold'"
for sort in member spend points enrolled; do
	cursor="" numbers=""
	for page in 1 2 3 4 5 6; do
		answer=$(daemon_call "$limited" list_members "{\"limit\":100,\"sort\":\"$sort\"$cursor}")
		numbers="$numbers $(jq -r '.items[].member.id' <<<"$answer" | tr '\n' ' ')"
		[ "$(jq -r .truncated <<<"$answer")" = true ] || break
		cursor=",\"cursor\":\"$(jq -r .next_cursor <<<"$answer")\""
	done
	same "list_members by $sort shows the members inside, each once" "$(sql "select md5(string_agg(member::text, ' ' order by member)) from data.members where $inside")" \
		"$(tr ' ' '\n' <<<"$numbers" | grep . | sort -n | paste -sd' ' | tr -d '\n' | md5sum | cut -d' ' -f1)"
done
same "list_actions and list_drafts too, and list_stores" "3 3 S1" "$(daemon_call "$limited" list_actions '{"limit":100}' | jq -r '[.items[].member.id] | unique | join(",")') $(
	daemon_call "$limited" list_drafts '{"state":"any","limit":100}' | jq -r '[.items[].member.id] | unique | join(",")') $(
	daemon_call "$limited" list_stores '{}' | jq -r '[.items[].store] | join(",")')"
number() { daemon_call "$1" query_metric "{\"metric\":\"gmv\",\"window\":\"last_30d\"$2}"; }
of_sql() { sql "select coalesce(sum(gross_cents), 0) from data.orders o join data.members m using (tenant, member) where $1
	and (o.ordered_at at time zone 'Europe/Paris')::date between (now() at time zone 'Europe/Paris')::date - 30 and (now() at time zone 'Europe/Paris')::date - 1"; }
all=$(of_sql true) some=$(of_sql "o.store = 'S1' and m.tier = 'gold'")
same "one question, by the one and the other key in turn: each its own number" "$all $some $all $some" \
	"$(for key in "$whole" "$limited" "$whole" "$limited"; do number "$key" "" | jq -r .value; done | paste -sd' ')"
same "which says to what it is limited" '{"store":["S1"],"tier":["gold"]} t' "$(number "$limited" "" | jq -cS .limited_to) $(
	number "$limited" "" | jq -e '.note | test("limited to store S1") and test("limited to tier gold")' >/dev/null && echo t)"
same "by store only that one; with a wider filter only what is inside" "S1 missing_scope $some" \
	"$(number "$limited" ',"by":["store"]' | jq -r '[.rows[].store] | join(",")') $(
	daemon_call "$limited" query_metric '{"metric":"pool_remaining"}' | word) $(number "$limited" ',"filters":{"store":["S1"],"tier":["gold"]}' | jq -r .value)"
fortnight=$(daemon_call "$limited" query_metric '{"metric":"gmv","window":"last_14d"}' | jq .value)
same "ask and explain_change count the same" "$some $fortnight" "$(daemon_call "$limited" ask '{"question":"GMV last 30 days"}' | jq -r .answer.value) $(
	daemon_call "$limited" explain_change '{"metric":"gmv","window":"last_14d"}' | jq -r '.now.value | floor')"
same "the scorecard is of what is inside, and says which numbers are not for this key" "t t t" \
	"$(daemon_call "$limited" get_dashboard_stats '{"window":"last_30d"}' >"$work/stats"; jq -e ".stats[0].value == $some" "$work/stats" >/dev/null && echo t) $(
	jq -e '.limited_to == {"store":["S1"],"tier":["gold"]}' "$work/stats" >/dev/null && echo t) $(
	jq -e '.stats[] | select(.metric == "pool_remaining") | .value == null and (.limited | test("cannot be cut by"))' "$work/stats" >/dev/null && echo t)"
verdict() { daemon_call "$1" verify_number "{\"receipt\":\"$2\"}" | jq -c "$3"; }
inside_token=$(number "$limited" "" | jq -r .receipt.token) card_token=$(jq -r .receipt.token "$work/stats")
outside_token=$(number "$whole" "" | jq -r .receipt.token)
same "each verifies what the limited key was told, and finds it the same" "$some same same same" "$(verdict "$limited" "$inside_token" .now.value) $(
	for key in "$limited" "$whole"; do verdict "$key" "$inside_token" .status; done | tr -d '"' | paste -sd' ') $(verdict "$whole" "$card_token" .status | tr -d '"')"
same "what the whole key was told looks to the limited one like a forgery" "$(verdict "$limited" "A${inside_token:1}" .) same" \
	"$(verdict "$limited" "$outside_token" .) $(verdict "$whole" "$outside_token" .status | tr -d '"')"

# Limits change: from the next call on, over open connections too, whichever daemon answers and whatever it kept.
running a b
limit() { flashd key limit "$limited_key" "$@" --confirm=acme --quiet >/dev/null 2>&1; }
award() { daemon_call "$limited" earn_points "{\"member\":3,\"points\":3,\"reason\":\"x\",\"idempotency_key\":\"$1\"}" | word; }
other=$(of_sql "o.store = 'S2' and m.tier = 'silver'")
limit --stores S2 --tiers silver
same "a key's other limits hold from its next call on: a number" "S2 silver $other" \
	"$(number "$limited" "" | jq -r '"\(.limited_to.store[0]) \(.limited_to.tier[0]) \(.value)"')"
limit --none
same "and without any it sees everything" "$all null" "$(number "$limited" "" | jq -r '"\(.value) \(.limited_to)"')"
limit --stores S2
same "a write to who is outside now" not_found "$(award moved-1)"
limit --stores S1 --tiers gold
same "to who is inside now" executed "$(award moved-2)"
read -r judged wrong <<<"$(FLASHD_CLI=$FLASHD_CLI python3 tests/fault/limits_play.py "$limited_key" "$DAEMONS/limited.key" 20 "$URL_a" "$URL_b")"
figures "$judged answers while the limits changed 20 times"
same "no answer is of limits that were there before" "t 0" "$([ "${judged:-0}" -ge 200 ] && echo t) $wrong"
hold 'select pg_advisory_xact_lock_shared(7301, 1)'
limit --stores S1 --tiers gold & changing=$!
waiting() { [ "$(sql "select count(*) from pg_locks where locktype = 'advisory' and classid = 7301 and not granted")" = 1 ]; }
check "a change of limits waits for what is on its way" daemon_until 10 waiting
let_go
wait $changing
same "and is made then" '{S1} {gold}' "$(sql "select stores::text || ' ' || tiers::text from data.keys where key = '$limited_key'")"

# Behind the tools: the functions ask the key itself.
batch() { psql -X -qAt -U flashd -c "select x.answer ->> 'state' from app.write_calls(jsonb_build_array(jsonb_build_object('tenant', 1, 'key', '$limited_key',
	'call', gen_random_uuid(), 'via', 'http', 'tool', 'earn_points', 'scope', 'points:write', 'idem', 'sql-$1', 'hash', '\\\\x00',
	'args', jsonb_build_object('member', $1, 'points', 1, 'reason', 'x'),
	'dry_run', false))) x"; }
same "a write to a member outside is one to nobody, in the function too" "FLNOT FLNOT FLNOT " "$(batch 5) $(batch 6) $(batch 99999) $(batch 3)"
sql "update data.members set tier = 'silver' where member = 3"
same "and so is one to a member who has left the tier since" "not_found FLNOT" "$(daemon_call "$limited" get_member '{"member":3}' | word) $(batch 3)"
sql "update data.members set tier = 'gold' where member = 3"
window="\"from\":\"2020-01-01T00:00:00Z\",\"to\":\"2099-01-01T00:00:00Z\""
before=$(sql "select count(*) from data.actions where state = 'done' and member in (5, 6)")
preview=$(daemon_call "$limited" undo_action "{$window}")
same "an undo of everything means what is inside" "$(sql "select count(*) from data.actions where state = 'done' and member = 3")" "$(jq -r .actions <<<"$preview")"
daemon_call "$limited" undo_action "{$window,\"apply_hash\":\"$(jq -r .hash <<<"$preview")\"}" >/dev/null
same "and leaves the others as they are" "$before 0" "$(sql "select count(*) from data.actions where state = 'done' and member in (5, 6)") $(
	sql "select count(*) from data.actions where state = 'done' and member = 3")"
same "the resident does not run under such a key" FLSCO "$(psql -X -qAt -U flashd -v VERBOSITY=sqlstate -c "select app.serve_chunk(1, gen_random_uuid(),
	'$limited_key', gen_random_uuid(), 1, 'points', 1, null, 'arm', 'email', 'all', now(), 30, '{3}', '{null}', '{null}', '{null}', '{null}',
	array[gen_random_uuid()], array[gen_random_uuid()])" 2>&1 |
	sed 's/^ERROR:  //')"
same "it stops the agent like any other" stopped "$(daemon_call "$limited" stop_agent '{"reason":"limits"}' | jq -r .state | sed 's/quiet/stopped/')"
flashd resume --reason tested --confirm=acme --quiet >/dev/null 2>&1

# Small groups, at the default of five: nothing comes back by asking in another way.
flashd tenant privacy --min-group 5 --quiet >/dev/null 2>&1
same "the least group is changed with a row in the record" '{"before": 1, "min_group": 5}' "$(sql "select detail from journal.audit where tool = 'set_min_group'")"
sql "insert into data.tiers (tenant, tier, name, rank) values (1, 'vip', 'VIP', 3);
	update data.members set tier = 'vip' where member in (7, 8); update data.tenants set data_version = data_version + 1"
by_tier='{"metric":"gmv","window":"last_14d","by":["tier"],"compare":["previous_period"]}'
answer=$(daemon_call "$whole" query_metric "$by_tier")
same "a tier of two is withheld, and a second one with it" "vip null true 2 t" "$(jq -r '[.rows[] | select(.tier == "vip")][0] | "\(.tier) \(.value) \(.withheld)"' <<<"$answer") $(
	jq '[.rows[] | select(.withheld)] | length' <<<"$answer") $(jq -e '.note | test("withheld .null.: fewer than 5 members")' <<<"$answer" >/dev/null && echo t)"
same "also in what it is compared with" "true null" "$(jq -r '[.comparisons[0].rows[] | select(.tier == "vip")][0] | "\(.withheld) \(.change)"' <<<"$answer")"
same "the rest holds them both" "t" "$(jq -e '.rest.groups == 2 and .rest.value + ([.rows[].value // 0] | add) == .value' <<<"$answer" >/dev/null && echo t)"
same "a filter on it gives nothing either" "null true" "$(daemon_call "$whole" query_metric \
	'{"metric":"gmv","window":"last_14d","filters":{"tier":["vip"]}}' | jq -r '"\(.value) \(.withheld)"')"
same "nor does asking in words, or why" "null no_data" "$(daemon_call "$whole" ask '{"question":"GMV last 14 days for VIP"}' | jq -r .answer.value) $(
	daemon_call "$whole" explain_change '{"metric":"gmv","window":"last_14d","filters":{"tier":["vip"]}}' | word)"
# The two spend more than the others, whose segment would tell them.
sql "update data.orders set gross_cents = gross_cents * 10000 where member in (7, 8); update data.tenants set data_version = data_version + 1"
same "so is a segment of too few" "t" "$(daemon_call "$whole" query_metric '{"metric":"gmv","window":"last_14d","by":["rfm_segment"]}' |
	jq -e '[.rows[] | select(.withheld)] | length >= 2 and all(.value == null)' >/dev/null && echo t)"
same "also as a filter" "null true" "$(daemon_call "$whole" query_metric \
	'{"metric":"gmv","window":"last_14d","filters":{"rfm_segment":["big_spenders", "champions"]}}' | jq -r '"\(.value) \(.withheld)"')"
sql "update data.orders set gross_cents = gross_cents / 10000 where member in (7, 8); update data.tenants set data_version = data_version + 1"
# A change that is unusual, most of it in the tier of two.
sql "insert into data.orders (tenant, order_ref, member, store, channel, ordered_at, gross_cents) select 1, 'v' || i, 7 + i % 2, 'S1', 'web',
	now() - (i % 12 + 1) * interval '1 day', 100000 from generate_series(1, 200) i; update data.tenants set data_version = data_version + 1"
why=$(daemon_call "$whole" explain_change '{"metric":"gmv","window":"last_14d"}')
same "explain_change finds the change, and that there is something that it does not tell" "unusual t" "$(jq -r .verdict <<<"$why") $(
	jq -e '.withheld_count >= 1 and (.text | any(test("not told: fewer than 5 members")))' <<<"$why" >/dev/null && echo t)"
same "it tells no slice, segment or cause of it" "" "$(jq -r '[.slices[]?.terms[]?.value, .parts.segments[]?.value,
	(.causes[]? | select(.effect) | .value)] | map(select(. == "vip")) | join(",")' <<<"$why")"
check "the record says how much was withheld" [ "$(sql "select count(*) from journal.audit where tool in ('query_metric', 'ask') and code like 'withheld %'")" -ge 3 ]
balanced
