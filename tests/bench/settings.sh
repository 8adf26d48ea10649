# The settings of the measured daemon, by environment. Sourced.
export FLASHD_BENCH=${FLASHD_BENCH:-/var/tmp/flashd-bench}
export FLASHD_SHARED=${FLASHD_SHARED:-$(cd .. && pwd)/shared}
export FLASHD_BIN=${FLASHD_BIN:-$PWD/build/flashd}
export PGHOST=$FLASHD_BENCH/cluster/socket PGUSER=postgres
export FLASHD_DATABASE="host=$PGHOST dbname=flash user=flashd"
export FLASHD_ADMIN_DATABASE="host=$PGHOST dbname=flash user=postgres"
export FLASHD_MASTER_KEY_FILE=$FLASHD_BENCH/state/master.key FLASHD_STATE_FOLDER=$FLASHD_BENCH/state
export FLASHD_TENANT=demo FLASHD_PERSON=demo FLASHD_LOG_LEVEL=warn
