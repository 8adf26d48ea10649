# What the parts share: TAP, one run of the program with everything caught, and the world they run in.
number=0 failed=0

# check "label" command...: true is ok; else what the last run of the program said is shown.
check() {
	local label=$1
	shift
	number=$((number + 1))
	if "$@"; then
		echo "ok $number - $label"
	else
		echo "not ok $number - $label"
		printf '# not true: %s\n# code %s of: flashd %s\n' "$*" "${code:-?}" "${asked:-}"
		head -c 2000 "$work/out" 2>/dev/null | sed 's/^/# out: /'
		head -c 2000 "$work/err" 2>/dev/null | sed 's/^/# err: /'
		failed=$((failed + 1))
	fi
}

# Runs the program without a terminal, stdin closed, under a limit: sets code, out and err.
run() {
	asked=$*
	timeout -k 1 "${LIMIT:-20}" "$flashd" "$@" >"$work/out" 2>"$work/err" <&-
	code=$?
	out=$(<"$work/out")
	err=$(<"$work/err")
}

coded() { [ "$code" = "$1" ]; }
silent() { [ -z "$out" ]; }
said() { [[ $err == *"$1"* ]]; }
answered() { [[ $out == *"$1"* ]]; }
field() { jq -r "$1" "$work/out"; }
has() { [ "$(field "$1")" = "$2" ]; }
# Every line is one JSON object, and there is at least one.
is_json() { [ -s "$work/out" ] && jq -es 'all(type == "object")' "$work/out" >"$work/jq" 2>&1; }
is_error() {
	is_json && jq -e '.error | (.code | length > 0) and (.message | length > 0) and has("next")' "$work/out" >"$work/jq"
}
plain() { ! grep -q $'\033' "$work/out" "$work/err"; }
sql() { psql -X -qAt -v ON_ERROR_STOP=1 -d flash -c "$1"; }
sql_is() { [ "$(sql "$2")" = "$1" ]; }
no_key() { sql_is 0 "select count(*) from data.keys where name = '$1'"; }
key_has() { [ "$(sql "select $2 from data.keys where key = '$1' or name = '$1'")" = "$3" ]; }
draft_has() { [ "$(sql "select $2 from data.drafts where draft = '$1'")" = "$3" ]; }
action_is() { [ "$(sql "select state from data.actions where action = '$1'")" = "$2" ]; }
actions_done() { [ "$(sql "select count(*) from data.actions where state = 'done'")" = "$1" ]; }
stop_is() { [ "$(sql "select stopped from data.stops where scope = '$1'")" = "$2" ]; }
# Waits for a condition of the database, at most so long that a broken test ends.
until_sql() {
	local tries=0
	until [ "$(sql "$1")" = t ]; do
		tries=$((tries + 1))
		[ $tries -lt 300 ] || return 1
		sleep 0.1
	done
}

# Another session holds the tenant's gate (shared like a writer, exclusive like a stop) until free_gate.
hold_gate() {
	local lock=pg_advisory_xact_lock
	[ "$1" = exclusive ] || lock=pg_advisory_xact_lock_shared
	[ -p "$work/holder" ] || mkfifo "$work/holder"
	psql -X -qAt -d flash <"$work/holder" >"$work/holder.out" 2>&1 &
	holder=$!
	exec 7>"$work/holder"
	echo "begin; select $lock(7301, 1);" >&7
	until_sql "select count(*) > 0 from pg_locks where locktype = 'advisory' and classid = 7301 and granted"
}
free_gate() {
	echo "commit;" >&7
	exec 7>&-
	wait $holder
}
commands_at_work="from pg_stat_activity where application_name = 'flashd command'"
waits_for_gate="select count(*) > 0 $commands_at_work and wait_event_type = 'Lock'"
counts_flights="select count(*) > 0 $commands_at_work and query like '%count_in_flight%'"

cluster_pids() {
	local postmaster
	postmaster=$(head -1 "$CLUSTER/data/postmaster.pid" 2>/dev/null) || return 0
	echo "$postmaster" $(pgrep -P "$postmaster")
}
cluster_pause() { kill -STOP $(cluster_pids); }
cluster_continue() {
	[ ! -e "${CLUSTER:-none}/data/postmaster.pid" ] || kill -CONT $(cluster_pids) 2>/dev/null
}

