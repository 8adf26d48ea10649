"""A key's limits change while it asks over open connections: an answer to what was asked after the change's own answer, and
that came before the next change began, is of the limits that hold then. Every second question is one whose answer is kept.
Usage: limits_play.py KEY_ID SECRET_FILE CHANGES DOOR… (addresses). Prints: answers judged, wrong ones."""
import http.client
import json
import os
import subprocess
import sys
import threading
import time

KEY, SECRET, CHANGES = sys.argv[1], open(sys.argv[2]).read().strip(), int(sys.argv[3])
DOORS = [door.split('//')[1] for door in sys.argv[4:]]
STORES = ['S1', 'S2', 'S3']
answers, over = [], threading.Event()


def ask(address):
    connection, asked = http.client.HTTPConnection(address, timeout=60), 0
    while not over.is_set():
        asked += 1
        arguments = {'metric': 'gmv', 'window': 'last_30d'} | ({} if asked % 2 else {'limit': 1 + asked % 90, 'by': ['store']})
        began = time.monotonic()
        connection.request('POST', '/api/mcp', json.dumps({'jsonrpc': '2.0', 'id': 1, 'method': 'tools/call', 'params': {
            'name': 'query_metric', 'arguments': arguments}}), {
                'Content-Type': 'application/json', 'Authorization': 'Bearer ' + SECRET})
        result = json.loads(connection.getresponse().read())['result']
        told = json.loads(result['content'][0]['text'])
        answers.append((began, time.monotonic(), ','.join(told['limited_to']['store']),
                        [row['store'] for row in told.get('rows', []) if 'store' in row]))


def change(store):
    began = time.monotonic()
    subprocess.run([os.environ['FLASHD_CLI'], 'key', 'limit', KEY, '--stores', store, '--confirm=acme', '--quiet'],
                   check=True, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
    return began, time.monotonic(), store


changes = [change('S1')]
threads = [threading.Thread(target=ask, args=(door,)) for door in DOORS * 4]
for thread in threads:
    thread.start()
for i in range(CHANGES):
    changes.append(change(STORES[(i + 1) % 3]))
    known = len(answers)
    while len(answers) < known + 40:
        time.sleep(0.001)
ended = time.monotonic()
over.set()
for thread in threads:
    thread.join()
judged = wrong = 0
for (_, done, store), following in zip(changes, [began for began, _, _ in changes[1:]] + [ended]):
    for began, ended_at, limited, rows in answers:
        if began > done and ended_at < following:
            judged += 1
            wrong += limited != store or any(row != store for row in rows)
print(judged, wrong)
