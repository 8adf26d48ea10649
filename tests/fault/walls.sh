# The walls: the daemon's role can touch no table; who says another tenant's number sees nothing of this one; a function that
# is given another tenant's id answers as for one that does not exist.
world 2000
running a b
daemon_key walls agent --budget-cents 100000 --per-minute 100000
"$FLASHD_CLI" tenant create rival --name Rival --zone UTC --currency USD --admin bea --quiet >/dev/null 2>&1 </dev/null
rival=$(sql "select tenant from data.tenants where slug = 'rival'")
as_daemon() { psql -X -qAt -U flashd -v VERBOSITY=sqlstate -c "set flash.tenant = $1" -c "$2" 2>&1 | tail -1; }

# One line for each statement that the role was not refused with 42501 (no right).
tables="select c.oid::regclass as t, (select a.attname from pg_attribute a where a.attrelid = c.oid and a.attnum = 1) as c
	from pg_class c join pg_namespace n on n.oid = c.relnamespace where n.nspname in ('data', 'journal') and c.relkind in ('r', 'p')"
sql "select format(x, t, c) from ($tables) tables, unnest(array['select * from %1\$s limit 1;', 'insert into %1\$s default values;',
	'update %1\$s set %2\$I = %2\$I;', 'delete from %1\$s;', 'truncate %1\$s;', 'begin; lock table %1\$s; rollback;',
	'copy %1\$s to stdout;', 'create trigger x before insert on %1\$s execute function now();']) x" >"$work/statements"
psql -X -qAt -U flashd -v VERBOSITY=sqlstate -c 'set flash.tenant = 1' -f "$work/statements" >"$work/refused" 2>&1
same "the daemon's role is refused every direct access to the $(sql "select count(*) from ($tables) x") tables" \
	"$(wc -l <"$work/statements")" "$(grep -c 'ERROR:  42501' "$work/refused")"
same "it may not create, become the owner or set a role's limits" "ERROR:  42501 ERROR:  42501 ERROR:  42501" \
	"$(as_daemon 1 'create table data.mine (a int)') $(as_daemon 1 'set role flash_owner') $(as_daemon 1 "alter role flashd superuser")"

# Row security below the functions: the owner himself, set to the other tenant, finds nothing; set to none, an error.
walled="$tables and c.relrowsecurity"
rows() { sql "$1" >"$work/statements" && { echo "${2:-}"; cat "$work/statements"; } | psql -X -qAt -v VERBOSITY=sqlstate "${@:3}" 2>&1 | sort | uniq -c | tr -s ' \n' ' '; }
tenants=$(sql "select count(*) from pg_attribute a join ($tables) x on a.attrelid = x.t where a.attname = 'tenant'")
same "row security is forced on every table that has a tenant" "$tenants $tenants" \
	"$(sql "select count(*) from ($walled) x") $(sql "select count(*) from ($walled and c.relforcerowsecurity) x")"
same "another tenant's number shows the owner himself no row" " $tenants 0 " \
	"$(rows "select format('select count(*) from %s where tenant = 1;', t) from ($walled) x" "set role flash_owner; set flash.tenant = $rival;")"
# The wall asks for the number once a statement, when it comes to a row.
filled="select t from ($walled) x where query_to_xml(format('select 1 from %s limit 1', t), false, true, '')::text <> ''"
same "no number is an error, not everything" " $(sql "select count(*) from ($filled) x") ERROR: 42704 " \
	"$(rows "select format('select count(*) from %s;', t) from ($filled) x" 'set role flash_owner;')"
same "and of what is empty that or nothing" "" \
	"$(rows "select format('select count(*) from %s;', t) from (select t from ($walled) y except $filled) x" 'set role flash_owner;' |
		sed -E 's/ [0-9]+ (0|ERROR: 42704)\b//g; s/^ *$//')"
views="select c.oid::regclass as t from pg_class c join pg_namespace n on n.oid = c.relnamespace join pg_attribute a on a.attrelid = c.oid
	where n.nspname in ('reading', 'metric') and c.relkind = 'v' and a.attname = 'tenant'"
