# Real daemons for test scripts, sourced after cluster.sh and with a cluster running (PGHOST, PGUSER).
#
#   daemon_database NAME              a migrated database with the tenant acme and its admin ann, whose numbers may tell of a
#                                     single member; sets every FLASHD_ setting
#                                     by environment, under the folder $DAEMONS = $FLASHD_TEST/NAME
#   daemon_members COUNT              members 1 to COUNT with names, addresses and consent to e-mail
#   daemon_key NAME PRESET [OPTION…]  a key: its secret in $DAEMONS/NAME.key and SECRET, its id in $DAEMONS/NAME.id and KEY
#   daemon_start [NAME [OPTION…]]     serves, on any free port, kept in $DAEMONS/NAME.port; sets URL and URL_NAME
#   daemon_stop [NAME]                ends it in order; its exit code is the function's
#   daemon_kill9 [NAME]               ends it as a power cut would
#   daemon_call SECRET TOOL ARGS      one tools/call at URL; prints the structured answer, or the error, as JSON
#                                     (a write cites a receipt, as an agent must, unless ARGS has receipts)
#   daemon_receipt SECRET             a receipt of the key's tenant, asked for once
#   daemon_sql TEXT [OPTION…]         as the superuser, in the database
#   daemon_until SECONDS COMMAND…     waits for a condition; fails when it does not come
#
# FLASHD_BIN is the daemon (build/san/flashd), FLASHD_CLI the program for commands (the same). A daemon's log is
# $DAEMONS/NAME.log, its process $DAEMONS/NAME.pid.
FLASHD_BIN=$(realpath "${FLASHD_BIN:-build/san/flashd}")
FLASHD_CLI=$(realpath "${FLASHD_CLI:-$FLASHD_BIN}")

daemon_database() {
	DAEMONS=${FLASHD_TEST:?}/$1
	mkdir -p "$DAEMONS/outbox"
	export PGDATABASE=$1
	export FLASHD_DATABASE="host=$PGHOST dbname=$1 user=flashd" FLASHD_ADMIN_DATABASE="host=$PGHOST dbname=$1 user=$PGUSER"
	export FLASHD_MASTER_KEY_FILE=$DAEMONS/master.key FLASHD_STATE_FOLDER=$DAEMONS FLASHD_OUTBOX_FOLDER=$DAEMONS/outbox
	export FLASHD_TENANT=acme FLASHD_PERSON=ann FLASHD_HTTP_PORT=0
	psql -X -qd postgres -c "create database \"$1\"" &&
		"$FLASHD_CLI" migrate --quiet >"$DAEMONS/setup.log" 2>&1 &&
		"$FLASHD_CLI" tenant create acme --name 'Acme Coffee' --zone Europe/Paris --currency EUR --admin ann --min-group 1 \
			>>"$DAEMONS/setup.log" 2>&1 || { cat "$DAEMONS/setup.log" >&2; return 1; }
}

daemon_members() {
	mkdir -p "$DAEMONS/import"
	awk -v count="$1" 'BEGIN { print "id,name,email,since"
		for (i = 1; i <= count; i++) printf "%d,Member %d,member%d@example.org,2024-01-01\n", i, i, i }' \
		>"$DAEMONS/import/members.csv"
	cat >"$DAEMONS/import/map.json" <<-END
		{ "map": "few", "why": "Members for tests.", "zone": "Europe/Paris",
			"files": { "members": { "path": "members.csv" } },
			"entities": [
				{ "entity": "members", "file": "members", "fields": { "member": "id", "name": "name", "email": "email",
					"enrolled_at": { "column": "since", "as": "yyyy-mm-dd" } } },
				{ "entity": "consents", "file": "members", "why": "All said yes.", "fields": { "member": "id",
					"channel": { "constant": "email" }, "granted": { "constant": "true" },
					"at": { "column": "since", "as": "yyyy-mm-dd" } } } ] }
	END
	"$FLASHD_CLI" import "$DAEMONS/import" --map "$DAEMONS/import/map.json" --quiet >>"$DAEMONS/setup.log" 2>&1 ||
		{ cat "$DAEMONS/setup.log" >&2; return 1; }
}

