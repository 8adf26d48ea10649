# The schedule: real daemons run what is due, once, of any number of daemons one; a notice wakes them. The daemon looks
# by itself once a minute; what must come by a notice is given half of that.
runs="select count(*) from data.runs where not dry_run"
PATIENCE=25

overdue() { daemon_sql "update data.policy_states set next_run_at = now() - interval '$1'"; }
# Both threads of each daemon have looked, found nothing to do, and would look again in a minute.
sleeps() { daemon_until 30 is "select count(*) from pg_stat_activity where datname = current_database()
	and application_name = 'flashd wake' and state = 'idle' and query like '%find_work%'" "${1:-2}"; }

# After a missed time: once means once now; skip waits for the next time, unless it was within the hour.
copy catch_up
overdue '3 days'
daemon_start catch_up || exit 1
comes "a time missed three days ago, catch-up once: it runs when the daemon comes" "$runs and state = 'done'" 1
same "it is the agent's, and it acted" 't|t' "$(daemon_sql "select daemon is not null, spent_cents > 0 from data.runs")"
check "the next time is the schedule's" is "select next_run_at = app.cron_next(cron, zone, now()) from data.policy_states"
daemon_stop catch_up
check "the daemon ended in order" test $? = 0
same "it ran once" 1 "$(daemon_sql "$runs")"

copy skip
daemon_sql "update data.policy_states set catch_up = 'skip'"
overdue '3 days'
daemon_start skip || exit 1
comes "catch-up skip: the next time is the schedule's" \
	"select next_run_at = app.cron_next(cron, zone, now()) from data.policy_states"
same "and nothing ran" 0 "$(daemon_sql "$runs")"
overdue '50 minutes'
daemon_sql "notify flashd"
comes "but a time missed by less than an hour is made good" "$runs and state = 'done'" 1

# The daemon sleeps until the time that the policy says, not until somebody calls.
daemon_sql "update data.actions set created_at = created_at - interval '40 days';
	update data.policy_states set next_run_at = now() + interval '3 seconds'"
daemon_sql "notify flashd"
comes "it wakes by itself when the time comes" "$runs and state = 'done'" 2
# Disabled is not run.
daemon_sql "update data.policy_states set enabled = false"
overdue '1 minute'
daemon_sql "notify flashd"
daemon_stop skip
same "a policy that is switched off does not run" 2 "$(daemon_sql "$runs")"

# Notices: a message that is approved, a policy that is put to work, a stop that is lifted. Each to a daemon that has just
# found nothing to do: whoever has found something looks again in fifteen seconds.
copy notices
flashd agent run --policy winback
daemon_start notices || exit 1
sleeps
draft=$(draft_at 0)
approve "$draft"
check "a message is approved" coded 0
comes "an approval wakes the daemon: the message is sent" "select state from data.drafts where draft = '$draft'" sent
check "and lies in the outbox" test -s "$DAEMONS/outbox/$draft.eml"
daemon_stop notices
daemon_start notices || exit 1
sleeps
daemon_sql "update data.actions set created_at = created_at - interval '40 days'"
overdue '1 minute'
flashd agent policy tests/agent/winback.json --key "$KEY"
comes "putting a policy to work wakes it" "$runs and state = 'done'" 2
daemon_stop notices
flashd stop --reason 'for the test'
daemon_start notices || exit 1
sleeps
daemon_sql "update data.actions set created_at = created_at - interval '40 days'"
overdue '1 minute'
flashd resume --reason 'for the test' --confirm=acme
check "what was stopped is resumed" coded 0
comes "resuming wakes it" "$runs and state = 'done'" 3
flashd stop --reason 'for the test'
overdue '1 minute'
daemon_sql "notify flashd"
comes "while stopped, the daemon is refused" "select count(*) > 0 from journal.audit where tool = 'open_run'
	and decision = 'refused' and code = 'stopped'"
daemon_stop notices
check "the daemon ended in order" test $? = 0
same "and nothing ran" 3 "$(daemon_sql "$runs")"
same "the books are even" "$even_books" "$(books)"

# A runner that was killed: the daemon goes on with its run when the lease has run out, though the policy is not due.
copy left_open
exec 7> >(exec psql -X -qAt >"$DAEMONS/holder")
echo "begin; lock table data.lots in exclusive mode;" >&7
daemon_until 30 is "select count(*) from pg_locks where relation = 'data.lots'::regclass and mode = 'ExclusiveLock' and granted" 1
"$FLASHD_CLI" agent run --policy winback >"$DAEMONS/out" 2>"$DAEMONS/err" </dev/null &
pid=$!
comes "a cycle is killed in the middle" "select count(*) > 0 from pg_locks where relation = 'data.lots'::regclass and not granted"
kill -KILL "$pid"
{ wait "$pid"; } 2>/dev/null
exec 7>&-
daemon_start left_open || exit 1
sleeps
same "nobody takes it while its lease lasts" 'open' "$(daemon_sql "select state from data.runs")"
daemon_sql "update data.policy_states set lease_until = now() - interval '1 second'"
daemon_sql "notify flashd"
comes "then the daemon goes on with it" "select string_agg(state || fence, ' ') from data.runs" done2
same "the books are even" "$even_books" "$(books)"
daemon_sql "update data.runs set state = 'open', ended_at = null, started_at = now() - interval '61 minutes'"
daemon_sql "notify flashd"
comes "one that was begun more than an hour ago is given up" "select string_agg(state, ' ') from data.runs" failed
daemon_stop left_open

# Two daemons, five times due: five runs, whoever makes them.
copy two
daemon_start one || exit 1
daemon_start two || exit 1
for round in 1 2 3 4 5; do
	sleeps 4
	daemon_sql "update data.actions set created_at = created_at - interval '40 days'"
	overdue '1 minute'
	daemon_sql "notify flashd"
	comes "two daemons, time $round: it runs" "$runs and state = 'done'" "$round"
done
daemon_stop one
check "one ended in order" test $? = 0
daemon_stop two
check "two ended in order" test $? = 0
same "five times due, five runs" 5 "$(daemon_sql "$runs")"
same "the fence was raised five times" 5 "$(daemon_sql "select fence from data.policy_states")"
same "the books are even" "$even_books" "$(books)"
