// The official suite, through a proxy that adds the key: both eras with the fixtures, and what needs none with the
// real tools (acceptance 1 to 3). Nothing is excused.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { openProxy } from './authproxy.mjs';
import { keys, url } from './client.mjs';
import { conformance, home, runNode } from './programs.mjs';

let fixtures, real;

before(async () => {
	fixtures = await openProxy(url, keys.conformance);
	real = await openProxy(url, keys.full);
});
after(async () => {
	await fixtures.close();
	await real.close();
});

async function suite(t, address, args) {
	const path = home(t);
	const { status, stdout } = await runNode(conformance, ['server', '--url', address, ...args, '-o', path],
		{ env: { HOME: path }, cwd: path, timeout: 240000 });

	assert.equal(status, 0, stdout.slice(stdout.indexOf('=== SUMMARY')));
	return stdout;
}

test('2026-07-28, everything required', async (t) => {
	assert.match(await suite(t, fixtures.url, ['--requirements', '2026-07-28']), /✓ input-required-result-multi-round/);
});

test('2025-11-25, everything required', async (t) => {
	assert.match(await suite(t, fixtures.url, ['--requirements', '2025-11-25']), /✓ tools-call-elicitation/);
});

for (const version of ['2025-06-18', '2025-03-26'])
	test(`${version}, everything there is`, (t) => suite(t, fixtures.url, ['--suite', 'all', '--spec-version', version]));

for (const scenario of ['tools-list', 'resources-list', 'prompts-list', 'caching', 'sep-2164-resource-not-found',
	'server-sse-multiple-streams', 'http-header-validation', 'dns-rebinding-protection', 'input-required-result-unsupported-methods'])
	test(`2026-07-28 with the real tools: ${scenario}`, async (t) => {
		await suite(t, real.url, ['--scenario', scenario, '--spec-version', '2026-07-28']);
	});
