# One runner: of two daemons one runs what is due; one that was paused in the middle of a cycle and wakes up believing is
# refused by the fence, and whoever took over has given everybody just one gift and one message.
world
build/demo-brand --members 2000 --out "$DAEMONS/brand" >>"$DAEMONS/setup.log" 2>&1
flashd import "$DAEMONS/brand" --map demo --quiet >>"$DAEMONS/setup.log" 2>&1
daemon_key runner agent --budget-cents 1000000
flashd agent policy tests/agent/winback.json --key "$KEY" >>"$DAEMONS/setup.log" 2>&1
due() { sql "update data.policy_states set next_run_at = now() - interval '1 minute'; select pg_notify('flashd', 'policy')" >/dev/null; }
old() { sql "update data.actions set created_at = created_at - interval '40 days'"; }   # no cool-down stands in the way
odd_members="select count(*) from data.decisions d left join (select run, member, count(*) as n, count(distinct tool) as tools from data.actions
	group by 1, 2) a using (run, member) where d.chosen <> (a.member is not null) or a.n <> a.tools or a.tools > 2"

running a b
for round in 1 2 3; do
	old
	due
	until_sql "select count(*) = $round from data.runs where state = 'done'"
done
same "two daemons, three times due: three runs, a fence for each" "3 3 3" \
	"$(sql "select count(*) || ' ' || max(fence) || ' ' || count(distinct fence) from data.runs")"
running a
old
hold 'lock table data.lots in exclusive mode'
due
until_sql "select count(*) > 0 from pg_locks where relation = 'data.lots'::regclass and not granted"
kill -STOP "$(<"$DAEMONS/a.pid")"
let_go
until_sql "select count(*) > 0 from data.actions a join data.runs r using (tenant, run) where r.state = 'open'"
run=$(sql "select run from data.runs where state = 'open'")
sql "update data.policy_states set lease_until = now() - interval '1 second'"
daemon_start b
daemons_up="a b"
until_sql "select state = 'done' and fence = 5 from data.runs where run = '$run'"
done_by_b=$(sql "select count(*) from data.actions where run = '$run'")
same "the run of a paused daemon is taken over, with the next fence" "done 5 t" \
	"$(sql "select state || ' ' || fence from data.runs where run = '$run'") $([ "$done_by_b" -gt 0 ] && echo t)"
kill -CONT "$(<"$DAEMONS/a.pid")"
until_sql "select count(*) > 0 from journal.audit where code = 'not_the_runner'"
same "the paused one wakes and is refused; it changed nothing" "$done_by_b done" \
	"$(sql "select count(*) from data.actions where run = '$run'") $(sql "select state from data.runs where run = '$run'")"
same "everybody chosen was served once, nobody else" 0 "$(sql "$odd_members")"
same "the runs' own books agree" 0 "$(sql "select count(*) from data.runs r where spent_cents <> coalesce((select sum(value_cents) from data.actions a
	where (a.tenant, a.run) = (r.tenant, r.run)), 0)")"

# The fence in the function itself: an old number, another run's, a lease that ran out.
fence() { psql -X -qAt -U flashd -v VERBOSITY=sqlstate -c \
	"select app.serve_chunk(1, gen_random_uuid(), '$KEY', '$run', $1, 'points', 1, null, 'arm', 'email', 'all', now(), 30, '{1}',
	'{null}', '{null}', '{null}', '{null}', array[gen_random_uuid()], array[gen_random_uuid()])" 2>&1 | sed 's/^ERROR:  //'; }
sql "update data.runs set state = 'open', ended_at = null where run = '$run'; update data.policy_states set lease_until = now() + interval '1 minute'"
same "an old fence number is refused by the function" FLFEN "$(fence 4)"
sql "update data.policy_states set lease_until = now() - interval '1 second'"
same "and so is the right one when the lease has run out" FLFEN "$(fence 5)"
sql "update data.runs set state = 'done', ended_at = now() where run = '$run'"

# Undo of a run, to the last cent; what a member has used of it since stays and is named.
used=$(sql "select action from data.actions where run = '$run' and tool = 'earn_points' and state = 'done' limit 1")
sql "update data.lots set remaining = remaining - 1 where action = '$used'; update data.balances b set points = b.points - 1 from data.lots l
	where l.action = '$used' and b.member = l.member; insert into data.ledger (tenant, entry, member, delta, kind, lot, at)
	select 1, gen_random_uuid(), member, -1, 'redeem', lot, now() from data.lots where action = '$used'"
hash=$(flashd undo --run "$run" --json 2>/dev/null | jq -r .hash)
flashd undo --run "$run" --apply "$hash" --json >"$work/undone" 2>&1
same "undo of the run: all but what moved" "$((done_by_b - 1)) done" \
	"$(sql "select count(*) from data.actions where run = '$run' and state = 'undone'") $(sql "select state from data.actions where action = '$used'")"
balanced
running
