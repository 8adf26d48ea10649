// No key is kept anywhere it does not belong: log, record, database (acceptance 34). Runs after the clients' tests, so
// that what they sent is looked through too.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { test } from 'node:test';
import { ask, callTool, keys, logFile, raw, readLog } from './client.mjs';

const all = Object.values(keys);
const secretOf = (key) => key.split('_').at(-1).slice(0, 12);

test('a key in the arguments is refused, not kept', async () => {
	for (const args of [{ metric: keys.full }, { metric: `see ${keys.agent}` }, { metric: 'gmv', filters: { tier: [keys.full] } }, { [keys.full]: 1 }]) {
		const { status, json, text } = await callTool('query_metric', args);

		assert.equal(status, 200);
		assert.equal(json.result.isError, true);
		assert.match(json.result.content[0].text, /hold an API key/);
		assert.ok(!text.includes(secretOf(keys.full)) && !text.includes(secretOf(keys.agent)));
	}
	await callTool('earn_points', { member: 1, points: 1, reason: `paid with ${keys.full}`, idempotency_key: keys.full });
	await callTool(keys.full, {});
	await ask('resources/read', { uri: keys.full });
	await ask(keys.full);
	await raw({ path: `/${keys.full}?x=${keys.full}`, key: null });
});

test('no key in the log', () => {
	const log = readLog();

	assert.ok(log.length > 0, logFile);
	for (const key of all)
		assert.ok(!log.includes(secretOf(key)));
	assert.doesNotMatch(log, /fl_live_[0-9a-z]/);
});

test('no key in the database', { skip: !process.env.FLASHD_DUMP && 'FLASHD_DUMP is not set' }, () => {
	const [program, ...args] = process.env.FLASHD_DUMP.split(' ');
	const dump = execFileSync(program, args, { encoding: 'utf8', maxBuffer: 1 << 30 });

	assert.match(dump, /COPY journal\.audit /);
	for (const key of all)
		assert.ok(!dump.includes(secretOf(key)));
	assert.doesNotMatch(dump, /fl_live_[0-9a-z]/);
});

test('who guesses keys is held up; who has the right one is not', async () => {
	const wrong = (i) => `${keys.agent.slice(0, -12)}${String(i).padStart(12, '0')}`;
	const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/list' });
	const seen = [];
	let last;

	assert.equal((await raw({ key: keys.agent, body })).status, 200);
	for (let i = 0; i < 80 && seen.at(-1) !== 429; i++) {
		last = await raw({ key: wrong(i), body });
		seen.push(last.status);
	}
	assert.ok(seen.slice(0, -1).every((status) => status === 401), seen.join(' '));
	assert.equal(last.status, 429);
	assert.equal(last.headers['retry-after'], '60');
	assert.match(last.text, /Too many wrong API keys/);
	assert.equal((await raw({ key: keys.agent, body })).status, 200);
	assert.equal((await raw({ key: 'fl_live_nonsense', body })).status, 429);
});
