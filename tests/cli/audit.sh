# The record.
award 3 1 audit-1 >"$work/ignored"
run member opt-out 3 --channel sms
run audit tail
check "the tail shows who, what and how it ended" \
	eval 'coded 0 && answered ann && answered set_consent && answered executed && plain'
run audit tail --limit 3 --json
check "with --json one object a line" eval 'is_json && [ "$(wc -l <"$work/out")" = 3 ]'
run audit tail --tool create_key --limit 100 --json
check "by tool" [ "$(field .tool | sort -u)" = create_key ]
run audit tail --principal "$agent_key" --limit 100 --json
check "by principal" [ "$(field .principal | sort -u)" = "$agent_key" ]
run audit tail --csv --limit 2
check "as CSV" [ "$(wc -l <"$work/out")" = 3 ]
run audit tail --principal nobody
check "nothing is nothing" eval 'coded 0 && silent'
"$flashd" audit tail --follow --limit 1 --json >"$work/follow" 2>"$work/err" </dev/null &
following=$!
until [ -s "$work/follow" ]; do sleep 0.1; done
run tenant person pat --roles viewer
tries=0
until grep -q add_person "$work/follow" || [ $((tries += 1)) -gt 200 ]; do sleep 0.1; done
kill $following
wait $following 2>/dev/null
check "--follow shows what comes, once" \
	[ "$(jq -r 'select(.tool == "add_person" and .detail.person == "pat") | .call' "$work/follow" | wc -l)" = 1 ]
check "and nothing before it but the last call" [ "$(wc -l <"$work/follow")" = 2 ]
award 3 1 audit-2 >"$work/ignored"
secret=${agent_secret##*_}
check "neither the daemon's log nor the record holds a key that was used" \
	eval '! grep -q "$secret" "$work/serve.err" "$work/serve.out" && sql_is 0 "select count(*) from journal.audit a
		where strpos(a::text, \$\$$secret\$\$) > 0"'
