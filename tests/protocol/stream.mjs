// An event stream that is read message by message, as it comes.
import http from 'node:http';
import { url } from './client.mjs';

export async function openStream({ key, body, headers = {} }) {
	const response = await new Promise((resolve, reject) => {
		const request = http.request(url, { method: 'POST', agent: false,
			headers: { 'Content-Type': 'application/json', Authorization: `Bearer ${key}`, ...headers } }, resolve);

		request.on('error', reject);
		request.end(JSON.stringify(body));
	});
	const pieces = response[Symbol.asyncIterator]();
	let text = '';

	response.setEncoding('utf8');
	return {
		response,
		// The next message; undefined when the stream has ended.
		async next() {
			for (;;) {
				const end = text.indexOf('\n\n');

				if (end >= 0) {
					const frame = text.slice(0, end);

					text = text.slice(end + 2);
					return JSON.parse(frame.replace(/^event: message\ndata: /, ''));
				}
				const { value, done } = await pieces.next();

				if (done)
					return undefined;
				text += value;
			}
		},
	};
}
