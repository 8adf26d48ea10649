# kill -9 of one of two daemons at random moments, under 32 writers who ask again with the same key until they are answered,
# and with messages on their way out. No acknowledged write may be lost, none done twice, no message sent twice.
world 2000
sink_start
sink_mode slow
daemon_key crash agent --budget-cents 100000000 --per-minute 100000
running a b
kills=$(many 100 2000 10)
ids=()
for i in $(seq 100 $((159 + ${LONG:+400} + 0))); do ids+=("$(draft "$i" "crash-draft-$i")"); done
load_begin --clients 32 --retry $(keys crash) --members 2000 --endless crash
load_say settle
approved=0
for ((i = 1; i <= kills; i++)); do
	name=$([ $((RANDOM % 2)) = 0 ] && echo a || echo b)
	[ $((i % 2)) = 1 ] && [ ${#ids[@]} -gt $((i / 2)) ] && approve "${ids[$((i / 2))]}" && approved=$((approved + 1))
	load_say "epoch $i"
	sleep 0.0$((RANDOM % 90 + 10))   # the moment itself is random: nothing is waited for
	daemon_kill9 $name
	daemon_start $name || { check "a killed daemon starts again" false; break; }
done
URL=$(url a)
load_say settle
load_end crash
lost="select count(*) from testing.answers t left join data.actions a on a.action::text = t.action and a.idem = 'crash-' || t.line
	where load = 'crash' and a.action is null"
same "every call was answered in the end, with what it did" "$(load_word answered) 0" \
	"$(sql "select count(*) filter (where outcome = 'executed') from testing.answers where load = 'crash'") $(sql "$lost")"
same "none was done twice, and nothing was done that nobody was told" "$(load_word answered) $(load_word answered)" \
	"$(sql "select count(distinct idem) || ' ' || count(*) from data.actions where idem like 'crash-%' and tool = 'earn_points'")"
windows=$(sql "select count(distinct epoch) from testing.answers where load = 'crash' and replayed and cuts > 0")
check "kills hit the moment between commit and answer ($windows of $kills)" [ "$windows" -gt 0 ]

# What a dead sender left open becomes unknown when its deadline has passed; here the deadline is moved, not waited for.
sql "update data.attempts set deadline_at = now() - interval '1 second' where outcome = 'open'
	and split_part(claimed_by, ':', 2) not in ('$(<"$DAEMONS/a.pid")', '$(<"$DAEMONS/b.pid")')"
nudge
until_sql "select count(*) = 0 from data.drafts where state in ('approved', 'sending')"
sent=$(sql "select string_agg(draft::text, ' ') from data.drafts where state = 'sent' and member between 100 and 600")
twice=0
for id in "${ids[@]}"; do [ "$(mails mail "$id")" -le 1 ] || twice=$((twice + 1)); done
same "no message went out twice" 0 $twice
once=0
for id in $sent; do [ "$(mails accepted "$id")" = 1 ] && once=$((once + 1)); done
same "what is called sent was accepted, once" "$(wc -w <<<"$sent")" $once
unknown=$(sql "select count(*) from data.drafts where state = 'unknown' and member between 100 and 600")
same "every approved message is sent or unknown" "$approved" "$(($(wc -w <<<"$sent") + unknown))"
balanced
figures "$kills kills of a daemon under 32 writers: $(load_word answered) writes acknowledged, 0 lost, 0 doubled;" \
	"$(load_word cut) calls cut off, $(load_word replayed) of them had been committed ($windows kills hit that moment);" \
	"$(wc -w <<<"$sent") messages sent, $unknown unknown, 0 twice"
running
sink_stop