daemon_key() {
	local name=$1 preset=$2
	shift 2
	"$FLASHD_CLI" key create --preset "$preset" --name "$name" --out "$DAEMONS/$name.key" --quiet "$@" \
		>>"$DAEMONS/setup.log" 2>&1 || { cat "$DAEMONS/setup.log" >&2; return 1; }
	SECRET=$(<"$DAEMONS/$name.key")
	KEY=$(daemon_sql "select key from data.keys where name = '$name'")
	echo "$KEY" >"$DAEMONS/$name.id"
}

daemon_start() {
	local name=${1:-daemon} port
	shift $(($# > 0))
	mkdir -p "$DAEMONS/$name"
	: >"$DAEMONS/$name.log"
	FLASHD_STATE_FOLDER=$DAEMONS/$name "$FLASHD_BIN" serve "$@" </dev/null >>"$DAEMONS/$name.out" 2>"$DAEMONS/$name.log" &
	echo $! >"$DAEMONS/$name.pid"
	daemon_until 60 eval "daemon_serves $name || daemon_ended $name"
	daemon_serves "$name" || { cat "$DAEMONS/$name.log" >&2; return 1; }
	port=$(grep -oE 'POST http://[0-9.]+:[0-9]+' "$DAEMONS/$name.log" | head -1 | grep -oE '[0-9]+$')
	echo "$port" >"$DAEMONS/$name.port.new"
	mv "$DAEMONS/$name.port.new" "$DAEMONS/$name.port"
	export URL=http://127.0.0.1:$port
	export "URL_$name=$URL"
}

daemon_serves() { grep -qE 'POST http://[0-9.]+:[0-9]+/' "$DAEMONS/$1.log"; }
daemon_ended() { ! kill -0 "$(<"$DAEMONS/$1.pid")" 2>/dev/null; }

daemon_stop() {
	local pid
	pid=$(<"$DAEMONS/${1:-daemon}.pid")
	kill -TERM "$pid" 2>/dev/null
	wait "$pid"
}

daemon_kill9() {
	local pid
	pid=$(<"$DAEMONS/${1:-daemon}.pid")
	kill -KILL "$pid" 2>/dev/null
	{ wait "$pid"; } 2>/dev/null
	return 0
}

daemon_receipt() {
	local tenant=${1#fl_live_} new=$DAEMONS/receipt.$BASHPID
	local kept=$DAEMONS/receipt-${tenant%%k*}
	if [ ! -s "$kept" ]; then
		"$FLASHD_CLI" ask 'budget left' --tenant "${tenant%%k*}" --json 2>&1 </dev/null | jq -r .answer.receipt.token >"$new"
		mv "$new" "$kept"
	fi
	cat "$kept"
}

# Arguments of a write with a receipt, unless they bring their own or there is no number yet: daemon_cite SECRET TOOL ARGS
daemon_cite() {
	case $2 in
	earn_points | issue_coupon | draft_outreach)
		[[ $3 == *'"receipts"'* || $3 != '{"'* || $(daemon_receipt "$1") == null ]] || { echo "{\"receipts\":[\"$(daemon_receipt "$1")\"],${3#\{}"; return; } ;;
	esac
	echo "$3"
}

daemon_call() {
	curl -s -m 60 "$URL/api/mcp" -H "Authorization: Bearer $1" -H 'Content-Type: application/json' \
		-d "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"tools/call\",\"params\":{\"name\":\"$2\",\"arguments\":$(daemon_cite "$@")}}" |
		jq -c '.result.structuredContent // .error // .'
}

daemon_sql() {
	local text=$1
	shift
	psql -X -qAt -v ON_ERROR_STOP=1 "$@" -c "$text"
}

daemon_until() {
	local end=$((SECONDS + $1 + 1))
	shift
	until "$@"; do
		[ $SECONDS -lt $end ] || return 1
		sleep 0.02
	done
}
