# Complete Journey, January to October 2017: the import, three governed numbers over MCP against SQL written by hand over
# the tables, one cycle as of the data's end.
brand journey America/New_York 'Complete Journey'
flashd import "$data/completejourney" --map completejourney --json
check "it is imported" coded 0
same "as many rows as the files have" \
	'[["stores",274],["tiers",3],["members",2348],["campaigns",22],["coupon_pools",22],["coupons",5691],["orders",39197],["order_lines",62113],["redemptions",1302]]' \
	"$(jq -c '[.entities[] | [.entity, .added]]' <<<"$out")"
same "the 898 rows of campaigns 19 to 23, which are not described, are told" '898 ["19","20","21","22","23"]' \
	"$(jq -r '"\(.skipped) \([.skipped_rows[].reason | capture("issued_at: \"(?<c>[0-9]+)\" is not in the lookup campaign").c] | unique)"' <<<"$out")"
before=$(snapshot | grep -v data.tenants)
flashd import "$data/completejourney" --map completejourney --json
same "again: 0 new, 0 changed" '0 0' "$(jq -r '"\([.entities[].added] | add) \([.entities[].changed] | add)"' <<<"$out")"
same "and every row is the same" "$before" "$(snapshot | grep -v data.tenants)"

# What the files say themselves, without the import: lines of the last whole week, by store.
same "the files' own week is the tables'" \
	"$(python3 - "$data/completejourney/transactions_sample.csv.gz" <<-'PY'
		import csv, gzip, sys
		from decimal import Decimal
		baskets = {}
		for row in csv.DictReader(gzip.open(sys.argv[1], 'rt')):
		    if '2017-10-23' <= row['transaction_timestamp'][:10] <= '2017-10-29':
		        line = Decimal(row['sales_value']) + Decimal(row['retail_disc']) + Decimal(row['coupon_match_disc'])
		        baskets[row['store_id']] = baskets.get(row['store_id'], 0) + line
		print('\n'.join('%s %.2f' % (store, baskets[store]) for store in sorted(baskets)))
	PY
	)" \
	"$(daemon_sql "select store, to_char(sum(gross_cents) / 100.0, 'FM999990.00') from data.orders where tenant = $tenant
		and ordered_at >= timestamp '2017-10-23' at time zone 'America/New_York'
		and ordered_at < timestamp '2017-10-30' at time zone 'America/New_York' group by store order by store collate \"C\"" -F ' ')"

# Every kind of question, as if it were the day after: against the oracles of tests/sql/oracle.
check "random questions are answered as SQL by hand says (make oracle asks 10,000)" env FLASHD_METRICS_QUESTIONS=60 \
	FLASHD_METRICS_NOW=2017-11-01T11:00:00Z FLASHD_METRICS_DATABASE="$FLASHD_ADMIN_DATABASE" build/san/test_brands_oracle

daemon_key reader read-only
daemon_start journey --no-agent || exit 1
ask() { answer=$(daemon_call "$SECRET" query_metric "$1"); }

ask '{"metric":"gmv","by":["store"],"window":"last_week","as_of":"2017-10-31","limit":200}'
by_hand="from data.orders where tenant = $tenant and ordered_at >= '2017-10-23 00:00-04' and ordered_at < '2017-10-30 00:00-04'"
same "GMV by store last week is what SQL says" \
	"$(daemon_sql "select store, sum(gross_cents) $by_hand group by store order by 2 desc, store collate \"C\"" -F ' ')" \
	"$(jq -r '.rows[] | "\(.store) \(.value)"' <<<"$answer" | LC_ALL=C sort -k2,2nr -k1,1)"
same "and so is its total" "$(daemon_sql "select sum(gross_cents) $by_hand")" "$(jq .value <<<"$answer")"
jq -r '"GMV last week (\(.window.first_day) to \(.window.last_day)) \(.text); best: " + ([.rows[:3][] | "\(.store_name) \(.text)"] | join(", "))' \
	<<<"$answer" | report

ask '{"metric":"coupon_redemption_rate","by":["campaign_type"],"from":"2017-01-01","to":"2017-10-31"}'
same "coupon redemption rate by type of campaign is what SQL says" \
	"$(daemon_sql "select g.type, count(*) filter (where exists (select from data.redemptions r where (r.tenant, r.code)
		= (c.tenant, c.code))), count(*) from data.coupons c join data.pools p using (tenant, pool)
		join data.campaigns g using (tenant, campaign) where c.tenant = $tenant and c.state <> 'voided'
		and (c.issued_at at time zone 'America/New_York')::date between '2017-01-01' and '2017-10-31' group by 1 order by 1" -F ' ')" \
	"$(jq -r '.rows[] | "\(.campaign_type) \(.numerator) \(.denominator)"' <<<"$answer" | LC_ALL=C sort)"
check "each value is its fraction" jq -e '[.rows[], .total | (.value - .numerator / .denominator) | fabs < 0.000001] | all' <<<"$answer"
jq -r '"Redemption rate of coupons issued January to October: " + ([.rows[] | "type \(.campaign_type) \(.text)"] | join(", "))' \
	<<<"$answer" | report

