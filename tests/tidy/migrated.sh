# Sourced: migrated NAME makes a database of this name new and migrates it, on the cluster that PGHOST names or on one
# in $work. FLASHD names another program to test.
flashd=${FLASHD:-build/flashd}
[ -x "$flashd" ] || flashd=build/san/flashd

migrated() {
	[ -x "$flashd" ] || { echo "there is no build/flashd: run make build" >&2; return 1; }
	if [ -z "${PGHOST:-}" ]; then
		CLUSTER_FAST=1 cluster_start "$work/cluster" || return 1
	fi
	PGOPTIONS='-c client_min_messages=warning' psql -Xqd postgres \
		-c "drop database if exists $1 with (force)" -c "create database $1" || return 1
	cat >"$work/$1.conf" <<-END
		database = host=$PGHOST dbname=$1 user=flashd
		admin_database = host=$PGHOST dbname=$1 user=${PGUSER:-postgres}
		master_key_file = $work/$1.key
		state_folder = $work
	END
	"$flashd" migrate --quiet --config "$work/$1.conf" >"$work/$1.log" 2>&1 || { cat "$work/$1.log" >&2; return 1; }
}
