// Real clients but Claude Code: the Inspector, both SDKs, the stdio bridge (acceptance 24, 26 and 30).
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Client as ClientV2, StreamableHTTPClientTransport as TransportV2 } from '@modelcontextprotocol/client';
import { Client as ClientV1 } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport as TransportV1 } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { asked, callTool, golden, keys, logSize, url } from './client.mjs';
import { home, inspector, mcpRemote, runNode } from './programs.mjs';

const who = { name: 'flashd-tests', version: '1' };
const withKey = (key) => ({ requestInit: { headers: { Authorization: `Bearer ${key}` } } });

// The golden answer without what may differ between two calls.
const expected = (await callTool(golden.name, golden.args)).json.result.structuredContent;

function inspect(t, era, key, more) {
	return runNode(inspector, ['--cli', url, '--transport', 'http', '--protocol-era', era, '--format', 'json',
		'--header', `Authorization: Bearer ${key}`, ...more], { env: { HOME: home(t) } });
}

const call = ['--method', 'tools/call', '--tool-name', golden.name,
	...Object.entries(golden.args).flatMap(([name, value]) => ['--tool-arg', `${name}=${value}`])];

for (const era of ['legacy', 'auto', 'modern'])
	test(`Inspector, ${era}`, async (t) => {
		const { status, stdout, stderr } = await inspect(t, era, keys.full, call);

		assert.equal(status, 0, stderr);
		assert.deepEqual(JSON.parse(stdout).result.structuredContent, expected);
		const list = await inspect(t, era, keys.full, ['--method', 'tools/list', '--strict']);

		assert.equal(list.status, 0, list.stderr);
		assert.ok(list.stdout.includes('"whoami"') && !list.stdout.includes('"test_'));
	});

test('Inspector, bad key', async (t) => {
	assert.equal((await inspect(t, 'legacy', 'fl_live_nonsense', ['--method', 'tools/list'])).status, 3);
});

test('SDK v1', async () => {
	const client = new ClientV1(who), transport = new TransportV1(new URL(url), withKey(keys.full));

	await client.connect(transport);
	assert.equal(client.getServerVersion().name, 'flash');
	assert.equal(transport.sessionId, undefined);
	assert.ok((await client.listTools()).tools.length > 3);
	assert.deepEqual((await client.callTool({ name: golden.name, arguments: golden.args })).structuredContent, expected);
	assert.equal((await client.callTool({ name: golden.name, arguments: {} })).isError, true);
	await assert.rejects(client.callTool({ name: 'no_such_tool', arguments: {} }), /Unknown tool: no_such_tool/);
	await client.ping();
	await client.close();
	await assert.rejects(new ClientV1(who).connect(new TransportV1(new URL(url), withKey('fl_live_nonsense'))), /401|key/);
});

for (const [name, mode, era] of [['legacy', undefined, 'legacy'], ['auto', 'auto', 'modern'], ['pinned', { pin: '2026-07-28' }, 'modern']])
	test(`SDK v2, ${name}`, async () => {
		const open = async (key) => {
			const client = new ClientV2(who, mode && { versionNegotiation: { mode } });

			await client.connect(new TransportV2(new URL(url), withKey(key)));
			return client;
		};
		const client = await open(keys.full);

		assert.equal(client.getProtocolEra(), era);
		assert.ok((await client.listTools()).tools.length > 3);
		assert.ok((await client.listPrompts()).prompts.length > 0);
		assert.ok(Array.isArray((await client.listResources()).resources));
		assert.deepEqual((await client.callTool({ name: golden.name, arguments: golden.args })).structuredContent, expected);
		await assert.rejects(client.callTool({ name: 'no_such_tool', arguments: {} }), /Unknown tool: no_such_tool/);
		await client.close();
		await assert.rejects(open('fl_live_nonsense'));
	});

test('SDK v2 reads a long answer to its end', async () => {
	const client = new ClientV2(who), rows = [], pages = [];

	await client.connect(new TransportV2(new URL(url), withKey(keys.full)));
	for (let cursor; pages.length === 0 || cursor !== undefined; cursor = pages.at(-1).next_cursor) {
		const answer = await client.callTool({ name: 'query_metric', arguments: { metric: 'gmv', by: ['store', 'channel'],
			window: 'last_90d', limit: 15, ...(cursor === undefined ? {} : { cursor }) } });

		assert.ok(!answer.isError && pages.length < 100, JSON.stringify(answer.content));
		pages.push(answer.structuredContent);
		rows.push(...answer.structuredContent.rows);
		assert.ok(JSON.stringify(answer).length <= 32768);
		assert.equal(answer.structuredContent.truncated, answer.structuredContent.next_cursor !== undefined);
		assert.deepEqual(answer.structuredContent.total, pages[0].total);
		assert.equal(rows.reduce((sum, row) => sum + (row.value ?? 0), answer.structuredContent.rest?.value ?? 0),
			pages[0].value);
	}
	assert.ok(pages.length > 2);
	assert.equal(new Set(rows.map((row) => `${row.store} ${row.channel}`)).size, rows.length);
	await client.close();
});

test('mcp-remote', async (t) => {
	const mark = logSize(), lines = [
		{ id: 0, method: 'initialize', params: { protocolVersion: '2025-11-25', capabilities: {}, clientInfo: who } },
		{ method: 'notifications/initialized' },
		{ id: 1, method: 'tools/list' },
		{ id: 2, method: 'tools/call', params: { name: golden.name, arguments: golden.args } },
	].map((one) => `${JSON.stringify({ jsonrpc: '2.0', ...one })}\n`).join('');
	const { stdout } = await runNode(mcpRemote, [url, '--allow-http', '--transport', 'http-only', '--header', 'Authorization:${AUTH_HEADER}'],
		{ env: { HOME: home(t), AUTH_HEADER: `Bearer ${keys.full}` }, input: lines, until: (text) => text.split('\n').length > 3 });
	// The bridge asks at once; the order in which the answers come is the daemon's affair.
	const answers = stdout.trim().split('\n').map((line) => JSON.parse(line)).sort((a, b) => a.id - b.id);

	assert.deepEqual(answers.map((one) => one.id), [0, 1, 2]);
	assert.deepEqual(answers[2].result.structuredContent, expected);
	assert.ok(asked(mark).every((line) => !/ 5\d\d/.test(line)));
});
