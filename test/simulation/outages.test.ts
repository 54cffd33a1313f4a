/**
 * The world around Tender fails: a database that goes away under load and comes back, a pool that is far too small, a clock that
 * jumps. Nothing is lost, nothing is done twice, and whoever has to wait is told so.
 */
import assert from 'node:assert/strict';
import { after, afterEach, before, test } from 'node:test';
import { DAY, HOUR, SECOND } from '../../src/lib/time.ts';
import type { OutboundRequest } from '../../src/system.ts';
import { type TestApp, testApp } from '../support/app.ts';
import type { Json, Reply } from '../support/merchant.ts';
import { cards, type Page, type Payer } from '../support/payer.ts';
import { type Severable, severable } from '../support/severable.ts';
import { amounts } from '../support/steps.ts';
import { bankCatchesUp } from './bank.ts';
import { assertSound } from './invariants.ts';
import { untilQuiet } from './quiet.ts';
import { type Charged, SeriesOf } from './races-steps.ts';

const series = new SeriesOf();
/** Called when the answer to a call has arrived and nothing of it is written yet. */
let answered: (request: OutboundRequest) => Promise<void> | void = () => undefined;
/** False: nobody listens at the processor's address. */
let reachable = true;
let world: TestApp;
let line: Severable;
/** The server under test: its way to the database can be cut. */
let app: TestApp;
before(async () => {
  world = await testApp();
  line = await severable(world.database.url);
  app = await testApp({
    on: { ...world, database: { ...world.database, url: line.url } },
    wrapSend: (send) => async (request) => {
      if (!reachable) return { kind: 'not_sent', why: 'connect_refused', detail: 'nobody listens', latencyMs: 1 };
      const result = await send(request);
      await answered(request);
      return result;
    },
  });
  await series.base(world);
});
after(async () => {
  await app.stop();
  await line.close();
  await world.close();
});
afterEach(async () => {
  reachable = true;
  answered = () => undefined;
  await untilQuiet(world);
  await assertSound(world);
});

const times = <T>(count: number, work: (i: number) => Promise<T>): Promise<T[]> =>
  Promise.all(Array.from({ length: count }, (_, i) => work(i)));

interface Request {
  path: string;
  body: Record<string, unknown>;
  key: string;
}

const send = (at: TestApp, { path, body, key }: Request): Promise<Reply<Json>> =>
  at.merchant.call('POST', path, body, { key });

/** One of each kind of money operation for every one prepared, each with a key of its own. */
function requestsFor(given: { reserved: Charged[]; paid: Charged[]; name: string }): Request[] {
  const { name } = given;
  return [
    ...given.reserved.map(({ payment }, i) => ({
      path: `/collect/payments/${payment}/${i % 3 === 2 ? 'voids' : 'captures'}`,
      body: i % 3 === 2 ? {} : { amount: 7_000 },
      key: `${name}-step-${i}`,
    })),
    ...given.paid.map(({ payment }, i) => ({
      path: `/collect/payments/${payment}/refunds`,
      body: { amount: 8_000 },
      key: `${name}-refund-${i}`,
    })),
    ...given.paid.map((_, i) => ({
      path: '/collect/payment_sessions',
      body: { amount: 500, currency: 'ZAR' },
      key: `${name}-create-${i}`,
    })),
  ];
}

/** Answered as asked, or told when to come again; never anything else. */
function answeredOrLater(reply: Reply<Json>): boolean {
  if (reply.status < 300) return true;
  assert.ok([503, 409].includes(reply.status), reply.text);
  if (reply.status === 409) assert.ok(['idempotency_in_progress', 'payment_in_progress'].includes(reply.body.code));
  else assert.equal(reply.body.code, 'service_unavailable');
  assert.match(reply.headers.get('retry-after') ?? '1', /^[1-9]\d*$/);
  return false;
}

/** Paths of the steps that ended as "never arrived at the processor". */
async function neverSent(): Promise<Set<string>> {
  const rows = await world.database.query<{ path: string }>(
    `select '/collect/payments/' || payment_id || '/' || kind || 's' as path from attempts
     where kind in ('capture', 'void', 'refund') and decline ->> 'stage' = 'not_sent'`,
  );
  return new Set(rows.map((row) => row.path));
}

