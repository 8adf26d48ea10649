# Governed numbers: a person certifies, suspends and retires; tests suspend; own definitions are checked before they are
# stored; the calendar.
metric_is() { [ "$("$flashd" metrics list --json | jq -r ".metrics[] | select(.metric == \"$1\") | .state")" = "$2" ]; }

run metrics list --json
check "metrics list shows every shipped metric as certified" \
	eval 'coded 0 && [ "$(jq ".metrics | length" "$work/out")" = "$(ls sql/metrics | wc -l)" ] &&
		[ "$(jq -r ".metrics[].state" "$work/out" | sort -u)" = certified ]'
run metrics show gmv
check "metrics show tells meaning, tests and who vouches" \
	eval 'coded 0 && answered "before discounts" && answered "rows_add_up" && answered "certified by flashd maintainers"'
run metrics show gvm
check "an unknown metric is refused with the nearest" eval 'coded 3 && said "Nearest: gmv"'
run metrics suspend gmv --yes
check "suspending needs a reason" eval 'coded 2 && said "--reason" && metric_is gmv certified'
run metrics suspend gmv --reason 'store 4 sends twice'
check "and a yes" eval 'coded 2 && said "Nothing was done" && metric_is gmv certified'
run metrics suspend gmv --reason 'store 4 sends twice' --yes --person eve
check "and an admin" eval 'coded 4 && metric_is gmv certified'
run metrics suspend gmv --reason 'store 4 sends twice' --yes
check "then it is suspended" eval 'coded 0 && metric_is gmv suspended'
run metrics list --state suspended --json
check "with its reason, and alone" eval 'coded 0 && has ".metrics | length" 1 && has ".metrics[0].why" "store 4 sends twice"'
run metrics certify gmv --reason 'agrees with the till' --yes
check "a person certifies it again" eval 'coded 0 && metric_is gmv certified'
run metrics show gmv --json
check "the history keeps both" eval 'coded 0 && has "[.history[].to] | join(\" \")" "certified suspended"'
run metrics retire aov --reason 'use net_aov' --yes
check "a metric is retired" eval 'coded 0 && metric_is aov retired'

cat >"$work/big_orders.json" <<-'JSON'
	{"name": "big_orders", "title": "Big orders", "unit": "count", "kind": "count", "meaning": "Orders of 50 or more.",
	"synonyms": ["large orders"], "owner": "ann", "source": "orders", "value": "count(*)", "filter": "gross_cents >= 5000",
	"dimensions": ["store", "day"], "additive": true, "windows": ["any"], "tests": ["not_negative", "at_most orders"]}
JSON
mkdir -p "$work/wrong"
sed 's/gross_cents/secret/; s/"count(\*)"/"count(x)"/; s/"store"/"shop"/' "$work/big_orders.json" >"$work/wrong/big_orders.json"
run metrics add "$work/wrong/big_orders.json"
check "a wrong definition is refused with every mistake and its place" \
	eval 'coded 2 && said "big_orders.json#/value" && said "#/filter: \"secret\"" && said "#/dimensions/0" &&
		sql_is 0 "select count(*) from data.metric_definitions"'
sed 's/"large orders"/"turnover"/' "$work/big_orders.json" >"$work/wrong/big_orders.json"
run metrics add "$work/wrong/big_orders.json"
check "and so is one that takes a shipped metric's synonym" eval 'coded 2 && said "\"turnover\" means the shipped metric gmv"'
sed '1s/{/{"certified": true, "certified_by": "me", "certified_on": "2026-11-21", /' "$work/big_orders.json" \
	>"$work/wrong/big_orders.json"
run metrics add "$work/wrong/big_orders.json"
check "and one that brings its own certificate" eval 'coded 2 && said "only a person certifies"'
run metrics add "$work/big_orders.json" --json
check "a right one is proposed" eval 'coded 0 && has .state proposed && metric_is big_orders proposed'
run metrics certify big_orders --reason 'mine' --yes
check "and certified by a person" eval 'coded 0 && metric_is big_orders certified'
sed 's/5000/6000/' "$work/big_orders.json" >"$work/wrong/big_orders.json"
run metrics add "$work/wrong/big_orders.json" --json
check "a changed definition is a new version that nobody vouches for yet" \
	eval 'coded 0 && has .version 2 && metric_is big_orders proposed'
sql "update data.metric_definitions set body = '{\"name\": 1}' where version = 2" >"$work/none"
run metrics list --json
check "one that went wrong takes away itself only" eval 'coded 0 && [ "$(jq ".metrics | length" "$work/out")" -gt 100 ]'

run metrics test gmv --json
check "metrics test runs the declared tests" eval 'coded 0 && has ".metrics[0].tests" 2'
run metrics test
check "and all of them" coded 0

run tenant calendar --fiscal-month 2 --years 4-5-4 --week-start 7
check "a calendar is set" eval 'coded 0 && answered "month 2 and are of weeks (4-5-4)" &&
	sql_is "2 t 7" "select fiscal_month || '"' '"' || retail::text::char || '"' '"' || week_start from data.tenants where tenant = 1"'
run tenant calendar --fiscal-month 13
check "a month that is none is refused" coded 2
run tenant calendar
check "and so is nothing" eval 'coded 2 && said "Nothing was changed"'
