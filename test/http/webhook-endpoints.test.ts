/** Webhook endpoints at the front door: making, changing, pinging and deleting them, and looking at their deliveries. */
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, test } from 'node:test';
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
// Nobody listens at the discard port: what is sent there fails at once.

async function create(merchant: Merchant, body: Record<string, unknown> = {}): Promise<Json> {
  const reply = await merchant.call('POST', path, { url: 'http://127.0.0.1:9/hooks', ...body });
  assert.equal(reply.status, 201, reply.text);
  return reply.body;
}

test('a new endpoint answers its secret once, and never again', async () => {
  const merchant = await app.otherMerchant();
  const made = await create(merchant, { description: 'Orders', event_types: ['payment.succeeded'] });
  assert.match(made.id, /^whe_[0-9A-Za-z]{24}$/);
  assert.match(made.secret, /^whsec_[0-9A-Za-z+/]{43}=$/);
  const { secret, ...shown } = made;
  assert.deepEqual(shown, {
    id: made.id,
    url: 'http://127.0.0.1:9/hooks',
    description: 'Orders',
    event_types: ['payment.succeeded'],
    enabled: true,
    ordering: 'per_object',
    concurrency: 8,
    mode: 'test',
    created_at: made.created_at,
    updated_at: made.created_at,
  });
  assert.deepEqual((await merchant.call('GET', `${path}/${made.id}`)).body, shown);
  assert.deepEqual((await merchant.call('GET', path)).body, { data: [shown] });
  await app.runDue();
  const [created] = await merchant.events();
  assert.equal(created.type, 'webhook_endpoint.created');
  assert.deepEqual(created.data, shown);
});

test('a repeated key answers the same endpoint with the same secret, and the database holds no secret in clear', async () => {
  const merchant = await app.otherMerchant();
  const key = randomUUID();
  const body = { url: 'http://127.0.0.1:9/once' };
  const first = await merchant.call('POST', path, body, { key });
  const again = await merchant.call('POST', path, body, { key });
  assert.equal(again.status, 201);
  assert.equal(again.headers.get('idempotent-replayed'), 'true');
  assert.equal(again.text, first.text);
  assert.equal((await merchant.call('GET', path)).body.data.length, 1);
  const other = await merchant.call('POST', path, { url: 'http://127.0.0.1:9/twice' }, { key });
  assert.equal(other.body.code, 'idempotency_key_reused');
  const tables = await app.database.query<{ text: string }>(
    `select row_to_json(k)::text as text from idempotency_keys k union all select row_to_json(w)::text from webhook_endpoints w
      union all select row_to_json(e)::text from events e`,
  );
  const secret = first.body.secret.slice('whsec_'.length);
  assert.ok(tables.length > 0 && tables.every((row) => !row.text.includes(secret) && !row.text.includes('whsec_')));
});

test('the seventeenth endpoint is refused with webhook_endpoint_limit, however many ask at once', async () => {
  const merchant = await app.otherMerchant();
  const asked = Array.from({ length: 24 }, (_, i) => merchant.call('POST', path, { url: `http://127.0.0.1:9/${i}` }));
  const replies = await Promise.all(asked);
  const made = replies.filter(({ status }) => status === 201);
  assert.equal(made.length, 16);
  for (const { status, body } of replies.filter((reply) => reply.status !== 201)) {
    assert.deepEqual([status, body.code], [422, 'webhook_endpoint_limit']);
  }
  assert.equal((await merchant.call('DELETE', `${path}/${made[3]!.body.id}`)).status, 204);
  await create(merchant);
  const page = await merchant.call('GET', `${path}?limit=10`);
  assert.equal(page.body.data.length, 10);
  const rest = await merchant.call('GET', `${path}?limit=10&cursor=${page.headers.get('next-cursor')}`);
  assert.equal(rest.body.data.length, 6);
});

test('a URL that webhooks cannot be sent to is refused with webhook_url_not_allowed and its field', async () => {
  for (const url of ['http://example.com/', 'https://10.0.0.1/', 'https://user:pw@example.com/', 'nonsense']) {
    const reply = await app.merchant.call('POST', path, { url });
    assert.deepEqual([reply.status, reply.body.code], [422, 'webhook_url_not_allowed'], url);
    assert.equal(reply.body.errors[0].pointer, '/url');
  }
});

test('a body with wrong fields answers 400 and names each of them', async () => {
  const reply = await app.merchant.call('POST', path, {
    event_types: ['payment.succeeded', 'payment.exploded'],
    enabled: 'yes',
    ordering: 'strict',
    concurrency: 33,
    colour: 'red',
  });
  assert.equal(reply.status, 400);
  const pointers = reply.body.errors.map((error: Json) => `${error.pointer} ${error.code}`).sort();
  assert.deepEqual(pointers, [
    '/colour unknown_field',
    '/concurrency out_of_range',
    '/enabled invalid_type',
    '/event_types/1 invalid_value',
    '/ordering invalid_value',
    '/url required',
  ]);
});

