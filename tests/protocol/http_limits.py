#!/usr/bin/env python3
"""http_limits.py SERVER [FIRST]: what a client can hold of the HTTP door, and what it cannot. Starts SERVER
(http_probe_server) with short deadlines and small caps, prints TAP from FIRST on. Every wait is for a
state (end of file, a line in the log); the 60 s of a socket are only there to fail instead of hanging."""
import os
import resource
import select
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import time

SERVER = sys.argv[1]
FOLDER = tempfile.mkdtemp(prefix='http_limits.')
PATIENCE = 60
CASES = []
soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, 8192), hard))

def case(function):
	CASES.append(function)
	return function

class Server:
	"""One server process; its settings are those of struct http_config."""

	def __init__(self, descriptors=None, **settings):
		self.log = os.path.join(FOLDER, 'log%d' % time.monotonic_ns())
		open(self.log, 'w').close()
		limit = None
		if descriptors:
			def limit():
				resource.setrlimit(resource.RLIMIT_NOFILE, (descriptors, descriptors))
		self.process = subprocess.Popen(
			[SERVER, self.log] + ['%s=%d' % pair for pair in settings.items()],
			stdout=subprocess.PIPE, stderr=subprocess.PIPE, preexec_fn=limit)
		line = self.process.stdout.readline().split()
		self.port = int(line[1]) if line else 0

	def __enter__(self):
		return self

	def __exit__(self, *unused):
		self.stop()

	def stop(self):
		if self.process.poll() is None:
			self.process.send_signal(signal.SIGCONT)
			self.process.terminate()
		errors = self.process.communicate(timeout=PATIENCE)[1].decode()
		assert self.process.returncode == 0, (self.process.returncode, errors)
		return errors

	def connect(self, address='127.0.0.1', receive=0):
		client = socket.socket()
		if receive:
			client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive)
		client.settimeout(PATIENCE)
		client.bind((address, 0))
		client.connect(('127.0.0.1', self.port))
		client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
		return client

	def logged(self, text):
		"""Waits until the log has a line that begins with text."""
		end = time.monotonic() + PATIENCE
		while not any(line.startswith(text) for line in open(self.log)):
			assert time.monotonic() < end, 'never logged: ' + text
			time.sleep(0.002)

	def memory(self, kind='VmRSS'):
		"""KiB, resident unless said otherwise."""
		for line in open('/proc/%d/status' % self.process.pid):
			if line.startswith(kind):
				return int(line.split()[1])

def request(path, body=b'', method='POST', extra=b'', version='1.1'):
	head = '%s %s HTTP/%s\r\nHost: x\r\nContent-Length: %d\r\n' % (method, path, version, len(body))
	return head.encode() + extra + b'\r\n' + body

def read_reply(client, bodyless=False):
	"""Status, headers and body of one answer with a length, or None at the end of file."""
	data = b''
	while b'\r\n\r\n' not in data:
		piece = client.recv(65536 if bodyless else 1)
		if not piece:
			assert data == b'', data
			return None
		data += piece
	head, rest = data.split(b'\r\n\r\n', 1)
	lines = head.decode().split('\r\n')
	fields = dict(line.lower().split(': ', 1) for line in lines[1:])
	status = int(lines[0].split()[1])
	if bodyless or status < 200:
		return status, fields, rest
	size = int(fields['content-length'])
	body = bytearray(rest)
	while len(body) < size:
		piece = client.recv(min(65536, size - len(body)))
		assert piece, 'cut in the body'
		body += piece
	return status, fields, bytes(body)

def read_all(client):
	"""Everything until the end of file; a reset counts as one."""
	data = b''
	try:
		while True:
			piece = client.recv(65536)
			if not piece:
				return data
			data += piece
	except ConnectionError:
		return data

def drip(client, byte):
	"""Sends a byte again and again until the server answers or closes; returns all it said."""
	while not select.select([client], [], [], 0.02)[0]:
		try:
			client.sendall(byte)
		except ConnectionError:
			break
	return read_all(client)

def status_of(data):
	return data.split(b' ', 2)[1].decode() if data.startswith(b'HTTP/1.1 ') else data[:40]

