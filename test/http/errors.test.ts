/** Error answers: one form for all of them, from whichever depth they come, and nothing in them that the client should not read. */
import assert from 'node:assert/strict';
import { Agent, request } from 'node:http';
import { after, before, test } from 'node:test';
import { createApiKey, revokeApiKey } from '../../src/app/tenants.ts';
import { ERRORS } from '../../src/domain/errors.ts';
import { createKey } from '../../src/lib/api-key.ts';
import { type TestApp, testApp } from '../support/app.ts';
import { type ApiDocument, contractOf } from '../support/contract.ts';
import type { Json } from '../support/merchant.ts';

let app: TestApp;
let document: ApiDocument;
/** While set, the next statement meets a bug of ours. */
let bug: Error | undefined;
before(async () => {
  const before = () => {
    const met = bug;
    bug = undefined;
    if (met !== undefined) throw met;
  };
  app = await testApp({ watch: { before, after: () => undefined } });
  ({ document } = await contractOf(app.url));
});
after(() => app.close());

const path = '/collect/payment_sessions';
const smallest = { amount: 200, currency: 'ZAR' };

test('a problem has a page, a title, its status, a detail, its request and a code', async () => {
  const { status, headers, body } = await app.merchant.call('POST', path, { amount: 1 });
  assert.equal(status, 400);
  const requestId = headers.get('request-id');
  assert.deepEqual(body, {
    type: 'http://localhost/docs/errors/invalid_request',
    title: ERRORS.invalid_request.title,
    status: 400,
    detail: '/currency: This field is required.',
    instance: `urn:tender:request:${requestId}`,
    code: 'invalid_request',
    request_id: requestId,
    errors: [{ pointer: '/currency', code: 'required', detail: 'This field is required.' }],
  });
  assert.equal(headers.get('content-type'), 'application/problem+json; charset=utf-8');
  assert.equal(headers.get('cache-control'), 'no-store');
  assert.equal(headers.get('x-content-type-options'), 'nosniff');
});

test('every code has its page, and only codes have', async () => {
  for (const [code, { status }] of Object.entries(ERRORS)) {
    const page = await fetch(`${app.url}/docs/errors/${code}`);
    assert.equal(page.status, 200, code);
    assert.match(await page.text(), new RegExp(`${code} \\(HTTP ${status}\\)`));
  }
  for (const code of ['nonsense', 'constructor', '__proto__', '%2e%2e']) {
    const reply = await app.merchant.call('GET', `/docs/errors/${code}`);
    assert.equal(reply.status, 404, code);
    assert.equal(reply.body.code, 'not_found');
  }
});

test('an address that is none is 404, whatever the method, the key or the body', async () => {
  for (const address of ['/', '/collect', '/collect/', `${path}/x/y`, '/collect/payment_Sessions', '/admin']) {
    for (const method of ['GET', 'POST', 'PATCH', 'PUT', 'DELETE', 'OPTIONS']) {
      const raw = method === 'GET' ? {} : { raw: 'x'.repeat(70_000), headers: { 'content-type': 'text/plain' } };
      const reply = await app.merchant.call(method, address, undefined, { bearer: null, key: null, ...raw });
      assert.equal(reply.status, 404, `${method} ${address}: ${reply.text}`);
      assert.equal(reply.body.code, 'not_found');
    }
  }
});

test('a method that an address does not answer is 405, and Allow names those it does', async () => {
  for (const [template, operations] of Object.entries<Json>(document.paths)) {
    const answered = Object.keys(operations).map((method) => method.toUpperCase());
    const allowed = [...answered, ...(answered.includes('GET') ? ['HEAD'] : [])].sort();
    const address = template.replaceAll(/\{\w+\}/g, `xx_${'0'.repeat(24)}`);
    for (const method of ['GET', 'POST', 'PATCH', 'PUT', 'DELETE', 'OPTIONS']) {
      if (answered.includes(method)) continue;
      const raw = method === 'GET' ? {} : { raw: 'not json' };
      const reply = await app.merchant.call(method, address, undefined, { bearer: null, key: null, ...raw });
      assert.equal(reply.status, 405, `${method} ${template}: ${reply.text}`);
      assert.equal(reply.body.code, 'method_not_allowed');
      assert.equal(reply.headers.get('allow'), allowed.join(', '), template);
    }
  }
  const health = await app.merchant.call('POST', '/health/live', undefined, { raw: '{}' });
  assert.equal(health.status, 405);
});

