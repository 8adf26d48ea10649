# Mail, through a real SMTP server that does as it is told: each outcome, and of each message at most one. The mail
# library that reads them is Python's.
python=
for candidate in python3 /usr/bin/python3; do
	"$candidate" -c 'import aiosmtpd' 2>/dev/null && python=$candidate && break
done
if [ -z "$python" ]; then
	tap_line ok "mail by SMTP # SKIP there is no python3-aiosmtpd"
	return
fi
copy mail
sink=$DAEMONS/sink
mkdir -p "$sink"
sink_says() { echo "$1" >"$sink/mode.new" && mv "$sink/mode.new" "$sink/mode"; }
mail() { python3 tests/agent/mail.py "$sink/mails" "$@"; }
arrived() { grep -c . "$sink/mails"; }
has_arrived() { [ "$(arrived)" = "$1" ]; }
# What is due again in minutes is due now.
hurry() { daemon_sql "update data.attempts set settled_at = settled_at - interval '1 hour'; notify flashd"; }
outcome() { daemon_sql "select string_agg(outcome, ' ' order by attempt) from data.attempts where draft = '$1'"; }
tells() { comes "$1" "select string_agg(outcome, ' ' order by attempt) from data.attempts where draft = '$2'" "$3"; }
next_draft() { draft_at 0; }

sink_says accept
"$python" tests/agent/sink.py "$sink" 2>"$sink/err" &
sink_pid=$!
if ! daemon_until 30 test -s "$sink/port"; then
	sed 's/^/# /' "$sink/err"
	tap_line "not ok" "a mail server listens"
	return
fi
export FLASHD_SMTP_URL=smtp://127.0.0.1:$(<"$sink/port") FLASHD_SMTP_FROM=club@acme.example FLASHD_SEND_TIMEOUT_MS=1500
flashd agent run --policy winback --json
check "a cycle drafts" coded 0
net=$(net)
cost=$(daemon_sql "select message_cost_cents from data.tenants")

# The words: other scripts, a long subject, lines that a mail server could trip over.
draft=$(next_draft)
first=$draft
subject='Été à Paris, – 50 % für Zoë & Ökonomen 🎁, надолго; всего вам доброго, 再见, à très bientôt'
printf '%s\n' 'Bonjour Zoë,' '' '.' '..' '.leading stop' "$(printf 'long %.0s' {1..300})" 'From the house' '=20 =3D =' \
	'	tab is not allowed, this line has none' ' — fin 🎉' | sed 's/\t//' >"$DAEMONS/body.txt"
show "$draft"
flashd drafts edit "$draft" --hash "$hash" --subject "$subject" --body-file "$DAEMONS/body.txt"
check "a person writes other words" coded 0
approve "$draft"
show "$draft"
jq -j .body <<<"$out" >"$DAEMONS/approved_body"
second=$(next_draft)
approve "$second"
daemon_start mail || exit 1
tells "accepted: sent" "$draft" sent
tells "accepted: sent, the second one too" "$second" sent
check "the house says goodbye" daemon_until 30 test -s "$sink/quits"
same "the subject arrives as it was approved" "$subject" "$(mail subject "$draft")"
check "the body too, to the byte" cmp "$DAEMONS/approved_body" <(mail body "$draft")
address=$(flashd drafts show "$draft" --json; jq -r .email_masked <<<"$out")
same "it has one recipient, the member" 1 "$(mail envelope "$draft" | awk '{ print NF - 1 }')"
same "whose address is the member's" "$(mail envelope "$draft" | awk '{ print $2 }')" "$(mail to "$draft" | tr -d '<>')"
check "and looks like the one that was shown" test "${address: -4}" = "$(mail envelope "$draft" | tail -c 5)"
same "the sender is the house" club@acme.example "$(mail envelope "$draft" | awk '{ print $1 }')"
same "and the headers are these" 'Auto-Submitted Content-Transfer-Encoding Content-Type Date From MIME-Version Message-ID Subject To' \
	"$(mail headers "$draft" | xargs)"

sink_says reject
draft=$(next_draft)
approve "$draft"
tells "the recipient is refused: failed, and kept" "$draft" failed
same "it is to be tried again" approved "$(state_of "$draft")"
hurry
tells "five minutes later once more" "$draft" 'failed failed'
hurry
tells "twenty later the last time" "$draft" 'failed failed failed'
comes "then it is given up" "select state from data.drafts where draft = '$draft'" failed
same "and its cost comes back" $((net - cost)) "$(net)"
hurry

sink_says later
draft=$(next_draft)
approve "$draft"
tells "come again: failed, and kept" "$draft" failed
sink_says accept
hurry
tells "and sent when it does" "$draft" 'failed sent'

sink_says refuse
draft=$(next_draft)
approve "$draft"
tells "a clear no after the message is a no" "$draft" failed
sink_says accept
hurry
tells "it may go again" "$draft" 'failed sent'
twice=$draft

# Silence after the message: it may have arrived, so it never goes again.
unknown() {
	local said=$(arrived)
	sink_says "$2"
	draft=$(next_draft)
	approve "$draft"
	tells "$1: not known" "$draft" unknown
	same "$1: the server has it" $((said + 1)) "$(arrived)"
	sink_says accept
	hurry
	other=$(next_draft)
	approve "$other"
	tells "$1: the next message goes" "$other" sent
	same "$1: this one does not, for good" "unknown unknown $((said + 2))" "$(state_of "$draft") $(outcome "$draft") $(arrived)"
}
unknown "the connection ends without an answer" drop
unknown "the server takes it and says nothing" stall

# The daemon dies while the server has the message: nobody knows, and nobody sends it again.
sink_says stall
draft=$(next_draft)
said=$(arrived)
approve "$draft"
check "killed with a message on the wire" daemon_until 30 has_arrived $((said + 1))
daemon_kill9 mail
sink_says accept
same "the attempt is open" open "$(outcome "$draft")"
daemon_start mail || exit 1
other=$(next_draft)
approve "$other"
tells "another daemon sends the next" "$other" sent
same "and leaves the open one alone" open "$(outcome "$draft")"
daemon_sql "update data.attempts set deadline_at = now() - interval '1 second' where outcome = 'open'; notify flashd"
tells "past its deadline it is not known" "$draft" unknown
hurry
daemon_stop mail
check "the daemon ended in order" test $? = 0

# Nobody listens at all.
kill $sink_pid
{ wait $sink_pid; } 2>/dev/null
daemon_start mail || exit 1
draft=$(next_draft)
approve "$draft"
tells "nobody listens: failed, and kept" "$draft" failed
daemon_stop mail

same "of each message there is at most one, but where the server said no to the first" "$twice" \
	"$(mail ids | uniq -d)"
same "and each is one that was claimed" '' "$(comm -23 <(mail ids | uniq) <(daemon_sql "select distinct draft from data.attempts
	order by 1" | LC_ALL=C sort))"
same "sent are those that the server took" "$(daemon_sql "select draft from data.drafts where state = 'sent' order by 1" | LC_ALL=C sort)" \
	"$(jq -r 'select(.mode == "accept")' -c "$sink/mails" >"$sink/taken"; python3 tests/agent/mail.py "$sink/taken" ids)"
same "the books are even" "$even_books" "$(books)"
unset FLASHD_SMTP_URL FLASHD_SMTP_FROM FLASHD_SEND_TIMEOUT_MS
