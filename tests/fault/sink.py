"""A mail server that does as it is told. sink.py FOLDER writes FOLDER/port and FOLDER/log and obeys FOLDER/mode:

accept        takes every message
wait-greeting lets a client connect and says nothing until the mode changes
wait-answer   takes the whole message and answers when the mode changes
slow          takes every message, some milliseconds later
refuse        450 at the recipient
deny          550 after the message
cut           ends the connection after the message, without an answer

The log has a line `connect`, `mail ID` (a whole message came) or `accepted ID` for each; ID is the Message-ID.
"""
import os
import random
import socketserver
import sys
import threading
import time

folder = sys.argv[1]
lock = threading.Lock()


def mode():
	with open(folder + "/mode") as file:
		return file.read().strip()


def write(line):
	with lock, open(folder + "/log", "a") as file:
		file.write(line + "\n")


def wait_while(word):
	while mode() == word:
		time.sleep(0.01)


class Session(socketserver.StreamRequestHandler):
	def say(self, line):
		self.wfile.write(line.encode() + b"\r\n")

	def message(self):
		lines = []
		while (line := self.rfile.readline()) not in (b".\r\n", b""):
			lines.append(line)
		name = next((l.split(b":", 1)[1].strip().decode() for l in lines if l.lower().startswith(b"message-id:")), "none")
		return name if line else None

	def take(self):
		self.say("354 go on")
		name = self.message()
		if name is None:
			return False
		write("mail " + name)
		wait_while("wait-answer")
		if mode() == "slow":
			time.sleep(random.uniform(0, 0.05))
		if mode() == "cut":
			return False
		if mode() == "deny":
			self.say("550 no")
		else:
			write("accepted " + name)
			self.say("250 taken")
		return True

	def handle(self):
		write("connect .")
		wait_while("wait-greeting")
		try:
			self.say("220 sink")
			while line := self.rfile.readline():
				word = line[:4].upper().strip()
				if word == b"DATA":
					if not self.take():
						return
				elif word == b"QUIT":
					self.say("221 bye")
					return
				elif word == b"RCPT" and mode() == "refuse":
					self.say("450 later")
				else:
					self.say("250 yes")
		except OSError:
			pass


class Server(socketserver.ThreadingTCPServer):
	allow_reuse_address = True
	daemon_threads = True


os.makedirs(folder, exist_ok=True)
for name, text in (("mode", "accept\n"), ("log", "")):
	with open(f"{folder}/{name}", "w") as file:
		file.write(text)
with Server(("127.0.0.1", 0), Session) as server:
	with open(folder + "/port.new", "w") as file:
		file.write(f"{server.server_address[1]}\n")
	os.rename(folder + "/port.new", folder + "/port")
	server.serve_forever()
