"""Facts as events in any order and any batches end in the same tables as the same facts computed here and, as far as an
import can bring them, as an import of them; and the sums by the day are those of the orders at any time.
Usage: events_play.py URL FLASHD SEED. One tenant takes the events, one the import; a difference is printed and the code
is 1. The secret and the connection come from the environment."""
import base64
import csv
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
from zoneinfo import ZoneInfo

URL, FLASHD, SEED = sys.argv[1], sys.argv[2], int(sys.argv[3])
WORK = os.environ['DAEMONS'] + f'/play{SEED}'
R = random.Random(SEED)
ZONE = ZoneInfo('Europe/Paris')
YEAR = timedelta(hours=8760)
START = datetime(2024, 1, 1, tzinfo=timezone.utc)
STORES, TIERS, POOLS = ['S1', 'S2', 'S3'], ['bronze', 'silver', 'gold'], ['p1', 'p2']
BASE = [f'b{i}' for i in range(6)]
CODES = [f'C{i}' for i in range(24)]
OWNER = {code: BASE[i % 6] for i, code in enumerate(CODES)}
serial = 0


def stamp(at):
    return at.strftime('%Y-%m-%dT%H:%M:%SZ')


def some_time():
    """Days lie thick enough that several orders of one member share one, and cross midnight of Paris."""
    return START + timedelta(days=R.choice([R.randrange(0, 900), R.randrange(860, 900)]), seconds=R.randrange(0, 86400, 1800))


def flashd(*words):
    out = subprocess.run([FLASHD, *words], capture_output=True, text=True)
    if out.returncode:
        raise SystemExit(f'{words}: {out.stdout} {out.stderr}')
    return out.stdout


def sql(text, tenant):
    """Rows as the owner sees them behind the wall of one tenant."""
    out = subprocess.run(['psql', '-X', '-qAt', '-F', '\t', '-v', 'ON_ERROR_STOP=1', '-c', text], capture_output=True, text=True,
                         env=dict(os.environ, PGOPTIONS=f'-c flash.tenant={tenant} -c role=flash_owner'))
    if out.returncode:
        raise SystemExit(out.stderr)
    return sorted(tuple(line.split('\t')) for line in out.stdout.splitlines())


# Sums by the day (data.order_days), which the daemon keeps meanwhile.

DIFFER = open('tests/fixtures/order_days.sql').read()


def sums(tenant, when):
    """What the sums of days that are not stale should not say, as a list of differences; one snapshot."""
    ((count,),) = sql(f'set client_min_messages = warning; {DIFFER}; select pg_temp.differences({tenant})', tenant)
    return [] if count == '0' else [f'{count} sums by the day are wrong {when}']


def await_sums(tenant):
    """Until the daemon has summed up all: it rests ten seconds at most."""
    for _ in range(300):
        if sql("select count(*) from data.stale_days where kind = 'rollup'", tenant) == [('0',)]:
            return sums(tenant, 'when none is stale') + ([] if sql('select count(*) > 0 from data.order_days', tenant) == [('t',)]
                                                         else ['there are no sums by the day'])
        time.sleep(.1)
    return ['days are stale for 30 seconds after the last event']


def roll(tenant, ended):
    """A roller that knows of no other, as fast as it can."""
    while not ended.is_set():
        sql(f'select app.roll_days({tenant}, {R2.randrange(1, 5)})', tenant)


R2 = random.Random(-SEED)


# Facts: every thing has versions; each is an event of its own.

def said(kind, key, data, stated=None):
    global serial
    serial += 1
    feed = R.choice(['a', 'b'])
    return {'kind': kind, 'key': key, 'feed': feed, 'id': f'e{R.randrange(10**9)}-{serial}',
            'stated': stated or START + timedelta(seconds=R.randrange(0, 40 * 10**6)), 'data': data}


def versions(kind, key, make):
    count = R.choice([1, 1, 1, 2, 3])
    made = [said(kind, key, make()) for _ in range(count)]
    if count > 1 and R.random() < .3:
        made[1]['stated'] = made[0]['stated']
    return made


def maybe(value, share=.8):
    return value() if R.random() < share else None


