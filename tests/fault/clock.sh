# A step back of the database's clock: it would open budget windows of the past once more, and give leases and offers more time. It
# stops everything until a person resumes. The step is made by moving the moment that was seen before, which is all that is known.
world 200
sink_start
daemon_key clock agent --budget-cents 100000 --per-minute 100000
running a b
award() { call earn_points "{\"member\":$1,\"points\":5,\"reason\":\"test\",\"idempotency_key\":\"$2\"}" | word; }
# Only with a tenant there, and daemons that look for work: each look writes down how late it is.
nudge
until_sql "select clock_seen_at > now() - interval '1 minute' from data.installation"
same "a clock that goes on stops nothing" "executed f" "$(award 1 clock-1) $(sql 'select stopped from data.installation')"
waiting=$(draft 2 clock-2)
sql "update data.installation set clock_seen_at = now() + interval '1 hour'"
same "after a step back of an hour no write goes through, at once" stopped "$(award 3 clock-3)"
same "nor an approval" 3 "$(flashd drafts approve "$waiting" --hash "$(sql "select encode(text_hash, 'hex') from data.drafts where draft = '$waiting'")" \
	--quiet >/dev/null 2>&1; echo $?)"
nudge
until_sql "select stopped from data.installation"
same "the next look for work makes it a stop of everything, and says why" "t flashd 1" \
	"$(sql "select (reason like 'the database''s clock went back by 3%')::text::char || ' ' || stopped_by || ' ' || generation from data.installation")"
same "which holds, though the clock goes on from there" "stopped" "$(nudge; award 3 clock-3)"
same "undo stays possible" executed "$(call undo_action "{\"action\":\"$waiting\"}" | jq -r .hash |
	{ read -r hash; call undo_action "{\"action\":\"$waiting\",\"apply_hash\":\"$hash\"}"; } | jq -r '.status // .')"
flashd resume --everything --reason 'the clock was set' --confirm=acme --quiet >/dev/null 2>&1
same "a person's resume goes on from the clock as it is; one budget window, as before" "executed 1" \
	"$(award 3 clock-3) $(sql "select count(*) from data.budgets where key = '$KEY'")"

# A step forward ends leases and attempts early, which costs time only: the fence refuses the late, the unsure is not sent again.
sink_mode wait-answer
id=$(draft 4 clock-4)
approve "$id"
daemon_until 20 has_mails mail 1
sql "update data.attempts set deadline_at = now() where draft = '$id'"
nudge
daemon_until 20 is_state "$id" unknown
sink_mode accept
same "an attempt that a step forward ended is unknown, and stays so when its sender comes back" "unknown 1" \
	"$(until_sql "select not exists (select from pg_stat_activity where query like '%settle_delivery%' and state = 'active')"; nudge; other=$(draft 5 clock-5)
	approve "$other"; daemon_until 20 is_state "$other" sent; state_of "$id") $(mails mail "$id")"
balanced
running
sink_stop
