// What the protocol tests share: the daemon under test (from the environment) and plain HTTP requests to it. Plain
// node:http, because fetch hides the Host header.
import http from 'node:http';
import { readFileSync } from 'node:fs';

function need(name) {
	if (!process.env[name])
		throw new Error(`${name} is not set: start these tests with tests/protocol/run`);
	return process.env[name];
}

export const url = need('FLASHD_URL');
export const keys = {
	full: need('FLASHD_KEY'),
	readOnly: need('FLASHD_KEY_READONLY'),
	agent: need('FLASHD_KEY_AGENT'),
	conformance: need('FLASHD_KEY_CONFORMANCE'),
};
export const logFile = need('FLASHD_LOG');
export const daemon = need('FLASHD_BIN');
export const origin = new URL(url).origin;
export const modern = '2026-07-28';
export const folder = new URL('.', import.meta.url).pathname;

// One request as it is. `key: null` sends none.
export function raw({ method = 'POST', path = '/api/mcp', headers = {}, body = '', key = keys.full, base = url } = {}) {
	const { hostname, port } = new URL(base);
	const all = { 'Content-Type': 'application/json', Accept: 'application/json, text/event-stream', ...headers };

	if (key !== null)
		all.Authorization = `Bearer ${key}`;
	for (const name of Object.keys(all))
		if (all[name] === undefined)
			delete all[name];
	return new Promise((resolve, reject) => {
		const request = http.request({ hostname, port, method, path, headers: all, agent: false }, (response) => {
			let text = '';

			response.setEncoding('utf8');
			response.on('data', (piece) => { text += piece; });
			response.on('end', () => {
				let json;

				try {
					json = JSON.parse(text);
				} catch {
					json = undefined;
				}
				resolve({ status: response.statusCode, headers: response.headers, text, json });
			});
			response.on('error', reject);
		});

		request.on('error', reject);
		request.end(body);
	});
}

export const meta = (capabilities = {}, version = modern) => ({
	'io.modelcontextprotocol/protocolVersion': version,
	'io.modelcontextprotocol/clientCapabilities': capabilities,
});

// A request of the modern era with every header it needs; `headers` may change or drop some.
export function ask(method, params = {}, { id = 1, headers = {}, capabilities, ...rest } = {}) {
	const body = { jsonrpc: '2.0', id, method, params: { _meta: meta(capabilities), ...params } };
	const name = { 'tools/call': params.name, 'prompts/get': params.name, 'resources/read': params.uri }[method];

	return raw({
		headers: { 'MCP-Protocol-Version': modern, 'Mcp-Method': method, 'Mcp-Name': name, ...headers },
		body: JSON.stringify(body), ...rest,
	});
}

// A request of the legacy era.
export function askLegacy(method, params, { id = 1, version, headers = {}, ...rest } = {}) {
	return raw({
		headers: { 'MCP-Protocol-Version': version, ...headers },
		body: JSON.stringify({ jsonrpc: '2.0', id, method, params }), ...rest,
	});
}

export const callTool = (name, args, options = {}) =>
	ask('tools/call', args === undefined ? { name } : { name, arguments: args }, options);

export async function listTools(options) {
	return (await ask('tools/list', {}, options)).json.result.tools;
}

// The messages of an event stream.
export function events(text) {
	return text.split('\n\n').filter((frame) => frame.startsWith('event: message\ndata: '))
		.map((frame) => JSON.parse(frame.slice('event: message\ndata: '.length)));
}

// The daemon's log as it is now, from byte `from`.
export const readLog = (from = 0) => readFileSync(logFile).subarray(from).toString('utf8');
export const logSize = () => readFileSync(logFile).length;

// What the access log (log_level debug) says was asked since byte `from`: "POST /api/mcp tools/list 200".
export const asked = (from) => readLog(from).split('\n').filter((line) => line.includes('"event":"request"'))
	.map((line) => JSON.parse(line).message.replace(/ key=.*/, ''));

// The call that every key with metrics:read may make, and that gives the same answer each time.
export const golden = { name: 'query_metric', args: { metric: 'gmv', window: 'last_7d' } };