def facts():
    new = [f'm{i}' for i in range(30)]
    everybody = new + BASE + ['ghost']
    orders = [f'o{i}' for i in range(160)]
    out = []
    for m in new:
        out += versions('enrolment', m, lambda: {
            'member': m, 'name': f'Name {R.randrange(99)}', 'email': maybe(lambda: f'{m}.{R.randrange(3)}@example.org'),
            'tier': maybe(lambda: R.choice(TIERS), .6), 'home_store': maybe(lambda: R.choice(STORES)),
            'acquisition_source': maybe(lambda: R.choice(['web', 'friend'])), 'enrolled_at': stamp(some_time())})
    for o in orders:
        out += versions('order', o, lambda: {
            'order': o, 'member': maybe(lambda: R.choice(everybody), .9), 'store': maybe(lambda: R.choice(STORES)),
            'channel': R.choice(['store', 'web', 'app']), 'ordered_at': stamp(some_time()), 'gross_cents': R.randrange(0, 9000),
            'discount_cents': R.randrange(0, 500), 'units': R.randrange(1, 5), 'coupon': maybe(lambda: R.choice(CODES), .1),
            'lines': maybe(lambda: [{'line': n, 'category': R.choice(['tea', 'cake']), 'units': 1, 'amount_cents': R.randrange(900)}
                                    for n in range(R.randrange(0, 4))], .5)})
    for i in range(50):
        out += versions('refund', f'r{i}', lambda: {'refund': f'r{i}', 'order': R.choice(orders + ['nowhere']),
                                                   'refunded_at': stamp(some_time()), 'amount_cents': R.randrange(1, 900)})
    for i in range(40):
        out += versions('visit', f'v{i}', lambda: {'visit': f'v{i}', 'member': maybe(lambda: R.choice(everybody)),
                                                  'store': maybe(lambda: R.choice(STORES)), 'channel': None, 'visited_at': stamp(some_time())})
    for i in range(30):
        out += versions('redemption', f'x{i}', lambda: {
            'redemption': f'x{i}', 'code': R.choice(CODES), 'member': maybe(lambda: R.choice(everybody)),
            'store': maybe(lambda: R.choice(STORES)), 'order': maybe(lambda: R.choice(orders)),
            'redeemed_at': stamp(some_time()), 'discount_cents': R.randrange(0, 500)})
    for i in range(60):
        at = R.choice([some_time(), START + timedelta(days=R.randrange(4))])
        out.append(said('consent', i, {'member': R.choice(everybody), 'channel': R.choice(['email', 'sms']),
                                       'granted': R.random() < .5, 'at': stamp(at)}))
    for i in range(60):
        a, b = R.sample(TIERS, 2)
        at = R.choice([some_time(), START + timedelta(days=R.randrange(4))])
        out.append(said('tier_change', i, {'member': R.choice(everybody), 'from': a, 'to': b, 'at': stamp(at)}))
    for i in range(40):
        out += versions('message_event', f'g{i}', lambda: {
            'event': f'g{i}', 'message': f'msg{i % 9}', 'member': R.choice(everybody), 'channel': R.choice(['email', 'sms']),
            'kind': R.choice(['delivered', 'opened', 'clicked', 'bounced', 'complained', 'unsubscribed']),
            'campaign': maybe(lambda: 'spring', .3), 'at': stamp(some_time())})
    return out


# The tables that follow from the facts.

def when(text):
    return datetime.strptime(text, '%Y-%m-%dT%H:%M:%SZ').replace(tzinfo=timezone.utc)


def winners(events, kind, usable):
    best = {}
    for e in events:
        if e['kind'] == kind and usable(e['data']):
            rank = (e['stated'], f"{e['feed']}/{e['id']}".encode())
            if e['key'] not in best or rank > best[e['key']][0]:
                best[e['key']] = (rank, e['data'])
    return {key: data for key, (_, data) in best.items()}


def shown(*values):
    return tuple('' if v is None else ('t' if v is True else 'f' if v is False else str(v)) for v in values)