test('HEAD answers as GET does, without a body', async () => {
  const session = await app.merchant.createSession();
  const ask = (id: string) =>
    fetch(`${app.url}${path}/${id}`, {
      method: 'HEAD',
      headers: { authorization: `Bearer ${app.merchant.secretKey}` },
    });
  assert.equal((await ask(session.id)).status, 200);
  assert.equal((await ask(`ps_${'0'.repeat(24)}`)).status, 404);
});

test('without a key that is known nothing is answered, and the challenge says why', async () => {
  const { secretKey } = app.merchant;
  const stranger = createKey((bytes) => app.program.app.system.random(bytes), { kind: 'secret', mode: 'test' });
  const revoked = await createApiKey(app.program.app, { id: app.tenantId, mode: 'test' }, 'secret');
  const use = (authorization: string | undefined) =>
    app.merchant.call('GET', `${path}?unknown=1`, undefined, {
      bearer: null,
      headers: authorization === undefined ? {} : { authorization },
    });
  assert.equal((await use(`Bearer ${revoked.key}`)).status, 400, 'known, and asked for nonsense');
  await revokeApiKey(app.program.app, { tenantId: app.tenantId, id: revoked.id });
  app.clock.advance(1_000);
  const bare = await use(undefined);
  assert.equal(bare.status, 401);
  assert.equal(bare.headers.get('www-authenticate'), 'Bearer realm="tender"');
  for (const authorization of [
    'Bearer',
    'Bearer ',
    `Basic ${Buffer.from(`${secretKey}:`).toString('base64')}`,
    secretKey,
    `Bearer ${secretKey} x`,
    `Bearer ${secretKey}x`,
    `Bearer ${secretKey.slice(0, -1)}`,
    `Bearer ${secretKey.replace('sk_test_', 'sk_live_')}`,
    `Bearer ${secretKey.toLowerCase()}`,
    `Bearer ${stranger}`,
    `Bearer ${revoked.key}`,
    'Bearer sk_test_',
    'Bearer null',
  ]) {
    const reply = await use(authorization);
    assert.equal(reply.status, 401, authorization);
    assert.equal(reply.body.code, 'unauthorized');
    assert.equal(reply.headers.get('www-authenticate'), 'Bearer realm="tender", error="invalid_token"');
    assert.equal(reply.text.includes(secretKey.slice(8, 40)), false, 'no key comes back');
  }
  assert.equal((await use(`bearer  ${secretKey}`)).status, 400, 'the scheme is written in any case');
});

test('a body that is not JSON by its type is 415', async () => {
  for (const type of [
    'text/plain',
    'application/x-www-form-urlencoded',
    'multipart/form-data; boundary=x',
    'application/jsonx',
    'application/merge-patch+json',
    'json',
    '*/*',
  ]) {
    const reply = await app.merchant.call('POST', path, smallest, { headers: { 'content-type': type } });
    assert.equal(reply.status, 415, type);
    assert.equal(reply.body.code, 'unsupported_media_type');
  }
  const packed = { 'content-type': 'application/json', 'content-encoding': 'gzip' };
  const compressed = await app.merchant.call('POST', path, smallest, { headers: packed });
  assert.equal(compressed.body.code, 'unsupported_media_type');
  for (const type of ['application/json', 'application/json; charset=utf-8', 'APPLICATION/JSON;charset=UTF-8']) {
    const reply = await app.merchant.call('POST', path, smallest, { headers: { 'content-type': type } });
    assert.equal(reply.status, 201, type);
  }
});

