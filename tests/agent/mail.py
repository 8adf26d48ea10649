#!/usr/bin/env python3
"""mail.py FILE FIELD [ID]: what a mail says, read by Python's own mail library. FILE is a mail, or the sink's list of mails,
of which the one with this Message-ID's first part is meant. FIELD: subject, body (bytes), to, from, id, headers; with ids,
all Message-IDs of the list."""
import base64
import email
import email.policy
import json
import sys


def mails(path):
	with open(path, 'rb') as file:
		content = file.read()
	if not content.startswith(b'{'):
		return [({}, content)]
	lines = [json.loads(line) for line in content.splitlines()]
	return [(line, base64.b64decode(line['mail'])) for line in lines]


def name(mail):
	return email.message_from_bytes(mail, policy=email.policy.default)['Message-ID'].strip('<>').split('@')[0]


def main():
	found = mails(sys.argv[1])
	if sys.argv[2] == 'ids':
		print('\n'.join(sorted(name(mail) for _, mail in found)))
		return
	envelope, raw = next((one for one in found if len(sys.argv) < 4 or name(one[1]) == sys.argv[3]))
	mail = email.message_from_bytes(raw, policy=email.policy.default)
	if sys.argv[2] == 'body':
		sys.stdout.buffer.write(mail.get_payload(decode=True))
	elif sys.argv[2] == 'envelope':
		print(envelope['from'], *envelope['to'])
	elif sys.argv[2] == 'headers':
		print('\n'.join(sorted(mail.keys())))
	else:
		print(mail[sys.argv[2]])


main()
