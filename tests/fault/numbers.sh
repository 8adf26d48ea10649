# Numbers that are kept are never old ones, nor somebody else's: three daemons on one database (the third keeps nothing), two
# tenants, events coming in, the same random questions to all. Then a definition that changes under its name.
world 40
mkdir -p "$DAEMONS/stores"
printf 'store,name,region\nS1,One,North\nS2,Two,North\nS3,Three,South\n' >"$DAEMONS/stores/stores.csv"
cat >"$DAEMONS/stores/map.json" <<END
{ "map": "few", "why": "Stores for tests.", "zone": "Europe/Paris", "files": { "stores": { "path": "stores.csv" } },
	"entities": [ { "entity": "stores", "file": "stores", "fields": { "store": "store", "name": "name", "region": "region" } } ] }
END
flashd tenant create beta --min-group 1 --name Beta --zone Europe/Paris --currency EUR --admin ann >>"$DAEMONS/setup.log" 2>&1
flashd import "$DAEMONS/import" --map "$DAEMONS/import/map.json" --quiet --tenant beta >>"$DAEMONS/setup.log" 2>&1
TENANTS=
for tenant in acme beta; do
	flashd import "$DAEMONS/stores" --map "$DAEMONS/stores/map.json" --quiet --tenant "$tenant" >>"$DAEMONS/setup.log" 2>&1
	flashd feed create pos --json --tenant "$tenant" >"$DAEMONS/feed" 2>>"$DAEMONS/setup.log"
	daemon_key "asks-$tenant" read-only --per-minute 100000 --tenant "$tenant"
	TENANTS+=" $tenant:$(jq -r '.path + ":" + .secret' "$DAEMONS/feed"):$SECRET"
done
running a b
FLASHD_RESULT_CACHE=0 daemon_start c
daemons_up="a b c"
seed=${SEED:-$RANDOM}
TENANTS=$TENANTS python3 tests/fault/numbers_play.py "$seed" "$(many 20 200 10)" "$(url a)" "$(url b)" "$(url c)" >"$work/numbers" 2>&1
code=$?
figures "$(head -n 1 "$work/numbers")"
check "answers of one data version agree in every number, and none is older than what was acknowledged" \
	eval "cat $work/numbers; [ $code = 0 ]"

# own VALUE: the tenant's own metric of that value; answers NAME: what a daemon says of it.
own() {
	jq -cn --arg value "$1" '{name: "own_sales", title: "Own sales", unit: "count", kind: "sum", meaning: "Ours.", synonyms: [],
		owner: "ann", certified: false, source: "orders", value: $value, dimensions: ["store"], additive: true, windows: ["any"]}' \
		>"$DAEMONS/own_sales.json"
	flashd metrics add "$DAEMONS/own_sales.json" --quiet >"$DAEMONS/added" 2>&1 || check "a metric of one's own is added" eval "cat $DAEMONS/added; false"
}
SECRET=$(<"$DAEMONS/asks-acme.key")
answers() { URL=$(url "$1") call query_metric '{"metric":"own_sales","window":"last_90d"}' | jq .value; }
own 'sum(units)'
before="$(answers a) $(answers a) $(answers b)"
own 'sum(units + units)'
same "a definition that changed under its name is asked anew, though no event came" \
	"$(awk '{ print 2 * $1, 2 * $2, 2 * $3 }' <<<"$before")" "$(answers a) $(answers b) $(answers c)"

# said DAEMON: how it answers for gmv; the third keeps no answers, but bounds as the others.
said() { URL=$(url "$1") call query_metric '{"metric":"gmv","window":"last_90d"}' | jq -r 'if has("value") then "answered" else "refused" end'; }
stand() { flashd metrics "$1" gmv --reason tested --yes --quiet >>"$DAEMONS/setup.log" 2>&1; }
before="$(said a) $(said c)"
stand suspend
same "what is kept of a number gives it no moment longer when it is suspended" "$before refused refused" "answered answered $(said a) $(said c)"
stand certify
same "nor does it refuse for a moment longer what is certified again" "answered answered" "$(said a) $(said c)"
