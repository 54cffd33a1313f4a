/** Public keys, which anybody who opens a shop's page can read: what they may do, and that all else is closed to them. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { createApiKey } from '../../src/app/tenants.ts';
import { type TestApp, testApp } from '../support/app.ts';
import { contractOf } from '../support/contract.ts';
import type { Json } from '../support/merchant.ts';
import { cards } from '../support/payer.ts';
import { paidSeries } from '../support/series.ts';

let app: TestApp;
const statements: string[] = [];
before(async () => {
  app = await testApp({
    watch: { before: (text) => void statements.push(text), after: () => undefined },
  });
  // A notification that comes late would be looked up in the midst of a test that counts statements.
  await app.control.arm({ kind: 'lost_notification', times: 1_000 });
});
after(() => app.close());

const path = '/collect/payment_sessions';
const asPublic = (method: string, to: string, body?: unknown, more: Record<string, string> = {}) =>
  app.merchant.call(method, to, body, { bearer: app.merchant.publicKey, ...more });

const VIEW = [
  'amount',
  'checkout_session_id',
  'created_at',
  'currency',
  'description',
  'expires_at',
  'id',
  'mode',
  'payment_outcome',
  'payment_status',
  'return_url',
  'session_url',
  'status',
  'type',
  'updated_at',
];

test('a public key creates customer-present sessions and sees of them what the payer may know', async () => {
  const body = {
    amount: 500,
    currency: 'ZAR',
    type: 'first_in_series',
    description: 'A book',
    metadata: { margin: '80%' },
    external_reference: 'order-1',
    options: {
      customer: { name: 'Thandi', email: 'thandi@example.com' },
      checkout_options: { return_url: 'https://shop.example/back' },
    },
  };
  const created = await asPublic('POST', path, body);
  assert.equal(created.status, 201);
  assert.deepEqual(Object.keys(created.body).sort(), VIEW);
  await app.payer.another().pays(created.body, cards.insufficientFunds);
  await app.payer.another().pays(created.body, cards.approved);
  const seen = await asPublic('GET', `${path}/${created.body.id}`);
  assert.equal(seen.status, 200);
  assert.deepEqual(Object.keys(seen.body).sort(), VIEW);
  assert.equal(seen.body.payment_outcome, 'paid');
  const whole = await app.merchant.session(created.body.id);
  assert.equal(whole.metadata.margin, '80%', 'the secret key sees it all');
  assert.match(whole.payment_method_id, /^pmt_/);
});

test('a session of another key does not exist for a public key', async () => {
  const unknown = await asPublic('GET', `${path}/ps_${'0'.repeat(24)}`);
  const otherPublic = (await createApiKey(app.program.app, { id: app.tenantId, mode: 'test' }, 'public')).key;
  const bySecret = await app.merchant.createSession();
  const byOther = await app.merchant.createSession({}, { bearer: otherPublic });
  for (const session of [bySecret, byOther]) {
    const reply = await asPublic('GET', `${path}/${session.id}`);
    assert.equal(reply.status, 404);
    const { request_id: _, instance: __, ...told } = reply.body;
    const { request_id: ___, instance: ____, ...same } = unknown.body;
    assert.deepEqual(told, same);
  }
});

test('a public key is not answered what another key was told under the same Idempotency-Key', async () => {
  const body = { amount: 700, currency: 'ZAR', metadata: { a: '1' } };
  const secret = await app.merchant.call('POST', path, body, { key: 'shared-key' });
  const reply = await asPublic('POST', path, body, { key: 'shared-key' });
  assert.equal(reply.status, 422);
  assert.equal(reply.body.code, 'idempotency_key_reused');
  assert.equal(reply.text.includes(secret.body.id), false);
});

test('a public key cannot charge without the payer', async () => {
  const token = await paidSeries(app);
  const before = await app.control.book();
  const reply = await app.merchant.chargeNext(token, {}, { bearer: app.merchant.publicKey });
  assert.equal(reply.status, 403);
  assert.equal(reply.body.code, 'forbidden');
  assert.deepEqual(await app.control.book(), before);
});

test('every other route answers a public key 403, before anything is read or looked up', async () => {
  const { document } = await contractOf(app.url);
  const open = new Set(['createPaymentSession', 'getPaymentSession']);
  // The key itself is believed for a second: afterwards no statement is needed to know it.
  await asPublic('GET', `${path}/ps_${'0'.repeat(24)}`);
  let tried = 0;
  for (const [template, operations] of Object.entries<Json>(document.paths)) {
    for (const [method, operation] of Object.entries<Json>(operations)) {
      if (open.has(operation.operationId)) continue;
      tried++;
      statements.length = 0;
      const url = `${template.replaceAll(/\{\w+\}/g, 'no-id-at-all')}?unknown=1`;
      const raw = method === 'get' ? {} : { raw: 'no json' };
      const reply = await app.merchant.call(method.toUpperCase(), url, undefined, {
        bearer: app.merchant.publicKey,
        key: null,
        ...raw,
      });
      assert.equal(reply.status, 403, operation.operationId);
      assert.equal(reply.body.code, 'forbidden', operation.operationId);
      assert.deepEqual(statements, [], operation.operationId);
    }
  }
  assert.ok(tried >= 20, `${tried} routes`);
});
