// Claude Code itself, without an account: connecting, and whole sessions against a scripted model (acceptance 27 to 29).
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { asked, callTool, golden, keys, logSize, url } from './client.mjs';
import { openModel } from './model.mjs';
import { claude, home, run } from './programs.mjs';

const prefix = 'mcp__flash__';
const environment = (path) => ({ HOME: path, CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '1', DISABLE_AUTOUPDATER: '1' });

async function connect(t, key) {
	const path = home(t), options = { env: environment(path), cwd: path };
	const header = key === null ? [] : ['--header', `Authorization: Bearer ${key}`];
	const added = await run(claude, ['mcp', 'add', '--transport', 'http', 'flash', url, ...header], options);

	assert.equal(added.status, 0, added.stderr);
	return (await run(claude, ['mcp', 'list'], options)).stdout;
}

test('claude mcp add, claude mcp list: connected', async (t) => {
	const mark = logSize();

	assert.match(await connect(t, keys.full), /flash: .* ✔ Connected/);
	assert.deepEqual(asked(mark).filter((line) => !line.startsWith('POST /api/mcp ')), []);
});

test('a bad key is a failed connection with our sentence', async (t) => {
	const out = await connect(t, 'fl_live_nonsense');

	assert.match(out, /✘ Failed to connect.*Server rejected the configured Authorization header \(HTTP 401\)/);
	assert.match(out, /not an API key of flash|API key is not valid/);
});

test('no key leads to the text of /register', async (t) => {
	assert.match(await connect(t, null), /Flash uses API keys, not OAuth: claude mcp add --transport http flash http:\/\//);
});

// A whole headless session: the model follows the script; what the tools gave it comes back.
async function session(t, script, { key = keys.full, allow = ['mcp__flash'], settings } = {}) {
	const path = home(t), model = await openModel(script);
	const config = join(path, 'mcp.json'), more = [];

	writeFileSync(config, JSON.stringify({ mcpServers: { flash: { type: 'http', url, headers: { Authorization: `Bearer ${key}` } } } }));
	if (settings !== undefined) {
		writeFileSync(join(path, 'settings.json'), JSON.stringify(settings));
		more.push('--settings', join(path, 'settings.json'));
	}
	const { status, stdout, stderr } = await run(claude, ['-p', 'go', '--mcp-config', config, '--strict-mcp-config', ...more,
		...(allow.length > 0 ? ['--allowedTools', ...allow] : []), '--output-format', 'stream-json', '--verbose'],
	{ cwd: path, env: { ...environment(path), ANTHROPIC_BASE_URL: model.url, ANTHROPIC_API_KEY: 'none' } });

	await model.close();
	assert.equal(status, 0, stderr + stdout.slice(-2000));
	const first = stdout.split('\n').map((line) => (line ? JSON.parse(line) : {})).find((line) => line.subtype === 'init');

	assert.equal(first.mcp_servers.find((one) => one.name === 'flash')?.status, 'connected');
	return model.results();
}

const use = (name, input) => ({ tool: prefix + name, input });

test('a session: the model gets the governed answer, whole', async (t) => {
	const expected = (await callTool(golden.name, golden.args)).json.result.structuredContent;
	const mark = logSize();
	const [answer] = await session(t, [use(golden.name, golden.args), { text: 'Done.' }]);

	assert.equal(answer.isError, false);
	assert.deepEqual(JSON.parse(answer.text), expected);
	// Discovery, the lists that were declared, the call, and nothing else: no OAuth, no GET, no session.
	const lines = asked(mark), once = ['server/discover 200', 'tools/list 200', `tools/call ${golden.name} 200`];

	for (const line of once)
		assert.ok(lines.includes(`POST /api/mcp ${line}`), lines.join('\n'));
	assert.deepEqual(lines.filter((line) => ![...once, 'prompts/list 200', 'resources/list 200'].includes(line.replace('POST /api/mcp ', ''))), []);
});

test('refusals reach the model word for word, and never as an OAuth dance', async (t) => {
	const wrong = { metric: 'no_such_metric' };
	const said = (await callTool(golden.name, wrong)).json.result.content[0].text;
	const [answer] = await session(t, [use(golden.name, wrong)]);

	assert.equal(answer.isError, true);
	assert.ok(answer.text.includes(said), `${answer.text}\n${said}`);
	assert.doesNotMatch(answer.text, /Dynamic Client Registration/);
});

test('a write over its limit reaches the model word for word', async (t) => {
	const member = (await callTool('list_members', { limit: 1 })).json.result.structuredContent.items[0].member.id;
	const args = { member, points: 10000000, reason: 'protocol test', idempotency_key: `over-${Date.now()}` };
	const said = (await callTool('earn_points', args)).json.result;
	const [answer] = await session(t, [use('earn_points', args)]);

	assert.equal(said.isError, true);
	assert.ok(answer.isError && answer.text.includes(said.content[0].text), answer.text);
});

test('a tool that the key lacks is not there for the model', async (t) => {
	const mark = logSize();
	const answers = await session(t, [use('earn_points', { member: 1, points: 1, reason: 'x', idempotency_key: 'x' })], { key: keys.readOnly });

	assert.match(answers.at(-1).text, /No such tool|No matching|not found/i);
	assert.ok(asked(mark).every((line) => !line.includes('earn_points')));
});

test('a write needs permission; without it nothing reaches us', async (t) => {
	const mark = logSize();
	const [answer] = await session(t, [use('earn_points', { member: 1, points: 1, reason: 'x', idempotency_key: 'y' })], { allow: [] });

	assert.equal(answer.isError, true);
	assert.ok(asked(mark).every((line) => !line.includes('earn_points')));
});

test('a question is cancelled headless, and answered by a hook', async (t) => {
	const call = use('test_input_required_result_request_state', {});
	const [cancelled] = await session(t, [call], { key: keys.conformance });

	assert.match(cancelled.text, /Nothing was done.*cancel/);
	const output = { hookSpecificOutput: { hookEventName: 'Elicitation', action: 'accept', content: { ok: true } } };
	const settings = { hooks: { Elicitation: [{ matcher: '', hooks: [{ type: 'command', command: `echo '${JSON.stringify(output)}'` }] }] } };
	const [accepted] = await session(t, [use('test_input_required_result_request_state', {})], { key: keys.conformance, settings });

	assert.match(accepted.text, /state-ok.*true/);
});

test('a tool that wants its person is refused headless, even when allowed', async (t) => {
	const mark = logSize();
	const [answer] = await session(t, [use('test_user_interaction', {})], { key: keys.conformance });

	assert.equal(answer.isError, true);
	assert.match(answer.text, /permission/i);
	assert.ok(asked(mark).every((line) => !line.includes('test_user_interaction')));
});