def expect(events, more=()):
    members = winners(events, 'enrolment', lambda d: True)
    known = set(members) | set(BASE) | set(more)
    reachable = lambda d: d['member'] is None or d['member'] in known
    orders = winners(events, 'order', reachable)
    refunds = winners(events, 'refund', lambda d: d['order'] in orders)
    redemptions = winners(events, 'redemption', reachable)
    changes = {(m, d['enrolled_at']): (None, d['tier']) for m, d in members.items() if d['tier']}
    for e in events:
        d = e['data']
        if e['kind'] == 'tier_change' and d['member'] in known:
            old = changes.get((d['member'], d['at']))
            if old is None or old[0] is None or (d['to'], d['from']) > (old[1], old[0]):
                changes[d['member'], d['at']] = (d['from'], d['to'])
    words = {}
    for e in events:
        d = e['data']
        out = e['kind'] == 'message_event' and d['kind'] in ('complained', 'unsubscribed')
        if (e['kind'] == 'consent' or out) and d['member'] in known:
            word = (False, 'message') if out else (d['granted'], 'feed ' + e['feed'])
            key = (d['member'], d['channel'], d['at'])
            words[key] = min(words.get(key, word), word)
    consents = {}
    for (m, channel, at), word in words.items():
        old = consents.get((m, channel))
        if old is None or at > old[0]:
            consents[m, channel] = (at, word)
    tier = {}
    for (m, at), (_, to) in sorted(changes.items()):
        tier[m] = to
    redeemed = {}
    for d in redemptions.values():
        redeemed[d['code']] = min(redeemed.get(d['code'], d['redeemed_at']), d['redeemed_at'])
    newest = max(when(d['ordered_at']) for d in orders.values())
    stats = {}
    for d in orders.values():
        if d['member'] is not None:
            stats.setdefault(d['member'], []).append((when(d['ordered_at']), d['gross_cents'] - d['discount_cents']))
    back = {}
    for d in refunds.values():
        back[d['order']] = back.get(d['order'], 0) + d['amount_cents']
    day = lambda at: at.astimezone(ZONE).date()
    return {
        'members': [shown(m, tier.get(m), d['home_store'], d['acquisition_source'], d['enrolled_at'], d['email'] is not None)
                    for m, d in members.items()],
        'base tiers': [shown(m, tier.get(m, 'bronze')) for m in BASE],
        'orders': [shown(o, d['member'], d['store'], d['channel'], d['ordered_at'], d['gross_cents'], d['discount_cents'],
                         back.get(o, 0), d['units'], d['coupon']) for o, d in orders.items()],
        'order_lines': [shown(o, n['line'], n['category'], n['units'], n['amount_cents']) for o, d in orders.items()
                        for n in d['lines'] or []],
        'redemptions': [shown(x, d['code'], POOLS[CODES.index(d['code']) % 2], d['member'], d['store'], d['order'],
                              d['redeemed_at'], d['discount_cents']) for x, d in redemptions.items()],
        'coupons': [shown(c, 'redeemed' if c in redeemed else 'issued', redeemed.get(c)) for c in CODES],
        'consents': [shown(m, c, w[0], at) for (m, c), (at, w) in consents.items()],
        'stats': [shown(m, min(day(a) for a, _ in s), max(day(a) for a, _ in s), len({day(a) for a, _ in s}), len(s),
                        sum(n for _, n in s), sum(n for a, n in s if a > newest - YEAR)) for m, s in stats.items()],
        'as of': [(max([stamp(newest)] + [d['redeemed_at'] for d in redemptions.values()]),)],
        'refunds': [shown(r, d['order'], d['refunded_at'], d['amount_cents']) for r, d in refunds.items()],
        'visits': [shown(v, d['member'], d['store'], d['channel'], d['visited_at'])
                   for v, d in winners(events, 'visit', reachable).items()],
        'message_events': [shown(g, d['message'], d['member'], d['channel'], d['kind'], d['campaign'], d['at'])
                           for g, d in winners(events, 'message_event', reachable).items()],
        'tier_changes': [shown(m, at, a, b) for (m, at), (a, b) in changes.items()],
        'consent_changes': [shown(m, c, at, w[0], w[1]) for (m, c, at), w in words.items()],
        'parked': [(e['feed'], e['id']) for e in events if e['kind'] != 'enrolment' and (
            e['data'].get('member', 'b0') not in known | {None}
            or (e['kind'] == 'refund' and e['data']['order'] not in orders))],
    }, members, orders, redemptions, consents, tier, back


