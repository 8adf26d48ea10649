# What a cycle acts on is in the record by its receipts before it acts; without them, or when they have grown old on the
# way, it does nothing more and says why.
cycle() { flashd agent run --policy winback --json; }
done_by() { daemon_sql "select count(*) from data.actions where run = '$1'"; }

copy receipts
cycle
check "a sound cycle acts" coded 0
run=$(jq -r .run <<<"$out")
same "it has cited a receipt for each number of its policy's evidence" "$(jq '.evidence.metrics | length' tests/agent/winback.json)" \
	"$(daemon_sql "select count(*) from data.citations where cited_by = '$run'")"
same "before its first decision, and those of the report" t "$(daemon_sql "select min(c.at) < min(d.at) from journal.audit c, journal.audit d
	where c.tool = 'cite_receipts' and d.tool = 'record_decisions' and '$run' in (c.detail ->> 'run', d.detail ->> 'run')")"
same "the report names them" "$(daemon_sql "select string_agg(receipt, ' ' order by receipt) from data.citations where cited_by = '$run'")" \
	"$(jq -r '[.observations[].receipt] | sort | join(" ")' <<<"$out")"
flashd verify "$(daemon_sql "select token from data.citations where cited_by = '$run' limit 1")" --json
check "and what they say can be asked again" jq -e '.status == "same" or .status == "changed"' <<<"$out"

sound=$(done_by "$run")

# Old on the way: as if two hours lay between looking and giving.
copy receipts_old
daemon_sql "create function data.age() returns trigger language plpgsql as \$\$ begin
		update data.citations set asked_at = asked_at - interval '2 hours' where cited_by = new.run;
		return null;
	end \$\$;
	create trigger age after update on data.runs for each row when (old.spent_cents = 0 and new.spent_cents > 0)
		execute function data.age()"
cycle
check "a run whose receipts grow old stops" coded 3
run=$(jq -r .run <<<"$out")
check "with a sentence" jq -e '.why | contains("more than 60 minutes ago: nothing more was changed. The next cycle reads them anew.")' <<<"$out"
same "refused, not failed" refused "$(daemon_sql "select state from data.runs where run = '$run'")"
check "some of it is done" test "$(done_by "$run")" -gt 0
check "and less than the whole" test "$(done_by "$run")" -lt "$sound"
same "what is done is in the books" "$even_books" "$(books)"
check "it is in the record" daemon_sql "select 1 / count(*) from journal.audit where code = 'needs_receipt'"
daemon_sql "drop trigger age on data.runs; update data.actions set created_at = created_at - interval '90 days'"
cycle
check "the next cycle acts" coded 0

copy receipts_none
daemon_sql "create function data.lose() returns trigger language plpgsql as \$\$ begin return null; end \$\$;
	create trigger lose before insert on data.citations for each row execute function data.lose()"
cycle
check "a run that has none does nothing" eval 'coded 3 && [ "$(done_by "$(jq -r .run <<<"$out")")" = 0 ]'
check "and says so" jq -e '.why | contains("has cited no receipts of the numbers that it acts on")' <<<"$out"
