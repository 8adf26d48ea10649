// The front door over plain HTTP: eras, headers, ids, names, keys, hosts (acceptance 5 to 12 and 23).
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import net from 'node:net';
import { test } from 'node:test';
import { ask, askLegacy, callTool, daemon, golden, keys, meta, modern, raw, readLog, logSize, url } from './client.mjs';

const versions = ['2025-03-26', '2025-06-18', '2025-11-25'];
const discover = { jsonrpc: '2.0', id: 7, method: 'server/discover', params: { _meta: meta() } };
const discoverHeaders = { 'MCP-Protocol-Version': modern, 'Mcp-Method': 'server/discover' };
const call = (params) => ({ jsonrpc: '2.0', id: 7, method: 'tools/call', params: { _meta: meta(), ...params } });

test('discover answers with our name, version and hints', async () => {
	const { status, json } = await ask('server/discover', {}, { id: 0 });

	assert.equal(status, 200);
	assert.equal(json.id, 0);
	assert.equal(json.result.resultType, 'complete');
	assert.deepEqual(json.result.supportedVersions, [modern]);
	assert.ok(Number.isInteger(json.result.ttlMs) && json.result.ttlMs >= 0);
	assert.equal(json.result.cacheScope, 'private');
	assert.equal(json.result._meta['io.modelcontextprotocol/serverInfo'].name, 'flash');
	assert.ok(json.result.instructions.length <= 1024);
	assert.deepEqual(Object.keys(json.result.capabilities).sort(), ['prompts', 'resources', 'tools']);
	assert.ok(!JSON.stringify(json.result.capabilities).includes('listChanged'));
});