STAMP = "to_char({} at time zone 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"')"
M = "(select m.external from data.members m where m.tenant = x.tenant and m.member = x.member)"
LOOKS = {
    'members': f"select external, tier, home_store, source, {STAMP.format('enrolled_at')}, email_index is not null "
               "from data.members where external like 'm%'",
    'base tiers': "select external, tier from data.members where external like 'b%'",
    'orders': f"select order_ref, {M}, store, channel, {STAMP.format('ordered_at')}, gross_cents, discount_cents, refund_cents, "
              "units, coupon from data.orders x",
    'order_lines': "select order_ref, line, category, units, amount_cents from data.order_lines",
    'redemptions': f"select redemption, code, pool, {M}, store, order_ref, {STAMP.format('redeemed_at')}, discount_cents "
                   "from data.redemptions x",
    'coupons': f"select code, state, {STAMP.format('redeemed_at')} from data.coupons",
    'consents': f"select {M}, channel, granted, {STAMP.format('at')} from data.consents x",
    'stats': f"select {M}, first_on, last_on, days, orders, spend_cents, year_cents from data.member_stats x",
    'as of': f"select {STAMP.format('data_as_of')} from data.tenants",
    'refunds': f"select refund, order_ref, {STAMP.format('refunded_at')}, amount_cents from data.refunds",
    'visits': f"select visit, {M}, store, channel, {STAMP.format('visited_at')} from data.visits x",
    'message_events': f"select event, message, {M}, channel, kind, campaign, {STAMP.format('at')} from data.message_events x",
    'tier_changes': f"select {M}, {STAMP.format('at')}, from_tier, to_tier from data.tier_changes x",
    'consent_changes': f"select {M}, channel, {STAMP.format('at')}, granted, source from data.consent_changes x",
    'parked': "select feed, event from data.parked",
}
IMPORTED = ['members', 'orders', 'order_lines', 'redemptions', 'coupons', 'consents', 'stats', 'as of']


def write(folder, tables):
    os.makedirs(folder, exist_ok=True)
    entities = []
    for entity, (columns, rows) in tables.items():
        with open(f'{folder}/{entity}.csv', 'w', newline='') as out:
            csv.writer(out).writerows([columns] + rows)
        entities.append({'entity': entity, 'file': entity, 'fields': {
            c: {'column': c, 'as': 'rfc3339'} if c in ('at', 'ordered_at', 'redeemed_at', 'enrolled_at', 'issued_at') else c
            for c in columns}})
    with open(f'{folder}/map.json', 'w') as out:
        json.dump({'map': 'play', 'why': 'A test.', 'zone': 'Europe/Paris',
                   'files': {e: {'path': e + '.csv'} for e in tables}, 'entities': entities}, out)


def new_tenant(name, base):
    flashd('tenant', 'create', name, '--name', name, '--zone', 'Europe/Paris', '--currency', 'EUR', '--admin', 'ann')
    flashd('import', base, '--map', base + '/map.json', '--tenant', name)
    return subprocess.run(['psql', '-X', '-qAt', '-c', f"select app.find_tenant('{name}')"], capture_output=True, text=True).stdout.strip()


def send(tenant, feed, secret, events, expected=200):
    body = json.dumps({'events': [{'id': e['id'], 'type': e['kind'], 'timestamp': stamp(e['stated']), 'data': e['data']}
                                  for e in events]}).encode()
    now = str(int(time.time()))
    mac = hmac.new(base64.b64decode(secret[6:]), b'w1.' + now.encode() + b'.' + body, hashlib.sha256).digest()
    request = urllib.request.Request(f'{URL}/api/events/{tenant}/{feed}', body, {
        'Content-Type': 'application/json', 'webhook-id': 'w1', 'webhook-timestamp': now,
        'webhook-signature': 'v1,' + base64.b64encode(mac).decode()})
    with urllib.request.urlopen(request, timeout=60) as reply:
        answer = json.load(reply)
    if answer['refused'] and expected == 200:
        raise SystemExit(f'refused: {answer}')
    return answer


