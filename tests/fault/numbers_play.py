"""Daemons on one database, asked while events come in: answers of one data version agree in every number, whoever gave them
and from whatever they made them; where all that was sent by then is known, they are those worked out here; none is older than
what was acknowledged before it was asked. Two tenants with nearly the same versions are asked the same questions.
Usage: numbers_play.py SEED BATCHES DOOR… (addresses); the tenants by TENANTS="name:path:secret:key …"."""
import base64
import hashlib
import hmac
import http.client
import json
import os
import random
import sys
import threading
import time
from collections import defaultdict
from datetime import date, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

SEED, BATCHES, DOORS = int(sys.argv[1]), int(sys.argv[2]), [d.split('//')[1] for d in sys.argv[3:]]
R = random.Random(SEED)
ZONE = ZoneInfo('Europe/Paris')
NOW = datetime.now(timezone.utc).replace(microsecond=0)
TODAY = NOW.astimezone(ZONE).date()
STORES, CHANNELS, MEMBERS = ['S1', 'S2', 'S3'], ['store', 'web', 'app'], [str(i) for i in range(1, 41)]
PER_BATCH, ANSWERS_A_BATCH = 12, 36


class Tenant:
    def __init__(self, words):
        self.name, self.path, self.secret, self.key = words.split(':')
        self.orders, self.refunds, self.known, self.floor, self.serial = {}, {}, {}, 0, 0


def stamp(at):
    return at.strftime('%Y-%m-%dT%H:%M:%SZ')


def post(connection, path, body, headers):
    connection.request('POST', path, body, headers)
    reply = connection.getresponse()
    return json.loads(reply.read())


def open_door(address):
    return http.client.HTTPConnection(address, timeout=60)


def make_event(tenant):
    """An order, an order said anew, or a refund; also what it means. The first three stay as they are, one of each channel: a
    filter by a channel that no order has is refused, and rightly."""
    tenant.serial += 1
    first = tenant.serial <= len(CHANNELS)
    if not first and R.random() < .2:
        order = R.choice(list(tenant.orders))
        ref = f'r{tenant.serial}'
        data = {'refund': ref, 'order': order, 'refunded_at': stamp(NOW), 'amount_cents': R.randrange(1, 900)}
        tenant.refunds[ref] = data
        return {'id': f'e{tenant.serial}', 'type': 'refund', 'timestamp': stamp(NOW), 'data': data}
    later = list(tenant.orders)[len(CHANNELS):]
    order = R.choice(later) if later and R.random() < .25 else f'o{tenant.serial}'
    at = NOW - timedelta(seconds=tenant.serial if first else R.randrange(0, 40 * 86400))
    data = {'order': order, 'member': R.choice(MEMBERS) if R.random() < .8 else None, 'store': R.choice(STORES + [None]),
            'channel': CHANNELS[tenant.serial - 1] if first else R.choice(CHANNELS), 'ordered_at': stamp(at),
            'gross_cents': R.randrange(0, 9000), 'discount_cents': R.randrange(0, 300)}
    tenant.orders[order] = data
    return {'id': f'e{tenant.serial}', 'type': 'order', 'timestamp': stamp(NOW - timedelta(days=1) + timedelta(seconds=tenant.serial)),
            'data': data}


def send(door, tenant):
    body = json.dumps({'events': [make_event(tenant) for _ in range(PER_BATCH)]}).encode()
    now, name = str(int(time.time())), f'w{tenant.serial}'
    mac = hmac.new(base64.b64decode(tenant.secret[6:]), f'{name}.{now}.'.encode() + body, hashlib.sha256).digest()
    answer = post(door, tenant.path, body, {
        'Content-Type': 'application/json', 'webhook-id': name, 'webhook-timestamp': now,
        'webhook-signature': 'v1,' + base64.b64encode(mac).decode()})
    if answer.get('refused') or 'data_version' not in answer:
        raise SystemExit(f'events were refused: {answer}')
    refunded = defaultdict(int)
    for refund in tenant.refunds.values():
        refunded[refund['order']] += refund['amount_cents']
    tenant.known[answer['data_version']] = [(datetime.fromisoformat(o['ordered_at'].replace('Z', '+00:00')).astimezone(ZONE).date(),
                                             o, refunded[ref]) for ref, o in tenant.orders.items()]
    tenant.floor = answer['data_version']


def make_question():
    question = {'metric': R.choice(['gmv', 'gmv', 'net_gmv', 'orders', 'aov', 'active_members', 'active_members', 'buying_members'])}
    if R.random() < .7:
        question['by'] = [R.choice(['store', 'channel'])]
    if R.random() < .4:
        question['filters'] = R.choice([{'channel': ['web']}, {'channel': ['web', 'app']}, {'store': ['S1']},
                                        {'store': ['S2', '(none)'], 'channel': ['store']}])
    if R.random() < .8:
        first = TODAY - timedelta(days=R.randrange(1, 45))
        last = min(TODAY, first + timedelta(days=R.randrange(0, 40)))
        question |= {'from': str(first), 'to': str(last)}
    else:
        question['window'] = R.choice(['last_30d', 'last_7d', 'today', 'mtd'])
    if R.random() < .4:
        question['compare'] = ['previous_period']
    if R.random() < .3:
        question['limit'] = R.randrange(1, 4)
    if R.random() < .2:
        question['order'] = 'lowest'
    return question


