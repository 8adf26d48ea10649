"""Distinct members: the governed call from sets in memory beside the same by SQL and by a table of a row for each member and
active day. Called by measure.py, whose helpers these are."""
import json
import os
import random
import re
import socket
import statistics
import subprocess
import time
from datetime import date, timedelta

bench = None
MEMBER_DAY = '''drop table if exists public.member_day;
create table public.member_day as select distinct o.tenant, (o.ordered_at at time zone t.zone)::date as day, coalesce(m.tier, '') as tier, o.member
    from data.orders o join data.tenants t using (tenant) join data.members m using (tenant, member);
alter table public.member_day add primary key (tenant, day, tier, member)'''
NOTHING_KEPT = '''delete from data.day_members where tenant = 1;
insert into data.stale_days (tenant, kind, day, marked_at) select distinct 1, 'members', (o.ordered_at at time zone t.zone)::date, now()
    from data.orders o join data.tenants t using (tenant) where tenant = 1 on conflict do nothing'''
WAYS = {'distinct, then counted': 'select tier, count(*) from (select distinct tier, member from member_day where tenant = 1 and day '
                                  "between date '{0}' + {1} and date '{0}' + {1} + 29) x group by tier",
        'count(distinct)': "select tier, count(distinct member) from member_day where tenant = 1 and day between date '{0}' + {1} "
                           "and date '{0}' + {1} + 29 group by tier"}


class Sets:
    """A daemon that counts from sets, and when it first answered and had them, in seconds since it was started."""

    def __init__(self, question, **settings):
        log = open(bench.BENCH + '/state/sets.log', 'w+')
        self.port, started = bench.free_port(), time.monotonic()
        env = dict(os.environ, FLASHD_HTTP_PORT=str(self.port), FLASHD_LOG_LEVEL='info', FLASHD_RESULT_CACHE='0', **settings)
        self.process = subprocess.Popen([bench.BIN, 'serve', '--no-agent'], env=env, stdout=subprocess.DEVNULL, stderr=log)
        bench.wait_port(self.port)
        bench.call(self, 'query_metric', question)
        self.answered_s, self.ready_s = time.monotonic() - started, None
        while settings.get('FLASHD_MEMBER_SETS') != '0' and time.monotonic() - started < 600:
            if ' days in ' in open(log.name).read():
                self.ready_s = time.monotonic() - started
                self.bytes = int(re.search(r' days in (\d+) bytes', open(log.name).read())[1])
                break
            time.sleep(.01)
        log.close()

    def rss_kb(self):
        return bench.Daemon.rss_kb(self)

    def close(self):
        bench.Daemon.close(self)


def exchange(link, message):
    """Sends a request over a connection; the body of its answer when that is there as a whole. As little work as pgbench has."""
    link.sendall(message)
    data = b''
    while True:
        data += link.recv(65536)
        head, end, body = data.partition(b'\r\n\r\n')
        if end and len(body) == int(re.search(rb'content-length: (\d+)', head, re.I)[1]):
            return body


def median_of_windows(daemon, first, days, count):
    """The median of one call over a kept connection, each about another window, in milliseconds."""
    link, times, dice = socket.create_connection(('127.0.0.1', daemon.port)), [], random.Random(count)
    head = (f'POST /api/mcp HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {bench.key_of(bench.HOT)}\r\n'
            'Content-Type: application/json\r\nContent-Length: ')
    for _ in range(count):
        since = date.fromisoformat(first) + timedelta(days=dice.randrange(days))
        body = json.dumps({'jsonrpc': '2.0', 'id': 1, 'method': 'tools/call', 'params': {'name': 'query_metric', 'arguments': {
            'metric': 'buying_members', 'by': ['tier'], 'from': str(since), 'to': str(since + timedelta(days=29))}}})
        message = f'{head}{len(body)}\r\n\r\n{body}'.encode()
        started = time.monotonic()
        answer = exchange(link, message)
        times.append((time.monotonic() - started) * 1000)
        if json.loads(answer)['result'].get('isError'):
            raise SystemExit(answer)
    link.close()
    return statistics.median(times)


def pgbench_median(script, count):
    for name in os.listdir('/tmp'):
        if name.startswith('flashd-bench-log.'):
            os.unlink('/tmp/' + name)
    subprocess.run(['pgbench', '-n', '-M', 'prepared', '-f', script, '-c', '1', '-t', str(count), '-l',
                    '--log-prefix=/tmp/flashd-bench-log', 'flash'], capture_output=True, check=True)
    return statistics.median(int(line.split()[2]) / 1000 for name in os.listdir('/tmp') if name.startswith('flashd-bench-log.')
                             for line in open('/tmp/' + name))


