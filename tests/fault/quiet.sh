# Deliveries: what a stop lets end and what it does not let begin; "quiet" waits for the ones in flight; one draft never
# goes out twice, whatever the mail server does; an opt-out that has answered holds.
world 2000
sink_start
daemon_key mailer agent --budget-cents 100000 --per-minute 100000
export FLASHD_SEND_TIMEOUT_MS=60000   # what is held in flight here stays in flight, also on a slow machine
running a b
sink_mode wait-answer
ids=()
for i in 1 2 3 4 5; do ids+=("$(draft $i "quiet-$i")"); done
approve "${ids[@]}"
daemon_until 20 has_mails mail 2
before_stop=$(mails connect)
answer=$(call stop_agent '{"reason":"in the air","wait_quiet_ms":300}')
same "a stop with deliveries in flight says stopped, and how many" "stopped 2" "$(jq -r '"\(.state) \(.in_flight)"' <<<"$answer")"
flashd stop --wait --reason 'in the air' >"$work/wait.out" 2>"$work/wait.err" &
waiting=$!
until_sql "select count(*) > 0 from pg_stat_activity where application_name = 'flashd command' and query like '%count_in_flight%'"
check "stop --wait has said stopped and waits" eval 'kill -0 $waiting && grep -q "^stopped" "$work/wait.out" && ! grep -q ^quiet "$work/wait.out"'
same "approving is refused while stopped" 3 "$(id=$(sql "select draft from data.drafts where state = 'approved' limit 1")
	flashd drafts approve "$id" --hash "$(sql "select encode(text_hash, 'hex') from data.drafts where draft = '$id'")" --quiet >/dev/null 2>&1; echo $?)"
sink_mode accept
wait $waiting
same "and ends with quiet when they have landed" "0 1" "$? $(grep -c ^quiet "$work/wait.out")"
same "those in flight at the stop are sent, the others wait" "approved 3|sent 2" \
	"$(sql "select string_agg(state || ' ' || n, '|' order by state) from (select state, count(*) n from data.drafts group by 1) x")"
seen="select count(distinct principal) from journal.audit where tool = 'claim_delivery' and code = 'stopped'
	and at > (select max(at) from journal.audit where tool = 'settle_delivery')"
nudge
until_sql "select ($seen) >= 2"
same "both daemons looked again and began nothing after quiet" "2 $before_stop" "$(mails mail) $(mails connect)"
flashd resume --reason landed --confirm=acme --quiet >/dev/null 2>&1
until_sql "select count(*) = 5 from data.drafts where state = 'sent'"
same "after the resume the rest goes, each message once" "5 5" "$(mails mail) $(grep ^mail "$work/sink/log" | sort -u | wc -l)"

# An opt-out between approval and sending, and one while the message is in flight.
sink_mode wait-answer
ids=()
for i in 6 7 8; do ids+=("$(draft $i "quiet-$i")"); done
approve "${ids[@]}"
daemon_until 20 has_mails mail 7
late=$(sql "select draft from data.drafts where state = 'approved'")
out=$(sql "select member from data.drafts where draft = '$late'")
flashd member opt-out "$out" --channel email --reason 'said so' --quiet >/dev/null 2>&1
flying=$(sql "select member from data.drafts where state = 'sending' limit 1")
answer=$(flashd member opt-out "$flying" --channel email --reason 'said so' --json 2>/dev/null)
same "an opt-out with a message on its way says so" 1 "$(jq -r .in_flight <<<"$answer")"
sink_mode accept
daemon_until 20 is_state "$late" void
same "after an opt-out has answered nothing begins for that member" 0 "$(mails mail "$late")"

# A mail server that says no: only what was not accepted is tried again, three times, and its cost comes back.
# waited DRAFT MINUTES: not a moment too soon is it tried again; then the time that it waits is moved, not waited for.
waited() {
	sql "update data.attempts set settled_at = now() - make_interval(mins => $2 - 1) where draft = '$1'"
	[ "$(sql "select app.is_ripe(1, '$1')")" = f ] || early="$early $2"
	sql "update data.attempts set settled_at = settled_at - interval '2 minutes' where draft = '$1'"
	nudge
}
early=""
spent() { sql "select net from data.budgets where key = '$KEY'"; }
before=$(spent)
for mode in refuse deny; do
	sink_mode $mode
	id=$(draft 10 "quiet-$mode")
	approve "$id"
	for attempt in 1 2 3; do
		until_sql "select count(*) = $attempt from data.attempts where draft = '$id' and outcome = 'failed'"
		[ $attempt = 3 ] || waited "$id" $((attempt * attempt * 5))
	done
	daemon_until 20 is_state "$id" failed
	same "$mode: three tries, never accepted, then failed" "3 0" \
		"$(sql "select count(*) from data.attempts where draft = '$id'") $(mails accepted "$id")"