ask '{"metric":"active_members","by":["tier"],"window":"yesterday","as_of":"2017-11-01"}'
same "active members by tier are what SQL says" \
	"$(daemon_sql "select m.tier, count(distinct o.member) from data.orders o join data.members m using (tenant, member)
		where o.tenant = $tenant and (o.ordered_at at time zone 'America/New_York')::date between date '2017-10-31' - 89
		and '2017-10-31' group by 1 order by 1" -F ' ')" \
	"$(jq -r '.rows[] | "\(.tier) \(.value)"' <<<"$answer" | LC_ALL=C sort)"
jq -r '"Active members (90 days to 2017-10-31): " + ([.rows[] | "\(.tier_name) \(.value)"] | join(", "))' <<<"$answer" | report
ask '{"metric":"gmv","by":["store"],"window":"last_week"}'
check "last week of today has no data, and that is said instead of a zero" \
	jq -e '.code == "no_data" or (tostring | test("There is no data"))' <<<"$answer"

# Eligible pairs (household, campaign live in the month) and those with a redemption: no metric is exactly that, so the
# rows come from SQL, and tests/unit/test_explain.c splits the same counts.
pairs() {
	daemon_sql "select g.type, count(*), count(*) filter (where exists (select from data.redemptions r
		where r.tenant = e.tenant and r.member = e.member and r.pool = e.pool
		and (r.redeemed_at at time zone 'America/New_York')::date between '$1' and '$2'))
		from (select distinct tenant, member, pool from data.coupons where tenant = $tenant and issued_at is not null) e
		join data.pools p using (tenant, pool) join data.campaigns g using (tenant, campaign)
		where (g.starts_at at time zone 'America/New_York')::date <= '$2' and (g.ends_at at time zone 'America/New_York'
			- interval '1 second')::date >= '$1' group by 1 order by 1" -F ' ' | sed 's/Type //' | tr '\n' ';'
}
same "May: .077377 of the pairs" 'A 1076 122;B 540 9;C 77 0;' "$(pairs 2017-05-01 2017-05-31)"
same "June: .058182" 'A 1076 64;B 299 16;' "$(pairs 2017-06-01 2017-06-30)"
same "August: .106776" 'A 1077 152;B 384 4;' "$(pairs 2017-08-01 2017-08-31)"
same "September: .073596" 'A 1077 88;C 241 9;' "$(pairs 2017-09-01 2017-09-30)"

# The same months through the tool: redemptions by type of campaign, and the rate of the coupons given out.
explain() { answer=$(daemon_call "$SECRET" explain_change "$1"); }
explain '{"metric":"coupons_redeemed","from":"2017-09-01","to":"2017-09-30"}'
same "September against August through the tool is what SQL says" \
	"$(daemon_sql "select count(*) filter (where m = 8), count(*) filter (where m = 9) from (select extract(month from
		redeemed_at at time zone 'America/New_York') as m from data.redemptions where tenant = $tenant) r" -F ' ')" \
	"$(jq -r '"\(.then.value) \(.now.value)"' <<<"$answer" | sed 's/\.0//g')"
jq -r '.text[]' <<<"$answer" | report
explain '{"metric":"aov","from":"2017-06-01","to":"2017-06-30"}'
check "a ratio's change is told with its verdict" jq -e '.verdict and (.text | length >= 2)' <<<"$answer"
explain '{"metric":"coupon_redemption_rate","from":"2017-06-01","to":"2017-06-30"}'
check "mix and rate add up to the change of a rate" jq -e \
	'(.parts == null) or (.parts.mix.value + .parts.rate.value - .change.value | fabs < 1e-12)' <<<"$answer"
jq -r '.text[]' <<<"$answer" | report
daemon_stop journey
check "the daemon ended in order" test $? = 0

invent_people
check "names and consents are added" coded 0
daemon_key journey-agent agent --budget-cents 100000
flashd agent policy tests/real/journey_policy.json --key "$KEY"
check "the policy is sound" coded 0
# These households were chosen because they stay: on the last day the dropout of the model runs to its edge, and a first
# cycle does nothing. A month earlier the fit is sound; then the last day's cycle keeps those parameters, and says so.
flashd agent run --policy journey_policy --as-of 2017-10-31
check "a fit at the edge, and none before: refused" coded 3
check "and the report says so" grep -q 'ended at the edge of what is plausible.*there are no parameters to use yet' "$DAEMONS/out"
same "nothing was done" '0|0' "$(daemon_sql 'select (select count(*) from data.actions), (select count(*) from data.decisions)')"
flashd agent run --policy journey_policy --as-of 2017-09-30 --dry-run --json
check "a dry run a month earlier fits" jq -e '.state == "done" and (.fit.sentence | startswith("BG/NBD fitted"))' <<<"$out"
kept=$(jq -c '[.fit.r, .fit.alpha, .fit.a, .fit.b]' <<<"$out")
flashd agent run --policy journey_policy --as-of 2017-10-31
check "the cycle as of 2017-10-31" coded 0
{ echo; cat "$DAEMONS/out"; echo; } | report
run=$(daemon_sql "select run from data.runs where state = 'done' and not dry_run")
same "keeps the last good parameters" "$kept" "$(daemon_sql "select summary -> 'fit' from data.runs where run = '$run'" |
	jq -c '[.r, .alpha, .a, .b]')"
check "and says so" grep -q 'the last good parameters are kept' "$DAEMONS/out"
check "acts on somebody" [ "$(daemon_sql "select count(*) > 20 from data.decisions where run = '$run' and chosen")" = t ]
same "and its books are even" "$even_books" "$(run_books "$run")"
