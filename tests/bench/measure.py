"""Measures flashd beside its peers and prints the ratios of the goals. Called by tests/bench/run."""
import json, os, re, shutil, socket, statistics, subprocess, sys, time, urllib.request

SHARED, BENCH, BIN = os.environ['FLASHD_SHARED'], os.environ['FLASHD_BENCH'], os.environ['FLASHD_BIN']
ROUNDS, SECONDS = int(os.environ.get('BENCH_ROUNDS', 3)), os.environ.get('BENCH_SECONDS', '2')
STORES = os.environ.get('BENCH_STORES', '200')
HERE = os.path.dirname(os.path.abspath(__file__))
HOT = BENCH + '/state/hot.key'
MANY = BENCH + '/state/many.keys'
serial = 0


def say(text):
    print(text, flush=True)


def free_port():
    with socket.socket() as s:
        s.bind(('127.0.0.1', 0))
        return s.getsockname()[1]


def key_of(path):
    return open(path).readline().strip()


class Daemon:
    def __init__(self, **settings):
        self.port = free_port()
        env = dict(os.environ, FLASHD_HTTP_PORT=str(self.port), **settings)
        self.process = subprocess.Popen([BIN, 'serve', '--no-agent'], env=env, stdout=subprocess.DEVNULL)
        wait_port(self.port)

    def rss_kb(self):
        return int(re.search(r'VmRSS:\s+(\d+)', open(f'/proc/{self.process.pid}/status').read())[1])

    def close(self):
        self.process.terminate()
        self.process.wait()


def peers():
    """A folder with the peers' program beside its modules, which are found by the place it lies in."""
    folder = BENCH + '/peers'
    os.makedirs(folder, exist_ok=True)
    shutil.copy(SHARED + '/bench/mcp-peer.mjs', folder + '/peer.mjs')
    if not os.path.islink(folder + '/node_modules'):
        os.symlink(HERE + '/node_modules', folder + '/node_modules')
    return folder


class Peer:
    def __init__(self, variant):
        self.port = free_port()
        env = dict(os.environ, PGDATABASE='peer')
        self.process = subprocess.Popen(['node', 'peer.mjs', variant, str(self.port), '1'], cwd=peers(), env=env,
                                        stdout=subprocess.DEVNULL)
        wait_port(self.port)

    rss_kb = Daemon.rss_kb
    close = Daemon.close


def wait_port(port):
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        try:
            socket.create_connection(('127.0.0.1', port), 1).close()
            return
        except OSError:
            time.sleep(0.05)
    raise SystemExit(f'nothing listens on port {port}')


def wrk(port, callers, script, *words):
    command = ['wrk', '-t1', f'-c{callers}', f'-d{SECONDS}s', '--timeout', '10s', '-s', script,
               f'http://127.0.0.1:{port}/api/mcp', '--', *words]
    out = subprocess.run(command, capture_output=True, text=True)
    found = re.search(r'RES rps=(\d+) p50_us=(\d+) p99_us=(\d+) .*bad=(\d+) sock=(\d+)', out.stdout)
    if not found or int(found[4]) or int(found[5]):
        say(f'  (warning: {out.stdout[-200:].strip()} {out.stderr[-300:].strip()})')
    return (int(found[1]), int(found[3])) if found else (0, 0)


def flash(daemon, callers, what, keys=HOT):
    global serial
    serial += 1
    since = sql('flash', 'select clock_timestamp()')
    figures = wrk(daemon.port, callers, HERE + '/flash.lua', what, keys, f'b{os.getpid()}{serial}')
    if what == 'read':
        refused, all_reads = map(int, sql('flash', "select count(*) filter (where decision <> 'executed'), count(*) from "
                                          f"journal.audit where tenant = 1 and at >= '{since}' and tool = 'query_metric'").split('|'))
        if refused or all_reads < .95 * figures[0] * float(SECONDS):
            say(f'  (warning: of {all_reads} reads in the record {refused} were refused, at {figures[0]}/s)')
    return figures


def peer(process, callers, what):
    return wrk(process.port, callers, SHARED + '/bench/post.lua', what, 'v2')