def main():
    os.makedirs(WORK, exist_ok=True)
    write(WORK + '/base', {
        'stores': (['store', 'name', 'region'], [[s, s, 'North'] for s in STORES]),
        'tiers': (['tier', 'name', 'rank', 'threshold_cents'], [[t, t, i, i * 1000] for i, t in enumerate(TIERS)]),
        'members': (['member', 'tier', 'enrolled_at'], [[b, 'bronze', '2023-01-01T00:00:00Z'] for b in BASE]),
        'campaigns': (['campaign', 'name', 'type', 'starts_on', 'ends_on'], [['spring', 'Spring', 'A', '2024-01-01', '']]),
        'coupon_pools': (['pool', 'name', 'value_cents', 'cost_cents', 'valid_days', 'state'], [[p, p, 500, 300, 30, 'open'] for p in POOLS]),
        'coupons': (['code', 'pool', 'member', 'issued_at'], [[c, POOLS[i % 2], OWNER[c], '2023-06-01T00:00:00Z'] for i, c in enumerate(CODES)])})
    tenant = new_tenant(f'play{SEED}', WORK + '/base')
    secrets = {f: json.loads(flashd('feed', 'create', f, '--tenant', f'play{SEED}', '--json'))['secret'] for f in 'ab'}
    events = facts()
    wanted, members, orders, redemptions, consents, tier, back = expect(events)
    sending = events + R.sample(events, 60)     # some come twice
    R.shuffle(sending)
    if SEED % 2:    # as a shop sends: orders as they happen, now and then a late one
        sending.sort(key=lambda e: e['data'].get('ordered_at', '') if R.random() < .95 else '2025')
    taken = again = 0
    bad, ended = [], threading.Event()
    other_roller = threading.Thread(target=roll, args=(tenant, ended), daemon=True)
    if SEED % 3 == 0:
        other_roller.start()
    while sending:
        if R2.random() < .05:
            bad += sums(tenant, 'between batches')
        size = R.choice([1, 2, 5, 40] if SEED % 2 else [1, 2, 5, 40, 200, 1000])
        batch, sending = sending[:size], sending[size:]
        for feed in 'ab':
            mine = [e for e in batch if e['feed'] == feed]
            if mine:
                answer = send(tenant, feed, secrets[feed], mine)
                taken += answer['accepted'] + answer['parked']
                again += answer['duplicates']
    ended.set()
    bad += sums(tenant, 'after the events') + await_sums(tenant)
    bad += [f'{taken} were taken and {again} told as duplicates, not {len(events)} and 60'] if (taken, again) != (len(events), 60) else []
    got = {name: sql(text, tenant) for name, text in LOOKS.items()}
    for name in LOOKS:
        bad += differences(name, sorted(wanted[name]), got[name])
    write(WORK + '/final', {
        'members': (['member', 'email', 'tier', 'home_store', 'acquisition_source', 'enrolled_at'], [
            [m, d['email'], tier.get(m), d['home_store'], d['acquisition_source'], d['enrolled_at']] for m, d in members.items()]),
        'consents': (['member', 'channel', 'granted', 'at'], [[m, c, str(w[0]).lower(), at] for (m, c), (at, w) in consents.items()]),
        'orders': (['order', 'member', 'store', 'channel', 'ordered_at', 'gross_cents', 'discount_cents', 'refund_cents', 'units', 'coupon'], [
            [o, d['member'], d['store'], d['channel'], d['ordered_at'], d['gross_cents'], d['discount_cents'], back.get(o, 0),
             d['units'], d['coupon']] for o, d in orders.items()]),
        'order_lines': (['order', 'line', 'category', 'units', 'amount_cents'], [
            [o, n['line'], n['category'], n['units'], n['amount_cents']] for o, d in orders.items() for n in d['lines'] or []]),
        'redemptions': (['redemption', 'code', 'member', 'store', 'order', 'redeemed_at', 'discount_cents'], [
            [x, d['code'], d['member'], d['store'], d['order'], d['redeemed_at'], d['discount_cents']] for x, d in redemptions.items()])})
    other = new_tenant(f'import{SEED}', WORK + '/base')
    flashd('import', WORK + '/final', '--map', WORK + '/final/map.json', '--tenant', f'import{SEED}')
    bad += sums(other, 'after an import') + await_sums(other)
    for name in IMPORTED:
        bad += differences(name + ' of an import', sql(LOOKS[name], other), got[name])
    # What waited for a member is done when an import brings that one.
    write(WORK + '/ghost', {'members': (['member', 'tier', 'enrolled_at'], [['ghost', 'bronze', '2023-01-01T00:00:00Z']])})
    flashd('import', WORK + '/ghost', '--map', WORK + '/ghost/map.json', '--tenant', f'play{SEED}')
    bad += sums(tenant, 'once the last member came') + await_sums(tenant)
    late = expect(events, ['ghost'])[0]
    for name in LOOKS:
        bad += differences(name + ' once the last member came', sorted(late[name]), sql(LOOKS[name], tenant))
    for line in bad[:25]:
        print(line)
    print(f'seed {SEED}: {len(events)} events, {len(wanted["parked"])} wait, {len(bad)} differences')
    sys.exit(bool(bad))


def differences(name, wanted, got):
    return ([f'{name}: missing {row}' for row in wanted if row not in got]
            + [f'{name}: not wanted {row}' for row in got if row not in wanted]
            + ([f'{name}: {len(got)} rows, not {len(wanted)}'] if len(wanted) != len(got) else []))


main()