same "nor does any view" " $(sql "select count(*) from ($views) x") 0 " \
	"$(rows "select format('select count(*) from %s where tenant = 1;', t) from ($views) x" "set flash.tenant = $rival;" -U flashd)"

# Ids of tenant 1 given to the functions as tenant $rival, beside ids that do not exist: the answers must be the same.
SECRET=$(<"$DAEMONS/walls.key")
URL=$(url a)
id=$(draft 500 walls-draft)
action=$(call earn_points '{"member":500,"points":5,"reason":"x","idempotency_key":"walls-1"}' | jq -r .action)
missing=00000000-0000-7000-8000-000000000000
hash=$(sql "select text_hash from data.drafts where draft = '$id'")
key=$(<"$DAEMONS/walls.id")
c="$rival, gen_random_uuid(), 'bea'"
# answer TEXT: what the function says as the daemon, ids taken out.
answer() { psql -X -qAt -U flashd -v VERBOSITY=verbose -c "select * from app.$1" 2>&1 | grep -vE '^(CONTEXT|LOCATION)' | sed "s/$2/ID/g"; }
differ="" found=""
while IFS="|" read -r theirs nobodys text; do
	foreign=$(answer "${text//ID/$theirs}" "$theirs")
	[ "$foreign" = "$(answer "${text//ID/$nobodys}" "$nobodys")" ] || differ="$differ ${text%%(*}"
	[[ $foreign == *FLNOT* || $foreign == *FLFEN* || -z $foreign || $foreign == 0 || $foreign == late ]] || found="$found ${text%%(*}:$foreign"
done <<-LINES
	$id|$missing|decide_draft($c, 'cli', 'ID', '$hash', true, 'x')
	$id|$missing|decide_draft($c, 'cli', 'ID', '$hash', false, 'x')
	$id|$missing|edit_draft($c, 'cli', 'ID', '$hash', '\x00', '\x00', '\x00')
	$id|$missing|settle_delivery($rival, gen_random_uuid(), 'd', 'ID', 1, 'sent', 'x')
	$action|$missing|preview_undo($rival, null, '{"action":"ID"}', 'bea')
	$key|0nosuchkey00|change_budget($c, 'ID', 5)
	$key|0nosuchkey00|revoke_key($c, 'ID')
	$key|0nosuchkey00|limit_key($c, 'ID', null, null)
	$key|0nosuchkey00|stop($c, 'cli', 'ID', 'x')
	$key|0nosuchkey00|find_key($rival, 'ID')
	$missing|00000000-0000-7000-8000-000000000001|record_decisions($rival, gen_random_uuid(), '$key', 'ID', 1, '{}', '{}', '{}', '{}', '{}', '{}', '{}', '{}', '{}')
LINES
same "a foreign id is answered like a missing one" "" "$differ"
same "and is not found" "" "$found"
same "nothing of it touched the other's things" "waiting done t" \
	"$(state_of "$id") $(sql "select state from data.actions where action = '$action'") $(sql "select revoked_at is null from data.keys where key = '$key'")"

# The same idempotency key in two tenants and two keys is two calls.
"$FLASHD_CLI" import "$DAEMONS/import" --map "$DAEMONS/import/map.json" --tenant rival --person bea --quiet >/dev/null 2>&1 </dev/null
FLASHD_TENANT=rival FLASHD_PERSON=bea daemon_key rival-agent agent --budget-cents 1000
same "the same idempotency key of another tenant is another call" executed \
	"$(daemon_call "$(<"$DAEMONS/rival-agent.key")" earn_points \
		'{"member":500,"points":6,"reason":"x","idempotency_key":"walls-1"}' | jq -r '.status + (.replayed // "" | tostring)')"
same "another tenant's member, draft and action by their ids are missing ones" "not_found not_found" \
	"$(daemon_call "$(<"$DAEMONS/rival-agent.key")" undo_action "{\"action\":\"$action\"}" | word) $(
		daemon_call "$(<"$DAEMONS/rival-agent.key")" earn_points '{"member":5000,"points":6,"reason":"x","idempotency_key":"walls-2"}' | word)"
