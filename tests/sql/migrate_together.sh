#!/usr/bin/env bash
# Databases of one cluster that migrate at the same moment: the roles are one for all, so the second waits for the first,
# whether the roles are there or not, and whether the first goes through or not. A cluster of its own, for others have the
# roles. Prints TAP.
cd "$(dirname "$0")/../.." || exit 1
set -u
. tests/lib/cluster.sh
. tests/lib/tap.sh
TAP_PREFIX="migrate_together: "
folder=$(mktemp -d /tmp/flashd-test.XXXXXX)
chmod 755 "$folder"
finish() {
	for job in $(jobs -p); do kill "$job" 2>/dev/null; done
	cluster_stop
	rm -rf "$folder"
}
trap finish EXIT
CLUSTER_FAST=1 cluster_start "$folder/cluster" || exit 1

migrate() {
	FLASHD_ADMIN_DATABASE="host=$PGHOST dbname=$1 user=$PGUSER" FLASHD_MASTER_KEY_FILE=$folder/$1.key \
		build/san/flashd migrate --quiet >/dev/null 2>"$folder/$1.out"
}
# Whether the condition came within half a minute.
until_true() {
	local end=$((SECONDS + 30))
	until "$@"; do
		[ $SECONDS -lt $end ] || return 1
		sleep 0.02
	done
}
waits_in() { [ "$(psql -XqAtd postgres -c "select count(*) from pg_stat_activity where datname = '$1' and wait_event_type = 'Lock'")" = 1 ]; }

# together FIRST SECOND END: FIRST is in the middle of its migration when SECOND begins, then comes to its END.
together() {
	createdb "$1"
	createdb "$2"
	rm -f "$folder/pipe"
	mkfifo "$folder/pipe"
	psql -XqAtd "$1" <"$folder/pipe" >"$folder/$1.out" 2>&1 &
	local first=$! second
	exec {in}>"$folder/pipe"
	{ echo "begin;"; cat sql/roles/roles.sql; echo "select 'made';"; } >&$in
	until_true grep -q made "$folder/$1.out"
	migrate "$2" {in}>&- &
	second=$!
	until_true waits_in "$2"
	waited=$?
	echo "$3;" >&$in
	exec {in}>&-
	wait $first
	wait $second
	same "roles ${4}, the first one ends by $3: the second waits and goes through" "0 0 " "$waited $? $(<"$folder/$2.out")"
}
together one two rollback "not there"
psql -Xqd two -c 'drop owned by flash_owner cascade; drop owned by flashd' >/dev/null 2>&1
dropdb two
dropdb one
psql -Xqd postgres -c 'drop role flashd' -c 'drop role flash_owner'
together three four commit "not there"
together five six commit there
same "and the daemon's bounds stand" "idle_in_transaction_session_timeout=5s,lock_timeout=2s,statement_timeout=5s" \
	"$(psql -XqAtd four -c "select string_agg(x, ',' order by x) from pg_db_role_setting, unnest(setconfig) x where setrole = 'flashd'::regrole and x like '%timeout%'")"

# And without any order: six at once, on a cluster that never had the roles.
for name in three four five six; do dropdb "$name"; done
psql -Xqd postgres -c 'drop role flashd' -c 'drop role flash_owner'
jobs_of=()
for i in 1 2 3 4 5 6; do
	createdb "many$i"
	migrate "many$i" &
	jobs_of+=($!)
done
codes=""
for job in "${jobs_of[@]}"; do wait "$job"; codes="$codes $?"; done
same "six databases that migrate for the first time at once: each is made" " 0 0 0 0 0 0" "$codes"
tap_end
