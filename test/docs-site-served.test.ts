/** The documentation over real HTTP: under /docs of the same server, with its headers, and nothing beside it. */
import assert from 'node:assert/strict';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import Fastify from 'fastify';
import { registerDocs } from '../src/web/docs/routes.ts';
import { type TestApp, testApp } from './support/app.ts';
import { type BuiltSite, builtSite } from './support/docs-site.ts';

let site: BuiltSite;
let app: TestApp;
before(async () => {
  site = await builtSite();
  app = await testApp({ docsFolder: site.folder });
});
after(async () => {
  await app.close();
  site.remove();
});

const asPeople = { accept: 'text/html,application/xhtml+xml,*/*;q=0.8' };
const get = (path: string, headers: Record<string, string> = asPeople) =>
  fetch(app.url + path, { headers, redirect: 'manual' });

test('pages come with their type, a tag, and a policy without any exception', async () => {
  for (const path of ['/docs/', '/docs/guides/one-off', '/docs/errors/invalid_request', '/docs/api/payments']) {
    const reply = await get(path);
    assert.equal(reply.status, 200, path);
    assert.equal(await reply.text(), site.text(path));
    assert.equal(reply.headers.get('content-type'), 'text/html; charset=utf-8');
    assert.equal(reply.headers.get('x-content-type-options'), 'nosniff');
    assert.equal(reply.headers.get('cache-control'), 'public, no-cache');
    const policy = reply.headers.get('content-security-policy') ?? '';
    assert.match(policy, /^default-src 'none'; script-src 'self'; style-src 'self'; /);
    assert.match(policy, /frame-ancestors 'none'/);
    assert.doesNotMatch(policy, /unsafe|https?:|\*/);
    const again = await get(path, { ...asPeople, 'if-none-match': `"other", W/${reply.headers.get('etag')}` });
    assert.deepEqual([again.status, await again.text()], [304, '']);
  }
});

test('twins, the list for machines and assets have types of their own; assets may be kept for ever', async () => {
  const types: Record<string, string> = {
    '/docs/quick-start.md': 'text/markdown; charset=utf-8',
    '/docs/start.md': 'text/markdown; charset=utf-8',
    '/docs/llms.txt': 'text/plain; charset=utf-8',
    '/docs/openapi.json': 'application/json; charset=utf-8',
    '/docs/assets/icon.svg': 'image/svg+xml',
  };
  for (const [path, type] of Object.entries(types)) {
    const reply = await get(path, { accept: '*/*' });
    assert.deepEqual([reply.status, reply.headers.get('content-type')], [200, type], path);
    await reply.body?.cancel();
  }
  const script = [...site.files.keys()].find((url) => /\/assets\/site\.\w+\.js$/.test(url)) as string;
  const reply = await get(script);
  assert.equal(reply.headers.get('cache-control'), 'public, max-age=31536000, immutable');
  await reply.body?.cancel();
});

test('the type of a real error leads to its page; a program that wants no page gets the words', async () => {
  const refused = await app.merchant.call('POST', '/collect/payment_sessions', { amount: 1 });
  const path = new URL(refused.body.type).pathname;
  const page = await get(path);
  assert.match(await page.text(), /<h1>invalid_request<\/h1>/);
  const words = await get(path, { accept: '*/*' });
  assert.match(await words.text(), /^invalid_request \(HTTP 400\)\n/);
});

test('addresses without a page answer 404 in style; for programs it is a problem document', async () => {
  const page = await get('/docs/nowhere');
  assert.equal(page.status, 404);
  assert.match(
    await page.text(),
    /There is no such page[\s\S]*role="search"|role="search"[\s\S]*There is no such page/,
  );
  const problem = await get('/docs/nowhere', { accept: 'application/json' });
  assert.equal(((await problem.json()) as { code: string }).code, 'not_found');
  assert.deepEqual(
    await Promise.all(['/docs', '/docs/quick-start/'].map(async (path) => (await get(path)).headers.get('location'))),
    ['/docs/', '/docs/quick-start'],
  );
  const post = await fetch(`${app.url}/docs/quick-start`, { method: 'POST' });
  assert.deepEqual([post.status, post.headers.get('allow')], [405, 'GET, HEAD']);
});

test('no address leads out of the folder', async () => {
  const ways = [
    '/docs/../package.json',
    '/docs/..%2fpackage.json',
    '/docs/%2e%2e/%2e%2e/etc/passwd',
    '/docs//etc/passwd',
  ];
  const more = [
    '/docs/....//package.json',
    '/docs/files.json',
    '/docs/..%5cpackage.json',
    '/docs/start.html',
    '/docs/%00',
    '/docs/__proto__',
  ];
  for (const path of [...ways, ...more]) {
    const { status, body } = await rawGet(path);
    assert.ok(status === 404 || status === 400, `${path}: ${status}`);
    assert.doesNotMatch(body, /"version"|root:|"stamp"/, path);
  }
});

test('where nothing was built the pages say how to, and errors keep their words', async () => {
  const bare = Fastify();
  registerDocs(bare, { folder: join(tmpdir(), 'tender-docs-not-there') });
  const reply = await bare.inject({ url: '/docs/', headers: asPeople });
  assert.equal(reply.statusCode, 404);
  assert.match(reply.body, /npm run docs/);
  assert.match(String(reply.headers['content-security-policy']), /style-src 'sha256-/);
  const words = await bare.inject({ url: '/docs/errors/forbidden', headers: asPeople });
  assert.match(words.body, /^forbidden \(HTTP 403\)/);
  await bare.close();
});

/** The path as it is: `fetch` would tidy it up. */
function rawGet(path: string): Promise<{ status: number; body: string }> {
  return new Promise((resolve, reject) => {
    const { hostname, port } = new URL(app.url);
    request({ hostname, port, path, headers: asPeople }, async (reply) => {
      const chunks: Buffer[] = [];
      for await (const chunk of reply) chunks.push(chunk as Buffer);
      resolve({ status: reply.statusCode ?? 0, body: Buffer.concat(chunks).toString() });
    })
      .on('error', reject)
      .end();
  });
}
