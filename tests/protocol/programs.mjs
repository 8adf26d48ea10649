// Runs a program and gathers what it says. Each gets a home of its own: nothing of the person's is read or written.
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { daemon, folder } from './client.mjs';

export const bin = (name) => join(folder, 'node_modules', name);
export const inspector = bin('@modelcontextprotocol/inspector/clients/launcher/build/index.js');
export const conformance = bin('@modelcontextprotocol/conformance/dist/index.js');
export const mcpRemote = bin('mcp-remote/dist/proxy.js');
export const claude = bin(`@anthropic-ai/claude-code-${process.platform}-${process.arch}/claude`);

export function home(t) {
	const path = mkdtempSync(join(tmpdir(), 'flashd-home-'));

	t.after(() => rmSync(path, { recursive: true, force: true }));
	return path;
}

// `input`: written to stdin, which is then closed, unless `until` says on which output the program is ended instead.
export function run(command, args, { env = {}, input = '', until, cwd, timeout = 60000 } = {}) {
	return new Promise((resolve, reject) => {
		const child = spawn(command, args, { cwd, env: { PATH: process.env.PATH, ...env } });
		const timer = setTimeout(() => child.kill('SIGKILL'), timeout);
		let stdout = '', stderr = '';

		child.stdout.on('data', (piece) => {
			stdout += piece;
			if (until?.(stdout))
				child.kill();
		});
		child.stderr.on('data', (piece) => { stderr += piece; });
		child.on('error', reject);
		child.on('close', (status, signal) => {
			clearTimeout(timer);
			resolve({ status, signal, stdout, stderr });
		});
		child.stdin.on('error', () => {});
		child.stdin.write(input);
		if (!until)
			child.stdin.end();
	});
}

// Runs a script under the Node that runs us: the clients need 22 or later.
export const runNode = (script, args, options) => run(process.execPath, [script, ...args], options);

// Another daemon over the same database, on a port of its own.
export async function startDaemon(t, env = {}) {
	const child = spawn(daemon, ['serve', '--no-agent'], { env: { ...process.env, FLASHD_HTTP_PORT: '0', ...env } });
	let log = '';

	t.after(() => child.kill());
	return new Promise((resolve, reject) => {
		child.on('close', (status) => reject(new Error(`the daemon ended with ${status}: ${log}`)));
		child.stderr.on('data', (piece) => {
			log += piece;
			const found = /POST (http:\/\/\S+:\d+\/api\/mcp)/.exec(log);

			if (found)
				resolve({ url: found[1].replace(/"$/, ''), stop: () => new Promise((ended) => { child.on('close', ended); child.kill(); }) });
		});
	});
}
