"""Facts come in while the same questions go to several daemons: answers of one data version are one answer.
Usage: member_sets_play.py ROUNDS SEED URL...; facts go to the last two. The key and the feed come from the environment."""
import base64
import hashlib
import hmac
import json
import os
import random
import subprocess
import sys
import threading
import time
import urllib.request
from datetime import datetime, timedelta, timezone

ROUNDS, SEED, URLS = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3:]
R = random.Random(SEED)
TIERS = subprocess.run(['psql', '-XqAtc', 'select tier from data.tiers where tenant = 1'], capture_output=True, text=True).stdout.split()
MEMBERS = subprocess.run(['psql', '-XqAtc', 'select external from data.members where tenant = 1 order by member limit 500'],
                         capture_output=True, text=True).stdout.split()
NOW = datetime.now(timezone.utc)
QUESTIONS = [
    {'metric': 'active_members', 'window': 'this_month', 'by': ['tier'], 'compare': ['previous_period']},
    {'metric': 'buying_members', 'window': 'last_7d', 'by': ['day'], 'compare': ['same_elapsed_part']},
    {'metric': 'buying_members', 'window': 'last_30d', 'by': ['tier', 'week']},
    {'metric': 'buying_members', 'window': 'last_90d', 'by': ['fiscal_month'], 'filters': {'tier': [TIERS[0], '(none)']}},
    {'metric': 'active_members', 'window': 'last_30d', 'filters': {'tier': [TIERS[-1]]}},
]
lock, answers, busy, told = threading.Lock(), {}, 0, []
serial = 0


def post(url, path, body, headers):
    request = urllib.request.Request(url + path, body, dict({'Content-Type': 'application/json'}, **headers))
    return json.load(urllib.request.urlopen(request, timeout=60))


def ask(url, number):
    global busy
    body = json.dumps({'jsonrpc': '2.0', 'id': 1, 'method': 'tools/call',
                       'params': {'name': 'query_metric', 'arguments': QUESTIONS[number]}}).encode()
    result = post(url, '/api/mcp', body, {'Authorization': 'Bearer ' + os.environ['ASKER']})['result']
    with lock:
        if result.get('isError'):
            busy += 1
            told.append(json.dumps(result)[:300])
            return
        answer = result['structuredContent']
        del answer['receipt']   # it says when it was asked
        answer.pop('next_cursor', None)   # sealed anew each time
        answers.setdefault((number, answer['data_version']), {}).setdefault(json.dumps(answer, sort_keys=True), set()).add(url)


def said(kind, data):
    global serial
    serial += 1
    return {'id': f'{SEED}-{time.time()}-{serial}', 'type': kind, 'timestamp': datetime.now(timezone.utc).strftime('%Y-%m-%dT%H:%M:%SZ'),
            'data': data}


def stamp(days):
    return (NOW - timedelta(days=R.uniform(0, days))).strftime('%Y-%m-%dT%H:%M:%SZ')


def fact():
    """Orders old and new, corrections of the same ones to other members and days, members who come or change tier."""
    which = R.random()
    if which < .6:
        return said('order', {'order': f't{R.randrange(300)}', 'member': R.choice(MEMBERS + [None]), 'store': None, 'channel': 'web',
                              'ordered_at': stamp(R.choice([1, 40, 200])), 'gross_cents': R.randrange(9000)})
    if which < .85:
        a, b = R.sample(TIERS, 2)
        return said('tier_change', {'member': R.choice(MEMBERS), 'from': a, 'to': b, 'at': stamp(1)})
    return said('enrolment', {'member': f'new{R.randrange(50)}', 'tier': R.choice(TIERS + [None]), 'enrolled_at': stamp(30)})


def send(url):
    body = json.dumps({'events': [fact() for _ in range(R.choice([1, 5, 60]))]}).encode()
    now = str(int(time.time()))
    key = base64.b64decode(os.environ['feed_secret'][len('whsec_'):])
    mac = hmac.new(key, f'b{serial}.{now}.'.encode() + body, hashlib.sha256).digest()
    post(url, os.environ['feed_path'], body, {'webhook-id': f'b{serial}', 'webhook-timestamp': now,
                                              'webhook-signature': 'v1,' + base64.b64encode(mac).decode()})


for number in range(ROUNDS):
    asking = [threading.Thread(target=ask, args=(url, q)) for url in URLS for q in R.sample(range(len(QUESTIONS)), 3)]
    R.shuffle(asking)
    for one in asking[:R.randrange(len(asking))]:
        one.start()
    send(R.choice(URLS[-2:]))
    for one in asking:
        if one.ident is None:
            one.start()
    for one in asking:
        one.join()
shared = sum(1 for by in answers.values() if len(set().union(*by.values())) > 1)
for (number, version), by in answers.items():
    if len(by) > 1:
        print(f'seed {SEED}, version {version}, {QUESTIONS[number]}:')
        for answer, urls in by.items():
            print('  ', sorted(urls), answer[:600])
        sys.exit(1)
print(f'# seed {SEED}: {len(answers)} questions at a version, {shared} of them to several daemons, {busy} told to try again')
if shared < ROUNDS or busy > ROUNDS:
    print(told[:3])
    sys.exit(1)
