// The conformance fixtures: who sees them, streams, and rounds with sealed state (acceptance 4, 20 and 22).
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';
import { ask, askLegacy, callTool, daemon, events, keys, listTools, raw } from './client.mjs';
import { startDaemon } from './programs.mjs';
import { openStream } from './stream.mjs';

const key = keys.conformance;
const capabilities = { elicitation: {}, sampling: {}, roots: {} };
const accept = (content) => ({ action: 'accept', content });
const tool = 'test_input_required_result_request_state';

// One step of a fixture that asks first.
const step = (name, params = {}, options = {}) =>
	ask('tools/call', { name, arguments: {}, ...params }, { key, capabilities, ...options });

test('fixtures are invisible to every other key', async () => {
	assert.ok((await listTools({ key })).some((one) => one.name === tool));
	for (const other of [keys.full, keys.readOnly, keys.agent]) {
		assert.ok(!(await listTools({ key: other })).some((one) => /^test_|_2020_12_/.test(one.name)));
		assert.equal((await callTool('test_simple_text', {}, { key: other })).json.error.code, -32602);
		assert.ok(!(await ask('prompts/list', {}, { key: other })).text.includes('test_'));
		assert.ok(!(await ask('resources/list', {}, { key: other })).text.includes('test://'));
	}
});

test('fixtures are invisible to their own key where the daemon was not started for them', async (t) => {
	const { url: base } = await startDaemon(t, { FLASHD_CONFORMANCE: '0' });

	assert.ok(!(await listTools({ key, base })).some((one) => one.name.startsWith('test_')));
	assert.equal((await callTool('test_simple_text', {}, { key, base })).json.error.code, -32602);
	assert.equal((await askLegacy('logging/setLevel', { level: 'info' }, { key, base })).json.error.code, -32601);
});

test('the daemon refuses fixtures on an address that others reach', () => {
	for (const address of ['0.0.0.0', '::', '192.0.2.1']) {
		const { status, stderr, stdout } = spawnSync(daemon, ['serve'], { encoding: 'utf8', timeout: 20000,
			env: { ...process.env, FLASHD_CONFORMANCE: '1', FLASHD_HTTP_ADDRESS: address, FLASHD_HTTP_PORT: '0' } });

		assert.ok(status > 0, `status ${status}`);
		assert.match(stderr + stdout, /conformance/);
	}
});

test('progress comes as a stream only to those who asked for it', async () => {
	for (const token of ['t', 7]) {
		const { headers, text } = await ask('tools/call', { name: 'test_tool_with_progress', arguments: {},
			_meta: { ...metaOf(), progressToken: token } }, { key });
		const all = events(text), last = all.pop();

		assert.match(headers['content-type'], /^text\/event-stream/);
		assert.equal(headers['x-accel-buffering'], 'no');
		assert.equal(headers['cache-control'], 'no-cache');
		assert.equal(last.result.resultType, 'complete');
		assert.deepEqual(all.map((one) => one.params.progress), [0, 50, 100]);
		for (const one of all)
			assert.strictEqual(one.params.progressToken, token);
	}
	const plain = await callTool('test_tool_with_progress', {}, { key });

	assert.equal(plain.headers['content-type'], 'application/json');
});

function metaOf() {
	return { 'io.modelcontextprotocol/protocolVersion': '2026-07-28', 'io.modelcontextprotocol/clientCapabilities': {} };
}

test('without the capability a question is refused with what it needs', async () => {
	const { status, json } = await step(tool, {}, { capabilities: {} });

	assert.equal(status, 400);
	assert.equal(json.error.code, -32021);
	assert.deepEqual(json.error.data, { requiredCapabilities: { elicitation: {} } });
});

test('a question, its answer, and every way to cheat', async () => {
	const begin = async () => (await step(tool)).json.result;
	const answers = { confirm: accept({ ok: true }) };
	const first = await begin();
	const refused = async (params, options) => {
		const { status, json } = await step(tool, params, options);

		assert.deepEqual([status, json.error?.code], [200, -32602], JSON.stringify(json));
	};

	assert.equal(first.resultType, 'input_required');
	assert.ok(first.inputRequests.confirm.method === 'elicitation/create' && first.requestState);
	const good = { inputResponses: answers, requestState: first.requestState };

	// The state is bound to key, tool and arguments.
	await refused({ ...good, arguments: { other: 1 } });
	const elsewhere = await ask('tools/call', { name: 'test_streaming_elicitation', arguments: {}, ...good }, { key, capabilities });

	assert.equal(elsewhere.json.error.code, -32602);
	for (let at = 0; at < first.requestState.length; at += 37) {
		const flipped = first.requestState[at] === '0' ? '1' : '0';

		await refused({ ...good, requestState: first.requestState.slice(0, at) + flipped + first.requestState.slice(at + 1) });
	}
	for (const state of ['', 'x', '00', `${first.requestState}00`, first.requestState.slice(2), 7, null, {}])
		await refused({ ...good, requestState: state });
	// None of that used it up.
	const done = (await step(tool, good)).json.result;

	assert.equal(done.resultType, 'complete');
	assert.match(done.content[0].text, /state-ok.*true/);
	await refused(good);   // replayed
	await refused({ inputResponses: { confirm: { action: 'perhaps' } }, requestState: (await begin()).requestState });
});

test('no is a normal answer', async () => {
	for (const action of ['decline', 'cancel']) {
		const { requestState } = (await step(tool)).json.result;
		const { result } = (await step(tool, { inputResponses: { confirm: { action } }, requestState })).json;

		assert.equal(result.resultType, 'complete');
		assert.ok(!result.isError);
		assert.match(result.content[0].text, /Nothing was done/);
	}
});

test('missing answers are asked for again', async () => {
	const { requestState } = (await step(tool)).json.result;
	const again = (await step(tool, { inputResponses: { other: accept({}) }, requestState })).json.result;

	assert.equal(again.resultType, 'input_required');
	assert.notEqual(again.requestState, requestState);
});

test('a legacy client is asked on the stream, and nobody else can answer', async () => {
	const stream = await openStream({ key, body: { jsonrpc: '2.0', id: 5, method: 'tools/call',
		params: { name: 'test_elicitation', arguments: { message: 'Who are you?' } } } });
	const question = await stream.next();

	assert.equal(question.method, 'elicitation/create');
	assert.equal(question.params.message, 'Who are you?');
	const answer = { jsonrpc: '2.0', id: question.id, result: { action: 'accept', content: { username: 'u', email: 'e' } } };

	assert.equal((await raw({ key: keys.full, body: JSON.stringify(answer) })).status, 400);
	assert.equal((await raw({ key, body: JSON.stringify({ ...answer, id: 'guess' }) })).status, 400);
	assert.equal((await raw({ key, body: JSON.stringify(answer) })).status, 202);
	const { id, result } = await stream.next();

	assert.equal(id, 5);
	assert.match(result.content[0].text, /accept.*"username":"u"/);
	assert.equal((await raw({ key, body: JSON.stringify(answer) })).status, 400);
	assert.equal(await stream.next(), undefined);
});

test('methods of the fixtures do not exist for others', async () => {
	for (const method of ['logging/setLevel', 'resources/subscribe', 'resources/unsubscribe', 'completion/complete'])
		assert.equal((await askLegacy(method, {})).json.error.code, -32601);
});
