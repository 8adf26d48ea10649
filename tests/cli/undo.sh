# Undo: a preview that changes nothing, and exactly that preview applied.
one=$(award 1 100 undo-1)
two=$(award 2 200 undo-2)
gone=$(draft 2 undo-gone)
check "there are two actions to undo" eval '[[ $one == *-*-*-*-* && $two == *-*-*-*-* ]]'
run undo "$one"
check "the preview shows it and changes nothing" \
	eval 'coded 0 && answered "1 actions, 1.00 EUR" && answered "$one" && action_is $one done'
hash=$(grep -oE '^hash [0-9a-f]{64}$' "$work/out" | cut -c6-)
check "it says how to apply" said "--apply $hash"
run undo "$one" --json
check "its JSON has the same hash" has .hash "$hash"
run undo "$one" --apply "${hash//[0-9]/0}"
check "a wrong hash: code 3 and no change" eval 'coded 3 && silent && action_is $one done'
FLASHD_PERSON='' run undo "$one" --apply "$hash"
check "nobody undoes nothing" eval 'coded 4 && action_is $one done'
run undo "$one" --apply "$hash" --json
check "the right hash takes it back" \
	eval 'coded 0 && is_json && has .undone 1 && has .left 0 && action_is $one undone'
run undo "$one" --apply "$hash"
check "twice is refused" eval 'coded 3 && said "undone"'
run undo 019a9f3e-5c1d-7a10-b1c2-2f6f3c1d9e77
check "an unknown action is refused" coded 3

# A window: the hash is of what it held; something more in it, and the old hash is void.
from=$(sql "select to_char(now() at time zone 'UTC' - interval '1 hour', 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"')")
to=$(sql "select to_char(now() at time zone 'Europe/Paris' + interval '1 hour', 'YYYY-MM-DD\"T\"HH24:MI:SS')")
run undo --from "$from" --to "$to" --json
hash=$(field .hash)
before=$(field .actions)
three=$(award 1 300 undo-3)
run undo --from "$from" --to "$to" --apply "$hash"
check "what happened since voids the hash" eval 'coded 3 && said "not what you were shown" && action_is $two done'
run undo --from "$from" --to "$to" --json
check "the new preview has one more" has .actions $((before + 1))
hash=$(field .hash)
# Messages that have left cannot come back: reported, the others are taken back.
sql "set flash.tenant = '1'; update data.drafts set state = 'sent', decided_by = 'ann', approved_hash = text_hash
	where draft = '$gone'"
left=$(sql "select count(*) from data.drafts where state not in ('waiting', 'approved', 'held')")
run undo --from "$from" --to "$to" --apply "$hash"
check "a window is taken back, what cannot be is named" \
	eval 'coded 0 && answered "$left not undone" && said "not undone: $gone" && actions_done $left'
check "points are back where they were" sql_is "0" "select coalesce(sum(points), 0) from data.balances"

# More than one chunk, and Ctrl-C while the first one waits for the gate: it is finished, the second is not begun.
sql "select count(*) from app.write_calls((select jsonb_agg(jsonb_build_object('tenant', 1,
	'call', app.new_id(), 'key', '$agent_key', 'via', 'http', 'tool', 'earn_points', 'scope', 'points:write',
	'idem', 'many-' || i, 'hash', '\\x00', 'args', jsonb_build_object('member', 1, 'points', 1, 'reason', 'x',
		'receipts', jsonb_build_array(jsonb_build_object('id', 'r', 'metric', 'gmv', 'definition', 'd', 'value', 1,
			'data_version', 0, 'asked_at', now(), 'token', 't')))))
	from generate_series(1, 1090) i))" >"$work/many" 2>&1
late=$(draft 2 undo-late)
sql "set flash.tenant = '1'; update data.drafts set state = 'sent', decided_by = 'ann', approved_hash = text_hash
	where draft = '$late'"
left=$((left + 1))
check "there are many actions" sql_is "1090" "select count(*) from data.actions where idem like 'many-%'"
run undo --from "$from" --to "$to" --json
hash=$(field .hash)
total=$(field .actions)
hold_gate exclusive
"$flashd" undo --from "$from" --to "$to" --apply "$hash" --json >"$work/out" 2>"$work/err" </dev/null &
waiting=$!
until_sql "$waits_for_gate"
kill -INT $waiting
free_gate
wait $waiting
code=$? out=$(<"$work/out") err=$(<"$work/err")
check "Ctrl-C: what was done is counted, what was not is left, code 130" \
	eval 'coded 130 && is_json && has .undone 499 && has .left $((total - 500)) && said "Interrupted" &&
	[ "$(sql "select count(*) from data.actions where idem like '"'many-%'"' and state = '"'undone'"'")" = 499 ]'
run undo --from "$from" --to "$to" --apply "$hash"
check "the old hash is void then" coded 3
run undo --from "$from" --to "$to" --json
hash=$(field .hash)
run undo --from "$from" --to "$to" --apply "$hash" --json
check "the rest is taken back by a new preview" \
	eval 'coded 0 && is_json && has .undone 591 && has .left 0 && actions_done $left &&
		has ".not_undone | length" $left'
