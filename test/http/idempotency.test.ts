/** Idempotency keys to the letter: what is remembered, what stays free, and one effect however often it is asked for. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { type TestApp, testApp } from '../support/app.ts';
import type { CallOptions, Json, Reply } from '../support/merchant.ts';
import { cards } from '../support/payer.ts';
import { paidSeries } from '../support/series.ts';

let app: TestApp;
before(async () => {
  app = await testApp();
});
after(() => app.close());

const path = '/collect/payment_sessions';
const smallest = { amount: 200, currency: 'ZAR' };
const create = (key: string | null, body: unknown = smallest, more: CallOptions = {}) =>
  app.merchant.call('POST', path, body, { key, ...more });

async function sessionsMade(): Promise<number> {
  const [row] = await app.database.query<{ made: string }>('select count(*) as made from payment_sessions');
  return Number(row!.made);
}

const replayed = (reply: Reply<Json>) => reply.headers.get('idempotent-replayed');

test('a repeat answers the first status and the same bytes, says so, and makes nothing', async () => {
  const first = await create('repeat-1');
  assert.equal(replayed(first), null);
  const made = await sessionsMade();
  app.clock.advance(60_000);
  await app.payer.another().pays(first.body, cards.approved);
  const again = await create('repeat-1');
  assert.equal(again.status, 201);
  assert.equal(again.text, first.text, 'as it was then, not as it is now');
  assert.equal(again.headers.get('content-type'), first.headers.get('content-type'));
  assert.equal(replayed(again), 'true');
  assert.notEqual(again.headers.get('request-id'), first.headers.get('request-id'));
  assert.equal(await sessionsMade(), made);
});

test('a repeat that the clock would refuse by now still answers what was answered first', async () => {
  const expiresAt = new Date(app.clock.now() + 6 * 60_000).toISOString();
  const body = { ...smallest, options: { checkout_options: { expires_at: expiresAt } } };
  const first = await create('by-the-clock', body);
  assert.equal(first.status, 201, first.text);
  app.clock.advance(2 * 60_000);
  const again = await create('by-the-clock', body);
  assert.equal(again.text, first.text);
  assert.equal(replayed(again), 'true');
  assert.equal((await create('by-the-clock-2', body)).status, 400);
});

test('the same request is the same however its JSON is written', async () => {
  const first = await create('written', undefined, { raw: '{"amount":200,"currency":"ZAR"}' });
  const again = await create('written', undefined, { raw: ' { "currency" : "\\u005aAR",\n"amount": 2e2 } ' });
  assert.equal(again.text, first.text);
});

test('a quoted key and a bare one are the same key', async () => {
  const first = await create('"quoted-1"');
  const again = await create('quoted-1');
  assert.equal(again.text, first.text);
  assert.equal(replayed(again), 'true');
});

test('the same key for another body, path or method is 422, and changes nothing', async () => {
  const first = await create('reused');
  const made = await sessionsMade();
  const url = `${path}/${first.body.id}`;
  for (const reply of [
    await create('reused', { ...smallest, amount: 201 }),
    await create('reused', { ...smallest, metadata: {} }),
    await app.merchant.call('POST', '/collect/customers', { name: 'A' }, { key: 'reused' }),
    await app.merchant.call('PATCH', url, { description: 'x' }, { key: 'reused' }),
    await app.merchant.call('POST', `${url}/cancel`, undefined, { key: 'reused' }),
  ]) {
    assert.equal(reply.status, 422, reply.text);
    assert.equal(reply.body.code, 'idempotency_key_reused');
    assert.equal(replayed(reply), null);
  }
  assert.equal(await sessionsMade(), made);
  assert.deepEqual(await app.merchant.session(first.body.id), first.body);
});

test('a create without a key is refused, and a key that cannot be one too', async () => {
  const missing = await create(null);
  assert.equal(missing.status, 400);
  assert.equal(missing.body.code, 'idempotency_key_required');
  for (const key of ['', '""', 'x'.repeat(256), 'ключ', 'tab\there']) {
    const reply = await create(null, smallest, { headers: { 'idempotency-key': Buffer.from(key).toString('latin1') } });
    assert.equal(reply.status, 400, key);
    assert.equal(reply.body.code, 'idempotency_key_invalid', key);
  }
  for (const key of ['x', 'y'.repeat(255), '!#$%&()*+,-./:;<=>?@[]^_`{|}~ 1', '"']) {
    assert.equal((await create(key)).status, 201, key);
  }
});

test('what was refused for its shape, its key or its size leaves the Idempotency-Key free', async () => {
  const refusals: [number, () => Promise<Reply<Json>>][] = [
    [400, () => create('free', { amount: -1, currency: 'ZAR' })],
    [400, () => create('free', { amount: 1, currency: 'ZZZ' })],
    [400, () => create('free', undefined, { raw: '{' })],
    [401, () => create('free', smallest, { bearer: 'sk_test_wrong' })],
    [403, () => create('free', { ...smallest, type: 'next_in_series' }, { bearer: app.merchant.publicKey })],
    [413, () => create('free', undefined, { raw: ' '.repeat(70_000) })],
    [415, () => create('free', smallest, { headers: { 'content-type': 'text/plain' } })],
  ];
  for (const [status, ask] of refusals) assert.equal((await ask()).status, status);
  const reply = await create('free');
  assert.equal(reply.status, 201);
  assert.equal(replayed(reply), null);
});

test('what was decided is remembered: 404, 409, 422 and declines, byte for byte', async () => {
  const token = await paidSeries(app, { amount: 5_000 }, '4000000000000341');
  const { customer_id, payment_method_id } = token;
  const charge = (amount: number, key: string, options: unknown = { customer_id, payment_method_id }) =>
    create(key, { amount, currency: 'ZAR', type: 'next_in_series', options });
  const url = `${path}/${token.id}`;
  const missing = { customer_id: `cus_${'0'.repeat(24)}`, payment_method_id };
  const asked: [number, string | undefined, () => Promise<Reply<Json>>][] = [
    [
      422,
      'return_url_not_allowed',
      () => create('kept-url', { ...smallest, options: { checkout_options: { return_url: 'x' } } }),
    ],
    [422, 'mandate_violation', () => charge(9_999, 'kept-422')],
    [404, 'customer_not_found', () => charge(1, 'kept-404', missing)],
    [
      409,
      'payment_session_not_active',
      () => app.merchant.call('POST', `${url}/cancel`, undefined, { key: 'kept-409' }),
    ],
    [409, 'amount_locked', () => app.merchant.call('PATCH', url, { amount: 1 }, { key: 'kept-patch' })],
    [201, undefined, () => charge(1_000, 'kept-decline')],
  ];
  for (const [status, code, ask] of asked) {
    const first = await ask();
    assert.equal(first.status, status, first.text);
    assert.equal(first.body.code, code);
    const book = await app.control.book();
    const again = await ask();
    assert.equal(again.status, status);
    assert.equal(again.text, first.text);
    assert.equal(again.headers.get('content-type'), first.headers.get('content-type'));
    assert.equal(replayed(again), 'true');
    assert.deepEqual(await app.control.book(), book, 'the processor was asked once');
  }
});

test('calls that may be repeated anyway take a key too, and replay under it', async () => {
  const session = (await create('optional-0')).body;
  const customer = (await app.merchant.call('POST', '/collect/customers', { name: 'A' })).body;
  const { mandate_id } = await paidSeries(app);
  const endpoint = (await app.merchant.call('POST', '/collect/webhook_endpoints', { url: 'http://127.0.0.1:9/' })).body;
  const calls: [string, string, unknown][] = [
    ['PATCH', `${path}/${session.id}`, { description: 'New' }],
    ['PATCH', `/collect/customers/${customer.id}`, { name: 'B' }],
    ['PATCH', `/collect/webhook_endpoints/${endpoint.id}`, { description: 'Mine' }],
    ['POST', `/collect/webhook_endpoints/${endpoint.id}/ping`, undefined],
    ['POST', `${path}/${session.id}/cancel`, undefined],
    ['POST', `/collect/mandates/${mandate_id}/revoke`, { reason: 'customer_request' }],
  ];
  for (const [i, [method, url, body]] of calls.entries()) {
    const key = `optional-${i + 1}`;
    const first = await app.merchant.call(method, url, body, { key });
    assert.equal(first.status, 200, first.text);
    app.clock.advance(1_000);
    const again = await app.merchant.call(method, url, body, { key });
    assert.equal(again.text, first.text);
    assert.equal(replayed(again), 'true');
    const without = await app.merchant.call(method, url, body, { key: null });
    assert.equal(without.status, 200);
    assert.equal(replayed(without), null);
  }
});

test('a key belongs to its tenant: another one uses the same key for itself', async () => {
  const other = await app.otherMerchant();
  const mine = await create('per-tenant');
  const theirs = await other.call('POST', path, { ...smallest, amount: 999 }, { key: 'per-tenant' });
  assert.equal(theirs.status, 201);
  assert.notEqual(theirs.body.id, mine.body.id);
});

test('permission is asked again before a replay: a revoked key gets no answer', async () => {
  const other = await app.otherMerchant();
  await other.call('POST', path, smallest, { key: 'revoked' });
  await app.database.query('update api_keys set revoked_at = now() where tenant_id <> $1', [app.tenantId]);
  app.clock.advance(1_000);
  assert.equal((await other.call('POST', path, smallest, { key: 'revoked' })).status, 401);
});

test('fifty creates at once under one key make one session and get equal bytes', async () => {
  const made = await sessionsMade();
  const replies = await Promise.all(Array.from({ length: 50 }, () => create('parallel')));
  assert.deepEqual([...new Set(replies.map((reply) => reply.status))], [201]);
  assert.equal(new Set(replies.map((reply) => reply.text)).size, 1);
  assert.equal(replies.filter((reply) => replayed(reply) === null).length, 1);
  assert.equal(await sessionsMade(), made + 1);
});

test('fifty charges at once under one key move money once; those that come too early are told to wait', async () => {
  const token = await paidSeries(app);
  const before = (await app.control.charged()).length;
  const replies = await Promise.all(
    Array.from({ length: 50 }, () => app.merchant.chargeNext(token, {}, { key: 'parallel-charge' })),
  );
  for (const reply of replies) {
    if (reply.status === 201) continue;
    assert.equal(reply.status, 409, reply.text);
    assert.equal(reply.body.code, 'idempotency_in_progress');
    assert.match(reply.headers.get('retry-after') ?? '', /^[1-9]\d*$/);
  }
  const final = await app.merchant.chargeNext(token, {}, { key: 'parallel-charge' });
  assert.equal(final.body.payment_outcome, 'paid');
  assert.equal(replayed(final), 'true');
  for (const reply of replies) if (reply.status === 201) assert.equal(reply.text, final.text);
  assert.equal((await app.control.charged()).length, before + 1);
});
