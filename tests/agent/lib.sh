# What the parts share: one brand, made once and copied for each part, and words for what is looked at.

# The base: 3,000 members of the demo brand up to yesterday, an agent key, a read-only key, the policy of this folder.
base_make() {
	unset DAEMONS
	daemon_database agent_base || return 1
	base=$DAEMONS
	build/demo-brand --members 3000 --out "$base/brand" 2>>"$base/setup.log" &&
		"$FLASHD_CLI" import "$base/brand" --map demo --quiet >>"$base/setup.log" 2>&1 &&
		daemon_key reader read-only && reader=$SECRET && daemon_key agent agent --budget-cents 1000000 &&
		"$FLASHD_CLI" agent policy tests/agent/winback.json --key "$KEY" >>"$base/setup.log" 2>&1 && return
	tail -n 20 "$base/setup.log" >&2
	return 1
}

# copy NAME: a copy of the base, which everything then means.
copy() {
	DAEMONS=$FLASHD_TEST/agent_$1
	mkdir -p "$DAEMONS/outbox"
	psql -X -qd postgres -c "create database agent_$1 template ${2:-agent_base}" || exit 1
	use "$1"
}
use() {
	DAEMONS=$FLASHD_TEST/agent_$1
	export PGDATABASE=agent_$1 FLASHD_DATABASE="host=$PGHOST dbname=agent_$1 user=flashd"
	export FLASHD_ADMIN_DATABASE="host=$PGHOST dbname=agent_$1 user=$PGUSER" FLASHD_STATE_FOLDER=$DAEMONS
	export FLASHD_OUTBOX_FOLDER=$DAEMONS/outbox
}

# Runs a command: sets code, out and err.
flashd() {
	timeout -k 1 60 "$FLASHD_CLI" "$@" >"$DAEMONS/out" 2>"$DAEMONS/err" </dev/null
	code=$?
	out=$(<"$DAEMONS/out")
	err=$(<"$DAEMONS/err")
}
coded() { [ "$code" = "$1" ] || { echo "code $code: $out $err"; return 1; }; }
said() { [[ $err == *"$1"* ]] || { echo "$err"; return 1; }; }
answered() { [[ $out == *"$1"* ]] || { echo "$out"; return 1; }; }
# One value of the database is the one wanted; for daemon_until.
is() { [ "$(daemon_sql "$1")" = "${2:-t}" ]; }
# The same as a test, patiently: comes LABEL SQL [VALUE]
comes() {
	local label=$1
	shift
	check "$label" daemon_until "${PATIENCE:-30}" is "$@"
}

# Decisions as bytes, in order; with all that was decided and on what.
decisions() {
	daemon_sql "select member, p_now, p_then, at_risk_cents, holdout_u, arm, value_cents, chosen, reason
		from data.decisions where run = '$1' order by member"
}

# The books of all runs and of the key: nobody twice, nobody who was not chosen, every cent in run, budget and ledger.
books() {
	daemon_sql "
		with a as (select * from data.actions where run is not null),
			returned as (select coalesce(sum(a.value_cents), 0) as cents from a left join data.drafts d on d.draft = a.action
				where a.state = 'undone' or d.state in ('rejected', 'expired', 'void', 'failed', 'withdrawn'))
		select 'twice ' || (select count(*) from (select from a group by run, member, tool having count(*) > 1) x),
			'without decision ' || (select count(*) from a where not exists (select from data.decisions d
				where (d.run, d.member) = (a.run, a.member) and d.chosen)),
			'runs ' || (select coalesce(sum(spent_cents), 0) from data.runs) - (select coalesce(sum(value_cents), 0) from a),
			'budget ' || (select coalesce(sum(net), 0) from data.budgets b where b.key = '$KEY')
				- (select coalesce(sum(value_cents), 0) from data.actions where key = '$KEY') + (select cents from returned),
			'gross ' || (select coalesce(sum(gross), 0) from data.budgets b where b.key = '$KEY')
				- (select coalesce(sum(value_cents), 0) from data.actions where key = '$KEY'),
			'points ' || (select count(*) from a left join data.lots l on l.lot = a.action left join data.ledger e
				on e.action = a.action where a.tool = 'earn_points' and (l.points is distinct from (a.detail ->> 'points')::bigint
				or e.delta is distinct from l.points)),
			'balances ' || (select count(*) from data.balances b where b.points <> (select sum(delta) from data.ledger e
				where e.member = b.member)),
			'coupons ' || (select count(*) from a left join data.coupons c on c.code = a.detail ->> 'coupon'
				where a.tool = 'issue_coupon' and (c.member, c.action) is distinct from (a.member, a.action)),
			'drafts ' || (select count(*) from a full join data.drafts d on d.draft = a.action
				where (a.tool = 'draft_outreach' or a.action is null) and (d.member is distinct from a.member))"
}
even_books='twice 0|without decision 0|runs 0|budget 0|gross 0|points 0|balances 0|coupons 0|drafts 0'
# Drafts. The nth that waits, in a fixed order; one with its words and hash; approved as it is.
draft_at() { daemon_sql "select draft from data.drafts where state = 'waiting' order by draft limit 1 offset $1"; }
show() {
	flashd drafts show "$1" --json
	hash=$(jq -r .hash <<<"$out")
}
approve() {
	show "$1"
	flashd drafts approve "$1" --hash "$hash"
}
state_of() { daemon_sql "select state from data.drafts where draft = '$1'"; }
net() { daemon_sql "select coalesce(sum(net), 0) from data.budgets where key = '$KEY'"; }
