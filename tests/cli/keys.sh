# Keys: the secret is seen once, alone; limits; revocation; budgets are raised only with the tenant's name.
run key create --preset agent --name secret-1 --budget-cents 1000
check "key create succeeds" coded 0
check "stdout is the secret and a newline, nothing else" \
	eval '[[ $out =~ ^fl_live_1k[0-9a-z]{10}_[0-9a-z]{46}$ ]] && [ "$(wc -l <"$work/out")" = 1 ]'
secret=${out##*_}
check "stderr has the line for Claude Code and no secret" \
	eval 'said "claude mcp add --transport http flash http://" && said "\${FLASH_API_KEY}" &&
		[[ $err != *$secret* ]]'
key=$(sql "select key from data.keys where name = 'secret-1'")
check "the database keeps no secret" sql_is "0" "select count(*) from data.keys k where k::text like '%$secret%'"
check "the audit keeps no secret" sql_is "0" "select count(*) from journal.audit a where a::text like '%$secret%'"
check "the server's log keeps no secret" eval '! grep -q "$secret" "$work/cluster/postgres.log"'
run key create --preset read-only --name quiet-key --quiet
check "--quiet leaves the secret alone" eval 'coded 0 && [ -z "$err" ] && [[ $out == fl_live_* ]]'
check "a read-only key has no writes" key_has quiet-key scopes '{metrics:read,members:read,agent:read,agent:stop}'
check "and no cap or budget" key_has quiet-key "cap_cents || '-' || (budget_cents is null)" 0-true
run key create --preset operator --name json-key --json
check "--json gives one object with the secret" \
	eval 'coded 0 && is_json && [[ $(field .secret) == fl_live_* ]] && has .kind operator'
run key create --preset agent --name file-key --out "$work/agent.key"
check "--out writes a file for its owner only, and no secret on stdout" \
	eval 'coded 0 && [ "$(stat -c %a "$work/agent.key")" = 600 ] && grep -q ^fl_live_ "$work/agent.key" &&
		[[ $out != *fl_live_* ]]'
run key create --preset agent --name file-key-2 --out "$work/agent.key"
check "--out never writes over a file, and no key is made" eval 'coded 2 && no_key file-key-2'
run key create --preset agent --name stranger --person eve --out "$work/eve.key"
check "a stranger makes no key and leaves no file" eval 'coded 4 && [ ! -e "$work/eve.key" ]'
run key create --preset read-only --name pii --scope members:pii --json
check "--scope adds members:pii" eval 'coded 0 && [[ $(field ".scopes|join(\" \")") == *members:pii* ]]'
for scope in points:write agent:run admin conformance:fixtures; do
	run key create --preset read-only --name wide --scope $scope
	check "a read-only key cannot have $scope" eval 'coded 2 && silent'
done
FLASHD_CONFORMANCE=1 run key create --preset read-only --name fixtures --scope conformance:fixtures
check "the setting allows the fixtures' scope" coded 0

run key list
check "key list shows name, state and what is left" \
	eval 'coded 0 && answered secret-1 && answered valid && answered 10.00 && plain'
run key list --json
check "its JSON counts in cents" has '.keys[] | select(.name == "secret-1") | .left_cents' 1000
run key list --csv
check "its CSV has a head and quoted cells" eval 'coded 0 && [[ $(head -1 "$work/out") == "\"key\",\"kind\""* ]]'
run key create --preset read-only --name '=cmd|calc' --quiet
run key list --csv
check "CSV takes the edge off formulas" eval "answered '\"'\\''=cmd'"

run key budget "$key" 500
check "lowering a budget asks nothing" eval 'coded 0 && key_has "$key" "budget_cents" 500'
run key budget "$key" 900000
check "raising it without a terminal is refused, naming the flag" \
	eval 'coded 2 && said "--confirm=acme" && key_has "$key" "budget_cents" 500'
run key budget "$key" 900000 --yes
check "--yes is not enough for it" coded 2
run key budget "$key" 900000 --confirm=other
check "a wrong name is refused" eval 'coded 2 && key_has "$key" "budget_cents" 500'
run key budget "$key" 2000 --confirm=acme --json
check "the right name raises it" eval 'coded 0 && is_json && has .budget_cents 2000'
run key budget nokey 5
check "an unknown key is said" eval 'coded 3 && said "no valid key"'

run key revoke "$key"
check "revoking without a terminal names --yes and does nothing" \
	eval 'coded 2 && said "--yes" && key_has "$key" "revoked_at is null" t'
run key revoke "$key" --yes
check "revoking says from when" \
	eval 'coded 0 && answered "no write of it commits after 2" && key_has "$key" "revoked_by" ann'
run key revoke "$key" --yes
check "a revoked key cannot be revoked" coded 3
run key list
check "a revoked key is out of the list" eval '! answered secret-1'
run key list --all
check "and in it with --all" eval 'answered secret-1 && answered revoked'

sql "insert into data.stores (tenant, store, name, region) select tenant, 'K' || i, 'Key store ' || i, 'North' from data.tenants,
	generate_series(1, 2) i where slug = 'acme'" >/dev/null
sql "insert into data.tiers (tenant, tier, name, rank) select tenant, 'key-gold', 'Gold', 77 from data.tenants where slug = 'acme'" >/dev/null
run key create --preset read-only --name north --stores K1,K2 --tiers key-gold --json
check "a key is limited to stores and tiers" \
	eval 'coded 0 && has ".stores | join(\" \")" "K1 K2" && has ".tiers | join(\" \")" key-gold && key_has north "stores || tiers" "{K1,K2,key-gold}"'
check "the record says to which" sql_is '["K1", "K2"]' "select detail -> 'stores' from journal.audit where tool = 'create_key' and detail ->> 'stores' is not null"
run key list
check "key list says so" eval 'coded 0 && answered "K1,K2,key-gold"'
run key create --preset read-only --name nowhere --stores K1,K7 --out "$work/nowhere.key"
check "an unknown store is named with those that there are; no key, no file" \
	eval 'coded 3 && said "no store \"K7\"" && said "K1" && no_key nowhere && [ ! -e "$work/nowhere.key" ]'
run key create --preset read-only --name nowhere --tiers platinum
check "so is an unknown tier" eval 'coded 3 && said "no tier \"platinum\"" && no_key nowhere'
run key create --preset read-only --name nowhere --stores ,
check "a limit to nothing is refused" eval 'coded 2 && said "1 to 20 names" && no_key nowhere'
limited() { sql_is "$1" "select coalesce(stores::text, 'all') || ' ' || coalesce(tiers::text, 'all') from data.keys where name = 'north'"; }
north=$(sql "select key from data.keys where name = 'north'")
run key limit "$north" --stores K1 --tiers key-gold
check "narrowing a key asks nothing" eval 'coded 0 && answered "only stores K1 and tiers key-gold, from its next call on" && limited "{K1} {key-gold}"'
check "the record says from what to what" sql_is 'ann ["K1"] ["K1", "K2"]' "select principal || ' ' || (detail -> 'stores')::text || ' ' ||
	(detail -> 'stores_before')::text from journal.audit where tool = 'limit_key'"
for wider in "--stores K1" "--stores K1,K2 --tiers key-gold" "--tiers key-gold" "--stores K2 --tiers key-gold" --none; do
	run key limit "$north" $wider
	check "widening it ($wider) without a terminal is refused, naming the flag" eval 'coded 2 && said "--confirm=acme" && limited "{K1} {key-gold}"'
done
run key limit "$north" --none --confirm=acme --json
check "the right name widens it" eval 'coded 0 && is_json && has .stores null && limited "all all"'
run key limit "$north" --tiers key-gold --stores K2 --json
check "a key without limits gets some" eval 'coded 0 && has ".stores[0]" K2 && limited "{K2} {key-gold}"'
run key limit "$north"
check "to what must be said" eval 'coded 2 && said "or --none" && limited "{K2} {key-gold}"'
run key limit "$north" --none --stores K1
check "and one thing of the two" eval 'coded 2 && said "or --none"'
run key limit "$north" --stores K7
check "an unknown store is named, and nothing was done" eval 'coded 2 && said "confirm" && limited "{K2} {key-gold}"'
run key limit "$north" --stores K7 --tiers key-gold --confirm=acme
check "also by the database" eval 'coded 3 && said "no store \"K7\"" && limited "{K2} {key-gold}"'
run key limit "$north" --stores K2 --tiers key-gold --person eve
check "a stranger limits nobody" eval 'coded 4 && limited "{K2} {key-gold}"'
run key limit nokey --stores K1
check "a key that there is not is said" eval 'coded 3 && said "no valid key"'
run tenant privacy --min-group 0
check "the least group is 1 to 1000" eval 'coded 2 && said "1..1000"'
run tenant privacy --min-group 7 --person eve
check "and an admin's to say" eval 'coded 4 && sql_is 1 "select min_group from data.tenants where slug = '"'acme'"'"'
before=$(sql "select data_version from data.tenants where slug = 'acme'")
run tenant privacy --min-group 7 --json
check "who says it, and answers of before do not count any more" eval 'coded 0 && has .min_group 7 &&
	sql_is "7 $((before + 1))" "select min_group || '"' '"' || data_version from data.tenants where slug = '"'acme'"'"'
run tenant list
check "tenant list shows it" eval 'coded 0 && answered "LEAST GROUP" && answered 7'
run tenant privacy --min-group 1
check "and back" coded 0

minutes() { sql_is "$1" "select receipt_minutes from data.tenants where slug = 'acme'"; }
for none in 0 1441 -5 x; do
	run tenant receipts --minutes $none
	check "receipts may be 1 to 1440 minutes old, not $none" eval 'coded 2 && said "1..1440" && minutes 60'
done
run tenant receipts --minutes 5 --person eve
check "and an admin says so" eval 'coded 4 && minutes 60'
run tenant receipts --minutes 1440 --json
check "who does" eval 'coded 0 && has .receipt_minutes 1440 && minutes 1440'
check "and the record from what to what" sql_is 'ann 60 1440' "select principal || ' ' || (detail ->> 'before') || ' ' || (detail ->> 'minutes')
	from journal.audit where tool = 'set_receipt_minutes' and decision = 'executed'"
run tenant list
check "tenant list shows how old they may be" eval 'coded 0 && answered "RECEIPT MINUTES" && answered 1440'
run tenant receipts --minutes 60
check "and back to an hour" coded 0