// name, headers, body, HTTP status, JSON-RPC code (0: a result), check of the error
const probes = [
	['modern', discoverHeaders, discover, 200, 0],
	['modern, header names in other letters', { 'mcp-protocol-version': modern, 'MCP-METHOD': 'server/discover' }, discover, 200, 0],
	['no _meta, modern header', discoverHeaders, { ...discover, params: {} }, 400, -32602],
	['no params, modern header', discoverHeaders, { jsonrpc: '2.0', id: 7, method: 'server/discover' }, 400, -32602],
	['no version in _meta', discoverHeaders, { ...discover, params: { _meta: { 'io.modelcontextprotocol/clientCapabilities': {} } } }, 400, -32602],
	['no capabilities in _meta', discoverHeaders, { ...discover, params: { _meta: { 'io.modelcontextprotocol/protocolVersion': modern } } }, 400, -32602],
	['capabilities are a list', discoverHeaders, { ...discover, params: { _meta: meta([]) } }, 400, -32602],
	['version in _meta is a number', discoverHeaders, { ...discover, params: { _meta: meta({}, 20260728) } }, 400, -32602],
	['no version header', { 'Mcp-Method': 'server/discover' }, discover, 400, -32020],
	['version header of another revision', { ...discoverHeaders, 'MCP-Protocol-Version': '2025-11-25' }, discover, 400, -32020],
	['version header twice', { ...discoverHeaders, 'MCP-Protocol-Version': [modern, modern] }, discover, 400, -32020],
	['unknown version', { ...discoverHeaders, 'MCP-Protocol-Version': 'v999' }, { ...discover, params: { _meta: meta({}, 'v999') } }, 400, -32022,
		(error) => assert.deepEqual(error.data, { supported: [modern], requested: 'v999' })],
	['legacy version per request', { ...discoverHeaders, 'MCP-Protocol-Version': '2025-11-25' }, { ...discover, params: { _meta: meta({}, '2025-11-25') } }, 400, -32022],
	['no Mcp-Method', { 'MCP-Protocol-Version': modern }, discover, 400, -32020],
	['other Mcp-Method', { ...discoverHeaders, 'Mcp-Method': 'tools/list' }, discover, 400, -32020],
	['Mcp-Method in other letters', { ...discoverHeaders, 'Mcp-Method': 'SERVER/DISCOVER' }, discover, 400, -32020],
	['no Mcp-Name', { ...discoverHeaders, 'Mcp-Method': 'tools/call' }, call({ name: 'whoami' }), 400, -32020],
	['other Mcp-Name', { ...discoverHeaders, 'Mcp-Method': 'tools/call', 'Mcp-Name': 'earn_points' }, call({ name: 'whoami' }), 400, -32020],
	['Mcp-Name twice', { ...discoverHeaders, 'Mcp-Method': 'tools/call', 'Mcp-Name': ['whoami', 'whoami'] }, call({ name: 'whoami' }), 400, -32020],
	['Mcp-Name without a name', { ...discoverHeaders, 'Mcp-Method': 'tools/call', 'Mcp-Name': 'whoami' }, call({}), 400, -32020],
	['Mcp-Name with blanks around', { ...discoverHeaders, 'Mcp-Method': 'tools/call', 'Mcp-Name': '  whoami  ' }, call({ name: 'whoami' }), 200, 0],
	['a call without a name', { ...discoverHeaders, 'Mcp-Method': 'tools/call' }, call({}), 200, -32602],
	['arguments are a list', { ...discoverHeaders, 'Mcp-Method': 'tools/call', 'Mcp-Name': 'whoami' }, call({ name: 'whoami', arguments: [] }), 200, -32602],
	...['ping', 'initialize', 'logging/setLevel', 'resources/subscribe', 'subscriptions/listen', 'completion/complete', 'x/y'].map((method) =>
		[`modern ${method}`, { ...discoverHeaders, 'Mcp-Method': method }, { ...discover, method }, 404, -32601]),
	['modern tasks/get of another id', { ...discoverHeaders, 'Mcp-Method': 'tasks/get', 'Mcp-Name': 'a' },
		{ ...discover, method: 'tasks/get', params: { _meta: meta(), taskId: 'b' } }, 400, -32020],
	['legacy ping', {}, { jsonrpc: '2.0', id: 7, method: 'ping' }, 200, 0],
	['legacy unknown method', {}, { jsonrpc: '2.0', id: 7, method: 'x/y' }, 200, -32601],
	['legacy discover', {}, { jsonrpc: '2.0', id: 7, method: 'server/discover' }, 200, -32601],
	['legacy header that is no version', { 'MCP-Protocol-Version': '1999-01-01' }, { jsonrpc: '2.0', id: 7, method: 'ping' }, 400, -32600,
		(error) => assert.match(error.message, /2026-07-28.*2025-11-25.*2025-06-18.*2025-03-26/)],
	['id 0', {}, { jsonrpc: '2.0', id: 0, method: 'ping' }, 200, 0],
	['id is a text', {}, { jsonrpc: '2.0', id: 'server-discover-probe-1', method: 'ping' }, 200, 0],
	['id is null', {}, { jsonrpc: '2.0', id: null, method: 'ping' }, 400, -32600],
	['id is 1.5', {}, { jsonrpc: '2.0', id: 1.5, method: 'ping' }, 400, -32600],
	['id is an object', {}, { jsonrpc: '2.0', id: {}, method: 'ping' }, 400, -32600],
	['jsonrpc 1.0', {}, { jsonrpc: '1.0', id: 7, method: 'ping' }, 400, -32600],
	['no jsonrpc', {}, { id: 7, method: 'ping' }, 400, -32600],
	['no method', {}, { jsonrpc: '2.0', id: 7 }, 400, -32600],
	['method is a number', {}, { jsonrpc: '2.0', id: 7, method: 7 }, 400, -32600],
	['a response to nothing', {}, { jsonrpc: '2.0', id: 7, result: {} }, 400, -32600],
	['a modern response', { 'MCP-Protocol-Version': modern }, { jsonrpc: '2.0', id: 7, result: {} }, 400, -32600,
		(error) => assert.match(error.message, /only requests and notifications/)],
	['params are a list', {}, { jsonrpc: '2.0', id: 7, method: 'ping', params: [] }, 400, -32602],
];

for (const [name, headers, body, status, code, check] of probes) {
	test(`era table: ${name}`, async () => {
		const answer = await raw({ headers, body: JSON.stringify(body) });

		assert.equal(answer.status, status, answer.text);
		assert.equal(answer.json.error?.code ?? 0, code, answer.text);
		if (['string', 'number'].includes(typeof body.id) && (typeof body.id === 'string' || Number.isInteger(body.id)))
			assert.strictEqual(answer.json.id, body.id);
		else
			assert.ok(!('id' in answer.json));
		check?.(answer.json.error);
	});
}

