// The real tools as a client meets them: who sees which, what the list promises and what calls keep of it
// (acceptance 13 to 19). Every tool's golden call is made from what the daemon's own data holds.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import Ajv2020 from 'ajv/dist/2020.js';
import { ask, askLegacy, callTool, daemon, golden, keys, listTools } from './client.mjs';
import { startDaemon } from './programs.mjs';

const ajv = new Ajv2020({ strict: false });
const mark = Date.now().toString(36);
const content = (answer) => answer.json.result.structuredContent;
const text = (answer) => answer.json.result.content[0].text;

const list = await listTools();
const byName = new Map(list.map((tool) => [tool.name, tool]));

const writing = ['earn_points', 'issue_coupon', 'draft_outreach', 'undo_action'];

test('a key sees the tools of its scopes and no others', async () => {
	const names = async (key) => (await listTools({ key })).map((tool) => tool.name);
	const readOnly = await names(keys.readOnly), agent = await names(keys.agent);

	assert.ok(list.length <= 25);
	assert.ok(readOnly.includes(golden.name) && readOnly.includes('whoami'));
	for (const tool of await listTools({ key: keys.readOnly }))
		assert.ok(!tool.annotations.destructiveHint, tool.name);
	for (const name of writing) {
		assert.ok(byName.has(name), name);
		assert.ok(!readOnly.includes(name), name);
	}
	for (const name of [...agent, ...byName.keys()])
		assert.ok(!/^(open_run|close_run|serve_chunk|claim_delivery|record_decisions)$/.test(name), name);
});

test('a hidden tool does not exist', async () => {
	for (const name of [...writing, 'open_run', 'claim_delivery', 'no_such_tool', 'Query_metric', `${golden.name} `, 'x'.repeat(5000)]) {
		const answer = await callTool(name, {}, { key: keys.readOnly, headers: { 'Mcp-Name': `=?base64?${Buffer.from(name).toString('base64')}?=` } });

		assert.equal(answer.status, 200);
		assert.equal(answer.json.error.code, -32602);
		assert.match(answer.json.error.message, /^Unknown tool: /);
	}
	const { json } = await ask('tools/list', {}, { key: keys.readOnly });

	assert.equal(json.result.cacheScope, 'private');
});

test('the list is the same each time, small, and clean', async () => {
	const first = (await ask('tools/list')).text;

	for (let i = 0; i < 20; i++)
		assert.equal((await ask('tools/list')).text, first);
	assert.ok(first.length <= 20480, `${first.length} bytes`);
	for (const tool of list) {
		assert.match(tool.name, /^[a-z0-9_]{1,30}$/);
		assert.ok(tool.description.length <= 400, `${tool.name}: ${tool.description.length}`);
		assert.deepEqual(Object.keys(tool.annotations).sort(), ['destructiveHint', 'idempotentHint', 'openWorldHint', 'readOnlyHint']);
		for (const schema of [tool.inputSchema, tool.outputSchema].filter(Boolean)) {
			assert.equal(schema.type, 'object');
			for (const word of ['oneOf', 'anyOf', 'allOf', 'if', 'then', 'else', '$ref', 'not'])
				assert.ok(!(word in schema), `${tool.name} has ${word}`);
			assert.ok(!JSON.stringify(schema).includes('"$ref"'));
			ajv.compile(schema);
		}
		assert.equal(tool.inputSchema.additionalProperties, false, tool.name);
	}
	const legacy = (await askLegacy('tools/list', {})).json.result;

	assert.deepEqual(legacy.tools, list);
	assert.deepEqual(Object.keys(legacy), ['tools']);
});

test('the list is the same after a restart', async (t) => {
	const first = (await ask('tools/list')).text;

	for (let i = 0; i < 2; i++) {
		const other = await startDaemon(t);

		assert.equal((await ask('tools/list', {}, { base: other.url })).text, first);
		assert.equal(await other.stop(), 0);
	}
});

test('the shipped examples fit the schemas that are listed', () => {
	for (const [name, tool] of byName) {
		const file = new URL(`../../mcp/tools/${name}.json`, import.meta.url);
		const check = ajv.compile(tool.inputSchema);

		for (const example of JSON.parse(readFileSync(file, 'utf8')).examples)
			assert.ok(check(example), `${name} ${JSON.stringify(example)}: ${ajv.errorsText(check.errors)}`);
	}
});

