/** What is sent again, how often, after how long, and under which key: against a server that fails on purpose. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type TestContext, test } from 'node:test';
import { ConflictError, ConnectionError, RateLimitError, ServerError, Tender } from '../src/tender.ts';

const KEY = 'sk_test_abc';
type Answerer = (request: IncomingMessage, response: ServerResponse, tried: number) => void;

/** A client of a server that answers as told; `seen` are the keys that arrived, in order. */
async function against(t: TestContext, answer: Answerer, options: object = {}) {
  const seen: (string | undefined)[] = [];
  const server = createServer((request, response) => {
    seen.push(request.headers['idempotency-key'] as string | undefined);
    answer(request, response, seen.length);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  return { tender: new Tender(KEY, { baseUrl: `http://127.0.0.1:${port}`, ...options }), seen };
}

const problem = (response: ServerResponse, status: number, code: string, retryAfter = '0') =>
  response
    .writeHead(status, { 'content-type': 'application/problem+json', 'retry-after': retryAfter })
    .end(JSON.stringify({ code, status, title: code, detail: 'for a test' }));
const session = (response: ServerResponse) =>
  response.writeHead(201, { 'content-type': 'application/json' }).end('{"id":"ps_1","amount":200}');

for (const [status, code] of [
  [408, 'request_timeout'],
  [409, 'idempotency_in_progress'],
  [429, 'rate_limited'],
  [500, 'internal_error'],
  [503, 'service_unavailable'],
] as const) {
  test(`${status} ${code} is repeated twice with one key, then works`, async (t) => {
    const { tender, seen } = await against(t, (_, response, tried) =>
      tried < 3 ? problem(response, status, code) : session(response),
    );
    assert.equal((await tender.paymentSessions.create({ amount: 200, currency: 'ZAR' })).id, 'ps_1');
    assert.equal(seen.length, 3);
    assert.equal(new Set(seen).size, 1);
    assert.match(seen[0] ?? '', /^[0-9a-f-]{36}$/);
  });
}

test('a connection that breaks is tried anew with the same key; two calls have two keys', async (t) => {
  const { tender, seen } = await against(t, (request, response, tried) =>
    tried === 1 ? request.socket.destroy() : session(response),
  );
  await tender.paymentSessions.create({ amount: 200, currency: 'ZAR' });
  await tender.paymentSessions.create({ amount: 200, currency: 'ZAR' });
  assert.equal(seen.length, 3);
  assert.equal(seen[0], seen[1]);
  assert.notEqual(seen[1], seen[2]);
});

test('after the repeats the last error is thrown, and no more than asked for are made', async (t) => {
  const { tender, seen } = await against(t, (_, response) => problem(response, 503, 'service_unavailable'));
  await assert.rejects(tender.payments.void('pay_1'), ServerError);
  assert.equal(seen.length, 3);
  await assert.rejects(tender.payments.void('pay_1', { maxRetries: 0 }), ServerError);
  assert.equal(seen.length, 4);
});

test('what a repeat cannot mend is thrown at once', async (t) => {
  const { tender, seen } = await against(t, (_, response) => problem(response, 409, 'payment_in_progress'));
  await assert.rejects(tender.paymentSessions.cancel('ps_1'), (error: unknown) => {
    assert.ok(error instanceof ConflictError);
    assert.match(error.fix, /under way/);
    return true;
  });
  assert.equal(seen.length, 1);
});

test('Retry-After is waited for, and one beyond a minute is reported instead', async (t) => {
  const { tender, seen } = await against(t, (_, response, tried) =>
    tried === 1 ? problem(response, 429, 'rate_limited', '1') : problem(response, 429, 'rate_limited', '120'),
  );
  const begun = performance.now();
  await assert.rejects(tender.settings.get(), (error: unknown) => {
    assert.ok(error instanceof RateLimitError);
    assert.equal(error.retryAfterMs, 120_000);
    return true;
  });
  assert.ok(performance.now() - begun >= 1_000);
  assert.equal(seen.length, 2);
});

test('a server that does not answer ends the try after its time, and says that it may have been done', async (t) => {
  const { tender } = await against(t, () => {}, { timeoutMs: 50, maxRetries: 0 });
  await assert.rejects(tender.paymentSessions.create({ amount: 1, currency: 'ZAR' }), (error: unknown) => {
    assert.ok(error instanceof ConnectionError);
    assert.match(error.message, /within 50 ms.*same idempotency key/);
    return true;
  });
});

test('a caller who gives up is obeyed at once, during a call and during a pause', async (t) => {
  const { tender, seen } = await against(t, (_, response, tried) => {
    if (tried === 1) problem(response, 503, 'service_unavailable', '30');
  });
  const during = new AbortController();
  const waiting = tender.settings.get({ signal: during.signal });
  while (seen.length === 0) await new Promise((resolve) => setImmediate(resolve));
  during.abort(new Error('enough'));
  await assert.rejects(waiting, /enough/);
  const called = new AbortController();
  const calling = tender.settings.get({ signal: called.signal });
  while (seen.length === 1) await new Promise((resolve) => setImmediate(resolve));
  called.abort(new Error('enough'));
  await assert.rejects(calling, /enough/);
});

test('an answer that is not from Tender is told as what it is', async (t) => {
  const { tender } = await against(
    t,
    (_, response, tried) =>
      tried === 1
        ? response.writeHead(200, { 'content-type': 'text/html' }).end('<h1>Welcome to the proxy</h1>')
        : response.writeHead(403).end('<h1>Forbidden by the proxy</h1>'),
    { maxRetries: 0 },
  );
  await assert.rejects(tender.settings.get(), /was not JSON\. Is baseUrl/);
  await assert.rejects(tender.settings.get(), /unknown \(403\): <h1>Forbidden by the proxy/);
});

test('no server at all, a redirect and a wrong key each say what to mend', async (t) => {
  const nobody = new Tender(KEY, { baseUrl: 'http://127.0.0.1:1', maxRetries: 0 });
  await assert.rejects(nobody.settings.get(), /could not be reached\. Is Tender running/);
  const { tender } = await against(t, (_, response) => response.writeHead(302, { location: '/x' }).end(), {
    maxRetries: 0,
  });
  await assert.rejects(tender.settings.get(), (error: unknown) => {
    assert.ok(error instanceof ConnectionError);
    assert.match(error.message, /redirect, which is not followed/);
    return true;
  });
  assert.throws(() => new Tender('pay_123'), /begins with sk_test_/);
});

test('an option that does not exist is told by name, and so is an id that would lead to another route', async (t) => {
  assert.throws(() => new Tender(KEY, { url: 'http://shop.example' } as object), /no option url.*baseUrl/);
  const { tender, seen } = await against(t, (_, response) => session(response));
  for (const id of ['', '.', '..']) {
    await assert.rejects(tender.payments.get(id), /id is empty or is no id/);
    await assert.rejects(tender.payments.void(id), /id is empty or is no id/);
  }
  assert.equal(seen.length, 0);
  await tender.payments.get('../settings');
  assert.equal(seen.length, 1);
});

test('a bounded list asks for no more than it gives', async (t) => {
  const asked: (string | undefined)[] = [];
  const { tender } = await against(t, (request, response) => {
    asked.push(request.url);
    response.writeHead(200, { 'content-type': 'application/json', 'next-cursor': 'c' }).end('{"data":[{},{},{}]}');
  });
  assert.equal((await tender.payments.list().toArray({ limit: 3 })).length, 3);
  assert.equal((await tender.payments.list({ limit: 2 }).toArray({ limit: 4 })).length, 4);
  assert.deepEqual(asked, [
    '/collect/payments?limit=3',
    '/collect/payments?limit=2',
    '/collect/payments?limit=2&cursor=c',
  ]);
});