def figure(metric, orders):
    if metric in ('active_members', 'buying_members'):
        return len({o['member'] for _, o, _ in orders} - {None})
    if metric == 'orders':
        return len(orders)
    gross = sum(o['gross_cents'] for _, o, _ in orders)
    if metric == 'aov':
        return None if not orders else (2 * gross + len(orders)) // (2 * len(orders))
    return gross if metric == 'gmv' else sum(o['gross_cents'] - o['discount_cents'] - back for _, o, back in orders)


def wrong(question, answer, facts):
    """What an answer says other than the facts, in a few words; None: nothing."""
    window, metric = answer['window'], question['metric']
    first, last = date.fromisoformat(window['first_day']), date.fromisoformat(window['last_day'])
    if metric == 'active_members':
        first = last - timedelta(days=89)
    counted = [f for f in facts if first <= f[0] <= last and
               all((f[1][d] or '(none)') in values for d, values in question.get('filters', {}).items())]
    if answer['value'] != figure(metric, counted):
        return f"{answer['value']} instead of {figure(metric, counted)}"
    for row in answer['rows']:
        dimension = question['by'][0]
        wanted = figure(metric, [f for f in counted if (f[1][dimension] or '(none)') == row[dimension]])
        if row['value'] != wanted:
            return f'{row} instead of {wanted}'
    return None


def numbers(answer):
    """All that must be equal at one data version."""
    return json.dumps([answer.get(f) for f in ('value', 'numerator', 'denominator', 'text', 'rows', 'total', 'rest', 'comparisons',
                                               'as_of', 'window')], sort_keys=True)


asked, lock, over = [], threading.Lock(), threading.Event()
progress = threading.Condition(lock)


def ask(number, tenants, questions):
    """Asks until it is over, half of the time what was asked just before, of another door or another tenant."""
    own, doors = random.Random(SEED * 100 + number), [open_door(d) for d in DOORS]
    question = questions[0]
    while not over.is_set():
        if own.random() < .5:
            question = own.choice(questions[:8] if own.random() < .6 else questions)
        door, tenant = own.randrange(len(doors)), own.choice(tenants)
        floor = tenant.floor
        reply = post(doors[door], '/api/mcp', json.dumps({'jsonrpc': '2.0', 'id': 1, 'method': 'tools/call', 'params': {
            'name': 'query_metric', 'arguments': question}}), {'Content-Type': 'application/json',
                                                               'Authorization': 'Bearer ' + tenant.key})
        with progress:
            asked.append((door, tenant, question, floor, reply.get('result', {}).get('structuredContent'), reply))
            progress.notify_all()


def judge(tenants):
    seen, problems, same, known, refused = {}, [], 0, 0, 0
    for door, tenant, question, floor, answer, reply in asked:
        where = f'{tenant.name}, door {door}, {json.dumps(question)}'
        if answer is None or 'data_version' not in answer:
            refused += 1
            if not any(word in json.dumps(reply) for word in ('no_data', '"busy"', '"stale"')):
                problems.append(f'{where}: {json.dumps(reply)[:300]}')
            continue
        version = answer['data_version']
        if version < floor:
            problems.append(f'{where}: of version {version} after {floor} was acknowledged')
        if version in tenant.known:
            known += 1
            said = wrong(question, answer, tenant.known[version])
            if said:
                problems.append(f'{where}, version {version}: {said}')
        key = (tenant.name, json.dumps(question, sort_keys=True), version, answer['window']['first_day'])
        before = seen.setdefault(key, (door, numbers(answer)))
        same += before[0] != door
        if before[1] != numbers(answer):
            problems.append(f'{where}, version {version}: door {before[0]} said {before[1]}, this one {numbers(answer)}')
    print(f'{len(asked)} answers ({refused} refused), {known} worked out here, {same} times two daemons at one version, seed {SEED}')
    if same < len(asked) / 20 or known < len(asked) / 4:
        problems.append('too few answers could be compared: this shows nothing')
    return problems


def main():
    tenants = [Tenant(words) for words in os.environ['TENANTS'].split()]
    questions = [make_question() for _ in range(30)]
    doors = [open_door(d) for d in DOORS]
    for tenant in tenants:
        send(doors[0], tenant)
    askers = [threading.Thread(target=ask, args=(i, tenants, questions), daemon=True) for i in range(4)]
    for asker in askers:
        asker.start()
    for batch in range(BATCHES):
        for tenant in tenants:
            send(R.choice(doors), tenant)
        with progress:
            goal = len(asked) + ANSWERS_A_BATCH
            if not progress.wait_for(lambda: len(asked) >= goal, timeout=60):
                raise SystemExit('no answers come')
    over.set()
    for asker in askers:
        asker.join(60)
    problems = judge(tenants)
    for problem in problems[:10]:
        print(problem)
    sys.exit(bool(problems))


main()
