# Stop is certain or says that it is not; going on is asked every time.
run stop
check "stop wants a reason" eval 'coded 2 && said "--reason"'
run stop --reason 'first stop'
check "stop answers stopped and quiet" \
	eval 'coded 0 && said "stopping" && answered "stopped at 2" && answered "0 in flight" && answered "quiet at 2"'
check "it is written down who and why" \
	sql_is "trueannfirst stop" "select stopped::text || changed_by || reason from data.stops where scope = '*'"
check "nothing of a key commits now" eval '[[ $(award 1 5 while-stopped) != *-*-*-* ]]'
run stop --reason 'second stop' --json
check "a second stop is harmless" \
	eval 'coded 0 && is_json && has .was_stopped true && has .state stopped && has .reason "first stop" &&
		has .quiet true'

run resume --reason 'go on'
check "resume without a terminal does nothing and names the flag" \
	eval 'coded 2 && said "--confirm=acme" && stop_is "*" t'
run resume --reason 'go on' --yes
check "--yes does not resume" coded 2
run resume --reason 'go on' --confirm=other
check "a wrong name does not resume" eval 'coded 2 && stop_is "*" t'
run resume --confirm=acme
check "resume wants a reason" coded 2
run resume --reason 'go on' --confirm=acme --person eve
check "a stranger does not resume" coded 4
run resume --reason 'go on' --confirm=acme --generation 7
check "another stop's number does not resume" coded 3
run resume --reason 'go on' --confirm=acme
check "the tenant's name resumes; the stop is shown first" \
	eval 'coded 0 && said "first stop" && answered "running" && stop_is "*" f'
run resume --reason 'go on' --confirm=acme --json
check "what is not stopped cannot be resumed" eval 'coded 3 && is_error && has .error.code wrong_state'
run stop --only "$agent_key" --reason 'this key'
check "one key can be stopped" eval 'coded 0 && stop_is "$agent_key" t'
run resume --only "$agent_key" --reason 'this key' --confirm=acme
check "and resumed" coded 0
run stop --only nokey --reason x
check "an unknown key cannot be stopped, and that is certain" eval 'coded 3 && said "no key nokey"'
run stop --tenant nowhere --reason x
check "an unknown tenant neither" coded 3
sql "set flash.tenant = '1'; update data.installation set stopped = true, stopped_by = 'flashd', reason = 'restored'"
run resume --reason 'looked' --everything
check "resuming everything is asked too" eval 'coded 2 && said "--confirm=acme"'
run resume --reason 'looked' --everything --confirm=acme
check "and done" eval 'coded 0 && answered "running" && sql_is f "select stopped from data.installation"'

# Deliveries in flight: an open attempt of a draft on its way.
flying=$(draft 2 flying)
sql "set flash.tenant = '1'; update data.drafts set state = 'sending', decided_by = 'ann', approved_hash = text_hash
		where draft = '$flying';
	insert into data.attempts (tenant, draft, attempt, claimed_by, claimed_at, deadline_at, outcome)
	values (1, '$flying', 1, 'x', now(), now() + interval '1 hour', 'open')"
run stop --reason 'in the air'
check "stop returns at stopped and counts what is in flight" \
	eval 'coded 0 && answered "1 in flight" && ! answered quiet'
run stop --wait --reason 'in the air' --timeout 1
check "--wait with a time limit: stopped, not quiet, code 8" \
	eval 'coded 8 && answered "stopped at" && ! answered quiet && said "not known to be quiet"'
"$flashd" stop --wait --reason 'in the air' >"$work/wait.out" 2>"$work/wait.err" </dev/null &
waiting=$!
until_sql "$counts_flights"
kill -INT $waiting
wait $waiting
code=$?
check "Ctrl-C while waiting says what holds, code 130" \
	eval 'coded 130 && grep -q "stopped at" "$work/wait.out" && grep -q "not known to be quiet" "$work/wait.err"'
"$flashd" stop --wait --reason 'in the air' >"$work/wait.out" 2>"$work/wait.err" </dev/null &
waiting=$!
until_sql "$counts_flights"
sql "set flash.tenant = '1'; update data.attempts set deadline_at = now() - interval '1 second'"
wait $waiting
code=$?
check "--wait ends when the last one is settled or given up" eval 'coded 0 && grep -q "^quiet at 2" "$work/wait.out"'
run resume --reason 'landed' --confirm=acme

# The gate is held for longer than one try may wait: the stop asks again until it is certain.
hold_gate shared
"$flashd" stop --reason 'against a writer' >"$work/wait.out" 2>"$work/wait.err" </dev/null &
waiting=$!
tries="select pid || query_start::text $commands_at_work and wait_event_type = 'Lock'"
until_sql "$waits_for_gate"
first=$(sql "$tries")
until_sql "select count(*) > 0 from ($tries) x (t) where t <> '$first'"
kept=$(wc -c <"$work/wait.out")
free_gate
wait $waiting
code=$?
check "a held gate: no answer before it is free, then stopped" \
	eval 'coded 0 && [ "$kept" = 0 ] && grep -q "stopped at" "$work/wait.out"'
run resume --reason 'writer gone' --confirm=acme

cluster_pause
run stop --tenant acme --reason 'paused database'
check "a paused database: not confirmed, code 5, never stopped" \
	eval 'coded 5 && silent && said "not confirmed" && ! said "stopped" && said "select app.stop("'
run stop --tenant acme --reason 'paused database' --timeout 1 --json
check "the same as an object, within the time limit" \
	eval 'coded 5 && is_error && has .error.code not_confirmed && [[ $(field .error.next) == *"app.stop("* ]]'
"$flashd" stop --tenant acme --reason 'paused' >"$work/wait.out" 2>"$work/wait.err" </dev/null &
waiting=$!
until grep -q stopping "$work/wait.err"; do sleep 0.1; done
kill -INT $waiting
wait $waiting
code=$?
check "Ctrl-C before an answer: not confirmed, code 130" \
	eval 'coded 130 && grep -q "not confirmed" "$work/wait.err" && [ ! -s "$work/wait.out" ]'
run resume --tenant acme --reason x --confirm=acme --timeout 2
check "a time limit ends any command with code 5" eval 'coded 5 && silent'
cluster_continue
until_sql "select true"
run stop --config "$work/absent.conf" --tenant acme --reason 'no database'
check "an absent database: not confirmed, code 5, never stopped" \
	eval 'coded 5 && silent && said "not confirmed" && ! said "stopped" && said "app.find_tenant('"'acme'"'::text)"'
line=$(grep -o 'select app.stop(.*' <<<"$err")
check "the line to run by hand does stop" \
	eval '[[ $(psql -X -qAt -d flash -U flashd -c "$line") == *\"stopped\"* ]] && stop_is "*" t'
run stop --config "$work/absent.conf" --tenant "o'brien" --reason "it's \$(odd)" --json
check "its words are quoted" \
	[ "$(field .error.next | grep -o "'it''s \$(odd)'.*o''brien'" | head -c 20)" = "'it''s \$(odd)'::text" ]
run resume --reason 'end of switch tests' --confirm=acme
check "and it can be resumed" coded 0