// body, status, code
const bodies = [
	['not JSON', '{"jsonrpc":', 400, -32700],
	['empty', '', 400, -32700],
	['text behind', '{"jsonrpc":"2.0","id":1,"method":"ping"} x', 400, -32700],
	['null', 'null', 400, -32600],
	['a number', '42', 400, -32600],
	['a text', '"ping"', 400, -32600],
	['a key twice', '{"jsonrpc":"2.0","id":1,"id":2,"method":"ping"}', 400, -32700],
	['a key twice, inside', '{"jsonrpc":"2.0","id":1,"method":"ping","params":{"a":1,"a":1}}', 400, -32700],
	['a key twice, spelled otherwise', '{"jsonrpc":"2.0","id":1,"method":"ping","params":{"a":1,"\\u0061":1}}', 400, -32700],
	['NUL in a text', '{"jsonrpc":"2.0","id":1,"method":"pi\\u0000ng"}', 400, -32700],
	['half a surrogate pair', '{"jsonrpc":"2.0","id":1,"method":"\\ud800"}', 400, -32700],
	['invalid UTF-8', Buffer.from('{"jsonrpc":"2.0","id":1,"method":"\xc3\x28"}', 'latin1'), 400, -32700],
	['overlong UTF-8', Buffer.from('{"jsonrpc":"2.0","id":1,"method":"\xc0\xaf"}', 'latin1'), 400, -32700],
	['a number too large', '{"jsonrpc":"2.0","id":9223372036854775808,"method":"ping"}', 400, -32700],
	['64 levels', `{"jsonrpc":"2.0","id":1,"method":"ping","params":{"a":${'['.repeat(62)}${']'.repeat(62)}}}`, 200, 0],
	['65 levels', `{"jsonrpc":"2.0","id":1,"method":"ping","params":{"a":${'['.repeat(63)}${']'.repeat(63)}}}`, 400, -32600],
	['brackets and quotes inside texts', `{"jsonrpc":"2.0","id":1,"method":"ping","params":{"a":"${'[{'.repeat(100)}\\\\","b":"\\"${'['.repeat(100)}"}}`, 200, 0],
	['100,000 levels', '['.repeat(100000), 400, -32600],
];

for (const [name, body, status, code] of bodies) {
	test(`body: ${name}`, async () => {
		const answer = await raw({ body });

		assert.equal(answer.status, status, answer.text);
		assert.equal(answer.json.error?.code ?? 0, code, answer.text);
		if (code === -32700)
			assert.ok(!('id' in answer.json));
	});
}

test('a body that is too large is 413, another type or encoding 415', async () => {
	assert.equal((await raw({ body: `{"a":"${'x'.repeat(300000)}"}` })).status, 413);
	for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'application/jsonp', undefined])
		assert.equal((await raw({ headers: { 'Content-Type': type }, body: JSON.stringify(discover) })).status, 415, type);
	assert.equal((await raw({ headers: { 'Content-Encoding': 'gzip' }, body: JSON.stringify(discover) })).status, 415);
	assert.equal((await raw({ headers: { ...discoverHeaders, 'Content-Type': 'application/json; charset=utf-8' }, body: JSON.stringify(discover) })).status, 200);
});

test('an Accept header of any kind, or none, is fine', async () => {
	for (const Accept of ['*/*', 'application/json', 'text/event-stream', undefined])
		assert.equal((await ask('server/discover', {}, { headers: { Accept } })).status, 200);
});

test('Mcp-Name in Base64', async () => {
	const encoded = (text) => `=?base64?${Buffer.from(text).toString('base64')}?=`;
	const named = (value, name = golden.name) => callTool(name, golden.args, { headers: { 'Mcp-Name': value } });

	assert.ok((await named(encoded(golden.name))).json.result.structuredContent);
	for (const bad of ['=?base64?cXVlcnlfbWV0cmlj=?=', '=?base64?cXVlcnlfbWV0cm!j?=', '=?base64??=', encoded('whoami'),
		'=?BASE64?cXVlcnlfbWV0cmlj?=', encoded(golden.name).slice(0, -2), `${encoded(golden.name)}x`]) {
		const { status, json } = await named(bad);

		assert.equal(status, 400, bad);
		assert.equal(json.error.code, -32020, bad);
	}
	// Padding whose spare bits are not zero is another spelling of the same bytes: refused.
	assert.equal((await named('=?base64?d2hvYW0=?=', 'whoam')).status, 200);
	assert.equal((await named('=?base64?d2hvYW1=?=', 'whoam')).status, 400);
	assert.equal((await named('=?base64?d2hvYQ==?=', 'whoa')).status, 200);
	assert.equal((await named('=?base64?d2hvYR==?=', 'whoa')).status, 400);
});

