// POST /api/events: who may send, what is read and what is told, over plain HTTP.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import crypto from 'node:crypto';
import net from 'node:net';
import { test } from 'node:test';
import { raw, url } from './client.mjs';

const feed = JSON.parse(process.env.FLASHD_FEED);
const psql = (text) => {
	const [program, ...words] = process.env.FLASHD_PSQL.split(' ');

	return execFileSync(program, [...words, '-c', text], { encoding: 'utf8' }).trim();
};
const now = () => Math.floor(Date.now() / 1000);
let serial = 0;

function sign(body, { id = `w${serial++}`, at = now(), secret = feed.secret } = {}) {
	const key = Buffer.from(secret.slice('whsec_'.length), 'base64');
	const mac = crypto.createHmac('sha256', key).update(`${id}.${at}.`).update(body).digest('base64');

	return { 'webhook-id': id, 'webhook-timestamp': String(at), 'webhook-signature': `v1,${mac}` };
}
function post(body, { headers = {}, path = feed.path, ...how } = {}) {
	const text = typeof body === 'string' ? body : JSON.stringify(body);

	return raw({ path, key: null, body: text, headers: { ...sign(text, how), ...headers } });
}
const order = (id, more = {}, data = {}) => ({ id, type: 'order', timestamp: '2026-11-20T10:00:00Z', data: { order: `t-${id}`,
	channel: 'web', ordered_at: '2026-11-20T09:00:00+01:00', gross_cents: 1250, ...data }, ...more });
const count = (id) => Number(psql(`select count(*) from data.orders where order_ref like 't-${id}%'`));
const audits = () => Number(psql("select count(*) from journal.audit where tool = 'events'"));
// Every request leaves one row, before its answer.
async function noted(code, ask) {
	const before = audits();
	const answer = await ask();

	assert.equal(audits(), before + 1);
	assert.equal(psql("select code from journal.audit where tool = 'events' order by at desc limit 1"), code);
	return answer;
}

test('a signed batch is taken once, however often it comes', async () => {
	const body = { events: [order('a1'), order('a2')] };
	const first = await noted('', () => post(body));

	assert.equal(first.status, 200, first.text);
	assert.deepEqual([first.json.accepted, first.json.duplicates, first.json.refused, first.json.events], [2, 0, 0, []]);
	const second = await post(body);

	assert.equal(second.status, 200);
	assert.deepEqual([second.json.accepted, second.json.duplicates], [0, 2]);
	assert.deepEqual(second.json.events[0], { index: 0, id: 'a1', status: 'duplicate' });
	assert.equal(second.json.data_version, first.json.data_version);
	assert.equal(count('a'), 2);
});

test('one event alone is a body, its id the webhook-id', async () => {
	const { id, ...alone } = order('b1');

	assert.equal((await post(alone, { id: 'evt_b1' })).json.accepted, 1);
	assert.equal((await post(alone, { id: 'evt_b1' })).json.duplicates, 1);
	assert.equal(psql("select event from data.events where event = 'evt_b1'"), 'evt_b1');
});

test('good events are kept, bad ones told by their index', async () => {
	const bad = [order('c1'), order('c2', {}, { gross_cents: -1 }), order('c3', {}, { colour: 'red' }), 7, order('c5', { type: 'sale' }),
		order('c6', { timestamp: '2026-11-20T10:00:00' }), order('c7', {}, { store: 'nowhere' }), order('c8', {}, { ordered_at: '2199-01-01T00:00:00Z' }),
		order('c9', {}, { lines: [{ line: 1, units: 1, amount_cents: 5 }, { line: 1, units: 1, amount_cents: 5 }] }), order('c0', { id: '' }),
		order('c11', {}, { member: 'nobody yet' }), order('c1', {}, { gross_cents: 9 }), order('c12', {}, { units: 1.5 }), order('c13')];
	const { status, json } = await post({ events: bad });

	assert.equal(status, 200);
	assert.deepEqual([json.accepted, json.parked, json.refused], [2, 1, 11]);
	assert.deepEqual(json.events.map((e) => e.index), [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]);
	const reason = (index) => json.events.find((e) => e.index === index).reason;

	assert.match(reason(1), /gross_cents must be a whole number from 0/);
	assert.match(reason(2), /no field "colour".*discount_cents/);
	assert.match(reason(4), /order, refund, visit/);
	assert.match(reason(5), /timestamp must be an instant with its offset/);
	assert.match(reason(6), /no store "nowhere"/);
	assert.match(reason(7), /at most a day ahead/);
	assert.match(reason(10), /waits for the member/);
	assert.match(reason(11), /used before/);
	assert.equal(count('c'), 2);
	const again = await post({ events: [order('c7')] });

	assert.equal(again.json.accepted, 1, 'what was refused may be sent again under its id');
	const mixed = await post({ events: [order('c97'), order('c98', {}, { store: 'nowhere' })] });

	assert.deepEqual([mixed.json.accepted, mixed.json.refused], [1, 1], 'nothing of it was sent before');
	assert.equal((await post({ events: [order('c98')] })).json.accepted, 1);
	assert.equal((await post({ events: [order('c99', {}, { store: 'nowhere' })] })).status, 422, 'nothing of it is good');
});

