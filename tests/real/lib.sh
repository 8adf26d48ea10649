# What the parts share.

# brand NAME ZONE: a database of its own with one more tenant, in dollars, which the commands then mean.
brand() {
	unset DAEMONS
	daemon_database "real_$1" && "$FLASHD_CLI" tenant create "$1" --name "$3" --zone "$2" --currency USD --admin ann --min-group 1 \
		>>"$DAEMONS/setup.log" 2>&1 || exit 1
	export FLASHD_TENANT=$1
	tenant=$(daemon_sql "select tenant from data.tenants where slug = '$1'")
	# Every command's own sanitizer reports; none may appear.
	log=$DAEMONS/commands.log
}

# Runs a command: sets code, out and err.
flashd() {
	timeout -k 1 300 "$FLASHD_CLI" "$@" >"$DAEMONS/out" 2>"$DAEMONS/err" </dev/null
	code=$?
	out=$(<"$DAEMONS/out")
	err=$(<"$DAEMONS/err")
	printf '%s\n%s\n' "$out" "$err" >>"$log"
}
coded() { [ "$code" = "$1" ] || { echo "code $code: $err"; return 1; }; }
said() { [[ $err == *"$1"* ]] || { echo "$err"; return 1; }; }

# Everything that the tenants have, in one line a table: rows and their digest.
snapshot() {
	psql -X -qAt -v ON_ERROR_STOP=1 <<-'SQL'
		select format('select %L, count(*), md5(string_agg(t::text, ''|'' order by t::text)) from %s t', c.oid::regclass,
			c.oid::regclass) from pg_class c where c.relnamespace = 'data'::regnamespace and c.relkind = 'r' order by 1
		\gexec
	SQL
}

# Neither data nor purchases of these brands come with names; the messages get made-up ones, and all agree to them.
invent_people() {
	mkdir -p "$DAEMONS/people"
	daemon_sql "copy (select external as member, 'Kim ' || external as name, 'm' || external || '@example.test' as email,
		to_char(enrolled_at, 'YYYY-MM-DD') as since from data.members where tenant = $tenant order by member)
		to stdout with (format csv, header)" >"$DAEMONS/people/people.csv"
	cat >"$DAEMONS/people/map.json" <<-'JSON'
		{ "map": "people", "why": "Made-up names and consents for members that the data knows by number only.",
			"files": { "people": { "path": "people.csv" } },
			"entities": [
				{ "entity": "members", "file": "people", "fields": { "member": "member", "name": "name", "email": "email" } },
				{ "entity": "consents", "file": "people", "fields": { "member": "member",
					"channel": { "constant": "email" }, "granted": { "constant": "true" },
					"at": { "column": "since", "as": "yyyy-mm-dd" } } } ] }
	JSON
	flashd import "$DAEMONS/people" --map "$DAEMONS/people/map.json" --json
}

# One run's books: what was chosen, done, spent and taken from the budget are the same; nobody held out was served.
run_books() {
	daemon_sql "
		select 'chosen ' || (select count(*) from data.decisions d where (d.tenant, d.run) = (r.tenant, r.run) and d.chosen)
			- (select count(distinct member) from data.actions a where (a.tenant, a.run) = (r.tenant, r.run)),
			'spent ' || spent_cents - (select coalesce(sum(value_cents), 0) from data.actions a
				where (a.tenant, a.run) = (r.tenant, r.run)),
			'budget ' || (select coalesce(sum(net), 0) from data.budgets b where (b.tenant, b.key) = (r.tenant, r.key))
				- (select coalesce(sum(value_cents), 0) from data.actions a where (a.tenant, a.key) = (r.tenant, r.key)),
			'held out ' || (select count(*) from data.decisions d join data.actions a using (tenant, run, member)
				where (d.tenant, d.run) = (r.tenant, r.run) and d.reason = 'held_out')
		from data.runs r where r.tenant = $tenant and r.run = '$1'"
}
even_books='chosen 0|spent 0|budget 0|held out 0'