def pgbench(database, script, callers):
    for name in os.listdir('/tmp'):
        if name.startswith('flashd-bench-log.'):
            os.unlink('/tmp/' + name)
    out = subprocess.run(['pgbench', '-n', '-M', 'prepared', '-f', script, '-c', str(callers), '-j', '1', '-T', SECONDS,
                          '-l', '--log-prefix=/tmp/flashd-bench-log', database], capture_output=True, text=True)
    tps = re.search(r'tps = ([\d.]+)', out.stdout)
    times = sorted(int(line.split()[2]) for name in os.listdir('/tmp') if name.startswith('flashd-bench-log.')
                   for line in open('/tmp/' + name))
    if not tps:
        raise SystemExit(out.stderr)
    return float(tps[1]), times[int(len(times) * .99)] if times else 0


def sql(database, text):
    return subprocess.run(['psql', '-qXAt', '-d', database, '-c', text], capture_output=True, text=True, check=True).stdout.strip()


def capture_select():
    """The SELECT that the compiler makes for the measured question, with its parameters put in, and one audit row."""
    sql('flash', "alter role flashd set log_min_duration_statement = 0")
    daemon = Daemon(FLASHD_RESULT_CACHE='0')
    log = BENCH + '/cluster/postgres.log'
    start = os.path.getsize(log)
    call(daemon, 'query_metric', {'metric': 'gmv', 'window': 'last_7d', 'by': ['store'], 'limit': 10})
    daemon.close()
    sql('flash', 'alter role flashd reset log_min_duration_statement')
    text = open(log, 'rb').read()[start:].decode()
    statement = re.search(r'\[(\d+)\] LOG: [^\n]*execute (?:<unnamed>|planned_0): (.*?)\n[^\n]*\[\1\] DETAIL:\s+parameters: ([^\n]*)\n', text, re.S)
    query = re.sub(r'\s+', ' ', statement[2])
    for number, value in reversed(re.findall(r"\$(\d+) = ('(?:[^']|'')*'|NULL)", statement[3])):
        query = query.replace('$' + number, value)
    path = BENCH + '/state/read_audit.sql'
    key = key_of(HOT).split('_')[2]
    with open(path, 'w') as out:
        out.write("begin; select set_config('flash.tenant', '1', true);\n" + query + ';\ncommit;\n'
                  "select app.audit_call(1, app.new_id(), '" + key + "', 'http', 'query_metric', 'executed', '', "
                  'null, 10, 1000, 0);\n')
    return path


def call(daemon, tool, arguments, key=HOT):
    request = urllib.request.Request(f'http://127.0.0.1:{daemon.port}/api/mcp', json.dumps({
        'jsonrpc': '2.0', 'id': 1, 'method': 'tools/call', 'params': {'name': tool, 'arguments': arguments}}).encode(),
        {'Content-Type': 'application/json', 'Authorization': 'Bearer ' + key_of(key)})
    return json.load(urllib.request.urlopen(request, timeout=60))['result']


class Table:
    """Figures by name, one list a name; medians at the end."""

    def __init__(self):
        self.rate, self.p99 = {}, {}

    def add(self, name, figures):
        self.rate.setdefault(name, []).append(figures[0])
        self.p99.setdefault(name, []).append(figures[1])
        say(f'  {name:<34} {figures[0]:>9.0f}/s   p99 {figures[1] / 1000:>8.1f} ms')

    def r(self, name):
        return statistics.median(self.rate[name])

    def p(self, name):
        return statistics.median(self.p99[name])


def goal(name, text, value, wanted, more=True):
    met = value >= wanted if more else value <= wanted
    say(f'{name:<3} {text:<62} {value:>8.2f}   goal {">=" if more else "<="} {wanted:<6} {"reached" if met else "not reached"}')