# The token of a number's receipt; the arguments of a write with it, as an agent's must be: cite NAME JSON.
receipt() { "$flashd" ask 'budget left' --json </dev/null 2>/dev/null | jq -r .answer.receipt.token; }
cite() {
	case $1 in earn_points | issue_coupon | draft_outreach) echo "{\"receipts\":[\"$(receipt)\"],${2#\{}" ;; *) echo "$2" ;; esac
}
# Calls a tool over HTTP as the agent: call NAME JSON; prints the structured answer.
call() {
	curl -s -m 20 "http://127.0.0.1:$port/api/mcp" -H "Authorization: Bearer $agent_secret" \
		-H 'Content-Type: application/json' -H 'Accept: application/json, text/event-stream' \
		-H 'MCP-Protocol-Version: 2025-06-18' \
		-d "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"tools/call\",\"params\":{\"name\":\"$1\",\"arguments\":$(cite "$@")}}" |
		sed 's/^data: //' | grep '^{' | jq -c '.result.structuredContent // .'
}
# award MEMBER POINTS KEY: an action to undo; prints its id.
award() {
	call earn_points "{\"member\":$1,\"points\":$2,\"reason\":\"test\",\"idempotency_key\":\"$3\"}" | jq -r .action
}
# draft MEMBER KEY: a message that waits; prints its id.
draft() {
	call draft_outreach "{\"member\":$1,\"channel\":\"email\",\"subject\":\"Hello\",
		\"body\":\"Dear Kim\\nwe miss you.\",\"idempotency_key\":\"$2\"}" |
		jq -r .draft
}

# A migrated database, one tenant with an admin, a few members with names and addresses, an agent key, a daemon.
world_make() {
	: >"$work/out" >"$work/err"
	CLUSTER_FAST=1 cluster_start "$work/cluster" || return 1
	psql -X -qd postgres -c 'create database flash' || return 1
	cat >"$work/conf" <<-END
		database = host=$PGHOST dbname=flash user=flashd
		admin_database = host=$PGHOST dbname=flash user=postgres
		master_key_file = $work/master.key
		state_folder = $work
		person = ann
		http_port = 0
	END
	sed "s|$PGHOST|$work/nowhere|" "$work/conf" >"$work/absent.conf"
	export FLASHD_CONFIG=$work/conf
	unset NO_COLOR
	export TERM=xterm
	run migrate
	coded 0 || { cat "$work/err"; return 1; }
	run tenant create acme --name 'Acme Coffee' --zone Europe/Paris --currency EUR --admin ann --min-group 1
	coded 0 || { cat "$work/err"; return 1; }
	world_members && world_daemon || return 1
	run help --json
	mapfile -t commands < <(field '.commands[].name')
}

world_members() {
	mkdir -p "$work/import"
	printf 'id,name,email,since\n' >"$work/import/members.csv"
	printf '%s\n' '1,Kim Okafor,kim@example.org,2024-01-01' '2,Lee Park,lee@example.org,2024-01-01' \
		'3,Jo Diaz,same@example.org,2024-01-01' '4,Al Diaz,same@example.org,2024-01-01' >>"$work/import/members.csv"
	cat >"$work/import/map.json" <<-END
		{ "map": "few", "why": "Members for the command line's tests.", "zone": "Europe/Paris",
			"files": { "members": { "path": "members.csv" } },
			"entities": [
				{ "entity": "members", "file": "members", "fields": { "member": "id", "name": "name", "email": "email",
					"enrolled_at": { "column": "since", "as": "yyyy-mm-dd" } } },
				{ "entity": "consents", "file": "members", "why": "All said yes.", "fields": { "member": "id",
					"channel": { "constant": "email" }, "granted": { "constant": "true" },
					"at": { "column": "since", "as": "yyyy-mm-dd" } } } ] }
	END
	run import "$work/import" --map "$work/import/map.json"
	coded 0 || { cat "$work/out" "$work/err"; return 1; }
}

world_daemon() {
	run key create --preset agent --name tests --budget-cents 100000 --per-minute 100000
	agent_secret=$out
	agent_key=$(sql "select key from data.keys where name = 'tests'")
	"$flashd" serve --no-agent >"$work/serve.out" 2>"$work/serve.err" </dev/null &
	serve_pid=$!
	local tries=0
	until port=$(grep -soE '127\.0\.0\.1:[0-9]+' "$work/serve.err" | head -1 | cut -d: -f2) && [ -n "$port" ]; do
		tries=$((tries + 1))
		kill -0 $serve_pid 2>/dev/null && [ $tries -lt 200 ] || { cat "$work/serve.err"; return 1; }
		sleep 0.1
	done
}
