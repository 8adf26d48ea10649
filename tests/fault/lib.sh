# What the parts share: the load's commands, locks held from outside, the mail server, and the books.

# The cluster of all parts. track_commit_timestamp: what committed after a stop is seen by its commit time.
cluster() {
	cluster_start "$FLASHD_TEST/fault-cluster" &&
		psql -X -q -d postgres -c 'alter system set track_commit_timestamp = on' && cluster_run -m fast restart
}

# world [MEMBERS]: a database of the part's own, with the tenant acme, its members and the books; then the planted bug.
world() {
	daemon_database "$part" && if [ $# != 0 ]; then daemon_members "$1"; fi && psql -X -q -f tests/fault/books.sql &&
		if [ -n "${PLANT:-}" ]; then psql -X -q -v ON_ERROR_STOP=1 -v plant="$PLANT" -f tests/fault/planted.sql; fi ||
		{ tap_line "not ok" "there is no world"; exit 1; }
}

# many COUNT LONG PLANTED: how often; a planted bug must show in the small form.
many() { if [ -n "${PLANT:-}" ]; then echo "$3"; elif [ -n "${LONG:-}" ]; then echo "$2"; else echo "$1"; fi; }
figures() { echo "# report $part: $*"; }
sql() { daemon_sql "$1"; }
until_sql() { daemon_until 30 eval "[ \"\$(sql \"$1\")\" = t ]"; }
flashd() { "$FLASHD_CLI" "$@" </dev/null; }
call() { daemon_call "$SECRET" "$@"; }
# The word of a refusal, or the status of what was done.
word() { jq -r '.result._meta["flash/error"].code // .status // .message // .'; }
now_us() { echo $((${EPOCHREALTIME/[.,]/})); }
elapsed_ms() { echo $((($(now_us) - $1) / 1000)); }
# percentile FILE N: of numbers, one a line
percentile() { sort -n "$1" | awk -v p="$2" '{ v[NR] = $1 } END { i = int((NR * p + 99) / 100); print v[i < 1 ? 1 : i] }'; }
# The books of everything: money, points, coupons, records. No line: they agree.
balanced() {
	same "ledger = budget = balances = sum of the actions" even "$(sql "select coalesce(string_agg(b, '; '), 'even') from testing.books() b")"
}

doors() { for name in $doors; do printf -- '--port-file %s ' "$DAEMONS/$name.port"; done; }
keys() { for name in "$@"; do printf -- '--key-file %s ' "$DAEMONS/$name.key"; done; }

# load_begin OPTION…: clients that go on until load_end; load_say settle|pause|'reach N' waits for the answer.
load_begin() {
	load_done=""
	coproc LOAD { exec "$work/load" $(doors) --receipt "$(daemon_receipt "$SECRET")" --answers "$work/answers" "$@" 2>"$work/load.err"; }
	load_pid=$LOAD_PID
	exec {load_out}<&"${LOAD[0]}" {load_in}>&"${LOAD[1]}"
}

load_say() {
	local answer
	[ -z "$load_done" ] || return 0
	echo "$1" >&$load_in
	case $1 in settle | pause | reach*) ;; *) return 0 ;; esac
	read -r -t 90 answer <&$load_out || { cat "$work/load.err"; return 1; }
	[[ $answer != done* ]] || load_done=$answer   # a plan that came to its end meanwhile
}

# Ends the load; what it was answered is then in testing.answers under the name.
load_end() {
	[ -n "$load_done" ] || echo quit >&$load_in
	load_wait "$1"
}

load_wait() {
	local name=$1
	until [[ $load_done == done* ]]; do
		read -r -t 200 load_done <&$load_out || { echo "# the load did not end: $(cat "$work/load.err")"; break; }
	done
	exec {load_out}<&- {load_in}>&-
	wait $load_pid
	sed "s/^/$name\t/" "$work/answers" | psql -X -q -c '\copy testing.answers from stdin'
}

load_word() { sed "s/.*$1=\([0-9]*\).*/\1/" <<<"$load_done"; }

# hold SQL: a session that holds what the statement locks, until let_go [commit].
hold() {
	rm -f "$work/hold"
	mkfifo "$work/hold"
	psql -X -qAt ${HOLD_USER:+-U $HOLD_USER} <"$work/hold" >"$work/hold.out" 2>&1 &
	hold_pid=$!
	exec {hold_in}>"$work/hold"
	echo "begin; $1; select 'held';" >&$hold_in
	daemon_until 10 grep -q held "$work/hold.out"
}

let_go() {
	printf '%s;\n\\q\n' "${1:-rollback}" >&$hold_in
	exec {hold_in}>&-
	wait $hold_pid
}

# Whether a session of the daemon waits for a lock.
waits() { until_sql "select count(*) > 0 from pg_stat_activity where application_name = '$1' and wait_event_type = 'Lock'"; }
end_waiting() { sql "select count(pg_terminate_backend(pid)) from pg_stat_activity where application_name = '$1' and wait_event_type = 'Lock'" >/dev/null; }

# draft MEMBER KEY: a message that waits for a person; prints its id. approve ID…
draft() { call draft_outreach "{\"member\":$1,\"channel\":\"email\",\"subject\":\"Hello $1\",\"body\":\"We miss you.\",\"idempotency_key\":\"$2\"}" | jq -r .draft; }
approve() {
	local id
	for id in "$@"; do
		flashd drafts approve "$id" --hash "$(sql "select encode(text_hash, 'hex') from data.drafts where draft = '$id'")" --quiet >/dev/null || return 1
	done
}
state_of() { sql "select state from data.drafts where draft = '$1'"; }
is_state() { [ "$(state_of "$1")" = "$2" ]; }

# The mail server: sink_start, sink_mode WORD (sink.py), and what came to it.
sink_start() {
	rm -rf "$work/sink"
	python3 tests/fault/sink.py "$work/sink" 2>"$work/sink.err" &
	sink_pid=$!
	daemon_until 20 test -s "$work/sink/port"
	export FLASHD_SMTP_URL=smtp://127.0.0.1:$(<"$work/sink/port") FLASHD_SMTP_FROM=acme@example.org
}
sink_mode() { echo "$1" >"$work/sink/mode.new" && mv "$work/sink/mode.new" "$work/sink/mode"; }
# mails WORD [DRAFT]: how many lines of the sink's log say connect, mail (came whole) or accepted
mails() { grep -c "^$1 .*${2:-}" "$work/sink/log"; }
# has_mails WORD NUMBER [DRAFT]
has_mails() { [ "$(mails "$1" "${3:-}")" -ge "$2" ]; }
sink_stop() {
	kill $sink_pid 2>/dev/null
	{ wait $sink_pid; } 2>/dev/null
	unset FLASHD_SMTP_URL FLASHD_SMTP_FROM
}
nudge() { sql "select pg_notify('flashd', 'deliver')" >/dev/null; }

# running NAME…: these daemons serve, and no other.
running() {
	local name
	for name in $daemons_up; do [[ " $* " == *" $name "* ]] || daemon_stop "$name"; done
	for name in "$@"; do [[ " $daemons_up " == *" $name "* ]] || daemon_start "$name" || return 1; done
	daemons_up=$*
	[ $# = 0 ] || URL=$(url "$1")
}
url() { echo "http://127.0.0.1:$(<"$DAEMONS/$1.port")"; }
