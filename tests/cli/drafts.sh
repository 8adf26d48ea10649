# Messages: shown whole, decided by the hash of what was shown.
id=$(draft 1 look)
check "there is a draft" eval '[[ $id == *-*-*-*-* ]]'
run drafts list
check "the list shows member, name and expiry" \
	eval 'coded 0 && answered "$id" && answered "Kim Okafor" && answered waiting'
run drafts list --json
check "its JSON is the same list" has ".drafts[] | select(.draft == \"$id\") | .name" "Kim Okafor"
run drafts list --exit-code
check "--exit-code says that a person is waited for: 6" coded 6
run drafts show "$id"
check "show has the name, the masked address, every line of the body and the hash" \
	eval 'coded 0 && answered "Kim Okafor, k***@e***.org, member 1" &&
	answered "  | Dear Kim" && answered "  | we miss you." && [[ $out =~ hash\ +[0-9a-f]{64} ]] &&
	said "drafts approve $id --hash"'
run drafts show "$id" --json
hash=$(field .hash)
check "its JSON has the exact body" has .body $'Dear Kim\nwe miss you.'
check "the hash is the database's" draft_has "$id" "encode(text_hash, 'hex')" "$hash"
run drafts approve "$id" --hash "${hash//[0-9]/0}"
check "another hash approves nothing" eval 'coded 3 && draft_has $id state waiting'
run drafts approve "$id" --hash "$hash" --person eve
check "a stranger approves nothing" coded 4
FLASHD_PERSON='' run drafts approve "$id" --hash "$hash"
check "nobody approves nothing" eval 'coded 4 && said "--person"'
run drafts approve "$id" --hash "$hash"
check "the hash that was shown approves" \
	eval 'coded 0 && answered approved && draft_has $id "state || decided_by" approvedann'
run drafts approve "$id" --hash "$hash"
check "a second time is refused" coded 3

printf 'Dear Kim,\nyour coffee\tis ready.\n' >"$work/body.txt"
run drafts edit "$id" --hash "$hash" --body-file "$work/body.txt"
check "a body with a hidden character is refused" eval 'coded 3 && said "body"'
printf 'Dear Kim,\nyour coffee is ready.\n' >"$work/body.txt"
run drafts edit "$id" --hash "${hash//[0-9]/0}" --body-file "$work/body.txt"
check "an edit of something else than what is there is refused" coded 3
run drafts edit "$id" --hash "$hash"
check "an edit wants words" coded 2
run drafts edit "$id" --hash "$hash" --body-file "$work/body.txt" --subject 'Your coffee' --json
check "an edit voids the approval and gives a new hash" eval 'coded 0 && is_json && [ "$(field .hash)" != "$hash" ] &&
	draft_has $id "state || (approved_hash is null)" waitingtrue'
edited=$(field .hash)
run drafts approve "$id" --hash "$hash"
check "the old hash approves nothing now" coded 3
run drafts show "$id" --json
check "the new words are there, with the new hash" \
	eval 'has .hash "$edited" && has .subject "Your coffee" && has .body $'"'Dear Kim,\nyour coffee is ready.'"
printf 'From stdin.' | "$flashd" drafts edit "$id" --hash "$edited" --body-file - --json >"$work/out" 2>"$work/err"
code=$?
check "a body may come by stdin" eval 'coded 0 && is_json'
edited=$(field .hash)
run drafts reject "$id"
check "a rejection wants a reason" coded 2
run drafts reject "$id" --reason 'wrong tone'
check "a rejection is written down and gives the amount back" \
	eval 'coded 0 && draft_has $id "state || reason" "rejectedwrong tone"'
run drafts list --state all
check "the list shows it with --state all" eval 'answered rejected && answered "$id"'
run drafts list --state waiting --exit-code
check "nothing waits: code 0" coded 0

# What a sealed text may hold must not steer the screen.
sneaky=$(draft 4 sneaky)
sql "set flash.tenant = '1'; update data.drafts set reason = E'\\x1b[31mred\\u202Eder' where draft = '$sneaky'"
run drafts show "$sneaky"
check "what came from outside is shown, not obeyed" \
	eval 'coded 0 && plain && answered "<U+001B>" && answered "<U+202E>"'
sql "set flash.tenant = '1'; update data.drafts set member = 3 where draft = '$sneaky'"
run drafts show "$sneaky"
check "a message that was moved to another member is not shown as sound" eval 'coded 3 && said "another"'
run drafts reject "$sneaky" --reason moved
run drafts show 019a9f3e-5c1d-7a10-b1c2-2f6f3c1d9e77
check "an unknown draft is said" coded 3

run member opt-out 2 --channel email --json
check "a member opts out by number" \
	eval 'coded 0 && is_json && has .granted false && sql_is f "select granted from data.consents where member = 2"'
run member opt-out 'KIM@example.org' --channel email
check "or by e-mail" eval 'coded 0 && sql_is f "select granted from data.consents where member = 1"'
run member opt-out same@example.org --channel email
check "an e-mail of two members is refused with their numbers" eval 'coded 3 && said "3, 4"'
run member opt-out nobody@example.org --channel email
check "an unknown one is refused" coded 3
run member opt-out someone --channel email
check "something else is refused" coded 2
