# Facts as events: any order and batching ends in the same tables as the facts themselves; an opt-out counts at once; a stop
# holds nothing back; every request has its row.
copy events
export DAEMONS
daemon_start other --no-agent
daemon_start events --no-agent
for seed in ${EVENT_SEEDS:-1 2 3 4 $RANDOM $RANDOM}; do
	check "any order, the same tables: seed $seed" python3 tests/agent/events_play.py "$URL" "$FLASHD_CLI" "$seed"
done
same "one daemon of the two sums up" 1 "$(daemon_sql "select count(*) from pg_locks where locktype = 'advisory' and classid = 7304
	and database = (select oid from pg_database where datname = current_database())")"
daemon_kill9 other
daemon_sql "update data.orders set refund_cents = refund_cents + 1 where tenant = 1 and order_ref in (select order_ref
	from data.orders where tenant = 1 limit 9)"
PATIENCE=60 comes "when it dies the other does" "select count(*) = 0 from data.stale_days where kind = 'rollup'"

flashd feed create Pos --json
check "a feed's name is a plain word" coded 2
flashd feed create pos --json
check "a feed is made" coded 0
feed_secret=$(jq -r .secret <<<"$out") feed_path=$(jq -r .path <<<"$out")
check "its secret is of the standard's form" test "${#feed_secret}" = 50
same "and lies sealed only" 0 "$(daemon_sql "select count(*) from data.feeds where position('whsec' in encode(secret_sealed, 'escape')) > 0")"
flashd feed create pos --json
check "the same name again is refused" coded 3
flashd feed create viewers --person nobody
check "nobody but an admin makes one" coded 4

# post BODY [ID]: signed by the feed; sets code (of HTTP) and out.
post() {
	local id=${2:-w$RANDOM} now mac
	now=$(date +%s)
	printf '%s' "$1" >"$DAEMONS/body"
	mac=$({ printf '%s.%s.' "$id" "$now"; cat "$DAEMONS/body"; } | openssl dgst -sha256 -mac HMAC \
		-macopt "hexkey:$(base64 -d <<<"${feed_secret#whsec_}" | od -An -v -tx1 | tr -d " \n")" -binary | base64)
	code=$(curl -s -m 30 -o "$DAEMONS/out" -D "$DAEMONS/head" -w '%{http_code}' "$URL$feed_path" -H 'Content-Type: application/json' \
		-H "webhook-id: $id" -H "webhook-timestamp: $now" -H "webhook-signature: v1,$mac" --data-binary "@$DAEMONS/body")
	out=$(<"$DAEMONS/out")
}
# event ID TYPE DATA: one event, stated now
event() {
	jq -cn --arg id "$1" --arg type "$2" --argjson data "$3" '{id: $id, type: $type, timestamp: (now | todate), data: $data}'
}
events() { jq -cs '{events: .}'; }

# A member who is about to be written to says no.
flashd agent run --policy winback --json
draft=$(draft_at 0)
approve "$draft"
member=$(daemon_sql "select m.external from data.drafts d join data.members m using (tenant, member) where draft = '$draft'")
now=$(date -u +%Y-%m-%dT%H:%M:%SZ)
post "$({ event c1 consent "{\"member\":\"$member\",\"channel\":\"email\",\"granted\":false,\"at\":\"$now\"}"; } | events)"
check "an opt-out is taken" coded 200
same "and says that nothing is on its way" 0 "$(jq .in_flight <<<"$out")"
same "no message is claimed after it" 0 "$(daemon_sql "select count(*) from app.claim_delivery(1, app.new_id(), 'test', 1000)")"
same "the draft is void" void "$(state_of "$draft")"
draft=$(draft_at 1)
approve "$draft"
member=$(daemon_sql "select m.external from data.drafts d join data.members m using (tenant, member) where draft = '$draft'")
post "$({ event u1 message_event "{\"event\":\"u1\",\"message\":\"x\",\"member\":\"$member\",\"channel\":\"email\",\"kind\":\"complained\",\"at\":\"$now\"}"; } | events)"
same "a complaint is an opt-out as well" 'f|message' "$(daemon_sql "select c.granted, c.source from data.consents c
	join data.members m using (tenant, member) where m.external = '$member' and c.channel = 'email'")"