test('the database is away for a minute under load: nothing is lost, nothing is done twice, and clients are told to wait', async () => {
  const reserved = await times(9, () => series.reserved(world, 1_000));
  const paid = await times(9, () => series.paid(world));
  const requests = requestsFor({ reserved, paid, name: 'minute' });
  const pages = await times(6, async (): Promise<{ session: Json; payer: Payer; page: Page }> => {
    const session = await app.merchant.createSession();
    const payer = app.payer.another();
    return { session, payer, page: await payer.open(session) };
  });
  let calls = 0;
  answered = async () => {
    calls += 1;
    if (calls === 8) await line.cut();
  };
  const pressed = pages.map(({ session, payer, page }) =>
    payer.submit(session, page, cards.approved).catch(() => undefined),
  );
  const first = await Promise.all(requests.map((request) => send(app, request)));
  await Promise.all(pressed);
  const done = first.filter(answeredOrLater);
  assert.ok(done.length < requests.length, 'some were hit');

  for (let n = 0; n < 4; n++) {
    for (const request of requests.filter((_, i) => i % 4 === n))
      assert.equal(answeredOrLater(await send(app, request)), false);
    app.clock.advance(15 * SECOND);
    await assert.rejects(app.runDue(), { name: 'Unavailable' });
  }
  await line.mend();
  answered = () => undefined;
  await app.runDue();
  await untilQuiet(app);

  const repeated = await Promise.all(requests.map((request) => send(app, request)));
  for (const [i, reply] of repeated.entries()) {
    assert.ok(reply.status < 300, reply.text);
    const before = first[i]!;
    if (before.status < 300) assert.equal(reply.text, before.text, 'the same key, the same bytes');
  }
  // What was written down and never left was closed under its key, which says so; a new key asks anew.
  const unsent = await neverSent();
  for (const request of requests.filter(({ path }) => unsent.has(path)))
    assert.ok((await send(app, { ...request, key: `${request.key}-anew` })).status < 300);
  for (const [i, { payment }] of reserved.entries()) {
    const { paid: paidMinor, voided } = amounts(await app.merchant.payment(payment));
    assert.deepEqual([paidMinor, voided], i % 3 === 2 ? [1_000, 19_000] : [8_000, 0]);
  }
  for (const { payment } of paid) assert.equal(amounts(await app.merchant.payment(payment)).refunded, 8_000);
  for (const { session } of pages) {
    if ((await app.merchant.session(session.id)).status === 'active')
      await app.payer.another().pays(session, cards.approved);
    assert.equal((await app.merchant.session(session.id)).payment_outcome, 'paid');
  }
});

for (const [path, body, end] of [
  ['captures', { amount: 7_000 }, { paid: 8_000, voided: 0 }],
  ['voids', {}, { paid: 1_000, voided: 19_000 }],
  ['refunds', { amount: 400 }, { paid: 1_000, refunded: 400 }],
] as const) {
  test(`an outcome of ${path} that could not be written is found by the worker, and told under its key`, async () => {
    const { payment } = await series.reserved(world, 1_000);
    const request = { path: `/collect/payments/${payment}/${path}`, body, key: `lost-${path}` };
    answered = ({ method }) => (method === 'POST' ? line.cut() : undefined);
    assert.equal((await send(app, request)).status, 503);
    answered = () => undefined;
    await line.mend();
    assert.equal((await send(app, request)).body.code, 'idempotency_in_progress');
    app.clock.advance(28 * SECOND);
    await app.runDue();
    const reply = await send(app, request);
    assert.ok(reply.status < 300, reply.text);
    const now = amounts(await app.merchant.payment(payment));
    for (const [name, minor] of Object.entries(end)) assert.equal(now[name as keyof typeof now], minor, name);
  });
}