def measure_calls(table):
    read_audit = capture_select()
    scripts = SHARED + '/bench/pgbench/'
    cached, uncached, v2 = Daemon(), Daemon(FLASHD_RESULT_CACHE='0'), Peer('v2')
    for number in range(ROUNDS):
        say(f'round {number + 1} of {ROUNDS}')
        for c in (1, 64):
            table.add(f'cached read c={c}', flash(cached, c, 'read'))
            table.add(f'SDK v2 read c={c}', peer(v2, c, 'read'))
            table.add(f'pgbench audit c={c}', pgbench('peer', scripts + 'audit.sql', c))
        for c in (16, 64):
            table.add(f'uncached read c={c}', flash(uncached, c, 'read'))
            table.add(f'pgbench same statements c={c}', pgbench('flash', read_audit, c))
        for c in (1, 64):
            table.add(f'award hot c={c}', flash(cached, c, 'write'))
            table.add(f'SDK v2 award hot c={c}', peer(v2, c, 'write'))
            table.add(f'pgbench award hot c={c}', pgbench('peer', scripts + 'write_hot.sql', c))
        table.add('award 1,000 keys c=64', flash(cached, 64, 'many', MANY))
        table.add('pgbench award 1,000 keys c=64', pgbench('peer', scripts + 'write_many.sql', 64))
    table.flash_rss, table.v2_rss = cached.rss_kb(), v2.rss_kb()
    without_sets = Daemon(FLASHD_MEMBER_SETS='0')   # the peer has nothing like them; their memory has a line of its own
    for kind, more in (('read', ()), ('write', ()), ('many', (MANY,))):
        flash(without_sets, 64, kind, *more)
    table.bare_rss = without_sets.rss_kb()
    for process in (cached, uncached, v2, without_sets):
        process.close()


def report_calls(t):
    goal('R1', 'cached read over SDK v2, 64 callers', t.r('cached read c=64') / t.r('SDK v2 read c=64'), 20)
    goal('R2', 'cached read over pgbench audit per commit, 64 callers', t.r('cached read c=64') / t.r('pgbench audit c=64'), 1.2)
    goal('R2', 'the same, 1 caller', t.r('cached read c=1') / t.r('pgbench audit c=1'), .45)
    for c in (16, 64):
        goal('R3', f'uncached read over pgbench of the same statements, {c} callers',
             t.r(f'uncached read c={c}') / t.r(f'pgbench same statements c={c}'), .9)
    goal('R3', 'uncached read over SDK v2, 64 callers (it reads a rollup)', t.r('uncached read c=64') / t.r('SDK v2 read c=64'), 1.3)
    goal('R4', 'p99 at 64: uncached over pgbench', t.p('uncached read c=64') / t.p('pgbench same statements c=64'), .8, False)
    goal('R4', 'p99 at 64: cached over SDK v2', t.p('cached read c=64') / t.p('SDK v2 read c=64'), .25, False)
    goal('W1', 'award, one hot budget row over pgbench one call, 64 callers', t.r('award hot c=64') / t.r('pgbench award hot c=64'), 1)
    goal('W1', 'the same over SDK v2', t.r('award hot c=64') / t.r('SDK v2 award hot c=64'), 20)
    goal('W2', 'award, 1,000 keys over pgbench one call', t.r('award 1,000 keys c=64') / t.r('pgbench award 1,000 keys c=64'), 1.5)
    goal('W3', 'award, 1 caller over pgbench one call', t.r('award hot c=1') / t.r('pgbench award hot c=1'), .6)
    goal('W4', 'award p99 at 64 over pgbench hot row', t.p('award hot c=64') / t.p('pgbench award hot c=64'), .3, False)