test('a change is an event, and a change to what already is changes nothing', async () => {
  const merchant = await app.otherMerchant();
  const made = await create(merchant);
  const change = { url: 'http://127.0.0.1:9/new', event_types: ['payment.failed'], ordering: 'none', enabled: false };
  const changed = await merchant.call('PATCH', `${path}/${made.id}`, change);
  assert.equal(changed.status, 200);
  assert.deepEqual({ ...changed.body, ...change }, changed.body);
  assert.equal(changed.body.disabled_reason, 'requested');
  assert.ok(changed.body.disabled_at);
  assert.equal((await merchant.call('PATCH', `${path}/${made.id}`, change)).text, changed.text);
  const enabled = await merchant.call('PATCH', `${path}/${made.id}`, { enabled: true });
  assert.equal(enabled.body.disabled_reason, undefined);
  await app.runDue();
  assert.deepEqual(
    (await merchant.events()).map((event) => event.type),
    ['webhook_endpoint.created', 'webhook_endpoint.updated', 'webhook_endpoint.updated'],
  );
});

test('a deleted endpoint is gone for everybody and its deletion is an event', async () => {
  const merchant = await app.otherMerchant();
  const { id } = await create(merchant);
  assert.equal((await merchant.call('DELETE', `${path}/${id}`)).status, 204);
  for (const [method, route, body] of [
    ['GET', `${path}/${id}`],
    ['PATCH', `${path}/${id}`, {}],
    ['DELETE', `${path}/${id}`],
    ['POST', `${path}/${id}/ping`],
    ['GET', `${path}/${id}/deliveries`],
  ] as const) {
    const reply = await merchant.call(method, route, body);
    assert.deepEqual([reply.status, reply.body.code], [404, 'webhook_endpoint_not_found'], `${method} ${route}`);
  }
  await app.runDue();
  assert.equal((await merchant.events()).at(-1).type, 'webhook_endpoint.deleted');
});

test('endpoints and deliveries of another account do not exist, and a public key sees none', async (t) => {
  const [merchant, stranger] = [await app.otherMerchant(), await app.otherMerchant()];
  const receiver = await startReceiver(t);
  const { id } = await create(merchant, { url: receiver.url });
  await app.runDue();
  const [delivery] = (await merchant.call('GET', `${path}/${id}/deliveries`)).body.data;
  assert.equal((await stranger.call('GET', `${path}/${id}`)).body.code, 'webhook_endpoint_not_found');
  assert.equal((await stranger.call('DELETE', `${path}/${id}`)).status, 404);
  assert.equal((await stranger.call('GET', `/collect/deliveries/${delivery.id}`)).body.code, 'delivery_not_found');
  for (const route of [path, `${path}/${id}`, `/collect/deliveries/${delivery.id}`, '/collect/events']) {
    assert.equal((await merchant.call('GET', route, undefined, { bearer: merchant.publicKey })).status, 403, route);
  }
});

test('a ping is signed, delivered and shown as a delivery with its try', async (t) => {
  const merchant = await app.otherMerchant();
  const receiver = await startReceiver(t);
  receiver.reply((_, response) => void response.end('pong'));
  const { id, secret } = await create(merchant, { url: receiver.url, event_types: ['payment.failed'] });
  const key = randomUUID();
  const pinged = await merchant.call('POST', `${path}/${id}/ping`, undefined, { key });
  assert.equal(pinged.status, 200);
  assert.equal((await merchant.call('POST', `${path}/${id}/ping`, undefined, { key })).text, pinged.text);
  await app.runDue();
  const [got] = receiver.received;
  assert.equal(receiver.received.length, 1);
  assert.equal(got!.event.type, 'webhook_endpoint.ping');
  const signed = new Webhook(secret).sign(
    got!.event.id,
    new Date(Number(got!.headers['webhook-timestamp']) * 1000),
    got!.body,
  );
  assert.equal(got!.headers['webhook-signature'], signed);
  const { data } = (await merchant.call('GET', `${path}/${id}/deliveries`)).body;
  assert.equal(data.length, 1);
  const [{ tries, ...delivery }] = data;
  assert.deepEqual(delivery, {
    id: delivery.id,
    event_id: got!.event.id,
    event_type: 'webhook_endpoint.ping',
    webhook_endpoint_id: id,
    status: 'succeeded',
    created_at: delivery.created_at,
  });
  const [{ latency_ms, at, ...first }] = tries;
  const { host, connection, 'content-length': length, ...headers } = got!.headers;
  assert.deepEqual(first, { number: 1, status: 200, answer: 'pong', request: { url: receiver.url, headers } });
  assert.equal(Number(length), Buffer.byteLength(got!.body));
  assert.equal((await merchant.call('GET', `/collect/events/${got!.event.id}`)).text, got!.body);
  assert.ok(Number.isInteger(latency_ms) && at >= delivery.created_at);
  assert.deepEqual((await merchant.call('GET', `/collect/deliveries/${delivery.id}`)).body, data[0]);
});

test('a disabled endpoint refuses a ping with webhook_endpoint_disabled', async () => {
  const merchant = await app.otherMerchant();
  const { id } = await create(merchant, { enabled: false });
  const reply = await merchant.call('POST', `${path}/${id}/ping`);
  assert.deepEqual([reply.status, reply.body.code], [409, 'webhook_endpoint_disabled']);
});