// What to call each tool with; later ones use what earlier ones gave.
const known = {};
const goldens = {
	whoami: () => ({}),
	list_metrics: () => ({ search: 'gmv' }),
	query_metric: () => golden.args,
	explain_change: () => golden.args,
	ask: () => ({ question: 'GMV last 7 days by store, top 3' }),
	get_dashboard_stats: () => ({}),
	list_members: () => ({ limit: 2 }),
	get_member: () => ({ member: known.member, include: ['coupons', 'consents', 'risk', 'timeline'] }),
	verify_number: async () => ({ receipt: (await cited()).receipts[0] }),
	list_stores: () => ({}),
	list_coupon_pools: () => ({ state: 'open' }),
	earn_points: () => ({ member: known.member, points: 10, reason: 'protocol test', idempotency_key: `${mark}-earn` }),
	issue_coupon: () => ({ member: known.member, pool: known.pool, idempotency_key: `${mark}-coupon` }),
	draft_outreach: () => ({ member: known.member, channel: 'email', subject: 'Protocol test', body: 'Dear {{first_name}}.', idempotency_key: `${mark}-draft` }),
	list_drafts: () => ({ state: 'any', text: true, limit: 2 }),
	list_actions: () => ({ limit: 2 }),
	list_runs: () => ({}),
	undo_action: () => ({ action: known.action }),
};

// What an agent's write cites.
async function cited() {
	return { receipts: [content(await callTool('query_metric', { metric: 'total_members' }, { key: keys.agent })).receipt.token] };
}

// A member who may be written to, and a pool that has coupons left.
async function learn() {
	if (known.member !== undefined)
		return;
	for (const { member } of content(await callTool('list_members', { limit: 50 })).items) {
		const { consents } = content(await callTool('get_member', { member: member.id, include: ['consents'] }));

		if (consents.some((one) => one.channel === 'email' && one.granted)) {
			known.member = member.id;
			break;
		}
	}
	known.pool = content(await callTool('list_coupon_pools', { state: 'open', limit: 50 })).items.find((one) => one.remaining > 0).pool;
}

for (const [name, tool] of byName) {
	if (!(name in goldens))
		continue;
	test(`${name} keeps its promise`, async () => {
		await learn();
		const answer = await callTool(name, await goldens[name]());
		const { result } = answer.json;

		assert.equal(answer.status, 200, answer.text);
		assert.ok(!result.isError, answer.text);
		assert.deepEqual(JSON.parse(text(answer)), result.structuredContent);
		assert.ok(answer.text.length <= 32768);
		const check = ajv.compile(tool.outputSchema);

		assert.ok(check(result.structuredContent), ajv.errorsText(check.errors));
		assert.equal(result.resultType, 'complete');
		if (name === 'earn_points')
			known.action = result.structuredContent.action;
	});
}

test('every tool has a golden call', () => {
	assert.deepEqual([...byName.keys()].filter((name) => !(name in goldens)), ['stop_agent']);
});

test('a write repeated with its key is done once; dry_run does nothing', async () => {
	await learn();
	const args = { member: known.member, points: 7, reason: 'protocol test', idempotency_key: `${mark}-again` };
	const balance = async () => content(await callTool('get_member', { member: known.member })).points;
	const before = JSON.stringify(await balance());
	const dry = await callTool('earn_points', { ...args, dry_run: true });

	assert.ok(!dry.json.result.isError, dry.text);
	assert.equal(JSON.stringify(await balance()), before);
	const first = await callTool('earn_points', args), after = JSON.stringify(await balance());

	assert.notEqual(after, before);
	assert.equal(content(await callTool('earn_points', args)).action, content(first).action);
	assert.equal(JSON.stringify(await balance()), after);
	const other = await callTool('earn_points', { ...args, points: 8 });

	assert.equal(other.json.result.isError, true);
	assert.equal(other.json.result._meta['flash/error'].code, 'key_reused');
	assert.equal(JSON.stringify(await balance()), after);
});

// One wrong field of each kind that a schema has: field, value shown, and what the sentence must also name.
function wrongs(schema) {
	const all = [[{ no_such_field: 1 }, /no_such_field/]];

	for (const [field, one] of Object.entries(schema.properties)) {
		if (one.enum)
			all.push([{ [field]: 'nonsense' }, new RegExp(`${field}.*"nonsense".*${one.enum[0]}`)]);
		if (one.type === 'integer')
			all.push([{ [field]: 'five' }, new RegExp(`${field}.*"five".*integer`)], [{ [field]: 1.5 }, new RegExp(`${field}.*1\\.5`)],
				[{ [field]: null }, new RegExp(`${field}.*null`)]);
		if (one.type === 'string' && !one.enum)
			all.push([{ [field]: 7 }, new RegExp(`${field}.*7.*string`)]);
		if (one.type === 'boolean')
			all.push([{ [field]: 'yes' }, new RegExp(`${field}.*"yes".*boolean`)]);
	}
	return all;
}