test('initialize as bridges send it: with modern headers, without _meta', async () => {
	for (const protocolVersion of [...versions, '1999-01-01', undefined]) {
		const params = { protocolVersion, capabilities: {}, clientInfo: { name: 'bridge', version: '1' } };
		const { status, json, headers } = await askLegacy('initialize', params, { id: 0, headers: { 'Mcp-Method': 'initialize' } });

		assert.equal(status, 200);
		assert.equal(json.result.protocolVersion, versions.includes(protocolVersion) ? protocolVersion : '2025-11-25');
		assert.equal(json.result.serverInfo.name, 'flash');
		assert.ok(!('resultType' in json.result) && !('ttlMs' in json.result));
		assert.ok(!('mcp-session-id' in headers));
	}
	for (const version of [...versions, undefined])
		assert.ok((await askLegacy('tools/list', {}, { version })).json.result.tools.length > 0);
});

test('other methods are 405 with Allow, and there is never a session', async () => {
	for (const method of ['GET', 'DELETE', 'PUT', 'PATCH', 'OPTIONS', 'HEAD']) {
		const { status, headers } = await raw({ method });

		assert.equal(status, 405, method);
		assert.equal(headers.allow, 'POST');
		assert.ok(!('mcp-session-id' in headers));
	}
	const { status, headers } = await ask('server/discover', {}, { headers: { 'Mcp-Session-Id': 'x', 'Last-Event-ID': '1' } });

	assert.equal(status, 200);
	assert.ok(!('mcp-session-id' in headers));
});

test('foreign Origin and Host are refused before the key is looked at', async () => {
	const body = JSON.stringify(discover);
	const send = (headers, key) => raw({ headers: { ...discoverHeaders, ...headers }, body, key });

	for (const key of [keys.full, 'fl_live_nonsense', null]) {
		for (const Origin of ['http://evil.example', 'null', 'http://localhost.evil.example', 'http://127.0.0.1.evil.example:80', 'file://'])
			assert.equal((await send({ Origin }, key)).status, 403, Origin);
		for (const Host of ['evil.example', 'localhost.evil.example', '127.0.0.1.evil.example', 'localhost:x', '[::2]:80'])
			assert.ok([400, 403].includes((await send({ Host }, key)).status), Host);   // 400: not even a Host
	}
	for (const Host of ['localhost', 'localhost:1234', '127.0.0.1', '127.0.0.1:80', '[::1]', '[::1]:8080', 'LOCALHOST'])
		assert.equal((await send({ Host, Origin: `http://${Host}` }, keys.full)).status, 200, Host);
});

test('no key, a bad key, a key in the wrong place', async () => {
	const none = await raw({ key: null, body: JSON.stringify(discover) });

	assert.equal(none.status, 401);
	assert.equal(none.headers['www-authenticate'], 'Bearer realm="flash"');
	assert.match(none.json.error.message, /API key.*Authorization: Bearer/);
	for (const key of ['fl_live_nonsense', 'x', `${keys.full}x`, keys.full.slice(0, -1), `${keys.full.slice(0, -8)}00000000`]) {
		const { status, headers, json, text } = await raw({ key, body: JSON.stringify(discover) });

		assert.equal(status, 401, key);
		assert.match(headers['www-authenticate'], /^Bearer realm="flash", error="invalid_token", error_description="[^"]+"$/);
		assert.match(json.error.message, /key/i);
		assert.ok(!text.includes(key) || key.length < 3);
	}
	for (const scheme of ['Basic', 'bearer:'])
		assert.equal((await raw({ key: null, headers: { Authorization: `${scheme} ${keys.full}` }, body: '{}' })).status, 401);
	const mark = logSize(), path = `/api/mcp?key=${keys.full}&authorization=${keys.full}`;

	assert.equal((await raw({ key: null, path, body: JSON.stringify(discover) })).status, 401);
	assert.ok(!readLog(mark).includes(keys.full));
	// Before the key, whatever else is wrong.
	assert.equal((await raw({ key: 'fl_live_nonsense', headers: { 'Content-Type': 'text/plain' }, body: 'x' })).status, 401);
	assert.equal((await raw({ key: 'fl_live_nonsense', body: '{' })).status, 401);
});

