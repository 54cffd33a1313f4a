/** When the service must say "not now": too many requests, and a database that is away. It says for how long, and recovers by itself. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { createApiKey } from '../../src/app/tenants.ts';
import { type TestApp, testApp } from '../support/app.ts';
import { type Json, Merchant, type Reply } from '../support/merchant.ts';
import { type Severable, severable } from '../support/severable.ts';

const PER_SECOND = 5;
const path = '/collect/payment_sessions';
const smallest = { amount: 200, currency: 'ZAR' };

let world: TestApp;
let line: Severable;
/** The server under test: a second one on the same world, whose way to the database can be cut. */
let app: TestApp;
before(async () => {
  world = await testApp();
  line = await severable(world.database.url);
  app = await testApp({
    on: { ...world, database: { ...world.database, url: line.url } },
    rateLimitPerSecond: PER_SECOND,
  });
});
after(async () => {
  await app.stop();
  await line.close();
  await world.close();
});

/** A key whose bucket is full. */
async function freshKey(): Promise<Merchant> {
  const made = await createApiKey(app.program.app, { id: app.tenantId, mode: 'test' }, 'secret');
  return new Merchant(app.url, made.key, made.key);
}

function notNow(reply: Reply<Json>, status: number, code: string): void {
  assert.equal(reply.status, status, reply.text);
  assert.equal(reply.body.code, code);
  assert.match(reply.headers.get('retry-after') ?? '', /^[1-9]\d*$/);
}

test('a key may burst to twice its rate, then waits; other keys do not wait with it', async () => {
  const [merchant, other] = [await freshKey(), await freshKey()];
  const ask = () => merchant.call('GET', `${path}?limit=1`);
  for (let i = 0; i < 2 * PER_SECOND; i++) assert.equal((await ask()).status, 200);
  notNow(await ask(), 429, 'rate_limited');
  assert.equal((await other.call('GET', path)).status, 200);
  app.clock.advance(1_000);
  for (let i = 0; i < PER_SECOND; i++) assert.equal((await ask()).status, 200);
  notNow(await ask(), 429, 'rate_limited');
  app.clock.advance(60_000);
  for (let i = 0; i < 2 * PER_SECOND; i++) assert.equal((await ask()).status, 200, 'no more than a full bucket');
  notNow(await ask(), 429, 'rate_limited');
});

test('a request that came too fast did nothing and leaves its Idempotency-Key free', async () => {
  const merchant = await freshKey();
  for (let i = 0; i < 2 * PER_SECOND; i++) await merchant.call('GET', `${path}?limit=1`);
  notNow(await merchant.call('POST', path, smallest, { key: 'too-fast' }), 429, 'rate_limited');
  app.clock.advance(1_000);
  const reply = await merchant.call('POST', path, smallest, { key: 'too-fast' });
  assert.equal(reply.status, 201);
  assert.equal(reply.headers.get('idempotent-replayed'), null);
});

test('while the database is away every call is 503 with a time to wait, and the next one after that is answered', async () => {
  const merchant = await freshKey();
  const session = await merchant.createSession();
  const stranger = await freshKey();
  await line.cut();
  notNow(await merchant.call('GET', `${path}/${session.id}`), 503, 'service_unavailable');
  notNow(await merchant.call('POST', path, smallest, { key: 'while-away' }), 503, 'service_unavailable');
  notNow(await merchant.call('PATCH', `${path}/${session.id}`, { description: 'x' }), 503, 'service_unavailable');
  notNow(await stranger.call('GET', path), 503, 'service_unavailable');
  assert.equal((await fetch(`${app.url}/health/live`)).status, 200);
  const ready = await fetch(`${app.url}/health/ready`);
  assert.equal(ready.status, 503);
  assert.match(ready.headers.get('retry-after') ?? '', /^\d+$/);
  assert.equal((await ready.json()).details.database, 'unreachable');
  await line.mend();
  assert.deepEqual((await merchant.call('GET', `${path}/${session.id}`)).body, session);
  const created = await merchant.call('POST', path, smallest, { key: 'while-away' });
  assert.equal(created.status, 201);
  assert.equal(created.headers.get('idempotent-replayed'), null, 'nothing had happened');
  assert.equal((await fetch(`${app.url}/health/ready`)).status, 200);
});

test('a mistyped key is refused without the database', async () => {
  const merchant = await freshKey();
  await line.cut();
  const wrong = merchant.secretKey.replace(/.$/, (last) => (last === 'a' ? 'b' : 'a'));
  assert.equal((await merchant.call('GET', path, undefined, { bearer: wrong })).status, 401);
  await line.mend();
});

test('a commit whose answer was lost is found again under its key, once', async () => {
  const merchant = await freshKey();
  const [before] = await app.database.query<{ made: string }>('select count(*) as made from payment_sessions');
  const asking = Array.from({ length: 6 }, () => merchant.call('POST', path, smallest, { key: 'lost-answer' }));
  await line.cut();
  for (const reply of await Promise.all(asking)) {
    if (reply.status !== 201) notNow(reply, 503, 'service_unavailable');
  }
  await line.mend();
  const first = await merchant.call('POST', path, smallest, { key: 'lost-answer' });
  assert.equal(first.status, 201, first.text);
  const [now] = await app.database.query<{ made: string }>('select count(*) as made from payment_sessions');
  assert.equal(Number(now!.made), Number(before!.made) + 1);
});
