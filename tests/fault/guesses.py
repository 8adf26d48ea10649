#!/usr/bin/env python3
"""Guesses API keys at a daemon and compares the times of its noes: a known id with a wrong secret, an id that nobody has,
a tenant that nobody has. Each round asks all three in random order on one kept connection, so whatever else the machine
does meets them alike.

guesses.py PORT KEYFILE COUNT CONNECTIONS: COUNT guesses of each sort. Prints, for each two sorts, Welch's t of their times
and z of their ranks (Mann and Whitney, normal approximation), then the medians; exits 1 when an answer was no 401.
"""
import hashlib
import http.client
import random
import statistics
import sys
import threading
import time

ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
SORTS = ("wrong secret", "unknown id", "unknown tenant")
ROW = b'{"jsonrpc":"2.0","id":1,"method":"tools/list"}'


def word(size):
	return "".join(random.choices(ALPHABET, k=size))


def whole(text):
	digest = hashlib.blake2b(text.encode(), digest_size=16).digest()
	return text + "".join(ALPHABET[byte & 31] for byte in digest[:CHECK])


def guess(sort):
	"""A key's text, well-formed and wrong."""
	tenant, name = ID.split("k", 1)
	if sort == "unknown id":
		name = word(len(name))
	elif sort == "unknown tenant":
		tenant = str(random.randint(1000, 9999))
	return whole(f"fl_live_{tenant}k{name}_{word(SECRET)}")


def ask(port, rounds, times, bad):
	connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
	connection.connect()
	for _ in range(rounds):
		for sort in random.sample(SORTS, len(SORTS)):
			headers = {"Content-Type": "application/json", "Authorization": "Bearer " + guess(sort)}
			begun = time.perf_counter()
			connection.request("POST", "/api/mcp", ROW, headers)
			answer = connection.getresponse()
			answer.read()
			times[sort].append((time.perf_counter() - begun) * 1e6)
			if answer.status != 401:
				bad.append(answer.status)


def welch(a, b):
	spread = statistics.variance(a) / len(a) + statistics.variance(b) / len(b)
	return (statistics.fmean(a) - statistics.fmean(b)) / spread ** 0.5


def ranks(a, b):
	order = sorted([(value, 0) for value in a] + [(value, 1) for value in b])
	total = sum(place for place, (_, which) in enumerate(order, 1) if which == 0)
	n, m = len(a), len(b)
	return (total - n * (n + m + 1) / 2) / (n * m * (n + m + 1) / 12) ** 0.5


port, path, count, connections = int(sys.argv[1]), sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
with open(path, encoding="ascii") as file:
	key = file.read().strip()
ID = key[len("fl_live_"):].split("_")[0]
CHECK = next(size for size in range(4, 12) if key == (lambda text: text + "".join(
	ALPHABET[byte & 31] for byte in hashlib.blake2b(text.encode(), digest_size=16).digest()[:size]))(key[:-size]))
SECRET = len(key) - len("fl_live_") - len(ID) - 1 - CHECK
shares = [({sort: [] for sort in SORTS}, []) for _ in range(connections)]
threads = [threading.Thread(target=ask, args=(port, -(-count // connections), *share)) for share in shares]
for thread in threads:
	thread.start()
for thread in threads:
	thread.join()
times = {sort: [value for share, _ in shares for value in share[sort]] for sort in SORTS}
for first, second in ((0, 1), (0, 2), (1, 2)):
	a, b = times[SORTS[first]], times[SORTS[second]]
	print(f"t={welch(a, b):.2f} z={ranks(a, b):.2f} {SORTS[first]}, {SORTS[second]}")
print(", ".join(f"{sort} {statistics.median(times[sort]):.0f} us" for sort in SORTS), f"at {len(times[SORTS[0]])} each")
bad = [status for _, statuses in shares for status in statuses]
sys.exit(f"{len(bad)} answers were no 401: {bad[:5]}" if bad or not times[SORTS[0]] else 0)
