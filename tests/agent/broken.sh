# flashd check: every mistake of a folder of policies is told, with its file and its place; code 7.
use base
sound=$DAEMONS/policies
mkdir -p "$sound" "$DAEMONS/broken"
cp tests/agent/winback.json "$sound/"
flashd check --policies "$sound"
check "a folder with a sound policy" coded 0
check "is counted" answered "1 policies"
flashd check
check "the shipped ones are sound" coded 0

# planted NAME WORDS JQ: a copy of the policy with one mistake, whose line must carry these words.
planted() {
	jq --arg name "$1" ".name = \$name | $3" tests/agent/winback.json >"$DAEMONS/broken/$1.json"
	expected+=("$1.json:[0-9]+: $2")
}
expected=()
planted no_why '/arms/1.*why' 'del(.arms[1].why)'
planted short_why '/budget/why.*20' '.budget.why = "because"'
planted no_holdout '/holdout.*share' 'del(.holdout.share)'
planted all_held '/holdout/share' '.holdout.share = 1.5'
planted unknown_word '/contact/cooldown' '.contact.cooldown = 3'
planted cents_in_euros '/budget/per_cycle_cents' '.budget.per_cycle_cents = 250.5'
planted bad_cron '/schedule/cron' '.schedule.cron = "61 9 * * *"'
planted never '/schedule/cron.*never' '.schedule.cron = "0 0 30 2 *"'
planted bad_catch_up '/schedule/catch_up' '.schedule.catch_up = "twice"'
planted no_template '/arms/0: .*no_such' '.arms[0].template = "no_such"'
planted stray_braces '/templates/we_miss_you/body.*brace' '.templates.we_miss_you.body += "{x}"'
planted unknown_variable '/templates/.*last_name' '.templates.we_miss_you.subject = "{{last_name}}"'
planted coupon_in_points '/arms/2: .*coupon_code' '.templates.points_gift.body += "{{coupon_code}}"'
planted two_arms '/arms/1: .*silver' '.arms[0].tier = "silver"'
planted other_tier '/arms/0: .*wood' '.arms[0].tier = "wood"'
planted guardless '/evidence/metrics/0' '.evidence.metrics[0] |= del(.min, .max_jump)'
planted minimum_above_maximum '/evidence/metrics/0' '.evidence.metrics[0].max = 0'
planted wrong_type '/audience/horizon_days' '.audience.horizon_days = "30"'
planted silent_days '/audience' '.audience.min_days_since_last = 200'
jq '.name = "somebody_else"' tests/agent/winback.json >"$DAEMONS/broken/other_name.json"
expected+=('other_name.json:[0-9]+: .*name')
sed 's/"kind": "slipping",/"kind": "slipping", "kind": "lapsed",/' tests/agent/winback.json | sed 's/"winback"/"doubled"/' >"$DAEMONS/broken/doubled.json"
expected+=('doubled.json:[0-9]+: .*kind')
head -c 2000 tests/agent/winback.json >"$DAEMONS/broken/cut_off.json"
expected+=('cut_off.json:[0-9]+: ')
printf 'no policy\n' >"$DAEMONS/broken/words.json"
expected+=('words.json:1: ')
head -c 70000 /dev/zero | tr '\0' ' ' >"$DAEMONS/broken/too_long.json"
expected+=('too_long.json:.*6')

flashd check --policies "$DAEMONS/broken"
check "a folder of broken ones ends with 7" coded 7
cp "$DAEMONS/out" "$DAEMONS/mistakes"
for line in "${expected[@]}"; do
	check "told: ${line:0:60}" grep -qE "/$line" "$DAEMONS/mistakes"
done
same "nothing is told that was not planted, but what follows from it" '' \
	"$(sed -E 's|.*/([a-z_]+\.json):.*|\1|' "$DAEMONS/mistakes" | sort -u | comm -23 - <(ls "$DAEMONS/broken" | LC_ALL=C sort))"
same "every broken file is named" "$(ls "$DAEMONS/broken" | LC_ALL=C sort)" \
	"$(grep -oE '[a-z_]+\.json' "$DAEMONS/mistakes" | LC_ALL=C sort -u)"
jq '.name = "many" | del(.why) | .budget.per_cycle_cents = -1 | .holdout.share = 0 | .schedule.zone = 7' tests/agent/winback.json >"$sound/many.json"
flashd check --policies "$sound" --json
check "several mistakes of one file are told at once" test "$(jq -r .mistakes <<<"$out" | grep -c many.json)" = 4
flashd check --policies "$DAEMONS/nowhere"
check "a folder that is not there is a mistake, too" coded 7
use base
flashd agent policy "$DAEMONS/broken/no_why.json" --key "$KEY"
check "and a broken one is not put to work" test "$code" != 0
same "nothing of it is there" 0 "$(daemon_sql "select count(*) from data.policies where policy = 'no_why'")"
