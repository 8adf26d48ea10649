# The CDNOW sample: the import, what the fit sees, the fit itself, scores, one cycle. Numbers marked published are those
# of Fader, Hardie and Lee (2005).
sample=$data/cdnow_sample.txt.gz
published() { python3 tests/real/cdnow.py "$sample" "$@"; }

brand cdnow America/New_York CDNOW
same "the file is the published one" '6919 records of 2357 customers
6696 purchase days
2457 repeats until the end
1411 without one
T at most 38.86 weeks
1882 purchases after it by 684
spend 244091.94' "$(published facts)"

flashd import "$sample" --map cdnow --json
check "it is imported" coded 0
same "6,919 orders, 2,357 members, nothing skipped" '[["stores",1,0],["tiers",3,0],["members",2357,0],["orders",6919,0]] 0' \
	"$(jq -r '[.entities[] | [.entity, .added, .changed]] | tostring' <<<"$out") $(jq .skipped <<<"$out")"
same "and what is kept of it adds up" '6919|24409194|6696|2357' \
	"$(daemon_sql "select (select count(*) from data.orders), (select sum(gross_cents) from data.orders),
		(select sum(days) from data.member_stats), (select count(*) from data.members)")"
before=$(snapshot | grep -v data.tenants)
flashd import "$sample" --map cdnow --json
same "again: 0 new, 0 changed" '0 0' "$(jq -r '"\([.entities[].added] | add) \([.entities[].changed] | add)"' <<<"$out")"
same "and every row is the same" "$before" "$(snapshot | grep -v data.tenants)"

daemon_key cdnow-agent agent --budget-cents 1000000
flashd agent policy tests/real/cdnow_policy.json --key "$KEY"
check "the policy is sound" coded 0

# What read_history hands to the fit, at the last moment of the day, read as the daemon's role reads it.
histories_at() {
	psql -X -qAt -U flashd -v ON_ERROR_STOP=1 <<-SQL | awk -F '|' 'NF > 2 { gsub(/[{}]/, ""); n = split($2, x, ",")
		split($3, t, ","); split($4, age, ","); split($5, m, ","); for (i = 1; i <= n; i++) print x[i], t[i], age[i], m[i] }' | LC_ALL=C sort
		set flash.tenant = $tenant;
		prepare history as $(cat sql/queries/read_history.sql);
		execute history($tenant, '$1');
	SQL
}
same "the fit sees each history as it was on 1997-09-30, that day inside" "$(published histories)" \
	"$(histories_at '1997-09-30 23:59:59.999999-04')"

flashd agent run --policy cdnow_policy --as-of 1997-09-30 --dry-run --json
check "a dry run as of 1997-09-30, nine months before the data ends" coded 0
near "r is the published .243" "$(jq .fit.r <<<"$out")" .2426 .005
near "alpha is the published 4.414" "$(jq .fit.alpha <<<"$out")" 4.4136 .005
near "a is the published .793" "$(jq .fit.a <<<"$out")" .7929 .005
near "b is the published 2.426" "$(jq .fit.b <<<"$out")" 2.4259 .005
near "the log-likelihood is the published -9582.4" "$(jq .fit.log_likelihood <<<"$out")" -9582.4292 .000001
same "946 bought again" 946 "$(jq '.fit.repeaters | floor' <<<"$out")"
same "nothing was done" '0|0' "$(daemon_sql 'select (select count(*) from data.actions), (select count(*) from data.drafts)')"
near "a moment in the afternoon is another one" \
	"$(flashd agent run --policy cdnow_policy --as-of 1997-09-30T15:00 --dry-run --json; jq .fit.log_likelihood <<<"$out")" -9582.4292 .001
flashd agent run --policy cdnow_policy --as-of 1997-09-31 --dry-run
check "a day that never was is refused" coded 3
check "with a sentence" said '"1997-09-31" is not a moment'

# A policy that leaves out only who bought on the day itself; the scores against the formulas, and against what came.
jq '.name = "everybody" | .trigger |= { why, kind: "lapsed" } | .audience.min_repeat_purchases = 0 | .audience.min_days_since_last = 1
	| .audience.max_days_since_last = 365' tests/real/cdnow_policy.json >"$DAEMONS/everybody.json"
flashd agent policy "$DAEMONS/everybody.json" --key "$KEY"
flashd agent run --policy everybody --as-of 1997-09-30 --dry-run --json
run=$(jq -r .run <<<"$out")
scores=$(daemon_sql "select m.external, d.p_now, d.p_then from data.decisions d join data.members m using (tenant, member)
	where d.run = '$run'" -F ' ' | published scores $(jq -r '"\(.fit.r) \(.fit.alpha) \(.fit.a) \(.fit.b)"' <<<"$out"))
check "everybody is scored" awk 'NR == 1 { print; exit !($1 == $3 && $1 > 2300) }' <<<"$scores"
check "as the formulas say, to float4" awk '$1 == "worst" { good = $2 < 1e-6; print } END { exit !good }' <<<"$scores"
# (The published area, .773, is that of the expected purchases.)
near "and tell who buys in the 39 weeks after" "$(awk '$1 == "area" { print $2 }' <<<"$scores")" .757 .01
sed 's/^/CDNOW, scored as of 1997-09-30: /' <<<"$scores" | sed -n '3,4p' | report

invent_people
check "names and consents are added" coded 0
flashd agent run --policy cdnow_policy --as-of 1997-09-30
check "the cycle as of 1997-09-30" coded 0
{ echo; cat "$DAEMONS/out"; echo; } | report
run=$(daemon_sql "select run from data.runs where state = 'done' and not dry_run")
check "acts on somebody" [ "$(daemon_sql "select count(*) > 20 from data.decisions where run = '$run' and chosen")" = t ]
same "and its books are even" "$even_books" "$(run_books "$run")"
flashd agent run --policy cdnow_policy --as-of 1997-09-30
same "a second one leaves the same members alone" 0 "$(daemon_sql "select count(*) from data.decisions a join data.decisions b
	using (tenant, member) where a.run = '$run' and b.run <> a.run and a.chosen and b.chosen
	and b.run in (select run from data.runs where not dry_run)")"
flashd agent run --policy cdnow_policy
check "as of today the data is stale, so it is refused" coded 3
check "and the report says so" grep -q 'purchases and scores are older than the policy allows' "$DAEMONS/out"