def measure_cycle():
    say('a cycle over one million members, a hundred thousand picked')
    sql('flash', "update data.tenants set open_drafts_most = 100000000")
    sql('flash', "alter role flashd set statement_timeout = '60s'")
    times, ones = [], []
    for number in range(max(1, min(ROUNDS, 3))):
        sql('flash', "delete from data.drafts; delete from data.actions where run is not null; delete from data.decisions; "
                     "delete from data.lots where action is not null; delete from data.ledger where action is not null")
        # As tables are that grew: what was deleted leaves no gaps for the new rows to be scattered over.
        for table in ('drafts', 'actions', 'decisions', 'lots', 'ledger', 'balances'):
            sql('flash', 'vacuum full analyze data.' + table)
        sql('flash', 'checkpoint')
        started = time.monotonic()
        out = subprocess.run([BIN, 'agent', 'run', '--policy', 'policy', '--json', '--quiet'], capture_output=True, text=True)
        wall = time.monotonic() - started
        if out.returncode != 0:
            raise SystemExit('the cycle failed: ' + out.stdout + out.stderr)
        report = json.loads(out.stdout)
        times.append(report['duration_ms'] / 1000)
        chosen = report.get('chosen')
        sql('peer', 'vacuum analyze members, ledger, drafts')
        sql('peer', 'checkpoint')
        text = subprocess.run(['psql', '-qX', '-d', 'peer', '-v', 'tenant=1', '-v', 'pick=100000', '-v', 'budget=2000000',
                               '-v', f'cycle={int(time.time())}', '-v', 'file=/tmp/flashd-bench-picks', '-f',
                               SHARED + '/bench/policy.sql'], capture_output=True, text=True).stdout
        one = text.split('== the same as ONE statement')[1].split('== COPY')[0]
        ones.append(sum(float(x) for x in re.findall(r'Time: ([\d.]+) ms', one)) / 1000)
        say(f'  cycle {times[-1]:.2f} s ({report["state"]}, {chosen} chosen of {report.get("candidates")}; {wall:.2f} s with start), '
            f'one statement {ones[-1]:.2f} s')
    goal('P1', 'cycle of 1M members, 100k picked, over the one statement', statistics.median(times) / statistics.median(ones), 2, False)
    sql('flash', "alter role flashd set statement_timeout = '5s'")


def measure_stop():
    say('stop beside 64 writers')
    daemon, times = Daemon(), []
    env = dict(os.environ)
    global serial
    for number in range(10 * ROUNDS):
        serial += 1
        writers = subprocess.Popen(['wrk', '-t1', '-c64', '-d1s', '-s', HERE + '/flash.lua', f'http://127.0.0.1:{daemon.port}/api/mcp',
                                    '--', 'write', HOT, f's{os.getpid()}{serial}'], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        time.sleep(.4)
        started = time.monotonic()
        answer = call(daemon, 'stop_agent', {'reason': 'bench'})
        times.append((time.monotonic() - started) * 1000)
        before = sql('flash', 'select count(*) from data.actions')
        writers.wait()
        after = sql('flash', 'select count(*) from data.actions')
        if before != after:
            say(f'  LATE WRITES: {before} then {after}')
        subprocess.run([BIN, 'resume', '--reason', 'bench', '--confirm=demo', '--quiet'], env=env, capture_output=True)
    daemon.close()
    times.sort()
    kill = BENCH + '/kill'
    include = subprocess.run(['pg_config', '--includedir'], capture_output=True, text=True).stdout.strip()
    subprocess.run(['cc', '-O2', '-I' + include, '-o', kill, SHARED + '/bench/kill.c', '-lpq'], check=True, capture_output=True)
    writers = subprocess.Popen(['pgbench', '-n', '-M', 'prepared', '-f', SHARED + '/bench/pgbench/write_hot.sql', '-c', '64', '-j', '1',
                                '-T', '6', 'peer'], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    time.sleep(1)
    out = subprocess.run([kill, f'host={os.environ["PGHOST"]} user=postgres dbname=peer', '50'], capture_output=True, text=True).stdout
    writers.wait()
    theirs = float(re.search(r'p99 ([\d.]+) ms', out)[1])
    mine = times[min(len(times) - 1, int(len(times) * .99))]
    say(f'  stop answered in p50 {times[len(times) // 2]:.1f} ms, p99 {mine:.1f} ms; {out.strip()}')
    goal('K1', 'stop p99 beside 64 writers over that of 64 pgbench writers', mine / theirs, .3, False)


def measure_size(table):
    say('memory and connections')
    daemon = Daemon()
    idle = daemon.rss_kb()
    goal('M1', 'idle resident memory, MB', idle / 1024, 16, False)
    body = b'{"jsonrpc":"2.0","id":1,"method":"tools/list"}'
    text = (f'POST /api/mcp HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {key_of(HOT)}\r\nContent-Type: application/json\r\n'
            f'Content-Length: {len(body)}\r\n\r\n').encode() + body
    import resource
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(6000, resource.getrlimit(resource.RLIMIT_NOFILE)[1]),) * 2)

    def hold(count):
        held, answered = [], 0
        for _ in range(count):
            s = socket.create_connection(('127.0.0.1', daemon.port), 10)
            s.sendall(text)
            held.append(s)
        for s in held:
            s.settimeout(10)
            answered += s.recv(65536).startswith(b'HTTP/1.1 200')
        return held, answered

    stalls = 0
    for count in (64, 127, 128, 129, 256, 512):
        for _ in range(12):
            held, answered = hold(count)
            stalls += count - answered
            for s in held:
                s.close()
    goal('H1', 'requests without an answer, 12 x 64 to 512 connections', stalls, 0, False)
    before = flash(daemon, 64, 'read')
    base = daemon.rss_kb()
    held, _ = hold(5000)
    goal('M1', 'KiB for each of 5,000 idle connections', (daemon.rss_kb() - base) / 5000, 8, False)
    beside = flash(daemon, 64, 'read')
    goal('H1', 'throughput beside 5,000 idle connections over that without', beside[0] / before[0], .85)
    goal('M1', 'resident memory under load over SDK v2, without sets', table.bare_rss / table.v2_rss, .25, False)
    say(f'  {table.bare_rss / 1024:.1f} MiB, {table.flash_rss / 1024:.1f} with the sets of its members, the SDK {table.v2_rss / 1024:.0f}')
    daemon.close()