def wait_reset(client):
	"""Waits until the server has reset the connection, without reading from it."""
	poll = select.poll()
	poll.register(client, select.POLLERR)
	events = poll.poll(PATIENCE * 1000)
	assert events and events[0][1] & (select.POLLERR | select.POLLHUP), events

def enter(server):
	"""A seat was given back: knocks until it is free."""
	end = time.monotonic() + PATIENCE
	answer = 503
	while answer == 503:
		assert time.monotonic() < end, 'the seat is never free'
		client = server.connect()
		client.sendall(request('/inline'))
		answer = read_reply(client)[0]
	assert answer == 200, answer

def reset(client):
	client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack('ii', 1, 0))
	client.close()

@case
def idle_connections_are_closed():
	with Server(idle_ms=300) as server:
		silent, kept = server.connect(), server.connect()
		kept.sendall(request('/inline'))
		assert read_reply(kept)[0] == 200
		assert read_all(silent) == b''
		assert read_all(kept) == b''

@case
def a_dripping_head_is_ended():
	with Server(head_ms=300) as server:
		client = server.connect()
		client.sendall(b'POST /inline HTTP/1.1\r\nHost: x\r\nA: ')
		assert status_of(drip(client, b'b')) == '408'

@case
def a_head_deadline_runs_from_its_own_first_byte():
	# Were the idle deadline not replaced by the long one of the head, this head would be cut.
	with Server(idle_ms=1000, head_ms=60000) as server:
		slow = server.connect()
		slow.sendall(b'POST /inline HTTP/1.1\r\n')
		witness = server.connect()
		assert read_all(witness) == b''
		slow.sendall(b'Host: x\r\n\r\n')
		assert read_reply(slow)[0] == 200

@case
def a_dripping_body_is_ended():
	with Server(body_ms=300) as server:
		client = server.connect()
		client.sendall(b'POST /inline HTTP/1.1\r\nHost: x\r\nContent-Length: 100000\r\n\r\n')
		assert status_of(drip(client, b'b')) == '408'
		client = server.connect()
		client.sendall(b'POST /inline HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n')
		assert status_of(drip(client, b'1\r\nb\r\n')) == '408'
		assert 'SAW' not in open(server.log).read()

@case
def a_slow_reader_of_an_answer_is_reset():
	with Server(write_ms=300) as server:
		client = server.connect(receive=4096)
		client.sendall(request('/big'))
		wait_reset(client)
	with Server() as server:
		client = server.connect(receive=4096)
		client.sendall(request('/big'))
		assert len(read_reply(client)[2]) == 32 << 20

@case
def a_slow_reader_of_a_stream_is_cut_at_its_cap():
	with Server(stream_max=100000) as server:
		client = server.connect(receive=4096)
		client.sendall(request('/flood'))
		server.logged('GONE POST /flood')
		wait_reset(client)

@case
def a_working_request_has_no_deadline():
	with Server(idle_ms=1000, head_ms=1000, body_ms=1000, write_ms=1000) as server:
		client = server.connect()
		client.sendall(request('/hold'))
		server.logged('SAW POST /hold')
		witness = server.connect()
		assert read_all(witness) == b''
		last = server.connect()
		last.sendall(request('/release'))
		assert read_reply(last)[2] == b'released\n'
		assert read_reply(client)[2] == b'held\n'

@case
def the_cap_on_all_connections_holds():
	with Server(connections_max=8) as server:
		clients = [server.connect() for _ in range(8)]
		for client in clients:
			client.sendall(request('/inline', b'one'))
			assert read_reply(client)[2] == b'one'
		over = server.connect()
		over.sendall(request('/inline'))
		assert status_of(read_all(over)) == '503'
		for client in clients:
			client.sendall(request('/inline', b'two'))
			assert read_reply(client)[2] == b'two'
		clients.pop().close()
		enter(server)

@case
def the_cap_per_address_holds():
	with Server(per_address_max=4) as server:
		clients = [server.connect() for _ in range(4)]
		for client in clients:
			client.sendall(request('/inline'))
			assert read_reply(client)[0] == 200
		over = server.connect()
		assert status_of(read_all(over)) == '503'
		other = server.connect(address='127.0.0.2')
		other.sendall(request('/inline'))
		assert read_reply(other)[0] == 200
		for client in clients:
			client.sendall(request('/inline'))
			assert read_reply(client)[0] == 200
		clients.pop().close()
		enter(server)