flashd stop --reason 'a test'
version=$(daemon_sql "select data_version from data.tenants where tenant = 1")
order='{"order":"n1","member":"new","store":null,"channel":"web","ordered_at":"2026-01-01T10:00:00+01:00","gross_cents":500}'
body=$({ event o1 order "$order"; event e1 enrolment '{"member":"new","name":"Nina Neu","email":"nina@example.org","enrolled_at":"2026-01-01T00:00:00Z"}'; } | events)
post "$body" again
check "a stop does not hold facts back" coded 200
same "both are in" '2 0' "$(jq -r '"\(.accepted) \(.refused)"' <<<"$out")"
same "the data has a new version" $((version + 1)) "$(daemon_sql "select data_version from data.tenants where tenant = 1")"
post "$body" again
same "a replay is told as such" '0 2' "$(jq -r '"\(.accepted) \(.duplicates)"' <<<"$out")"
same "and changes nothing" $((version + 1)) "$(daemon_sql "select data_version from data.tenants where tenant = 1")"
same "the member is found by the address" 1 "$(daemon_call "$reader" get_member '{"email":"nina@example.org"}' | jq .orders)"
same "which lies nowhere in the open" 0 "$(pg_dump --data-only "$PGDATABASE" | grep -c 'nina@example.org\|Nina Neu')"
same "each request has its row" '0 2 0|2 0 0' "$(daemon_sql "select string_agg(x, '|' order by at desc) from (select at,
	concat_ws(' ', detail ->> 'accepted', detail ->> 'duplicates', detail ->> 'refused') as x from journal.audit
	where tool = 'events' and principal = 'feed:pos' order by at desc limit 2) y")"
flashd resume --reason 'a test' --confirm acme

# During an import: told at once to come back, and then taken. Another session's lock holds the import in the middle of its merge.
rm -f "$DAEMONS/lock"
mkfifo "$DAEMONS/lock"
psql -X -q <"$DAEMONS/lock" >"$DAEMONS/lock.out" 2>&1 &
exec {lock}>"$DAEMONS/lock"
echo 'begin; lock table data.members in exclusive mode;' >&$lock
# members_lock GRANTED: whether somebody has, or waits for, a lock on the members that keeps an import out.
members_lock() { [ "$(daemon_sql "select count(*) from pg_locks where relation = 'data.members'::regclass and $1")" = 1 ]; }
daemon_until 20 members_lock "mode = 'ExclusiveLock'"
"$FLASHD_CLI" import "$base/brand" --map demo --quiet </dev/null >"$DAEMONS/import.out" 2>&1 {lock}>&- &
importing=$!
daemon_until 60 members_lock "not granted"
body=$(event o2 order "${order/n1/n2}" | events)
post "$body" during
check "a batch during an import is not taken" coded 503
same "and told when to come back, and why" '10 busy t 0' "$(sed -nE 's/^retry-after: ([0-9]+).*/\1/Ip' "$DAEMONS/head") $(
	jq -r '"\(.error) \(.message | if test("^An import is being taken in") then "t" else . end)"' <<<"$out") $(
	daemon_sql "select count(*) from data.orders where order_ref = 'n2'")"
echo 'rollback;' >&$lock
exec {lock}>&-
wait $importing
check "the import goes through" test $? = 0
post "$body" during
same "and the same batch after it" '200 1' "$code $(jq -r .accepted <<<"$out")"

# Who was not there when a batch came, but is when its turn comes: another session holds the facts, and enrols meanwhile. A
# batch waits for two seconds; where that was too short it is done once more, with somebody else.
facts_held() { [ "$(daemon_sql "select count(*) from pg_locks where locktype = 'advisory' and classid = 7303 and objid = 1 and $1
	and database = (select oid from pg_database where datname = current_database())")" = 1 ]; }
came_meanwhile() {
	local name=$1 turn holding posting
	rm -f "$DAEMONS/turn"
	mkfifo "$DAEMONS/turn"
	psql -X -q <"$DAEMONS/turn" >"$DAEMONS/turn.out" 2>&1 &
	holding=$!
	exec {turn}>"$DAEMONS/turn"
	echo "begin; select set_config('flash.tenant', '1', true), app.hold_facts(1);" >&$turn
	daemon_until 20 facts_held granted
	post "$(event "$name" order "$(jq -c ".order = \"$name\" | .member = \"$name\"" <<<"$order")" | events)" {turn}>&- &
	posting=$!
	daemon_until 20 facts_held "not granted"
	echo "insert into data.members (tenant, member, external, enrolled_at) select 1, next_member, '$name', now() from data.tenants
		where tenant = 1; update data.tenants set next_member = next_member + 1 where tenant = 1; commit;" >&$turn
	exec {turn}>&-
	wait $posting $holding
	! jq -e '.error == "busy"' "$DAEMONS/out" >/dev/null
}
for name in late1 late2 late3 late4 late5; do came_meanwhile $name && break; done
same "a member who came while the batch waited for its turn is there" '1 0' "$(jq -r '"\(.accepted) \(.parked)"' "$DAEMONS/out")"

# A feed that names members who never come: so many wait, the rest is refused and not kept; known members' events go on.
daemon_sql "update data.feeds set waiting_most = 3 where feed = 'pos'"
ghosts() { for i in "$@"; do event "g$i" order "$(jq -c ".order = \"g$i\" | .member = \"ghost$i\"" <<<"$order")"; done; }
first=$(ghosts 1 2)
post "$(events <<<"$first")"
same "two that wait are kept" '200 2' "$code $(jq -r .parked <<<"$out")"
post "$({ ghosts 3 4
	event o3 order "${order/n1/n3}"
	event r1 refund '{"refund":"r1","order":"gone","refunded_at":"2026-01-02T10:00:00Z","amount_cents":5}'
	echo "$first"; } | events)"