for (const [name, tool] of byName) {
	test(`wrong arguments of ${name} are explained`, async () => {
		const good = Object.fromEntries(Object.entries({ member: 1, points: 1, reason: 'x', pool: 'x', channel: 'email', subject: 'x', body: 'x',
			metric: 'gmv', question: 'x', receipt: 'x', idempotency_key: 'x' }).filter(([field]) => tool.inputSchema.required?.includes(field)));

		for (const [wrong, sentence] of wrongs(tool.inputSchema)) {
			const answer = await callTool(name, { ...good, ...wrong });

			assert.equal(answer.status, 200);
			assert.equal(answer.json.result?.isError, true, `${JSON.stringify(wrong)}: ${answer.text}`);
			assert.match(text(answer), sentence);
			assert.ok(!('structuredContent' in answer.json.result));
		}
	});
}

test('unknown names and ids are explained with what exists', async () => {
	const refused = async (name, args) => {
		const answer = await callTool(name, args);

		assert.equal(answer.status, 200);
		assert.equal(answer.json.result?.isError, true, answer.text);
		return text(answer);
	};

	assert.match(await refused('query_metric', { metric: 'gmw' }), /gmw.*gmv/s);
	assert.match(await refused('get_member', { member: 999999999 }), /999999999/);
	assert.match(await refused('earn_points', { member: 999999999, points: 1, reason: 'x', idempotency_key: `${mark}-nobody` }), /999999999/);
	assert.match(await refused('list_members', { tier: 'goldd' }), /goldd/);
});

test('arguments may be absent', async () => {
	assert.ok(content(await callTool('whoami')));
	const answer = await callTool('query_metric');

	assert.equal(answer.json.result.isError, true);
	assert.match(text(answer), /metric/);
});

test('cursors of lists and of list methods', async () => {
	for (const name of ['list_members', 'list_metrics']) {
		const page = content(await callTool(name, { limit: 1 })), all = content(await callTool(name, { limit: 2 }));

		assert.equal(page.truncated, true);
		const next = content(await callTool(name, { limit: 1, cursor: page.next_cursor }));

		assert.deepEqual([...page.items, ...next.items], all.items);
		const wrong = await callTool(name, { limit: 1, cursor: 'zzz' });

		assert.equal(wrong.json.result.isError, true);
		assert.match(text(wrong), /cursor/);
	}
	for (const method of ['tools/list', 'prompts/list', 'resources/list', 'resources/templates/list'])
		for (const cursor of ['zzz', '', 5]) {
			const { status, json } = await ask(method, { cursor });

			assert.deepEqual([status, json.error?.code], [200, -32602], `${method} ${cursor}`);
		}
});

test('unknown resources and prompts', async () => {
	const { status, json } = await ask('resources/read', { uri: 'flash://nothing' });

	assert.equal(status, 200);
	assert.deepEqual(json.error.data, { uri: 'flash://nothing' });
	assert.equal(json.error.code, -32602);
	assert.equal((await ask('resources/read', { uri: 'test://static-text' })).json.error.code, -32602);
	assert.equal((await ask('prompts/get', { name: 'nothing' })).json.error.code, -32602);
	for (const { uri } of (await ask('resources/list')).json.result.resources)
		assert.ok((await ask('resources/read', { uri })).json.result.contents[0].text.length > 0);
	for (const { name } of (await ask('prompts/list')).json.result.prompts)
		assert.ok((await ask('prompts/get', { name })).json.result.messages.length > 0);
});

test('names of members that look like orders stay data', async () => {
	const { json } = await callTool('list_members', { limit: 20 });

	// eslint-disable-next-line no-control-regex
	assert.doesNotMatch(JSON.stringify(json.result.structuredContent), /[\u0000-\u001f\u202a-\u202e\u2066-\u2069]/);
});

test('the agent key stops the agent at once, and a person lets it go on', { skip: process.env.FLASHD_RESUME === undefined && 'FLASHD_RESUME is not set' }, async () => {
	const tool = byName.get('stop_agent'), answer = await callTool('stop_agent', { reason: 'protocol test' }, { key: keys.agent });
	const check = ajv.compile(tool.outputSchema);

	assert.ok(check(content(answer)), ajv.errorsText(check.errors));
	await learn();
	const award = async (idem) => callTool('earn_points', { ...await cited(), member: known.member, points: 1, reason: 'x', idempotency_key: idem }, { key: keys.agent });
	const refused = await award(`${mark}-stopped`);

	assert.equal(refused.json.result.isError, true);
	assert.equal(refused.json.result._meta['flash/error'].code, 'stopped');
	execFileSync(daemon, process.env.FLASHD_RESUME.split(' '));
	assert.ok(content(await award(`${mark}-resumed`)));
});
