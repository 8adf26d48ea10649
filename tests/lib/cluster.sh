# A throwaway PostgreSQL cluster, sourced by test scripts. cluster_start FOLDER makes and starts one (as the
# unprivileged user postgres when run by root), reachable by its socket only; cluster_stop ends it. Sets PGHOST,
# PGUSER and CLUSTER. Durable settings stay on unless CLUSTER_FAST=1: crash tests need them.
cluster_bin=$(ls -d /usr/lib/postgresql/*/bin | sort -V | tail -1)

cluster_as() {
	if [ "$(id -u)" = 0 ]; then runuser -u postgres -- "$@"; else "$@"; fi
}

cluster_start() {
	CLUSTER=$1
	mkdir -p "$CLUSTER"
	chmod 755 "$CLUSTER"
	mkdir -p "$CLUSTER/socket"
	[ "$(id -u)" != 0 ] || chown -R postgres "$CLUSTER"
	if [ ! -e "$CLUSTER/data/PG_VERSION" ]; then
		(cd / && cluster_as "$cluster_bin/initdb" -D "$CLUSTER/data" -U postgres -A trust --no-sync -E UTF8 \
			--locale=C.UTF-8 --data-checksums >"$CLUSTER/initdb.log" 2>&1) || { cat "$CLUSTER/initdb.log"; return 1; }
		cat >>"$CLUSTER/data/postgresql.conf" <<-END
			listen_addresses = ''
			unix_socket_directories = '$CLUSTER/socket'
			max_connections = 200
			shared_buffers = 512MB
			work_mem = 64MB
			maintenance_work_mem = 256MB
			max_wal_size = 4GB
			timezone = 'UTC'
			log_min_messages = warning
			random_page_cost = 1.1
			${CLUSTER_FAST:+fsync = off}
		END
	fi
	cluster_run status || cluster_run start
	export PGHOST=$CLUSTER/socket PGUSER=postgres
}

cluster_run() {
	(cd / && cluster_as "$cluster_bin/pg_ctl" -D "$CLUSTER/data" -w -t 60 -l "$CLUSTER/postgres.log" "$@" >/dev/null)
}

cluster_stop() {
	[ -z "${CLUSTER:-}" ] || cluster_run -m immediate stop 2>/dev/null || true
}
