# The named crash points of the money protocol and of the outbox, each reached on purpose: a lock from outside, or a mail
# server that waits, holds the daemon at the very point where it is then killed (or paused).
world 2000
sink_start
daemon_key points agent --budget-cents 100000 --per-minute 100000
export FLASHD_SEND_TIMEOUT_MS=10000
running a
award() { call earn_points "{\"member\":$1,\"points\":5,\"reason\":\"test\",\"idempotency_key\":\"$2\"}"; }
done_of() { sql "select count(*) from data.actions where idem = '$1'"; }
for member in 200 201; do award $member "points-first-$member" >/dev/null; done

hold "select from data.balances where tenant = 1 and member = 200 for update"
award 200 points-before >"$work/award" &
asking=$!
waits 'flashd writer'
daemon_kill9 a
end_waiting 'flashd writer'
let_go
wait $asking
daemon_start a
same "killed before the commit: nothing was done, nothing was answered" "0 " "$(done_of points-before) $(<"$work/award")"
same "the same key then does it" "executed null 1" "$(award 200 points-before | jq -r '"\(.status) \(.replayed)"') $(done_of points-before)"

hold "select from data.balances where tenant = 1 and member = 201 for update"
award 201 points-after >"$work/award" &
asking=$!
waits 'flashd writer'
daemon_kill9 a
let_go
wait $asking
until_sql "select count(*) = 1 from data.actions where idem = 'points-after'"
daemon_start a
same "killed after the commit, before the answer: it is done" "1 " "$(done_of points-after) $(<"$work/award")"
same "the same key then tells what was done" "executed true 1" "$(award 201 points-after | jq -r '"\(.status) \(.replayed)"') $(done_of points-after)"

# Outreach. overdue: the open attempts' deadline is moved into the past instead of waited for.
overdue() { sql "update data.attempts set deadline_at = now() - interval '1 second' where outcome = 'open'"; nudge; }
# settled LABEL DRAFT MAILS: after the crash the draft becomes unknown and is never sent again.
settled() {
	overdue
	daemon_until 20 is_state "$2" unknown
	id=$(draft 299 "after-$2")
	approve "$id"
	daemon_until 20 is_state "$id" sent
	same "$1: unknown, never sent again" "unknown $3 1" "$(state_of "$2") $(mails mail "$2") $(sql "select count(*) from data.attempts where draft = '$2'")"
}

sink_mode wait-greeting
id=$(draft 210 points-claim)
before=$(mails connect)
approve "$id"
daemon_until 20 has_mails connect $((before + 1))
daemon_kill9 a
sink_mode accept
daemon_start a
settled "killed after the claim, before the wire" "$id" 0

sink_mode wait-answer
id=$(draft 211 points-wire)
approve "$id"
daemon_until 20 has_mails mail 1 "$id"
daemon_kill9 a
sink_mode accept
daemon_start a
settled "killed after the wire, before the server's yes" "$id" 1

sink_mode wait-answer
id=$(draft 212 points-settle)
approve "$id"
daemon_until 20 has_mails mail 1 "$id"
hold "select from data.drafts where draft = '$id' for update"
sink_mode accept
waits 'flashd worker'
daemon_kill9 a
end_waiting 'flashd worker'
let_go
daemon_start a
settled "killed after the server's yes, before the mark" "$id" 1

# A sender that is paused between its claim and the wire, wakes after its deadline, and another has given the attempt up.
running a b
running a
hold "select from data.consents where tenant = 1 and member = 213 for update"
id=$(draft 213 points-paused)
approve "$id"
waits 'flashd worker'
kill -STOP "$(<"$DAEMONS/a.pid")"
let_go
until_sql "select count(*) = 1 from data.attempts where draft = '$id' and outcome = 'open'"
until_sql "select claimed_at < clock_timestamp() - interval '6 seconds' from data.attempts where draft = '$id'"
sql "update data.attempts set deadline_at = now() - interval '1 second' where outcome = 'open'"
daemon_start b
daemon_until 20 is_state "$id" unknown
kill -CONT "$(<"$DAEMONS/a.pid")"
daemon_until 20 grep -q "draft=$id" "$DAEMONS/a.log"
same "a sender that was paused past its deadline sends nothing, and its late word changes nothing" "unknown 0 unknown" \
	"$(state_of "$id") $(mails mail "$id") $(sql "select outcome from data.attempts where draft = '$id'")"
daemons_up="a b"
unset FLASHD_SEND_TIMEOUT_MS
running
sink_stop
balanced