@case
def a_crowd_over_the_cap_does_not_hurt_those_inside():
	with Server(connections_max=4) as server:
		inside = server.connect()
		inside.sendall(request('/inline'))
		assert read_reply(inside)[0] == 200
		crowd = [server.connect() for _ in range(400)]
		for number in range(50):
			inside.sendall(request('/inline', b'%d' % number))
			assert read_reply(inside)[2] == b'%d' % number
		# Four are served or wait; all others were told 503, or just closed beyond the first 64.
		told = 0
		for client in crowd[3:]:
			data = read_all(client)
			assert data == b'' or status_of(data) == '503', data
			told += data != b''
		assert told >= 64, told

@case
def running_out_of_descriptors_is_survived():
	with Server(descriptors=40) as server:
		clients = [server.connect() for _ in range(80)]
		for client in clients[:10]:
			client.sendall(request('/inline'))
			assert read_reply(client)[0] == 200
		for client in clients:
			client.close()
		client = server.connect()
		client.sendall(request('/inline'))
		assert read_reply(client)[0] == 200
		assert 'could not be accepted' in server.stop()

@case
def body_limits_are_exact():
	with Server(body_max=100000) as server:
		for size, status in ((100000, 200), (100001, 413)):
			client = server.connect()
			client.sendall(request('/echo', b'x' * size))
			answer = read_reply(client)
			assert answer[0] == status and (status == 413 or answer[2] == b'x' * size)
			client = server.connect()
			client.sendall(b'POST /echo HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n')
			for _ in range(size // 1000):
				client.sendall(b'3e8\r\n' + b'y' * 1000 + b'\r\n')
			client.sendall((b'1\r\nz\r\n' if size % 1000 else b'') + b'0\r\n\r\n')
			answer = read_reply(client)
			assert answer[0] == status, answer
			assert status == 413 or answer[2] == b'y' * size

@case
def a_refused_client_can_read_why():
	# A close with unread bytes would reset the connection under the client that still sends.
	with Server(body_max=1000) as server:
		client = server.connect()
		client.sendall(request('/echo', b'x' * 100000)[:1000])
		assert read_reply(client)[0] == 413
		for _ in range(99):
			client.sendall(b'x' * 1000)
		assert client.recv(1) == b''

@case
def claimed_bodies_cost_no_memory():
	with Server(body_max=64 << 20) as server:
		before, room = server.memory(), server.memory('VmSize')
		clients = [server.connect() for _ in range(200)]
		witness = server.connect()
		for piece in (b'POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 67000000\r\n\r\n', b'x' * 100):
			for client in clients:
				client.sendall(piece)
			witness.sendall(request('/inline'))
			assert read_reply(witness)[0] == 200
		used = (server.memory() - before) / 200
		print('# %.1f KiB per connection that claims 64 MiB and sends 100 bytes' % used)
		assert used < 64 and (server.memory('VmSize') - room) / 200 < 1024
		assert 'SAW POST /echo' not in open(server.log).read()

@case
def bodies_in_any_pieces_arrive_whole():
	body = bytes(range(256)) * 700
	with Server() as server:
		for piece in (1000, 16383, 16384, 16385, 65536):
			client = server.connect()
			data = request('/echo', body)
			for at in range(0, len(data), piece):
				client.sendall(data[at:at + piece])
			assert read_reply(client)[2] == body

@case
def five_hundred_pipelined_requests_are_answered_in_order():
	with Server() as server:
		client = server.connect()
		data = b''.join(request('/%s' % ('echo', 'inline')[n % 2], b'%d' % n * 40) for n in range(500))
		client.setblocking(False)
		got = b''
		while got.count(b'HTTP/1.1 200') < 500 or not got.endswith(b'%d' % 499 * 40):
			ready = select.select([client], [client] if data else [], [], PATIENCE)
			assert ready[0] or ready[1], 'stalled'
			if ready[1]:
				data = data[client.send(data):]
			if ready[0]:
				got += client.recv(65536)
		bodies = [part.split(b'\r\n\r\n', 1)[1] for part in got.split(b'HTTP/1.1 200 OK')[1:]]
		assert bodies == [b'%d' % n * 40 for n in range(500)]

@case
def a_half_closed_client_gets_its_answers():
	with Server() as server:
		client = server.connect()
		client.sendall(request('/echo', b'one') + request('/echo', b'two'))
		client.shutdown(socket.SHUT_WR)
		assert read_reply(client)[2] == b'one'
		assert read_reply(client)[2] == b'two'
		assert read_all(client) == b''

@case
def a_client_that_leaves_is_noticed_and_its_answer_dropped():
	with Server() as server:
		client = server.connect()
		client.sendall(request('/wait-gone'))
		server.logged('SAW POST /wait-gone')
		client.close()
		server.logged('GONE POST /wait-gone')
		client = server.connect()
		client.sendall(request('/open-stream'))
		assert client.recv(10) == b'HTTP/1.1 2'
		client.close()
		server.logged('GONE POST /open-stream')

@case
def a_client_that_resets_does_not_hurt():
	with Server() as server:
		for path in ('/big', '/flood', '/echo', '/wait-gone'):
			for _ in range(20):
				client = server.connect(receive=4096)
				client.sendall(request(path, b'x' * 100000))
				reset(client)
		# After a half-close a reset is EPIPE to the server, which raises SIGPIPE unless prevented.
		client = server.connect()
		client.sendall(request('/hold'))
		server.logged('SAW POST /hold')
		client.shutdown(socket.SHUT_WR)
		reset(client)
		client = server.connect()
		client.sendall(request('/release'))
		assert read_reply(client)[2] == b'released\n'
		client.sendall(request('/inline', b'alive'))
		assert read_reply(client)[2] == b'alive'

@case
def head_and_http_1_0_are_answered_in_their_form():
	with Server() as server:
		client = server.connect()
		client.sendall(request('/x', method='HEAD') + request('/inline', b'next'))
		answer = read_reply(client, bodyless=True)
		rest = answer[2]
		assert answer[0] == 200 and answer[1]['content-length'] == '3', answer
		while b'next' not in rest:
			rest += client.recv(65536)
		assert rest.startswith(b'HTTP/1.1 200')
		client = server.connect()
		client.sendall(request('/inline', b'a', version='1.0', extra=b'Connection: Keep-Alive\r\n'))
		assert read_reply(client)[1]['connection'] == 'keep-alive'
		client.sendall(request('/inline', b'b', version='1.0'))
		assert read_reply(client)[1]['connection'] == 'close'
		assert read_all(client) == b''
		client = server.connect()
		client.sendall(request('/x', b'a', extra=b'Connection: close\r\n') + request('/hidden'))
		assert read_reply(client)[1]['connection'] == 'close'
		assert read_all(client) == b'' and '/hidden' not in open(server.log).read()

@case
def streams_are_chunked_or_end_with_the_connection():
	events = b''.join(b'data: %d\n\n' % n for n in (1, 2, 3))
	with Server() as server:
		client = server.connect()
		client.sendall(request('/stream') + request('/inline', b'next'))
		data = b''
		while not data.endswith(b'next'):
			data += client.recv(65536)
		head, body = data.split(b'\r\n\r\n', 1)
		assert b'Transfer-Encoding: chunked' in head and b'Content-Length' not in head
		framed = b''.join(b'9\r\ndata: %d\n\n\r\n' % n for n in (1, 2, 3)) + b'0\r\n\r\n'
		assert body.startswith(framed + b'HTTP/1.1 200'), body
		client = server.connect()
		client.sendall(request('/stream', version='1.0', extra=b'Connection: keep-alive\r\n'))
		head, body = read_all(client).split(b'\r\n\r\n', 1)
		assert b'Connection: close' in head and b'chunked' not in head and body == events
		client = server.connect()
		client.sendall(request('/stream', method='HEAD') + request('/inline', b'next'))
		data = b''
		while not data.endswith(b'next'):
			data += client.recv(65536)
		assert b'data:' not in data

@case
def expect_is_answered_before_the_body():
	with Server(body_max=1000) as server:
		client = server.connect()
		data = request('/echo', b'abc', extra=b'Expect: 100-continue\r\n')
		client.sendall(data[:-3])
		assert read_reply(client)[0] == 100
		client.sendall(data[-3:])
		assert read_reply(client)[2] == b'abc'
		client = server.connect()
		client.sendall(request('/echo', b'x' * 1001, extra=b'Expect: 100-continue\r\n')[:-1001])
		assert read_reply(client)[0] == 413

@case
def a_header_cannot_split_an_answer():
	with Server() as server:
		for path in ('/unsafe', '/unsafe?stream'):
			client = server.connect()
			client.sendall(request(path, extra=b'Connection: close\r\n'))
			data = read_all(client)
			assert status_of(data) == '500' and b'Evil' not in data and data.endswith(b'"}\n'), data

@case
def a_port_in_use_is_named():
	with Server() as server:
		second = Server(port=server.port)
		errors = second.process.communicate(timeout=PATIENCE)[1].decode()
		assert second.process.returncode == 2
		assert 'port %d' % server.port in errors and 'another port' in errors, errors

@case
def stopping_answers_what_is_open():
	server = Server()
	waiting, idle, stream = server.connect(), server.connect(), server.connect()
	waiting.sendall(request('/wait-stop'))
	idle.sendall(request('/inline'))
	stream.sendall(request('/open-stream'))
	assert read_reply(idle)[0] == 200
	server.logged('SAW POST /wait-stop')
	data = b''
	while b'data: open' not in data:
		data += stream.recv(65536)
	server.process.terminate()
	assert read_all(idle) == b''
	answer = read_reply(waiting)
	assert answer[2] == b'last\n' and answer[1]['connection'] == 'close', answer
	assert read_all(waiting) == b''
	assert (data + read_all(stream)).endswith(b'0\r\n\r\n')
	server.logged('GONE POST /open-stream')
	waiting.close()
	stream.close()
	server.stop()

@case
def stopping_does_not_wait_for_ever():
	server = Server(grace_ms=300)
	client = server.connect()
	client.sendall(request('/hold'))
	server.logged('SAW POST /hold')
	server.process.terminate()
	assert read_all(client) == b''
	assert 'grace' in server.process.stderr.readline().decode()
	server.stop()

def ready_at_once(server, count, total):
	"""Lets `count` clients all be ready in one turn of the loop: the server is stopped while they send."""
	done = 0
	clients = [server.connect() for _ in range(count)]
	while done < total:
		server.process.send_signal(signal.SIGSTOP)
		for number, client in enumerate(clients):
			client.sendall(request('/%s' % ('inline', 'echo')[number % 2], b'%d' % (done + number)))
		server.process.send_signal(signal.SIGCONT)
		for number, client in enumerate(clients):
			assert read_reply(client)[2] == b'%d' % (done + number)
		done += count
	for client in clients:
		client.close()

@case
def no_number_of_ready_connections_stalls_the_loop():
	with Server() as server:
		for count in (64, 127, 128, 129, 256, 512):
			ready_at_once(server, count, 600)

@case
def an_idle_connection_costs_little():
	with Server() as server:
		probe = server.connect()
		probe.sendall(request('/inline', b'x' * 20000))
		read_reply(probe)
		before = server.memory()
		clients = []
		for _ in range(2000):
			client = server.connect()
			client.sendall(request('/inline', b'abc'))
			assert read_reply(client)[0] == 200
			clients.append(client)
		each = (server.memory() - before) / 2000
		print('# %.2f KiB resident per idle keep-alive connection (2,000 open)' % each)
		assert each <= 8

first = int(sys.argv[2]) if len(sys.argv) > 2 else 1
only = os.environ.get('CASE', '')
failed = 0
for index, run in enumerate(CASES):
	name = run.__name__.replace('_', ' ')
	if only not in name:
		continue
	try:
		run()
		print('ok %d - %s' % (first + index, name), flush=True)
	except Exception as problem:
		failed += 1
		print('not ok %d - %s' % (first + index, name), flush=True)
		print('# %s: %s' % (type(problem).__name__, str(problem)[:500].replace('\n', ' ')), flush=True)
for name in os.listdir(FOLDER):
	os.remove(os.path.join(FOLDER, name))
os.rmdir(FOLDER)
print('1..%d' % (first + len(CASES) - 1))
sys.exit(failed > 0)
