# How every command ends: JSON on success and on errors, no database, no terminal, terminals, and each exit code.
id=$(draft 4 ends-1)
hash=$(sql "select encode(text_hash, 'hex') from data.drafts where draft = '$id'")
other=$(draft 4 ends-2)
action=$(award 4 10 ends-3)
run key create --preset read-only --name ends --quiet
key=$(sql "select key from data.keys where name = 'ends'")
printf 'New words.\n' >"$work/body.txt"
jq 'with_entries(select(.key | startswith("certified") | not)) | .name = "own_orders" | .synonyms = []' \
	sql/metrics/orders.json >"$work/own_orders.json"
run agent policy winback_slipping --key "$agent_key"

# One good call of each command; "-" where it serves for ever. A command without a line here fails.
good() {
	case "$1" in
	serve | demo) words=(-) ;;
	migrate | check) words=($1) ;;
	import) words=(import "$work/import" --map "$work/import/map.json") ;;
	"agent run") words=(agent run --policy winback_slipping --dry-run) ;;
	"agent policy") words=(agent policy winback_slipping --key "$agent_key") ;;
	"tenant create") words=(tenant create second --name Second --zone UTC --currency USD --admin bea) ;;
	"tenant list") words=(tenant list) ;;
	"tenant person") words=(tenant person kit --roles viewer,approver) ;;
	"tenant calendar") words=(tenant calendar --week-start 1) ;;
	"tenant privacy") words=(tenant privacy --min-group 5) ;;
	"tenant prices") words=(tenant prices) ;;
	"metrics list") words=(metrics list) ;;
	"metrics show" | "metrics test") words=($1 gmv) ;;
	"metrics certify" | "metrics suspend" | "metrics retire") words=($1 net_gmv --reason ends --yes) ;;
	"metrics add") words=(metrics add "$work/own_orders.json") ;;
	"key create") words=(key create --preset operator --name more) ;;
	"key list") words=(key list) ;;
	"key revoke") words=(key revoke "$key" --yes) ;;
	"tenant receipts") words=(tenant receipts --minutes 60) ;;
	"key limit") words=(key limit "$agent_key" --none) ;;
	"key budget") words=(key budget "$agent_key" 200000 --confirm=acme) ;;
	"drafts list") words=(drafts list) ;;
	"feed create") words=(feed create pos) ;;
	"feed list") words=(feed list) ;;
	"feed revoke") words=(feed revoke pos --yes) ;;
	"drafts show") words=(drafts show "$id") ;;
	"drafts approve") words=(drafts approve "$id" --hash "$hash") ;;
	"drafts reject") words=(drafts reject "$other" --reason no) ;;
	"drafts edit") words=(drafts edit "$id" --hash "$hash" --body-file "$work/body.txt") ;;
	stop) words=(stop --reason ends) ;;
	resume) words=(resume --reason ends --confirm=acme) ;;
	undo) words=(undo "$action") ;;
	"agent status") words=(agent status) ;;
	"audit tail") words=(audit tail) ;;
	ask) words=(ask 'List the metrics I can query.') ;;
	verify) words=(verify --public-key) ;;
	explain) words=(explain points_issued --window today) ;;
	"member opt-out") words=(member opt-out 4 --channel email) ;;
	*) words=() ;;
	esac
}
for command in "${commands[@]}"; do
	good "$command"
	check "$command has a good call in these tests" [ ${#words[@]} -gt 0 ]
	[ ${#words[@]} -gt 0 ] && [ "${words[0]}" != - ] || continue
	LIMIT=60 run "${words[@]}" --tenant acme --json
	# A cycle without numbers to go by takes no action and says so: a good answer, and code 3. A brand of this morning has no
	# earlier days to compare with either.
	[[ $command = "agent run" || $command = explain ]] && good=3 || good=0
	check "$command --json: one object a line on success" eval 'coded $good && is_json && plain'
	[[ $command = check || $command = verify ]] && continue   # a public key is read from a file
	run "${words[@]}" --tenant acme --config "$work/absent.conf"
	check "$command without a database: a sentence on stderr, nothing on stdout" \
		eval '[ "$code" = 1 ] || [ "$code" = 5 ] && silent && [ -n "$err" ] && plain'
	run "${words[@]}" --tenant acme --config "$work/absent.conf" --json
	check "$command without a database: an error object" eval '[ "$code" = 1 ] || [ "$code" = 5 ] && is_error'
done

# Without a terminal nothing waits: what asks ends with code 2 and names the flag.
for line in "resume --reason x" "key revoke $agent_key" "key budget $agent_key 99999999"; do
	LIMIT=5 run stop --tenant acme --reason 'so that there is something to resume'
	LIMIT=5 run $line --tenant acme
	check "without a terminal $line ends with 2 and names the flag" \
		eval 'coded 2 && [[ $err == *--yes* || $err == *--confirm=acme* ]]'
	check "and gives the whole line to copy" eval 'said "next: flashd ${line%% *}"'
done
run resume --tenant acme --reason x --confirm=acme
run key list
check "with two tenants one must be named" eval 'coded 2 && said "--tenant"'
export FLASHD_TENANT=acme

# On a terminal.
terminal() {
	asked="(terminal) $*"
	python3 tests/cli/terminal.py "$@" >"$work/out" 2>"$work/err"
	code=$?
	out=$(<"$work/out")
}
run stop --reason 'for the terminal'
terminal other "$flashd" resume --reason typed
check "a wrong name typed: nothing done, code 2" \
	eval 'coded 2 && answered "Type acme to go on:" && answered "Nothing was done"'
terminal acme "$flashd" resume --reason typed
check "the right name typed resumes" eval 'coded 0 && answered running'
run key create --preset read-only --name typed --quiet
key=$(sql "select key from data.keys where name = 'typed'")
terminal n "$flashd" key revoke "$key"
check "no is no, code 2" eval 'coded 2 && key_has "$key" "revoked_at is null" t'
terminal y "$flashd" key revoke "$key"
check "yes is yes" eval 'coded 0 && key_has "$key" "revoked_at is null" f'
terminal - "$flashd" key list --all
check "states have colour on a terminal, with the word" grep -q $'\033\[31mrevoked\033\[0m' "$work/out"
terminal - "$flashd" key list --all --no-color
check "not with --no-color" plain
NO_COLOR=1 terminal - "$flashd" key list --all
check "not with NO_COLOR" plain
TERM=dumb terminal - "$flashd" key list --all
check "not with TERM=dumb" plain

# A connection that is cut while a power is used: nobody knows, so 5; a gate that stays held: try again, 8.
hold_gate shared
run key budget "$agent_key" 1
check "a busy gate: try again later, code 8, nothing changed" \
	eval 'coded 8 && silent && ! key_has "$agent_key" "budget_cents" 1'
"$flashd" key budget "$agent_key" 1 >"$work/out" 2>"$work/err" </dev/null &
waiting=$!
until_sql "$waits_for_gate"
sql "select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'flashd command'" >/dev/null
wait $waiting
code=$? out=$(<"$work/out") err=$(<"$work/err")
check "a cut connection: not confirmed, code 5" eval 'coded 5 && silent && said "Not confirmed"'
free_gate

# Each exit code of the table, once more and by its number.
run tenant list
check "0: done" coded 0
run tenant list --config "$work/absent.conf"
check "1: failed" coded 1
run tenant
check "2: wrong usage" coded 2
run undo 019a9f3e-5c1d-7a10-b1c2-2f6f3c1d9e77
check "3: refused by a rule" coded 3
run tenant person zoe --roles admin --person zoe
check "4: no right" coded 4
run stop --config "$work/absent.conf" --reason x
check "5: not confirmed" coded 5
draft 3 ends-4 >"$work/ignored"
run drafts list --exit-code
check "6: waits for a person" coded 6
mkdir -p "$work/policies" && echo '{' >"$work/policies/broken.json"
run check --policies "$work/policies"
check "7: a check found a difference" coded 7
"$flashd" key list >/dev/full 2>"$work/err"
code=$? err=$(<"$work/err")
check "an answer that cannot be written is a failure" eval 'coded 1 && said "stdout"'
"$flashd" audit tail --limit 10000 2>"$work/err" | head -1 >"$work/out"
err=$(<"$work/err")
check "a closed pipe ends quietly" [ -z "$err" ]

# A migration that was edited after it was applied.
sql "update journal.migrations set body_hash = '\\x00' where name like '%0001%'" >/dev/null
run migrate
check "a migration that is not the file that was applied is refused, by name" \
	eval 'coded 1 && said "0001_base.sql is not the file that was applied"'
sql "update journal.migrations set body_hash = null where name like '%0001%'" >/dev/null
run migrate
check "and one from before hashes were kept is taken over" coded 0
