// Puts an API key on every request and lets everything else through untouched, Host and Origin too: the conformance
// suite has no option for a header. Usage: node authproxy.mjs PORT TARGET KEY, or openProxy() from a test.
import http from 'node:http';

export async function openProxy(target, key, port = 0) {
	const { hostname, port: targetPort } = new URL(target);
	const server = http.createServer((request, response) => {
		const onward = http.request({
			host: hostname, port: targetPort, method: request.method, path: request.url,
			headers: { ...request.headers, authorization: `Bearer ${key}` },
		}, (answer) => {
			response.writeHead(answer.statusCode, answer.headers);
			answer.pipe(response);
		});
		onward.on('error', () => {
			if (!response.headersSent)
				response.writeHead(502);
			response.end();
		});
		response.on('close', () => onward.destroy());
		request.pipe(onward);
	});
	await new Promise((ready) => server.listen(port, '127.0.0.1', ready));
	return {
		url: `http://localhost:${server.address().port}/api/mcp`,
		close: () => new Promise((closed) => {
			server.closeAllConnections();
			server.close(closed);
		}),
	};
}

if (process.argv[1] === new URL(import.meta.url).pathname) {
	const [port, target, key] = process.argv.slice(2);
	console.log((await openProxy(target, key, Number(port))).url);
}