def signed_batches(secret, members, stores, newest, count, lines):
    """Requests of 1,000 new orders each, as a day goes on: their bodies and headers."""
    import base64
    import hashlib
    import hmac
    import random
    dice, requests, now = random.Random(1), [], str(int(time.time()))
    key = base64.b64decode(secret[len('whsec_'):])
    for batch in range(count):
        at = time.strftime('%Y-%m-%dT%H:%M:%SZ', time.gmtime(newest + batch))
        body = json.dumps({'events': [{'id': f'{now}-{lines}-{batch}-{i}', 'type': 'order', 'timestamp': at, 'data': {
            'order': f'{now}-{lines}-{batch}-{i}', 'member': dice.choice(members), 'store': dice.choice(stores), 'channel': 'store',
            'ordered_at': at, 'gross_cents': dice.randrange(300, 9000),
            'lines': [{'line': n, 'units': 1, 'amount_cents': 100} for n in range(lines)]}} for i in range(1000)]}).encode()
        mac = hmac.new(key, f'b.{now}.'.encode() + body, hashlib.sha256).digest()
        requests.append((body, {'Content-Type': 'application/json', 'webhook-id': 'b', 'webhook-timestamp': now,
                                'webhook-signature': 'v1,' + base64.b64encode(mac).decode()}))
    return requests


def send_batches(port, path, requests, connections):
    import http.client
    import threading
    left, lock, times = iter(requests), threading.Lock(), []

    def sender():
        link = http.client.HTTPConnection('127.0.0.1', port)
        while True:
            with lock:
                request = next(left, None)
            if request is None:
                return
            started = time.monotonic()
            link.request('POST', path, *request)
            reply = link.getresponse()
            answer = json.load(reply)
            if reply.status != 200 or answer['accepted'] != 1000:
                raise SystemExit(f'{reply.status} {answer}')
            times.append(time.monotonic() - started)

    senders = [threading.Thread(target=sender) for _ in range(connections)]
    started = time.monotonic()
    for one in senders:
        one.start()
    for one in senders:
        one.join()
    return len(requests) * 1000 / (time.monotonic() - started), sorted(times)[int(len(times) * .99)] * 1e6


def cpu_ms(pid):
    return sum(int(x) for x in open(f'/proc/{pid}/stat').read().rsplit(')', 1)[1].split()[11:13]) * 1000 / os.sysconf('SC_CLK_TCK')