const forgeries = [
	['another secret', (body) => sign(body, { secret: `whsec_${crypto.randomBytes(32).toString('base64')}` }), /signature/],
	['an old timestamp', (body) => sign(body, { at: now() - 301 }), /30[1-9] seconds behind/],
	['a timestamp ahead', (body) => sign(body, { at: now() + 320 }), /ahead/],
	['a timestamp that was changed', (body) => ({ ...sign(body), 'webhook-timestamp': String(now() - 1) }), /signature/],
	['an id that was changed', (body) => ({ ...sign(body), 'webhook-id': 'other' }), /signature/],
	['an id with a dot', (body) => sign(body, { id: 'a.b' }), /without a dot/],
	['no signature', (body) => ({ ...sign(body), 'webhook-signature': undefined }), /webhook-signature/],
	['no id', (body) => ({ ...sign(body), 'webhook-id': undefined }), /webhook-id/],
	['no timestamp', (body) => ({ ...sign(body), 'webhook-timestamp': undefined }), /webhook-timestamp/],
	['two ids', (body) => ({ ...sign(body, { id: 'x' }), 'webhook-id': ['x', 'x'] }), /once each/],
	['another version of the scheme', (body) => ({ ...sign(body), 'webhook-signature': sign(body)['webhook-signature'].replace('v1', 'v1a') }), /signature/],
	['a signature that is cut', (body) => ({ ...sign(body), 'webhook-signature': sign(body)['webhook-signature'].slice(0, -8) }), /signature/],
	['an empty signature', (body) => ({ ...sign(body), 'webhook-signature': 'v1,' }), /signature/],
	['a body that was cut', (body) => sign(`${body} `), /signature/],
];

for (const [name, forge, says] of forgeries)
	test(`refused: ${name}`, async () => {
		const body = JSON.stringify({ events: [order('d1')] });
		const answer = await noted('bad_key', () => raw({ path: feed.path, key: null, body, headers: forge(body) }));

		assert.equal(answer.status, 401, answer.text);
		assert.equal(answer.json.error, 'bad_key');
		assert.match(answer.json.message, says);
		assert.equal(count('d1'), 0);
	});

test('a feed that is not there looks like a wrong signature', async () => {
	const body = { events: [order('d2')] };
	const here = await post(body, { secret: `whsec_${crypto.randomBytes(32).toString('base64')}` });
	const nobody = await noted('bad_key', () => post(body, { path: '/api/events/1/nobody' }));
	const nowhere = await post(body, { path: '/api/events/999999/shop' });

	assert.deepEqual([nobody.status, nobody.text], [here.status, here.text]);
	assert.deepEqual([nowhere.status, nowhere.text], [here.status, here.text]);
	for (const path of ['/api/events/', '/api/events/1', '/api/events/1/', '/api/events/x/shop', '/api/events/1/shop/x', '/api/events/1/Shop',
		'/api/events/01234567890/shop', '/api/events/1/shop?x=1'])
		assert.equal((await post(body, { path })).status, 404, path);
	assert.equal((await raw({ path: feed.path, method: 'GET', key: null })).status, 405);
});