for (const [path, body] of [
  ['captures', { amount: 7_000 }],
  ['voids', {}],
  ['refunds', { amount: 400 }],
] as const) {
  test(`a processor that nobody can reach: ${path} are answered at once as not done, and may be asked for anew`, async () => {
    const { payment } = await series.reserved(world, 1_000);
    const request = { path: `/collect/payments/${payment}/${path}`, body, key: `down-${path}` };
    const before = amounts(await app.merchant.payment(payment));
    reachable = false;
    assert.ok((await send(app, request)).status < 300);
    const now = await app.merchant.payment(payment);
    assert.deepEqual(amounts(now), before);
    assert.deepEqual(
      [now.last_payment_error.error_code, now.last_payment_error.retry.allowed],
      ['processor_unavailable', true],
    );
    reachable = true;
    await send(app, { ...request, key: `up-${path}` });
    assert.notDeepEqual(amounts(await app.merchant.payment(payment)), before);
  });
}

test('50 requests of all kinds at once through a pool of two connections: all of them are answered', async () => {
  const narrow = await testApp({ on: world, connections: 2 });
  const reserved = await times(9, () => series.reserved(world, 1_000));
  const paid = await times(9, () => series.paid(world));
  const requests = requestsFor({ reserved, paid, name: 'pool' });
  const sessions = await times(8, () => narrow.merchant.createSession());
  const pays = sessions.map((session) => narrow.payer.another().pays(session, cards.approved));
  const reads = times(15, (i) => narrow.merchant.call('GET', `/collect/payments/${paid[i % paid.length]!.payment}`));
  const replies = await Promise.all(requests.map((request) => send(narrow, request)));
  for (const reply of [...replies, ...(await reads)]) assert.ok(reply.status < 300, reply.text);
  for (const page of await Promise.all(pays)) assert.equal(page.state, 'paid');
  await narrow.stop();
});

test('the clock jumps days ahead between a step and its answer: done once, and known', async () => {
  const jumped = async (given: Charged, path: string, body: Record<string, unknown>) => {
    const jump = Promise.withResolvers<void>();
    answered = async ({ method }) => {
      if (method !== 'POST') return;
      answered = () => undefined;
      app.clock.advance(3 * DAY);
      await bankCatchesUp(world);
      await world.runDue();
      jump.resolve();
    };
    const key = `ahead-${given.payment}-${path}`;
    const reply = await send(app, { path: `/collect/payments/${given.payment}/${path}`, body, key });
    await jump.promise;
    await untilQuiet(world);
    return reply;
  };
  const reserved = await series.reserved(world, 1_000);
  const capture = await jumped(reserved, 'captures', { amount: 7_000 });
  assert.equal(capture.status, 200, capture.text);
  const release = await jumped(reserved, 'voids', {});
  assert.equal(release.status, 200, release.text);
  const refund = await jumped(reserved, 'refunds', { amount: 500 });
  assert.equal(refund.status, 201, refund.text);
  assert.deepEqual(amounts(await app.merchant.payment(reserved.payment)), {
    authorised: 20_000,
    paid: 8_000,
    voided: 12_000,
    refunded: 500,
  });
});

test('the clock goes back an hour between two steps: each is done once, and told in order', async () => {
  const reserved = await series.reserved(world, 1_000);
  const session = await app.merchant.createSession();
  await app.runDue();
  app.clock.advance(-HOUR);
  assert.equal((await app.payer.another().pays(session, cards.approved)).state, 'paid');
  const path = `/collect/payments/${reserved.payment}`;
  assert.equal((await send(app, { path: `${path}/captures`, body: { amount: 7_000 }, key: 'back-1' })).status, 200);
  app.clock.advance(-HOUR);
  assert.equal((await send(app, { path: `${path}/refunds`, body: { amount: 500 }, key: 'back-2' })).status, 201);
  app.clock.advance(-HOUR);
  assert.equal((await send(app, { path: `${path}/voids`, body: {}, key: 'back-3' })).status, 200);
  await app.runDue();
  app.clock.advance(3 * HOUR);
  await app.runDue();
  const told = await app.merchant.events(`&object_id=${reserved.payment}`);
  assert.deepEqual(
    told.map((event) => [event.type, event.data.paid_amount, event.data.refunded_amount, event.data.voided_amount]),
    [
      ['payment.succeeded', 0, 0, 0],
      ['payment.captured', 1_000, 0, 0],
      ['payment.captured', 8_000, 0, 0],
      ['payment.refunded', 8_000, 500, 0],
      ['payment.voided', 8_000, 500, 12_000],
    ],
  );
});
