// A model endpoint on this machine that follows a script instead of thinking: Claude Code talks to it as to the real
// one, and the tests see exactly what the model would have seen. A script is a list of turns: { tool, input } calls a
// tool (after finding it by ToolSearch when the client keeps tools back), { text } says something and ends.
import http from 'node:http';

const usage = { input_tokens: 10, output_tokens: 10 };

function frames(block, delta, stop, model, number) {
	const message = { id: `msg_${number}`, type: 'message', role: 'assistant', model, content: [], stop_reason: null, stop_sequence: null, usage };
	const events = [
		{ type: 'message_start', message },
		{ type: 'content_block_start', index: 0, content_block: block },
		{ type: 'content_block_delta', index: 0, delta },
		{ type: 'content_block_stop', index: 0 },
		{ type: 'message_delta', delta: { stop_reason: stop, stop_sequence: null }, usage },
		{ type: 'message_stop' },
	];

	return events.map((event) => `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`).join('');
}

// The parts of the last user message that answer a tool's call.
const results = (body) => [body.messages.at(-1).content].flat().filter((part) => part.type === 'tool_result');

export async function openModel(script) {
	const seen = [], strange = [];
	let turn = 0, number = 0;

	function answer(body) {
		const names = (body.tools ?? []).map((tool) => tool.name), model = body.model;
		const say = (text) => frames({ type: 'text', text: '' }, { type: 'text_delta', text }, 'end_turn', model, ++number);
		const use = (name, input) => frames({ type: 'tool_use', id: `toolu_${++number}`, name, input: {} },
			{ type: 'input_json_delta', partial_json: JSON.stringify(input) }, 'tool_use', model, number);

		if (names.length === 0)
			return say('ok');   // a side question: a title, a summary
		seen.push(...results(body));
		const next = script[turn];

		if (next === undefined || next.text !== undefined) {
			turn++;
			return say(next?.text ?? 'Done.');
		}
		if (!names.includes(next.tool) && names.includes('ToolSearch') && !next.searched) {
			next.searched = true;
			return use('ToolSearch', { query: `select:${next.tool}` });
		}
		turn++;
		return use(next.tool, next.input);
	}

	const server = http.createServer((request, response) => {
		let text = '';

		request.on('data', (piece) => { text += piece; });
		request.on('end', () => {
			if (request.method === 'POST' && request.url.startsWith('/v1/messages/count_tokens')) {
				response.writeHead(200, { 'Content-Type': 'application/json' }).end('{"input_tokens":10}');
			} else if (request.method === 'POST' && request.url.startsWith('/v1/messages')) {
				response.writeHead(200, { 'Content-Type': 'text/event-stream' }).end(answer(JSON.parse(text)));
			} else {
				strange.push(`${request.method} ${request.url}`);
				response.writeHead(404, { 'Content-Type': 'application/json' }).end('{}');
			}
		});
	});

	await new Promise((ready) => server.listen(0, '127.0.0.1', ready));
	return {
		url: `http://localhost:${server.address().port}`,
		strange,
		// What each tool call of the script answered: { text, isError }; ToolSearch's answers are left out.
		results: () => seen.filter((part) => !JSON.stringify(part.content).includes('tool_reference')).map((part) => ({
			isError: part.is_error === true,
			text: [part.content].flat().map((one) => one.text ?? one).join(''),
		})),
		close: () => new Promise((closed) => {
			server.closeAllConnections();
			server.close(closed);
		}),
	};
}
