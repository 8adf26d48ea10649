# A database that is not the one that the daemon knew (another one, restored from a dump, promoted from a standby) acts only
# after a person resumed it: no write, no message, and nobody's earlier approval counts any more.
world 50
daemon_key knower agent --budget-cents 100000 --per-minute 100000
"$FLASHD_CLI" tenant create second --name Second --zone UTC --currency USD --admin bea --quiet >/dev/null 2>&1 </dev/null
"$FLASHD_CLI" import "$DAEMONS/import" --map "$DAEMONS/import/map.json" --tenant second --person bea --quiet >/dev/null 2>&1 </dev/null
second=$(FLASHD_TENANT=second FLASHD_PERSON=bea daemon_key second-agent agent --budget-cents 100000; echo "$SECRET")
write() { call earn_points "{\"member\":1,\"points\":1,\"reason\":\"x\",\"idempotency_key\":\"$1\"}" | word; }
stopped() { sql 'select stopped from data.installation'; }
starts() { daemon_start "$1" "${@:2}" && URL=$(url "$1") && daemons_up="$daemons_up $1"; }
# Approved and not sent: nobody delivers here. One draft of each tenant; prints their ids.
approved() {
	local ids
	ids="$(draft 2 "draft-$1") $(daemon_call "$second" draft_outreach \
		"{\"member\":3,\"channel\":\"email\",\"subject\":\"a\",\"body\":\"b\",\"idempotency_key\":\"draft-$1\"}" | jq -r .draft)"
	approve "${ids% *}" && FLASHD_TENANT=second FLASHD_PERSON=bea approve "${ids#* }"
	echo "$ids"
}
states() { for id in $ids; do state_of "$id"; done | paste -sd ' '; }
resume_everything() { flashd resume --everything --reason 'looked at it' --confirm=acme --quiet >/dev/null 2>&1; }

# held LABEL IDEM: the daemon that was started last has come up stopped, and only a person lifts that.
held() {
	same "$1: it comes up stopped, in both tenants" "t stopped stopped" \
		"$(stopped) $(write "$2") $(SECRET=$second write "$2")"
	same "$1: an ordinary resume does not lift it" "3 stopped" "$(flashd resume --reason x --confirm=acme --quiet >/dev/null 2>&1; echo $?) $(write "$2")"
	resume_everything
	same "$1: resumed by a person, it writes; every approval has to be given again" "f executed waiting waiting" \
		"$(stopped) $(write "$2") $(states)"
}

starts a --no-agent
starts b --no-agent
same "the daemons that know it write" executed "$(write known)"
ids=$(approved known)
daemon_stop b
daemons_up=" a"
echo 00000000-0000-4000-8000-000000000000 >"$DAEMONS/b/incarnation"
starts b --no-agent
check "another database than the one known: the log says what to do" grep -q 'flashd resume --everything' "$DAEMONS/b.log"
URL=$(url a)
same "the other daemon is stopped with it" stopped "$(write other)"
URL=$(url b)
held "another database" again
for name in a b a; do
	daemon_stop $name
	daemon_start $name --no-agent
done
same "that was once: daemons that start again do not stop it again" "f executed" "$(stopped) $(write after)"
running
rm -f "$DAEMONS"/a/incarnation
starts a --no-agent
same "a daemon that is new knows nothing and stops nothing" "f executed" "$(stopped) $(write new)"
running

# Restored from a dump into another cluster.
starts a --no-agent
ids=$(approved dump)
running
first=$CLUSTER first_host=$PGHOST
move() {   # to the cluster in a folder, and the settings with it
	CLUSTER=$1
	FLASHD_DATABASE=${FLASHD_DATABASE/$PGHOST/$1/socket} FLASHD_ADMIN_DATABASE=${FLASHD_ADMIN_DATABASE/$PGHOST/$1/socket}
	export PGHOST=$1/socket
}
pg_dump --create -Fp >"$work/dump.sql"
cluster_start "$FLASHD_TEST/fault-restored" && PGHOST=$first_host
move "$FLASHD_TEST/fault-restored"
psql -X -q -d postgres -c 'create role flash_owner nologin' -c 'create role flashd login' -c 'grant flash_owner to postgres' >/dev/null
psql -X -q -d postgres -f "$work/dump.sql" >"$work/restore.log" 2>&1
cp -r "$DAEMONS/a" "$DAEMONS/restored"
starts restored --no-agent
held "restored from a dump" restored
running
cluster_stop

# A standby that was promoted.
move "$first"
starts a --no-agent
ids=$(approved standby)
running
mkdir -p "$FLASHD_TEST/fault-standby"
[ "$(id -u)" != 0 ] || chown postgres "$FLASHD_TEST/fault-standby"
cluster_as "$cluster_bin/pg_basebackup" -h "$PGHOST" -D "$FLASHD_TEST/fault-standby/data" -R -c fast >"$work/basebackup.log" 2>&1
cluster_as mkdir "$FLASHD_TEST/fault-standby/socket"
echo "unix_socket_directories = '$FLASHD_TEST/fault-standby/socket'" >>"$FLASHD_TEST/fault-standby/data/postgresql.conf"
move "$FLASHD_TEST/fault-standby"
cluster_run start
check "on a standby no daemon starts, and the sentence says why" eval '! daemon_start standby 2>/dev/null && grep -q "is a standby" "$DAEMONS/standby.log"'
cluster_run promote
cp -r "$DAEMONS/a" "$DAEMONS/promoted"
starts promoted --no-agent
held "promoted from a standby" promoted
running
cluster_stop
move "$first"
