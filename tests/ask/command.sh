# `flashd ask` from outside: the answer on stdout, what was understood on stderr, refusals with their code.
number=1000
export FLASHD_DATABASE="$FLASHD_DATABASE $now"

flashd() {
	"$FLASHD_CLI" "$@" >"$DAEMONS/out" 2>"$DAEMONS/err" </dev/null
	code=$?
	out=$(<"$DAEMONS/out")
	err=$(<"$DAEMONS/err")
}

flashd ask 'GMV last week by tier vs the week before'
check "ask answers with a table of the cut, the value and the change" \
	eval '[ $code = 0 ] && [[ $out == tier*gmv*previous_period* ]] && [[ $out == *"(all)"*EUR*%* ]]'
check "ask says on stderr what it understood" \
	eval '[[ $err == *"(gmv) by tier, 2026-11-09 to 2026-11-15, against previous_period"* ]]'
whole=$(awk '$1 == "(all)" { print $2 }' <<<"$out")
wanted=$(daemon_sql "select to_char(sum(gross_cents) / 100.0, 'FM999,999,990.00') from data.orders where ordered_at >=
	'2026-11-09 00:00 Europe/Paris' and ordered_at < '2026-11-16 00:00 Europe/Paris'")
same "the number is the one that SQL written by hand gives" "$wanted" "$whole"
flashd ask 'GMV last week by store, top 3' --json
follow=$(jq -r .follow <<<"$out")
check "ask --json is one object with query, answer and handle" \
	eval 'jq -e ".query.limit == 3 and (.answer.rows | length) == 3 and .intent == \"query\"" <<<"$out"'
flashd ask 'GMV last week by store, top 3'
cursor=$(sed -n 's/.* --cursor //p' <<<"$err")
first=$(sed '1d; $d' <<<"$out")
flashd ask 'GMV last week by store, top 3' --cursor "$cursor"
same "ask --cursor goes on where the rows ended" "6 6" "$({ echo "$first"; sed '1d; $d' <<<"$out"; } | sort -u | wc -l) $(
	flashd ask 'GMV last week by store, top 6' --json; jq '.answer.rows | length' <<<"$out")"
FLASHD_PERSON=ben flashd ask 'GMV last week by store, top 3' --cursor "$cursor"
check "a cursor is of no use to somebody else" eval '[ $code = 3 ] && [ -z "$out" ] && [[ $err == *"next_cursor of an earlier"* ]]'
flashd ask 'and by tier?' --follow "$follow" --json
same "ask --follow goes on" '{"by":["tier"],"metric":"gmv","window":"last_week"}' "$(jq -c .query <<<"$out")"
FLASHD_PERSON=ben flashd ask 'and by tier?' --follow "$follow"
check "a handle is of no use to somebody else" eval '[ $code = 3 ] && [ -z "$out" ] && [[ $err == *"not made for this key"* ]]'
flashd tenant privacy --min-group 1000
flashd ask 'GMV last week by tier'
check "a number of too few members reads withheld, and the note says why" \
	eval '[ $code = 0 ] && [[ $out == *"(all)"*withheld* ]] && [[ $err == *"fewer than 1000 members"* ]]'
flashd tenant privacy --min-group 1
flashd ask 'revenue last week'
check "ask refuses with code 3, the word and what it may be" \
	eval '[ $code = 3 ] && [ -z "$out" ] && [[ $err == *"\"revenue\" could not be grounded"*gmv*net_gmv* ]]'
flashd ask 'NPS in Berlin' --json
check "ask --json refuses with an error object" eval '[ $code = 3 ] && jq -e ".error.code == \"not_governed\"" <<<"$out"'
flashd ask 'List the metrics I can query.' --quiet
same "ask lists the metrics there are" "$(ls sql/metrics/*.json | wc -l)" "$(($(wc -l <<<"$out") - 1))"