done
same "after the first no 5 minutes, after the second 20" "" "$early"
same "the cost of what could not be sent comes back" "$before" "$(spent)"
sink_mode cut
id=$(draft 11 quiet-cut)
approve "$id"
daemon_until 20 is_state "$id" unknown
sink_mode accept
tried=$(sql "select count(*) from data.attempts")
other=$(draft 12 quiet-after)
approve "$other"
daemon_until 20 is_state "$other" sent
same "cut before the answer: unknown, and not sent again" "1 unknown $((tried + 1))" \
	"$(mails mail "$id") $(state_of "$id") $(sql 'select count(*) from data.attempts')"

# A draft that one daemon is claiming, and cannot yet, is passed over by the other, which takes the next one.
hold 'select from data.consents where tenant = 1 and member = 13 for update'
first=$(draft 13 quiet-first) second=$(draft 14 quiet-second)
approve "$first" "$second"
daemon_until 20 is_state "$second" sent
same "what one daemon is claiming the other passes over" "approved sent" "$(state_of "$first") $(state_of "$second")"
let_go
nudge
daemon_until 20 is_state "$first" sent
same "and it goes out once" "sent 1 1" "$(state_of "$first") $(mails mail "$first") $(mails mail "$second")"

# Many drafts, two senders.
sink_mode slow
ids=()
for i in $(seq 20 59); do ids+=("$(draft $i "quiet-$i")"); done
approve "${ids[@]}"
until_sql "select count(*) = 0 from data.drafts where state in ('approved', 'sending')"
same "two daemons send 40 drafts, each once" "40 40" "$(for id in "${ids[@]}"; do mails mail "$id"; done | awk '{ n++; s += $1 } END { print n, s }')"
same "both took part" 2 "$(sql "select count(distinct claimed_by) from data.attempts a join data.drafts d using (tenant, draft) where d.member between 20 and 59")"

# A stop of one key: its approved messages wait too, those of others leave; what expires meanwhile gives its amount back and is told.
mailer=$SECRET
daemon_key halted agent --budget-cents 100000 --per-minute 100000
halted=$KEY halted_secret=$SECRET SECRET=$mailer
sink_mode wait-answer
first=$(draft 60 quiet-60) second=$(draft 61 quiet-61)
kept=$(SECRET=$halted_secret draft 62 quiet-62) open=$(SECRET=$halted_secret draft 63 quiet-63) late=$(SECRET=$halted_secret draft 64 quiet-64)
approve "$first" "$second"
until_sql "select count(*) = 2 from data.drafts where state = 'sending'"
approve "$kept"
held_cents=$(sql "select net from data.budgets where key = '$halted'")
same "a stop of one key is quiet when nothing of that key is in flight" "stopped at 0 quiet" \
	"$(flashd stop --only "$halted" --reason 'this one' --json 2>"$work/stop.err" | jq -r '"\(.state) at \(.in_flight) \(if .quiet then "quiet" else "" end)"')"
check "and says what it leaves waiting, and that their time runs on" grep -q "3 messages wait .* expires at 2" "$work/stop.err"
same "approving a message of a stopped key is refused" "3 t" "$(flashd drafts approve "$open" \
	--hash "$(sql "select encode(text_hash, 'hex') from data.drafts where draft = '$open'")" --quiet >"$work/halt" 2>&1; echo $?) $(
	grep -q "key $halted was stopped" "$work/halt" && echo t)"
sink_mode accept
third=$(draft 65 quiet-65)
approve "$third"
daemon_until 20 is_state "$third" sent
nudge
same "others' messages leave, the stopped key's approved one waits" "sent sent sent approved 0" \
	"$(state_of "$first") $(state_of "$second") $(state_of "$third") $(state_of "$kept") $(mails connect "$kept")"
sql "update data.drafts set expires_at = now() where draft = '$late'"
nudge
daemon_until 20 is_state "$late" expired
same "what expires while stopped says so, and its amount comes back" "expired while it was stopped|t" \
	"$(sql "select d.reason || '|' || (b.net < $held_cents)::text::char from data.drafts d, data.budgets b where d.draft = '$late' and b.key = '$halted'")"
flashd resume --only "$halted" --reason 'go on' --confirm=acme >/dev/null 2>"$work/resume.err"
daemon_until 20 is_state "$kept" sent
same "after its resume the approved one goes, once; the expired one is counted and never does" "sent 1 expired 0 1" \
	"$(state_of "$kept") $(mails mail "$kept") $(state_of "$late") $(mails mail "$late") $(grep -c '1 messages expired while it was stopped' "$work/resume.err")"
balanced
unset FLASHD_SEND_TIMEOUT_MS
running
sink_stop