test('a body of 64 KiB is read and one byte more is 413, with its length told or not', async () => {
  const body = (length: number) => {
    const start = '{"amount":200,"currency":"ZAR"}';
    return start + ' '.repeat(length - start.length);
  };
  assert.equal((await app.merchant.call('POST', path, undefined, { raw: body(65_536) })).status, 201);
  const large = await app.merchant.call('POST', path, undefined, { raw: body(65_537) });
  assert.equal(large.status, 413);
  assert.equal(large.body.code, 'payload_too_large');
  const chunked = await fetch(app.url + path, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${app.merchant.secretKey}`,
      'content-type': 'application/json',
      'idempotency-key': 'chunked',
    },
    body: new Blob([body(3_000_000)]).stream(),
    duplex: 'half',
  } as RequestInit);
  assert.equal(chunked.status, 413);
  assert.equal((await chunked.json()).code, 'payload_too_large');
});

test('a body that was refused does not cost the connection', async () => {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const sockets = new Set<unknown>();
  const send = (text: string) =>
    new Promise<number>((resolve, refuse) => {
      const headers = { authorization: `Bearer ${app.merchant.secretKey}`, 'content-type': 'application/json' };
      const asked = request(app.url + path, { agent, method: 'POST', headers }, (answer) => {
        sockets.add(answer.socket);
        answer.resume().on('end', () => resolve(answer.statusCode!));
      });
      asked.on('error', refuse).end(text);
    });
  assert.equal(await send('{'), 400);
  assert.equal(await send('x'.repeat(500_000)), 413);
  assert.equal(await send('{}'), 400);
  assert.equal(sockets.size, 1);
  agent.destroy();
});

test('a bug answers 500 with a request id and not a word of what it was; the log has it once', async () => {
  app.logs.length = 0;
  bug = new TypeError('the moon is not a number');
  const reply = await app.merchant.call('POST', path, { ...smallest, description: 'very private' }, { key: 'bug' });
  assert.equal(reply.status, 500);
  assert.equal(reply.body.code, 'internal_error');
  assert.equal(/moon|TypeError|\.ts|node_modules/.test(reply.text), false);
  const told = app.logs.filter((line) => line.includes('the moon'));
  assert.equal(told.length, 1);
  assert.ok(told[0]!.includes(reply.body.request_id));
  assert.equal(told[0]!.includes('very private'), false);
  const again = await app.merchant.call('POST', path, { ...smallest, description: 'very private' }, { key: 'bug' });
  assert.equal(again.status, 201, 'the key stayed unfinished');
});

test('no error repeats a value that a client typed', async () => {
  const card = '4111111111111111';
  for (const reply of [
    await app.merchant.call('GET', `/collect/${card}`),
    await app.merchant.call('GET', `${path}/${card}`),
    await app.merchant.call('GET', `${path}?status=${card}`),
    await app.merchant.call('GET', `${path}?cursor=${card}`),
    await app.merchant.call('PUT', `${path}/${card}`, {}),
    await app.merchant.call('POST', path, { amount: card, currency: card, options: { customer_id: card } }),
    await app.merchant.call('POST', path, { ...smallest, options: { checkout_options: { return_url: card } } }),
    await app.merchant.call('POST', path, { ...smallest, external_reference: `${card} ` }),
    await app.merchant.call('POST', path, smallest, { bearer: card }),
    await app.merchant.call('POST', path, smallest, { key: `${card}${'x'.repeat(255)}` }),
  ]) {
    assert.ok(reply.status >= 400 && reply.status < 500, reply.text);
    assert.equal(reply.text.includes(card), false, reply.text);
  }
  assert.equal(
    app.logs.some((line) => line.includes(card)),
    false,
  );
});