test('several signatures: one right one is enough', async () => {
	const body = JSON.stringify({ events: [order('e1')] });
	const headers = sign(body), wrong = `v1,${crypto.randomBytes(32).toString('base64')}`;

	headers['webhook-signature'] = `${wrong} v1a,abc ${headers['webhook-signature']}`;
	assert.equal((await raw({ path: feed.path, key: null, body, headers })).json.accepted, 1);
	headers['webhook-signature'] = `${wrong} ${wrong}`;
	assert.equal((await raw({ path: feed.path, key: null, body, headers })).status, 401);
	headers['webhook-signature'] = `${`${wrong} `.repeat(9)}${sign(body, { id: headers['webhook-id'] })['webhook-signature']}`;
	assert.equal((await raw({ path: feed.path, key: null, body, headers })).status, 401, 'no more than eight are looked at');
});

test('what cannot be read is refused whole', async () => {
	const bodies = [['', 400], ['[]', 400], ['{}', 400], ['{"events":[]}', 400], ['{"events":{}}', 400], ['null', 400], ['{"events":[1],"x":1}', 400],
		['{"events":[', 400], ['{"events":[{"id":"x","id":"y"}]}', 400], [`{"events":${'['.repeat(50)}${']'.repeat(50)}}`, 400], ['\ufeff{}', 400]];

	for (const [body, status] of bodies) {
		const answer = await noted('bad_format', () => post(body));

		assert.equal(answer.status, status, body);
	}
	const plain = await noted('bad_format', () => post({ events: [order('f1')] }, { headers: { 'Content-Type': 'text/plain' } }));

	assert.equal(plain.status, 415);
	const many = (size) => ({ events: Array.from({ length: size }, (_, i) => order(`g${i}`)) });

	assert.equal((await noted('over_cap', () => post(many(1001)))).status, 413);
	assert.equal(count('g'), 0);
	assert.equal((await post(many(1000))).json.accepted, 1000);
	assert.equal(count('g'), 1000);
});

test('a body may be larger here than elsewhere, but not without end', async () => {
	const wide = (size) => JSON.stringify({ events: [order('h1')] }).padEnd(size);

	assert.equal((await post(wide(3 << 20))).json.accepted, 1);
	assert.equal((await raw({ body: wide(300 << 10) })).status, 413, 'the MCP endpoint keeps its own cap');
	const answer = await new Promise((resolve, reject) => {
		const { hostname, port } = new URL(url);
		const socket = net.connect(port, hostname, () => socket.write(`POST ${feed.path} HTTP/1.1\r\nHost: localhost\r\n`
			+ `Content-Length: ${(4 << 20) + 1}\r\n\r\n`));
		let text = '';

		socket.on('data', (piece) => { text += piece; });
		socket.on('end', () => resolve(text));
		socket.on('error', reject);
	});

	assert.match(answer, /^HTTP\/1\.1 413 /);
});

test('a body that ends early is not a request', async () => {
	const body = JSON.stringify({ events: [order('i1')] });
	const headers = sign(body);
	const answer = await new Promise((resolve, reject) => {
		const { hostname, port } = new URL(url);
		const socket = net.connect(port, hostname, () => socket.end(`POST ${feed.path} HTTP/1.1\r\nHost: localhost\r\n`
			+ Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`).join('') + 'Content-Type: application/json\r\n'
			+ `Content-Length: ${body.length}\r\n\r\n${body.slice(0, -10)}`));
		let text = '';

		socket.on('data', (piece) => { text += piece; });
		socket.on('end', () => resolve(text));
		socket.on('error', reject);
	});

	assert.match(answer, /^HTTP\/1\.1 400 /);
	assert.equal(count('i1'), 0);
});

test('batches at once: every event counts once', async () => {
	const batches = Array.from({ length: 8 }, (_, b) => ({ events: Array.from({ length: 50 }, (_, i) => order(`j${(b * 25 + i) % 200}`)) }));
	const answers = await Promise.all(batches.map((body) => post(body)));

	assert.ok(answers.every((answer) => answer.status === 200), answers.map((a) => a.text).join('\n'));
	assert.equal(answers.reduce((sum, { json }) => sum + json.accepted, 0), 200);
	assert.equal(answers.reduce((sum, { json }) => sum + json.duplicates, 0), 200);
	assert.equal(count('j'), 200);
});