test('a revoked key gets nothing more, though it was known a moment ago', async () => {
	const flashd = (...words) => execFileSync(daemon, words, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();
	const key = flashd('key', 'create', '--preset', 'read-only', '--name', 'short-lived', '--per-minute', '1000');
	const all = () => Promise.all([ask('tools/list', {}, { key }), ask('server/discover', {}, { key }), callTool(golden.name, golden.args, { key }),
		askLegacy('initialize', {}, { key }), ask('x/y', {}, { key }), raw({ body: '{', key })]);

	assert.deepEqual((await all()).map((one) => one.status), [200, 200, 200, 200, 404, 400]);
	flashd('key', 'revoke', key.split('_')[2], '--yes', '--confirm', 'demo', '--reason', 'protocol test');
	for (const { status, headers, json } of await all()) {
		assert.equal(status, 401);
		assert.match(headers['www-authenticate'], /error="invalid_token"/);
		assert.match(json.error.message, /key/);
	}
});

// One caller on a kept connection: sends its next request when the answer to the one before is there, as a whole, or all
// of them at once.
async function converse(key, ids, atOnce) {
	const { hostname, port } = new URL(url), socket = net.connect(Number(port), hostname), answers = [];
	let bytes = Buffer.alloc(0), arrived = () => {};

	socket.on('data', (piece) => { bytes = Buffer.concat([bytes, piece]); arrived(); });
	const head = () => bytes.indexOf('\r\n\r\n') + 4;
	const size = () => head() < 4 ? Infinity : head() + Number(/content-length: (\d+)/i.exec(bytes.toString('latin1', 0, head()))[1]);
	const request = (id) => {
		const body = JSON.stringify({ jsonrpc: '2.0', id, method: 'tools/call', params: { name: golden.name, arguments: golden.args } });

		return `POST /api/mcp HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer ${key}\r\nContent-Type: application/json\r\n` +
			`Content-Length: ${body.length}\r\n\r\n${body}`;
	};

	if (atOnce)
		socket.write(ids.map(request).join(''));
	for (const id of ids) {
		if (!atOnce)
			socket.write(request(id));
		while (bytes.length < size())
			await new Promise((resolve) => { arrived = resolve; });
		const end = size();

		answers.push(JSON.parse(bytes.toString('utf8', head(), end)).id);
		bytes = bytes.subarray(end);
	}
	const rest = new Promise((resolve) => socket.on('close', () => resolve(bytes.length)));

	socket.end();
	return { answers, rest: await rest };
}

test('of many callers at once each gets its own answers, whole and once', async () => {
	const key = execFileSync(daemon, ['key', 'create', '--preset', 'read-only', '--name', 'crowd', '--per-minute', '100000'],
		{ encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();
	const crowd = Array.from({ length: 48 }, (_, caller) => Array.from({ length: 25 }, (_, turn) => `${caller}-${turn}`));
	const got = await Promise.all(crowd.map((ids, caller) => converse(key, ids, caller % 4 === 0)));

	assert.deepEqual(got.map((one) => one.answers), crowd);
	assert.deepEqual(got.filter((one) => one.rest !== 0), []);
});

test('every answer and every refusal is in the record before it goes out', { skip: !process.env.FLASHD_PSQL && 'FLASHD_PSQL is not set' }, async () => {
	const [program, ...words] = process.env.FLASHD_PSQL.split(' ');
	const rows = () => Number(execFileSync(program, [...words, '-c', 'select count(*) from journal.audit'], { encoding: 'utf8' }));
	const body = JSON.stringify(discover);

	for (const [status, send] of [
		[200, () => ask('tools/list')], [200, () => callTool(golden.name, golden.args)], [200, () => askLegacy('ping')],
		[200, () => callTool('no_such_tool', {})], [404, () => ask('x/y')], [400, () => raw({ body: '{' })],
		[415, () => raw({ headers: { 'Content-Type': 'text/plain' }, body })], [401, () => raw({ key: null, body })],
		[401, () => raw({ key: 'fl_live_nonsense', body })], [403, () => raw({ headers: { Origin: 'http://evil.example' }, body })],
		[403, () => raw({ headers: { Host: 'evil.example' }, body })], [405, () => raw({ method: 'GET' })],
	]) {
		const before = rows();

		assert.equal((await send()).status, status);
		assert.equal(rows() - before, 1, `${send}`);
	}
});

test('nothing is announced at the well-known places, and /register says what to do', async () => {
	const paths = ['/.well-known/oauth-protected-resource/api/mcp', '/.well-known/oauth-protected-resource',
		'/.well-known/oauth-authorization-server/api/mcp', '/.well-known/oauth-authorization-server',
		'/.well-known/openid-configuration/api/mcp', '/.well-known/openid-configuration',
		'/api/mcp/.well-known/openid-configuration'];

	for (const path of paths) {
		const { status, headers, json } = await raw({ method: 'GET', path, key: null });

		assert.equal(status, 404, path);
		assert.equal(headers['content-type'], 'application/json');
		assert.ok(json.error);
	}
	const { status, json } = await raw({ path: '/register', key: null, body: '{"client_name":"x"}' });

	assert.equal(status, 400);
	assert.equal(json.error, 'invalid_client_metadata');
	assert.match(json.error_description, /claude mcp add --transport http flash http:\/\/\S+\/api\/mcp --header "Authorization: Bearer fl_live_/);
	assert.equal((await raw({ method: 'GET', path: '/register', key: null })).status, 405);
});

test('healthz answers without a key', async () => {
	const { status, json } = await raw({ method: 'GET', path: '/healthz', key: null });

	assert.equal(status, 200);
	assert.equal(json.status, 'ok');
});

test('notifications are taken with 202 and nothing', async () => {
	for (const headers of [{}, { 'MCP-Protocol-Version': '2025-11-25' }, { 'MCP-Protocol-Version': modern, 'Mcp-Method': 'notifications/cancelled' }]) {
		const { status, text } = await raw({ headers, body: '{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":9}}' });

		assert.equal(status, 202);
		assert.equal(text, '');
	}
	assert.equal((await raw({ body: '{"jsonrpc":"2.0","method":"notifications/initialized"}' })).status, 202);
});

test('batches only where 2025-03-26 allows them', async () => {
	const body = JSON.stringify([{ jsonrpc: '2.0', id: 1, method: 'ping' }, { jsonrpc: '2.0', method: 'notifications/initialized' },
		{ jsonrpc: '2.0', id: 'two', method: 'tools/call', params: { name: golden.name, arguments: golden.args } },
		{ jsonrpc: '2.0', id: 3, method: 'x/y' }, { jsonrpc: '2.0', id: 4, method: 'initialize', params: {} }, 5]);

	for (const version of [undefined, '2025-03-26']) {
		const { status, json } = await raw({ headers: { 'MCP-Protocol-Version': version }, body });

		assert.equal(status, 200);
		assert.deepEqual(json.map((one) => one.id), [1, 'two', 3, 4, undefined]);
		assert.deepEqual(json[0].result, {});
		assert.ok(json[1].result.structuredContent);
		assert.deepEqual(json.slice(2).map((one) => one.error.code), [-32601, -32600, -32600]);
	}
	for (const version of ['2025-06-18', '2025-11-25', modern])
		assert.equal((await raw({ headers: { 'MCP-Protocol-Version': version }, body })).status, 400);
	const quiet = await raw({ body: '[{"jsonrpc":"2.0","method":"notifications/initialized"}]' });

	assert.deepEqual([quiet.status, quiet.text], [202, '']);
	assert.equal((await raw({ body: '[]' })).status, 400);
	assert.equal((await raw({ body: JSON.stringify(Array(33).fill({ jsonrpc: '2.0', id: 1, method: 'ping' })) })).status, 400);
});
