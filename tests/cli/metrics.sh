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

# A source whose columns change: refused at once; the next test writes down since when and why, a person ends it.
sql "do \$\$ begin execute 'create or replace view metric.visits as select x.*, 1 as more from (' ||
	rtrim(pg_get_viewdef('metric.visits'), ';') || ') x'; end \$\$" >"$work/none"
check "a changed source suspends what is made of it" eval 'metric_is visits suspended && metric_is gmv certified'
run metrics show visits --json
check "which nobody has said yet" eval 'coded 0 && has ".history | length" 0 && has .by flashd'
run metrics test visits --json
check "metrics test says it, with code 7" eval 'coded 7 && has ".metrics[0].failed" "the columns of its source visits are not those that it was certified for"'
run metrics show visits --json
check "and the history tells since when and why" eval 'coded 0 && has ".history | length" 1 && has ".history[0].by" flashd &&
	has ".history[0].reason" "the columns of its source visits are not those that it was certified for" &&
	sql_is t "select at > now() - interval \$\$1 minute\$\$ from data.metric_history where metric = \$\$visits\$\$"'
run metrics test visits --json
check "once" eval 'sql_is 1 "select count(*) from data.metric_history where metric = \$\$visits\$\$"'
run metrics certify visits --reason 'one column more' --yes
check "a person ends it" eval 'coded 0 && metric_is visits certified'

# Data that are too old: the history tells since when, as long as that is so.
run metrics show gmv --json
check "of fresh data nothing is told" eval 'has "[.history[] | select(.by == \"flashd\")] | length" 0'
as_of=$(sql "select quote_nullable(data_as_of) from data.tenants where tenant = 1")
sql "insert into data.orders (tenant, order_ref, channel, ordered_at, gross_cents) values (1, 'old', 'web', now() - interval '20 days', 5);
	update data.tenants set data_as_of = now() - interval '10 days' where tenant = 1" >"$work/none"
known=$("$flashd" metrics list --json | jq -r '.metrics[] | select(.metric == "gmv") | .known_until')
run metrics show gmv --json
check "of old data since when and why, behind what was said later" eval 'coded 0 &&
	has "[.history[].by] | join(\" \")" "ann ann flashd" && has ".history[2].reason" \
	"what is known of orders ends at $known, and may lag 168 hours; newer data end this" &&
	has "(.history[2].at[:19] + \"Z\" | fromdate) - (\"$known\" | fromdate)" $((169 * 3600))'
run metrics show gmv
check "on the screen as well" eval 'answered "suspended by flashd: what is known of orders ends at"'

sql "delete from data.orders where order_ref = 'old'; update data.tenants set data_as_of = $as_of where tenant = 1" >"$work/none"

run tenant calendar --fiscal-month 2 --years 4-5-4 --week-start 7
check "a calendar is set" eval 'coded 0 && answered "month 2 and are of weeks (4-5-4)" &&
	sql_is "2 t 7" "select fiscal_month || '"' '"' || retail::text::char || '"' '"' || week_start from data.tenants where tenant = 1"'
run tenant calendar --fiscal-month 13
check "a month that is none is refused" coded 2
run tenant calendar
check "and so is nothing" eval 'coded 2 && said "Nothing was changed"'
