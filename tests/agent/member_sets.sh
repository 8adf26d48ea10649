# Two daemons that count members from sets in memory, and one that counts by SQL, on one database while facts come in:
# at one data version they never say different things. What one daemon kept broken, another does not believe.
copy member_sets
export DAEMONS
daemon_key asker read-only --per-minute 100000 && export ASKER=$SECRET
export FLASHD_RESULT_CACHE=0
FLASHD_MEMBER_SETS=0 daemon_start plain --no-agent
daemon_start a --no-agent
daemon_start b --no-agent
loaded() { grep -q '"event":"bitmaps".* days in ' "$DAEMONS/$1.log"; }
check "one daemon reads the sets into memory" daemon_until 120 loaded a
check "so does the other" daemon_until 120 loaded b
same "every day with members is kept" t "$(daemon_sql "select count(*) = (select count(distinct (o.ordered_at at time zone 'Europe/Paris')::date)
	from data.orders o where o.member is not null) from data.day_members where count > 0")"
flashd feed create till --json
feed_secret=$(jq -r .secret <<<"$out")
feed_path=$(jq -r .path <<<"$out")
export feed_secret feed_path
check "they agree at every version" python3 tests/agent/member_sets_play.py "${MEMBER_SETS_ROUNDS:-40}" "${MEMBER_SETS_SEED:-$RANDOM}" \
	"$URL_plain" "$URL_a" "$URL_b"
# A start with stale days and a broken set: the first answer is SQL's, then the set is made anew.
daemon_stop b
check "questions were counted from sets" grep -qE '[1-9][0-9]* questions were counted from sets' "$DAEMONS/b.log"
daemon_sql "set flash.tenant = '1'; update data.day_members set members = '\x3a30000000000000' where day = (select m.day from data.day_members m
	where m.count > 0 and not exists (select from data.stale_days s where s.kind = 'members' and s.day = m.day) order by m.day desc offset 3 limit 1)"
daemon_start b --no-agent
check "right after the start, and with a broken set, they agree too" python3 tests/agent/member_sets_play.py 3 1 "$URL_plain" "$URL_a" "$URL_b"
check "the broken set is seen" daemon_until 60 grep -q 'is not the one that was kept' "$DAEMONS/b.log"
check "and made anew" daemon_until 60 loaded b
for name in plain a b; do
	daemon_stop "$name"
	same "$name ends in order" 0 $?
done
unset FLASHD_RESULT_CACHE