def measure_ingest():
    say('events in batches of 1,000 orders, statistics kept')
    name = f'bench{int(time.time())}'
    made = json.loads(subprocess.run([BIN, 'feed', 'create', name, '--per-minute', '100000', '--json'], capture_output=True, text=True,
                                     check=True).stdout)
    members = sql('flash', 'select external from data.members where tenant = 1 limit 200000').split()
    stores = sql('flash', 'select store from data.stores where tenant = 1').split()
    daemon, rates = Daemon(), {0: [], 3: []}
    keepers = sql('flash', "select pid from pg_stat_activity where application_name = 'flashd keeper'").split()
    for _ in range(ROUNDS):
        for lines in rates:
            newest = int(sql('flash', 'select extract(epoch from max(ordered_at))::bigint from data.orders where tenant = 1'))
            requests = signed_batches(made['secret'], members, stores, newest, 40, lines)
            before = sum(map(cpu_ms, keepers)), cpu_ms(daemon.process.pid)
            rate, p99 = send_batches(daemon.port, made['path'], requests, 2)
            rates[lines].append(rate)
            say(f'  orders of {lines} lines: {rate:.0f} events/s, p99 {p99 / 1000:.0f} ms a batch; CPU a batch: PostgreSQL '
                f'{(sum(map(cpu_ms, keepers)) - before[0]) / 40:.0f} ms, flashd {(cpu_ms(daemon.process.pid) - before[1]) / 40:.0f} ms')
    daemon.close()
    goal('E1', 'events/s, batches of 1,000 orders', statistics.median(rates[0]), 20000)


GROWTH = [('gmv of 28 days by store, top 10', {'metric': 'gmv', 'window': 'last_28d', 'by': ['store'], 'limit': 10}),
          ('net_gmv of this year by tier', {'metric': 'net_gmv', 'window': 'this_year', 'by': ['tier']}),
          ('orders of a year by channel and month', {'metric': 'orders', 'window': 'last_365d', 'by': ['channel', 'month']})]


def growth_name(orders):
    return f'growth_{orders}' + ('' if STORES == '200' else f'_{STORES}')


def make_growth(orders):
    """A database with so many orders, kept for the next run; the settings of a daemon on it."""
    name = growth_name(orders)
    env = {'FLASHD_DATABASE': f'host={os.environ["PGHOST"]} dbname={name} user=flashd', 'FLASHD_STATE_FOLDER': f'{BENCH}/{name}',
           'FLASHD_ADMIN_DATABASE': f'host={os.environ["PGHOST"]} dbname={name} user=postgres', 'FLASHD_RESULT_CACHE': '0'}

    def run(*words):
        subprocess.run([BIN, *words, '--quiet'], env=dict(os.environ, **env), check=True, stdout=subprocess.DEVNULL)

    if sql('postgres', f"select count(*) from pg_database where datname = '{name}_ready'") == '1':
        run('migrate')
        return env
    sql('postgres', f'drop database if exists {name}')
    sql('postgres', f'create database {name}')
    shutil.rmtree(f'{BENCH}/{name}', ignore_errors=True)
    os.makedirs(f'{BENCH}/{name}')
    run('migrate')
    run('tenant', 'create', 'demo', '--name', 'Demo', '--zone', 'Europe/Paris', '--currency', 'EUR', '--admin', 'demo')
    run('key', 'create', '--preset', 'read-only', '--name', 'reader', '--per-minute', '100000', '--out', f'{BENCH}/{name}/reader.key')
    for first in range(1, orders + 1, 500000):
        subprocess.run(['psql', '-qX', '-d', name, '-v', f'first={first}', '-v', f'last={min(orders, first + 499999)}', '-v',
                        f'total={orders}', '-v', 'stores=' + STORES, '-f', HERE + '/growth.sql'], check=True, stdout=subprocess.DEVNULL)
        say(f'  {name}: {min(orders, first + 499999)} of {orders} orders made')
    sql(name, 'update data.tenants set data_as_of = (select max(ordered_at) from data.orders), data_version = 2')
    sql(name, 'vacuum analyze')
    env['before'] = '1'
    return env