def bare_sets(members, a_day):
    bare = json.loads(subprocess.run(['build/bench/distinct', str(members), str(a_day)], capture_output=True, text=True, check=True).stdout)
    bench.say(f'  sets alone, {members} members, {a_day} a day: ' + ', '.join(
        f'{n} days {bare["us_" + n] / 1000:.2f} ms ({bare["cpu_us_" + n] / 1000:.2f} of CPU)' for n in ('30', '90', '365'))
        + f', {bare["bytes_a_member_day"]} bytes a member and day')
    return bare


def measure(helpers):
    global bench
    bench = helpers
    bench.say('distinct members')
    members = int(bench.sql('flash', 'select count(*) from data.members where tenant = 1'))
    first, last, zone = bench.sql('flash', "select min(ordered_at at time zone t.zone)::date, max(ordered_at at time zone t.zone)::date, t.zone "
                                     'from data.orders o join data.tenants t using (tenant) where tenant = 1 group by t.zone').split('|')
    days = (date.fromisoformat(last) - date.fromisoformat(first)).days - 29
    question = {'metric': 'active_members', 'window': 'last_30d', 'by': ['tier'], 'as_of': last}
    bench.sql('flash', NOTHING_KEPT)
    fresh = Sets(question)
    bench.goal('C1', f'very first start with {members} members: seconds to the first answer', fresh.answered_s, 3, False)
    bench.say(f'  all sets made and in memory after {fresh.ready_s:.1f} s')
    fresh.close()
    plain = Sets(question, FLASHD_MEMBER_SETS='0')
    sets = Sets(question)
    bench.goal('C1', f'start with {members} members: seconds to the first answer', sets.answered_s, 3, False)
    bench.say(f'  sets in memory after {sets.ready_s:.2f} s')
    bench.sql('flash', MEMBER_DAY)
    bench.sql('flash', 'vacuum analyze public.member_day')
    scripts = {}
    for name, text in WAYS.items():
        scripts[name] = f'{bench.BENCH}/state/member_day{len(scripts)}.sql'
        with open(scripts[name], 'w') as out:
            out.write(f'\\set start random(0, {days})\n' + text.format(first, ':start::int') + ';\n')
    # The same numbers, before any speed.
    since = date.fromisoformat(first) + timedelta(days=days // 2)
    told = bench.call(sets, 'query_metric', {'metric': 'buying_members', 'by': ['tier'], 'from': str(since), 'to': str(since + timedelta(days=29))})
    mine = {row['tier']: row['value'] for row in told['structuredContent']['rows']}
    theirs = dict(line.split('|') for line in bench.sql('flash', WAYS['count(distinct)'].format(first, days // 2)).splitlines())
    if mine != {tier or '(none)': int(count) for tier, count in theirs.items()}:
        raise SystemExit(f'they differ: {mine} {theirs}')
    times = {name: [] for name in ('governed call from sets', 'governed call by SQL', *WAYS)}
    for number in range(max(bench.ROUNDS, 5)):
        times['governed call from sets'].append(median_of_windows(sets, first, days, 40))
        times['governed call by SQL'].append(median_of_windows(plain, first, days, 5))
        for name, script in scripts.items():
            times[name].append(pgbench_median(script, 10))
    for name, rounds in times.items():
        bench.say(f'  {name:<34} {statistics.median(rounds):>9.2f} ms')
    best = min(statistics.median(times[name]) for name in WAYS)
    subprocess.run(['make', '-s', 'build/bench/distinct'], check=True)
    a_day = int(bench.sql('flash', 'select count(*) / count(distinct day) from public.member_day'))
    alone = bare_sets(members, a_day)
    bench.goal('D1', 'member_day SQL over the sets alone, 30 days by tier', best / alone['us_30'] * 1000, 50)
    bench.goal('D1', 'member_day SQL over the governed call, uncached, 30 days by tier', best / statistics.median(times['governed call from sets']), 50)
    for daemon in (plain, sets):
        median_of_windows(daemon, first, days, 20)
    bench.say(f'  sets of {members} members: {sets.bytes / 2 ** 20:.1f} MB')
    bench.goal('M1', 'MB of resident memory for the sets of 1M members', (sets.rss_kb() - plain.rss_kb()) / 1024 / members * 1e6, 12, False)
    plain.close()
    sets.close()
    bench.sql('flash', 'drop table public.member_day')
    bench.goal('P2', 'distinct members of 30 days by tier at 10M members, from sets, ms', bare_sets(10000000, 50000)['us_30'] / 1000, 10, False)
