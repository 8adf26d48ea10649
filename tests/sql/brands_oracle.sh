#!/usr/bin/env bash
# Governed numbers of an imported brand against SQL written by hand: demo (build/demo-brand) or journey (Complete Journey,
# in the folder that FLASHD_DATA names; without it, skipped). Twice each, for tenants of other zones and calendars, of which
# the first also had a run of the agent. Prints TAP. FLASHD_METRICS_QUESTIONS=10000 asks for longer, FLASHD_METRICS_SEED=N
# asks others. Uses the cluster that PGHOST names, or one of its own.
cd "$(dirname "$0")/../.." || exit 1
set -u
brand=${1:?demo or journey}
program=${PROGRAM:-build/san/test_brands_oracle}
flashd=${FLASHD_CLI:-build/flashd}
data=$(realpath -m "${FLASHD_DATA:-../shared/data}")
folder=$(mktemp -d /tmp/flashd-test.XXXXXX)
chmod 755 "$folder"
finish() {
	[ -n "${own_cluster:-}" ] && cluster_stop
	rm -rf "$folder"
}
trap finish EXIT
if [ "$brand" = journey ] && [ ! -d "$data/completejourney" ]; then
	echo "ok 1 - Complete Journey # SKIP there is no $data/completejourney (set FLASHD_DATA)"
	echo 1..1
	exit
fi
if [ -z "${PGHOST:-}" ]; then
	. tests/lib/cluster.sh
	own_cluster=1
	CLUSTER_FAST=1 cluster_start "$folder/cluster" || exit 1
fi
name=oracle_${brand}_$$
case $brand in
journey) files=$data/completejourney map=completejourney zones=(America/New_York Europe/Paris) now=2017-11-01T11:00:00Z ;;
demo)
	files=$folder/brand map=demo zones=(Europe/Paris America/St_Johns) now=2017-11-07T11:00:00Z
	build/demo-brand --seed 1 --members 1500 --as-of 2017-11-07 --months 14 --out "$files" >/dev/null 2>&1 || exit 1
	;;
*) echo "choose demo or journey, not $brand" >&2; exit 2 ;;
esac

# A tenant with its rows: NUMBER
bring_in() {
	FLASHD_TENANT=t$1 "$flashd" tenant create "t$1" --name "Brand $1" --zone "${zones[$1 - 1]}" --currency EUR --admin ann \
		--min-group 1 &&
		FLASHD_TENANT=t$1 "$flashd" import "$files" --map "$map" --quiet
}

# A win-back run of the first tenant, so that there are decisions, actions and drafts.
act() {
	"$flashd" tenant calendar --fiscal-month 4 --tenant t1 &&
		"$flashd" tenant calendar --fiscal-month 2 --years 4-5-4 --week-start 7 --tenant t2 &&
		"$flashd" key create --preset agent --name night --budget-cents 5000000 --out "$folder/night.key" --tenant t1 || return
	key=$(psql -X -qAtd "$name" -c 'select key from data.keys where tenant = 1')
	"$flashd" agent policy "$policy" --key "$key" --tenant t1
	"$flashd" agent run --policy "$(basename "$policy" .json)" --tenant t1 ${as_of:+--as-of "$as_of"}
}

psql -X -qd postgres -c "create database $name" || exit 1
export FLASHD_DATABASE="host=$PGHOST dbname=$name user=flashd options='-c flash.now=$now'"
export FLASHD_ADMIN_DATABASE="host=$PGHOST dbname=$name user=${PGUSER:-postgres} options='-c flash.now=$now'"
export FLASHD_MASTER_KEY_FILE=$folder/master.key FLASHD_STATE_FOLDER=$folder FLASHD_OUTBOX_FOLDER=$folder FLASHD_PERSON=ann
policy=tests/agent/winback.json
if [ "$brand" = journey ]; then policy=tests/real/journey_policy.json as_of=2017-09-30; fi
if { "$flashd" migrate --quiet && bring_in 1 && bring_in 2 && act; } >"$folder/setup.log" 2>&1; then
	FLASHD_METRICS_NOW=$now FLASHD_METRICS_DATABASE="host=$PGHOST dbname=$name user=${PGUSER:-postgres}" "$program"
	status=$?
else
	sed 's/^/# /' "$folder/setup.log"
	echo "not ok 1 - $brand could not be brought in"
	status=1
fi
psql -X -qd postgres -c "drop database $name with (force)"
exit $status
