#!/usr/bin/env python3
"""sink.py FOLDER: a mail server that does as FOLDER/mode says, and keeps what it was given, one JSON line a message, in
FOLDER/mails. Its port comes into FOLDER/port, who says goodbye into FOLDER/quits.

accept   takes every message
reject   550 at the recipient
later    451 at the recipient
refuse   554 after the message
drop     takes the whole message and ends the connection without an answer
stall    takes the whole message and answers nothing until the mode changes"""
import asyncio
import base64
import json
import os
import sys

from aiosmtpd.smtp import SMTP

FOLDER = sys.argv[1]


def mode():
	with open(os.path.join(FOLDER, 'mode')) as file:
		return file.read().strip()


class Handler:
	async def handle_RCPT(self, server, session, envelope, address, options):
		if mode() in ('reject', 'later'):
			return '550 nobody here' if mode() == 'reject' else '451 come again'
		envelope.rcpt_tos.append(address)
		return '250 yes'

	async def handle_DATA(self, server, session, envelope):
		told = mode()
		with open(os.path.join(FOLDER, 'mails'), 'a') as file:
			file.write(json.dumps({'mode': told, 'from': envelope.mail_from, 'to': envelope.rcpt_tos,
				'mail': base64.b64encode(envelope.original_content).decode()}) + '\n')
		if told == 'drop':
			server.transport.abort()
		while told == 'stall' and mode() == 'stall':
			await asyncio.sleep(.02)
		return '554 no' if told == 'refuse' else '250 taken'

	async def handle_QUIT(self, server, session, envelope):
		with open(os.path.join(FOLDER, 'quits'), 'a') as file:
			file.write('quit\n')
		return '221 bye'


async def main():
	open(os.path.join(FOLDER, 'mails'), 'w').close()
	loop = asyncio.get_running_loop()
	server = await loop.create_server(lambda: SMTP(Handler(), hostname='sink.example', loop=loop), '127.0.0.1', 0)
	with open(os.path.join(FOLDER, 'port.new'), 'w') as file:
		file.write('%d\n' % server.sockets[0].getsockname()[1])
	os.rename(os.path.join(FOLDER, 'port.new'), os.path.join(FOLDER, 'port'))
	await server.serve_forever()


asyncio.run(main())
