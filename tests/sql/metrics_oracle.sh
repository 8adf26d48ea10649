#!/usr/bin/env bash
# Governed numbers against SQL written by hand: makes a database in the runner's cluster (or in one of its own when run
# alone) and lets build/san/test_metrics_oracle ask. Prints TAP. FLASHD_METRICS_QUESTIONS=10000 asks for longer,
# FLASHD_METRICS_SEED=N asks others; PROGRAM names another build.
cd "$(dirname "$0")/../.." || exit 1
set -u
program=${PROGRAM:-build/san/test_metrics_oracle}
if [ -z "${PGHOST:-}" ]; then
	. tests/lib/cluster.sh
	folder=$(mktemp -d /tmp/flashd-test.XXXXXX)
	chmod 755 "$folder"
	trap 'cluster_stop; rm -rf "$folder"' EXIT
	CLUSTER_FAST=1 cluster_start "$folder/cluster" || exit 1
fi
name=metrics_oracle_$$
psql -X -qd postgres -c "create database $name" || exit 1
FLASHD_METRICS_DATABASE="host=$PGHOST dbname=$name user=${PGUSER:-postgres}" "$program"
status=$?
psql -X -qd postgres -c "drop database $name with (force)"
exit $status
