# Why a number changed, over MCP: the stories planted in the demo brand, found first; and quiet periods called quiet.
brand demo Europe/Paris 'Demo brand'
# The stories are told although no number may single out a member.
flashd tenant privacy --min-group 5
build/demo-brand --seed 1 --members 15000 --as-of 2026-11-20 --out "$DAEMONS/brand" >/dev/null 2>&1
flashd import "$DAEMONS/brand" --map demo --json
check "the brand is imported" coded 0
daemon_key reader read-only
daemon_start demo --no-agent || exit 1
explain() { answer=$(daemon_call "$SECRET" explain_change "$1"); }
verdict() { same "$1" "$2" "$(jq -r .verdict <<<"$answer")"; }

explain '{"metric":"coupons_redeemed","window":"this_month","as_of":"2026-11-19"}'
verdict "redemptions of the month so far: unusual" unusual
dry=$(daemon_sql "select to_char(max(issued_at) at time zone 'Europe/Paris', 'YYYY-MM-DD HH24:MI') from data.coupons
	where tenant = $tenant and pool = 'autumn10'")
same "the first cause is the pool that ran dry, at its minute" '["pool_dry","coupon_pool","autumn10","'"$dry"'",true]' \
	"$(jq -c '.causes[0] | [.kind, .dimension, .value, .at_local, .matches]' <<<"$answer")"
same "and so is the first slice" '[{"dimension":"coupon_pool","value":"autumn10"}]' "$(jq -c '.slices[0].terms' <<<"$answer")"
same "its numbers are what SQL says" \
	"$(daemon_sql "select count(*) filter (where day between '2026-10-01' and '2026-10-19'),
		count(*) filter (where day between '2026-11-01' and '2026-11-19') from (select (redeemed_at at time zone
		'Europe/Paris')::date as day from data.redemptions where tenant = $tenant and pool = 'autumn10') r" -F ' ')" \
	"$(jq -r '.causes[0].counted | "\(.then) \(.now)"' <<<"$answer" | sed 's/\.0//g')"
check "cause and the rest are the whole change" jq -e '(.causes[0].effect.value + .unexplained.value - .change.value) | fabs < 1e-6' <<<"$answer"
check "every number has the question that gives it" jq -e \
	'[.now.query, .then.query, .slices[].queries[], .parts.queries[], .variation.past[].queries[]] | length > 10 and all(.metric == "coupons_redeemed" and .from != null)' \
	<<<"$answer"
query=$(jq -c '.slices[0].queries[1]' <<<"$answer")
same "which, asked, gives it" "$(jq -c '.slices[0].counted.then' <<<"$answer" | sed 's/\.0$//')" \
	"$(daemon_call "$SECRET" query_metric "$query" | jq -c .value)"
check "the answer is small" [ "$(wc -c <<<"$answer")" -lt 30000 ]
jq -r '.text[]' <<<"$answer" | report

explain '{"metric":"coupons_redeemed","window":"last_30d","as_of":"2026-11-20"}'
verdict "thirty days against thirty: campaigns moved it as much before, but one cause stands out" usual_but_one_cause
same "the same pool" '["pool_dry","autumn10"]' "$(jq -c '.causes[0] | [.kind, .value]' <<<"$answer")"

# The campaign ended on the 11th of September; its pool's last codes went a few days before.
explain '{"metric":"coupons_redeemed","from":"2026-09-12","to":"2026-10-09","filters":{"campaign_type":["B"]}}'
check "a campaign that ended is found" jq -e '[.causes[:2][] | select(.matches) | .value] | contains(["C08"])' <<<"$answer"

explain '{"metric":"gmv","window":"last_30d","as_of":"2026-11-20"}'
verdict "GMV did nothing unusual" no_unusual_change
check "so nothing is blamed" jq -e '(.causes // []) == [] and (.slices // []) == []' <<<"$answer"
explain '{"metric":"gmv","from":"2025-12-01","to":"2025-12-31"}'
verdict "but December is" unusual
check "its factors add up to the change" jq -e \
	'([.factors[].effect.value] | add) - .change.value | fabs < 1e-4' <<<"$answer"
same "and are those declared" '["Buying members","Orders / Buying members","Gross merchandise value / Orders"]' "$(jq -c '[.factors[].factor]' <<<"$answer")"
check "volume, mix and rate add up to it" jq -e \
	'.parts.volume.value + .parts.mix.value + .parts.rate.value - .change.value | fabs < 1e-4' <<<"$answer"
check "no event is called its cause" jq -e '[.causes[] | .matches] | any | not' <<<"$answer"
check "where it lies is called a correlation" jq -e '.text | map(select(test("^(Correlated with|No slice)"))) | length == 1' <<<"$answer"

explain '{"metric":"opt_outs","window":"last_30d","as_of":"2026-11-20"}'
verdict "opt-outs after the mailing are unusual" unusual
# Only e-mail could be taken back: all of them were of that channel, before and after, so it is no slice that moved otherwise.
same "they are the words taken back that SQL counts, all of e-mail" \
	"$(daemon_sql "select string_agg(channel || ' ' || late || ' ' || early, ',') from (select c.channel,
		count(*) filter (where day >= '2026-10-21') as late, count(*) filter (where day < '2026-10-21') as early
		from (select *, (at at time zone 'Europe/Paris')::date as day, lag(granted) over (partition by member, channel order by at) as held
			from data.consent_changes where tenant = $tenant) c
		where held and not granted and day between '2026-09-21' and '2026-11-19' group by 1) x")" \
	"email $(jq -r '"\(.now.value | round) \(.then.value | round)"' <<<"$answer")"
same "so no slice is blamed, and all of it is left unexplained" '[[],1,true]' "$(jq -c '[.slices, .unexplained.share,
	(.text | any(startswith("No slice of up to three dimensions moved clearly otherwise")))]' <<<"$answer" | sed 's/1\.0/1/')"
explain '{"metric":"pool_remaining"}'
check "what has no history is refused" jq -e 'tostring | test("no history")' <<<"$answer"
explain '{"metric":"gmv","from":"2024-12-01","to":"2024-12-31"}'
check "what the data do not reach is refused" jq -e 'tostring | test("begins on")' <<<"$answer"
explain '{"metric":"gmvv"}'
check "a metric that is none is refused with the nearest" jq -e 'tostring | test("Nearest: gmv")' <<<"$answer"
daemon_stop demo
check "the daemon ended in order" test $? = 0
