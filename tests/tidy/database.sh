# What only a migrated database can say: its walls, and that every statement plans for the role that runs it.
. tests/tidy/migrated.sh
if ! migrated tidy; then
	echo "Bail out! no migrated database"
	exit 1
fi
ask() {
	psql -XAtqd tidy -v ON_ERROR_STOP=1 "$@"
}

walls() {
	ask -f "tests/tidy/walls/$1.sql"
}
rule "tenant is the first column of every key, index and foreign key" walls tenant_first
rule "row security is forced on every table, by tenant" walls row_security
rule "the daemon's role holds no table, sequence or schema but what it reads" walls powerless
rule "every function that the daemon may call is closed and begins with the tenant" walls functions

schema_is_committed() {
	[ "$(ask -c 'show server_version_num')" -lt 160000 ] || { echo "PostgreSQL 15 makes this dump" >&2; return; }
	tests/tidy/dump-schema tidy | diff sql/schema.sql - | head -n 30
}
if [ "$(ask -c "select current_setting('server_version_num')::int / 10000")" = 15 ]; then
	rule "sql/schema.sql is what the migrations make (make schema)" schema_is_committed
else
	number=$((number + 1))
	echo "ok $number - sql/schema.sql is what the migrations make # SKIP it is written as PostgreSQL 15 dumps"
fi

# Those that only the owner's connection runs: migrate, tenant create, import.
owner_statements='^(add_migration|check_migration|find_migration|has_migrations|create_tenant|find_zone|finish_import|list_skipped'
owner_statements="$owner_statements|merge_[a-z_]+|copy_[a-z_]+)\$"

# Each is prepared and explained, which also asks whether the role may: first as the daemon, then as the owner. COPY
# cannot be prepared, so it copies nothing. A generic plan: nulls must not be reasoned away.
plan_statements() {
	local file name role role_now=
	echo "set plan_cache_mode = force_generic_plan;"
	echo "select set_config('flash.tenant', '1', false) \\g /dev/null"
	for role in flashd flash_owner; do
		[ "$role" = flashd ] || { echo 'begin;'; echo 'set role flash_owner;'; cat sql/load/stage.sql; }
		[ "$role" = flash_owner ] || echo "set role flashd;"
		for file in $(ours '^sql/queries/.*\.sql$'); do
			name=${file##*/} name=${name%.sql}
			role_now=flashd
			[[ $name =~ $owner_statements ]] && role_now=flash_owner
			[ "$role" = "$role_now" ] || continue
			echo "\\warn @ $file as $role"
			[ "$role" = flashd ] || echo "savepoint each;"
			case "$name" in
				copy_*) cat "$file"; printf ';\n\\.\n' ;;
				*) printf 'prepare "%s" as\n' "$name"; cat "$file"
					printf ';\nselect format($$explain execute %%I%%s$$, name, (select\n'
					printf '$$($$ || string_agg($$null$$, $$,$$) || $$)$$ from unnest(parameter_types)))\n'
					printf 'from pg_prepared_statements where name = $$%s$$ \\gexec\n' "$name" ;;
			esac
			[ "$role" = flashd ] || echo "rollback to each;"
		done
	done
	echo "\\warn @ end"
}
statements_plan() {
	plan_statements >"$work/plans.sql"
	psql -XAtqd tidy -v VERBOSITY=terse -f "$work/plans.sql" 2>&1 >/dev/null |
		awk '/^@/ { what = $2 " " $3 " " $4; seen++; next } { sub(/^[^ ]*plans\.sql:[0-9]+: /, ""); print what ": " $0 }
			END { if (seen < 50) print "only " seen + 0 " statements were tried" }'
}
rule "every statement plans, for the role that runs it" statements_plan
