/** Replacing a secret, sending one delivery again and recovering an endpoint, at the front door. */
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, type TestContext, test } from 'node:test';
import { Webhook } from 'standardwebhooks';
import { type TestApp, testApp } from '../support/app.ts';
import type { Json, Merchant } from '../support/merchant.ts';
import { startReceiver } from '../webhooks/receiver.ts';

let app: TestApp;
before(async () => {
  app = await testApp();
});
after(() => app.close());

const path = '/collect/webhook_endpoints';

async function start(t: TestContext) {
  const merchant = await app.otherMerchant();
  const receiver = await startReceiver(t);
  const body = { url: receiver.url, event_types: ['customer.created', 'customer.updated'] };
  const made = await merchant.call('POST', path, body);
  assert.equal(made.status, 201, made.text);
  return { merchant, receiver, endpoint: made.body as Json };
}

const newCustomer = (merchant: Merchant, name: string) => merchant.call('POST', '/collect/customers', { name });

const deliveries = async (merchant: Merchant, endpoint: Json, query = ''): Promise<Json[]> =>
  (await merchant.call('GET', `${path}/${endpoint.id}/deliveries${query}`)).body.data;

test('a replaced secret is shown once, again for the same key, and signs beside the one before it', async (t) => {
  const { merchant, receiver, endpoint } = await start(t);
  const key = randomUUID();
  const rotated = await merchant.call('POST', `${path}/${endpoint.id}/rotate_secret`, undefined, { key });
  assert.equal(rotated.status, 200, rotated.text);
  assert.match(rotated.body.secret, /^whsec_[0-9A-Za-z+/]{43}=$/);
  assert.notEqual(rotated.body.secret, endpoint.secret);
  const repeated = await merchant.call('POST', `${path}/${endpoint.id}/rotate_secret`, undefined, { key });
  assert.deepEqual([repeated.text, repeated.headers.get('idempotent-replayed')], [rotated.text, 'true']);
  const { secret, ...shown } = rotated.body;
  assert.deepEqual((await merchant.call('GET', `${path}/${endpoint.id}`)).body, shown);
  assert.ok(shown.previous_secret_valid_until > shown.updated_at);
  await newCustomer(merchant, 'Ada');
  await app.runDue();
  const [got] = receiver.received;
  const signed = (one: string) =>
    new Webhook(one).sign(got!.event.id, new Date(Number(got!.headers['webhook-timestamp']) * 1000), got!.body);
  assert.equal(got!.headers['webhook-signature'], `${signed(secret)} ${signed(endpoint.secret)}`);
  await app.runDue();
  const updated = (await merchant.events()).findLast((event) => event.type === 'webhook_endpoint.updated');
  assert.deepEqual(updated?.data, shown);
});

test('a second overlap is refused with advice, and ending the old secrets at once is not', async (t) => {
  const { merchant, endpoint } = await start(t);
  const rotate = (body?: Json) => merchant.call('POST', `${path}/${endpoint.id}/rotate_secret`, body);
  assert.equal((await rotate({ overlap_seconds: 3_600 })).status, 200);
  const refused = await rotate();
  assert.deepEqual([refused.status, refused.body.code], [409, 'secret_rotation_under_way']);
  const now = await rotate({ overlap_seconds: 0 });
  assert.deepEqual([now.status, now.body.previous_secret_valid_until], [200, undefined]);
  const wrong = await rotate({ overlap_seconds: 604_801, secret: 'whsec_mine' });
  assert.deepEqual(wrong.body.errors.map(({ pointer }: Json) => pointer).sort(), ['/overlap_seconds', '/secret']);
});

test('a delivery is sent again with the same bytes, once for its key, and refused for a disabled endpoint', async (t) => {
  const { merchant, receiver, endpoint } = await start(t);
  await newCustomer(merchant, 'Ada');
  await app.runDue();
  const [delivered] = await deliveries(merchant, endpoint, '?status=succeeded');
  const key = randomUUID();
  const retry = (options: Json = {}) =>
    merchant.call('POST', `/collect/deliveries/${delivered.id}/retry`, undefined, options);
  const answer = await retry({ key });
  assert.deepEqual([answer.status, answer.body.status, answer.body.tries.length], [200, 'pending', 1]);
  await app.runDue();
  assert.equal((await retry({ key })).text, answer.text);
  await app.runDue();
  const [first, second, ...more] = receiver.received;
  assert.deepEqual([second!.body, second!.headers['webhook-id']], [first!.body, first!.headers['webhook-id']]);
  assert.equal(more.length, 0);
  const [after] = await deliveries(merchant, endpoint);
  assert.deepEqual([after.status, after.tries.map(({ number }: Json) => number)], ['succeeded', [1, 2]]);
  await merchant.call('PATCH', `${path}/${endpoint.id}`, { enabled: false });
  const refused = await retry();
  assert.deepEqual([refused.status, refused.body.code], [409, 'webhook_endpoint_disabled']);
});

test('what came while the endpoint was off is sent by a recovery since then, and nothing before', async (t) => {
  const { merchant, receiver, endpoint } = await start(t);
  await newCustomer(merchant, 'before');
  await app.runDue();
  app.clock.advance(60_000);
  await merchant.call('PATCH', `${path}/${endpoint.id}`, { enabled: false });
  const since = new Date(app.clock.now()).toISOString();
  for (const name of ['one', 'two']) await newCustomer(merchant, name);
  await app.runDue();
  const recover = (body: Json, options: Json = {}) =>
    merchant.call('POST', `${path}/${endpoint.id}/recover`, body, options);
  assert.equal((await recover({ since })).body.code, 'webhook_endpoint_disabled');
  await merchant.call('PATCH', `${path}/${endpoint.id}`, { enabled: true });
  const key = randomUUID();
  const begun = await recover({ since }, { key });
  assert.equal(begun.status, 202, begun.text);
  assert.deepEqual([begun.body.webhook_endpoint_id, begun.body.since], [endpoint.id, since]);
  await app.runDue();
  assert.equal((await recover({ since }, { key })).text, begun.text);
  await app.runDue();
  assert.deepEqual(receiver.received.map(({ event }) => event.data.name).sort(), ['before', 'one', 'two']);
});

test('a recovery since no moment names the field', async (t) => {
  const { merchant, endpoint } = await start(t);
  for (const since of ['yesterday', '2026-02-30T00:00:00Z', '2026-01-01', 5]) {
    const reply = await merchant.call('POST', `${path}/${endpoint.id}/recover`, { since });
    assert.deepEqual([reply.status, reply.body.errors?.[0].pointer], [400, '/since'], String(since));
  }
});