def roll_growth(orders):
    name = growth_name(orders)
    left, started = 1, time.monotonic()
    while left:
        left = int(sql(name, 'select app.roll_days(1, 50)'))
        say(f'  {name}: {left} days left to sum up')
    sql(name, 'vacuum analyze data.order_days')
    sql('postgres', f'create database {name}_ready')
    rows = sql(name, "select count(*) || ' rows, ' || pg_size_pretty(pg_total_relation_size('data.order_days')) from data.order_days")
    say(f'  {name}: summed up in {time.monotonic() - started:.1f} s: {rows}')


def ask_growth(env, name, rounds):
    """Median milliseconds of each question over HTTP, without the cache, behind one to warm up; nan: no answer in time."""
    daemon, times = Daemon(**{key: value for key, value in env.items() if key != 'before'}), []
    for _, arguments in GROWTH:
        took = []
        for number in range(rounds + 1):
            body = {'jsonrpc': '2.0', 'id': 1, 'method': 'tools/call', 'params': {'name': 'query_metric', 'arguments': arguments, '_meta': {
                'io.modelcontextprotocol/protocolVersion': '2026-07-28', 'io.modelcontextprotocol/clientCapabilities': {}}}}
            request = urllib.request.Request(f'http://127.0.0.1:{daemon.port}/api/mcp', json.dumps(body).encode(), {
                'Content-Type': 'application/json', 'Accept': 'application/json, text/event-stream', 'Mcp-Method': 'tools/call',
                'MCP-Protocol-Version': '2026-07-28', 'Mcp-Name': 'query_metric',
                'Authorization': 'Bearer ' + key_of(f'{BENCH}/{name}/reader.key')})
            started = time.monotonic()
            answer = json.load(urllib.request.urlopen(request, timeout=60))
            if 'error' in answer or answer['result'].get('isError'):
                took = [float('nan')]
                break
            if number:
                took.append((time.monotonic() - started) * 1000)
        times.append(statistics.median(took))
    daemon.close()
    return times


def measure_growth():
    small = int(os.environ.get('BENCH_ORDERS', 5000000))
    say(f'the same questions over {small} and {10 * small} orders of {STORES} stores, of sums by the day and of the orders themselves')
    of_sums, of_orders = [], []
    for orders in (small, 10 * small):
        env, name = make_growth(orders), growth_name(orders)
        if env.get('before'):
            of_orders.append(hold_and_ask(env, name))
            roll_growth(orders)
        of_sums.append(ask_growth(env, name, 3 * ROUNDS))
    for at, (title, _) in enumerate(GROWTH):
        say(f'  {title:<40} of sums {of_sums[0][at]:8.1f} ms {of_sums[1][at]:8.1f} ms, {of_sums[1][at] / of_sums[0][at]:5.2f}x'
            + (f'; of orders {of_orders[0][at]:8.1f} ms {of_orders[1][at]:8.1f} ms, {of_orders[1][at] / of_orders[0][at]:5.2f}x'
               if len(of_orders) == 2 else ''))
    goal('G1', 'answers from sums: ten times the orders cost, at the worst', max(b / a for a, b in zip(*of_sums)), 3, False)


def hold_and_ask(env, name):
    """While the facts are held nothing is summed up."""
    holder = subprocess.Popen(['psql', '-qXAt', '-d', name], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    holder.stdin.write("begin; select pg_advisory_xact_lock(7303, 1); select 'held';\n")
    holder.stdin.flush()
    while holder.stdout.readline().strip() != 'held':
        pass
    times = ask_growth(env, name, 1)
    holder.communicate('rollback;\n')
    return times


def main():
    table = Table()
    wanted = sys.argv[1:] or ['calls', 'cycle', 'stop', 'size', 'ingest', 'growth', 'distinct']
    if 'calls' in wanted or 'size' in wanted:
        measure_calls(table)
        report_calls(table)
    if 'cycle' in wanted:
        measure_cycle()
    if 'stop' in wanted:
        measure_stop()
    if 'size' in wanted:
        measure_size(table)
    if 'ingest' in wanted:
        measure_ingest()
    if 'growth' in wanted:
        measure_growth()
    if 'distinct' in wanted:
        import distinct
        distinct.measure(sys.modules[__name__])


if __name__ == '__main__':
    main()