same "of the next there is room for one; known ones are taken, known again is known again" '200 1 1 2 2' \
	"$code $(jq -r '"\(.accepted) \(.parked) \(.duplicates) \(.refused)"' <<<"$out")"
same "with a sentence each" \
	'the member "ghost4" is not there yet, and 2 events of this feed wait already|the order "gone" is not there yet, and 2 events of this feed wait already' \
	"$(jq -r '[.events[] | select(.status == "refused") | .reason | split(",")[:2] | join(",")] | join("|")' <<<"$out")"
same "three wait, and no more" 3 "$(daemon_sql "select count(*) from data.parked where feed = 'pos'")"
post "$({ event e4 enrolment '{"member":"ghost1","name":"Gus Ghost","email":"gus@example.org","enrolled_at":"2026-01-01T00:00:00Z"}'; } | events)"
post "$(ghosts 4 | events)"
same "when one came there is room for one, under the same id" '1 3' "$(jq -r .parked <<<"$out") $(daemon_sql "select count(*) from data.parked where feed = 'pos'")"

# Orders of a member's last day, behind it, and before it, each in a batch of its own.
stats() { daemon_sql "select concat_ws(' ', s.first_on, s.last_on, s.days, s.orders, s.spend_cents, s.year_cents) from data.member_stats s
	join data.members m using (tenant, member) where m.tenant = 1 and m.external = 'new'"; }
came_on() { post "$(event "s$1" order "$(jq -c ".order = \"s$1\" | .ordered_at = \"2026-01-0$1T12:00:00Z\"" <<<"$order")" | events)"; }
same "three orders of one day are one day" '2026-01-01 2026-01-01 1 3 1500 1500' "$(stats)"
came_on 4
same "one of a later day is added" '2026-01-01 2026-01-04 2 4 2000 2000' "$(stats)"
came_on 2
same "one between them, too" '2026-01-01 2026-01-04 3 5 2500 2500' "$(stats)"

# Who is refused, and when it is known: a request too many, a feed that was revoked.
daemon_sql "update data.feeds set calls_per_minute = minute_calls where feed = 'pos'"
post "$body"
check "a request too many is refused" coded 429
same "with its row" over_rate "$(daemon_sql "select code from journal.audit where tool = 'events' and principal = 'feed:pos' order by at desc limit 1")"
daemon_sql "update data.feeds set calls_per_minute = 100"
flashd feed list --json
same "the list tells what came and how fresh it is" 'pos open 14 true' \
	"$(jq -r '.feeds[] | select(.feed == "pos") | "\(.feed) \(.state) \(.accepted) \(.last_event_at != null)"' <<<"$out")"
flashd feed revoke pos --yes
check "a feed is revoked" coded 0
post "$body"
check "and knows nobody any more" coded 401
flashd feed create pos --json
check "it may come back under a new secret" coded 0
post "$body"
check "the old one stays dead" coded 401

daemon_stop events
check "the daemon ended well" test $? = 0

# An operator's own tables, through views.
psql -X -qd postgres -c 'create database shop' && psql -X -qd shop >"$DAEMONS/shop.log" 2>&1 <<-'SQL'
	create table customers (number int primary key, mail text, since date);
	create table sales (number int primary key, customer int, total numeric(9, 2), closed_at timestamptz);
	insert into customers select i, 'c' || i || '@shop.example', date '2026-01-01' + i from generate_series(1, 50) i;
	insert into sales select i, 1 + i % 50, i + 0.25, timestamptz '2026-10-01 10:00:00+02' + i * interval '1 hour' from generate_series(1, 400) i;
	create schema flash_out;
	create view flash_out.members as select 'shop' || number as member, mail as email, since as enrolled_at from customers;
	create view flash_out.orders as select 'shop' || number as "order", 'shop' || customer as member, 'web' as channel,
		closed_at as ordered_at, (total * 100)::bigint as gross_cents from sales;
	create view flash_out.something_else as select 1 as one;
SQL
"$FLASHD_CLI" tenant create shop --name Shop --zone Europe/Paris --currency EUR --admin ann --min-group 1 >/dev/null 2>&1
bring() { PGDATABASE=shop FLASHD=$FLASHD_CLI contrib/import-views "$@" --tenant shop --json 2>"$DAEMONS/err"; }
came() { jq -c '[.entities[] | [.entity, .added, .changed]]' <<<"$1"; }
same "members and orders come through views" '[["members",50,0],["orders",400,0]]' "$(came "$(bring flash_out)")"
same "to the cent and the second" '400 8030000 2026-10-18 00:00:00+00' "$(daemon_sql "select count(*), sum(gross_cents), max(ordered_at)
	from data.orders where order_ref like 'shop%'" -F ' ')"
same "again, they change nothing" '[["members",0,0],["orders",0,0]]' "$(came "$(bring flash_out)")"
psql -X -qd shop -c 'update sales set total = 1 where number = 7'
same "but for what changed" '[["members",0,0],["orders",0,1]]' "$(came "$(bring flash_out)")"
bring nothing_here
check "a schema without any is refused" test $? = 3
