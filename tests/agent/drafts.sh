# Messages and people: nothing leaves but the exact words that a person approved, while the member still agrees, while
# nothing is stopped, before it expires. Into files here; mail is the next part.
copy drafts
flashd agent run --policy winback --json
check "a cycle drafts" jq -e '.drafts | length > 2' <<<"$out"
net=$(net)
cost=$(daemon_sql "select message_cost_cents from data.tenants")
flashd tenant person vic --roles viewer
refused() { check "$1" coded "$2" && check "$1: with the word" test "$(jq -r .error.code "$DAEMONS/out")" = "$3"; }

draft=$(draft_at 0)
show "$draft"
flashd drafts approve "$draft" --hash "$(tr 0-9 1-90 <<<"$hash")" --json
refused "another hash is refused" 3 text_changed
flashd drafts approve "$draft" --hash "$hash" --person vic --json
refused "a viewer's approval is refused" 4 not_your_right
same "it still waits" waiting "$(state_of "$draft")"
approve "$draft"
check "the exact hash approves" coded 0
flashd drafts approve "$draft" --hash "$hash" --json
refused "approving twice is refused" 3 wrong_state
flashd drafts edit "$draft" --hash "$hash" --subject 'Another subject' --json
check "an edit of an approved message" coded 0
same "voids the approval" 'waiting|t' "$(daemon_sql "select state, approved_hash is null from data.drafts where draft = '$draft'")"
flashd drafts approve "$draft" --hash "$hash" --json
refused "the old hash is nothing then" 3 text_changed
flashd drafts edit "$draft" --hash "$hash" --subject 'A third subject' --json
refused "nor to edit with" 3 text_changed
approve "$draft"
check "the new one approves" coded 0
edited=$draft

draft=$(draft_at 0)
flashd drafts reject "$draft" --reason 'wrong tone'
same "a message that is rejected gives its cost back" "rejected $((net - cost))" "$(state_of "$draft") $(net)"
approve "$draft"
check "and is not approved any more" coded 3

draft=$(draft_at 0)
show "$draft"
daemon_sql "update data.drafts set expires_at = now() - interval '1 second' where draft = '$draft'"
flashd drafts approve "$draft" --hash "$hash" --json
refused "an expired one is refused" 3 expired
unasked=$draft

# What changes between the approval and the sending; the daemon comes afterwards.
late=$(draft_at 1)
approve "$late"
daemon_sql "update data.drafts set expires_at = now() - interval '1 second' where draft = '$late'"
opted=$(draft_at 1)
approve "$opted"
member=$(daemon_sql "select member from data.drafts where draft = '$opted'")
flashd member opt-out "$member" --channel email
check "a member opts out" coded 0
asked=$(draft_at 1)
flashd member opt-out "$(daemon_sql "select member from data.drafts where draft = '$asked'")" --channel email
show "$asked"
flashd drafts approve "$asked" --hash "$hash" --json
refused "a message to who has opted out is not approved" 3 no_consent
forged=$(draft_at 2)
approve "$forged"
other=$(draft_at 2)
daemon_sql "update data.drafts set body_sealed = (select body_sealed from data.drafts where draft = '$other') where draft = '$forged'"
approve "$other"
flashd stop --reason 'before anything leaves'
check "everything is stopped" coded 0
daemon_start drafts || exit 1
comes "the daemon is refused while stopped" "select count(*) > 0 from journal.audit where tool = 'claim_delivery' and code = 'stopped'"
same "and nothing has left" '' "$(ls "$DAEMONS/outbox")"
same "approved is still approved" 4 "$(daemon_sql "select count(*) from data.drafts where state = 'approved' and expires_at > now()")"
flashd drafts approve "$(draft_at 1)" --hash "$hash" --json
refused "no approval while stopped" 3 stopped
flashd resume --reason 'for the test' --confirm=acme
comes "resumed, what was approved is sent" "select state from data.drafts where draft = '$other'" sent
comes "the edited one too" "select state from data.drafts where draft = '$edited'" sent
comes "the member who opted out gets nothing" "select state from data.drafts where draft = '$opted'" void
comes "nor does whose message expired meanwhile" "select state from data.drafts where draft = '$late'" expired
comes "and words that nobody approved do not leave" "select outcome || ' ' || (detail like '%not the one that was hashed%')
	from data.attempts where draft = '$forged'" 'failed true'
comes "the one that nobody decided expires" "select state from data.drafts where draft = '$unasked'" expired
same "two files have left, and no other" "$(printf '%s.eml\n' "$edited" "$other" | LC_ALL=C sort)" "$(LC_ALL=C ls "$DAEMONS/outbox")"
same "void and expired ones gave their cost back" $((net - 4 * cost)) "$(net)"
same "the subject is the one that the person wrote" 'Another subject' "$(python3 tests/agent/mail.py "$DAEMONS/outbox/$edited.eml" subject)"
show "$other"
check "the body is what was shown, to the byte" cmp <(jq -j .body <<<"$out") <(python3 tests/agent/mail.py "$DAEMONS/outbox/$other.eml" body)
# The forged one is tried again twice and then given up; its words are never right.
for try in 2 3; do
	daemon_sql "update data.attempts set settled_at = settled_at - interval '1 hour'; notify flashd"
	comes "the forged one: try $try" "select count(*) from data.attempts where draft = '$forged' and outcome = 'failed'" $try
done
comes "is given up" "select state from data.drafts where draft = '$forged'" failed
daemon_stop drafts
check "the daemon ended in order" test $? = 0
same "still two files" 2 "$(ls "$DAEMONS/outbox" | wc -l)"
same "the books are even" "$even_books" "$(books)"