# A brand's own metrics: asked by it alone, by name, title and synonym; certified or not; a wrong one and one whose names
# are words of the grammar leave the others as they are.
mkdir -p "$DAEMONS/own"
own() {
	printf '{"name": "%s", "title": "%s", "unit": "count", "kind": "count", "meaning": "Orders of 50 or more.", "synonyms": [%s],
		"owner": "ann", "source": "orders", "value": "count(*)", "filter": "gross_cents >= 5000", "dimensions": ["store", "tier", "day"],
		"additive": true, "windows": ["any"], "tests": ["not_negative"]}' "$1" "$2" "$3" >"$DAEMONS/own/$1.json"
	flashd metrics add "$DAEMONS/own/$1.json"
	check "the brand's own metric $1 is taken" [ $code = 0 ]
}
flashd ask 'jumbo baskets last week'
check "before it is there it is no metric" eval '[ $code = 3 ] && [[ $err == *"\"jumbo\" could not be grounded"* ]]'
own big_orders 'Big orders' '"jumbo baskets"'
wanted=$(daemon_sql "select count(*) from data.orders where tenant = 1 and gross_cents >= 5000 and ordered_at >= '2026-11-09 00:00 Europe/Paris'
	and ordered_at < '2026-11-16 00:00 Europe/Paris'")
for words in big_orders 'Big orders' 'jumbo baskets' 'jumbo basket'; do
	flashd ask "How many $words last week?" --json
	same "asked as \"$words\" it is counted" "big_orders last_week $wanted false" \
		"$(jq -r '"\(.query.metric) \(.query.window) \(.answer.value) \(.answer.certified)"' <<<"$out")"
done
flashd metrics certify big_orders --reason tested --yes
flashd ask 'jumbo baskets last week by store, top 3 vs the week before' --json
same "cut and compared like any other, and certified by the brand's word" \
	'{"by":["store"],"compare":["previous_period"],"limit":3,"metric":"big_orders","window":"last_week"} true' \
	"$(jq -cS .query <<<"$out") $(jq .answer.certified <<<"$out")"
follow=$(jq -r .follow <<<"$out")
flashd ask 'and by tier?' --follow "$follow" --json
same "a question goes on from it" 'big_orders ["tier"]' "$(jq -r '"\(.query.metric) \(.query.by)"' <<<"$out")"
flashd ask 'why did jumbo baskets drop last week?' --json
same "its change is asked for" explain "$(jq -r .intent <<<"$out")"
flashd ask 'metrics about jumbo' --quiet
check "it is among the metrics" eval '[ $code = 0 ] && [[ $out == *big_orders* ]]'
flashd ask 'jumbo baskts last week'
check "it is near to what is misspelt" eval '[ $code = 3 ] && [[ $err == *big_orders* ]]'
flashd ask 'jumbo baskets last week' --tenant other
check "another brand has no such metric" eval '[ $code = 3 ] && [[ $err == *"\"jumbo\" could not be grounded"* ]]'
flashd ask 'GMV yesterday by store' --json
before=$(jq -c .query <<<"$out")
own grabber 'Last week' '"by", "store", "yesterday", "versus", "picnic"'
own greedy 'Jumbo baskets of all' '"jumbo baskets"'
daemon_sql "insert into data.metric_definitions (tenant, metric, version, body, definition, created_by, created_at)
	values (1, 'broken', 1, '{\"name\": 1}', repeat('0', 64), 'ann', now())"
flashd ask 'GMV yesterday by store' --json
same "words of the grammar stay what they are, whatever a metric calls itself" "$before" "$(jq -c .query <<<"$out")"
flashd ask 'jumbo baskets last week'
check "two of one name are ambiguous" eval '[ $code = 3 ] && [[ $err == *"may be big_orders"*greedy* ]]'
daemon_sql "delete from data.metric_definitions where metric in ('grabber', 'greedy', 'broken')"
flashd metrics suspend big_orders --reason tested --yes
flashd ask 'big orders last week'
check "suspended it is refused" eval '[ $code != 0 ] && [[ $err == *"big_orders is suspended by ann"* ]]'

flashd explain gmv --window last_week --filters 'channel=web; tier=gold,silver' --json
same "explain takes the filters" '{"channel":["web"],"tier":["gold","silver"]}' "$(jq -c .now.query.filters <<<"$out")"
wanted=$(daemon_sql "select coalesce(sum(o.gross_cents), 0) from data.orders o join data.members m using (tenant, member)
	where o.channel = 'web' and m.tier in ('gold', 'silver') and o.ordered_at >= '2026-11-09 00:00 Europe/Paris'
	and o.ordered_at < '2026-11-16 00:00 Europe/Paris'")
same "and counts as SQL written by hand does" "$wanted" "$(jq '.now.value | round' <<<"$out")"
first=$(jq -r '.text[0]' <<<"$out")
flashd explain gmv --window last_week --filters 'channel=web; tier=gold,silver'
same "explain tells the same in sentences, one a line" "0 $first" "$code $(head -n 1 <<<"$out")"
flashd explain gmv --window last_week --filters web
check "explain says how a filter is written" eval '[ $code = 2 ] && [ -z "$out" ] && [[ $err == *"tier=gold,silver"* ]]'
flashd explain gvm --json
check "explain refuses like the others" eval '[ $code = 3 ] && jq -e ".error.code == \"not_governed\"" <<<"$out"'
