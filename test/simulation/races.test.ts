/**
 * Things that happen at once: every pair that touches the same money, with many interleavings. One of them wins, the others
 * find out, and the world is sound.
 */
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, afterEach, before, test } from 'node:test';
import { HOUR, MINUTE, SECOND } from '../../src/lib/time.ts';
import type { Outbound } from '../../src/system.ts';
import { type TestApp, testApp } from '../support/app.ts';
import type { Json } from '../support/merchant.ts';
import { cards, hiddenFields, type Payer } from '../support/payer.ts';
import { tellsOf } from './bank.ts';
import { assertSound } from './invariants.ts';
import { untilQuiet } from './quiet.ts';

const ROUNDS = 12;
let between: (send: Outbound) => Outbound = (send) => send;
let app: TestApp;
/** A second process on the same database and sandbox. */
let second: TestApp;
before(async () => {
  app = await testApp({ connections: 16, wrapSend: (send) => (request) => between(send)(request) });
  second = await testApp({ on: app });
});
after(async () => {
  await second.stop();
  await app.close();
});
afterEach(async () => {
  between = (send) => send;
  await app.control.calm();
  await untilQuiet(app);
  await assertSound(app);
});

async function chargesOf(session: Json): Promise<number> {
  const { payment_id } = await app.merchant.session(session.id);
  return (await app.control.book()).filter((row) => row.reference === payment_id && row.kind === 'charge').length;
}

const times = <T>(count: number, work: (i: number) => Promise<T>): Promise<T[]> =>
  Promise.all(Array.from({ length: count }, (_, i) => work(i)));

test('50 creates with one key at once, on two servers, make one session', async () => {
  const key = randomUUID();
  const replies = await times(50, (i) =>
    (i % 2 === 0 ? app : second).merchant.call(
      'POST',
      '/collect/payment_sessions',
      { amount: 700, currency: 'ZAR' },
      { key },
    ),
  );
  assert.ok(replies.every((reply) => reply.status === 201));
  assert.equal(new Set(replies.map((reply) => reply.body.id)).size, 1);
  assert.equal(new Set(replies.map((reply) => reply.text.replaceAll(/:\d{4,5}\//g, '/'))).size, 1);
});

test('20 charges without the payer with one key at once charge once', async () => {
  const session = await app.merchant.createSession({
    type: 'first_in_series',
    options: { customer: { name: 'Thandi' } },
  });
  await app.payer.another().pays(session, cards.approved);
  const token = await app.merchant.session(session.id);
  const key = randomUUID();
  const replies = await times(20, (i) => (i % 2 === 0 ? app : second).merchant.chargeNext(token, {}, { key }));
  assert.ok(replies.every((reply) => reply.status === 201 || reply.body.code === 'idempotency_in_progress'));
  const ids = new Set(replies.filter((reply) => reply.status === 201).map((reply) => reply.body.id));
  assert.equal(ids.size, 1);
  assert.equal(await chargesOf({ id: [...ids][0] }), 1);
});

test('one rendering of the page sent 20 times charges once', async () => {
  for (let round = 0; round < 3; round++) {
    const session = await app.merchant.createSession();
    const payer = app.payer.another();
    const page = await payer.open(session);
    await times(20, () => payer.submit(session, page, cards.approved));
    assert.equal((await app.merchant.session(session.id)).payment_outcome, 'paid');
    assert.equal(await chargesOf(session), 1);
  }
});

test('20 browsers that pay one session at once, on two servers, charge once', async () => {
  for (let round = 0; round < 3; round++) {
    const session = await app.merchant.createSession();
    const browsers = await times(20, async (i): Promise<[Payer, Awaited<ReturnType<Payer['open']>>]> => {
      const payer = (i % 2 === 0 ? app : second).payer.another();
      return [payer, await payer.open(session)];
    });
    const cardNumbers = [cards.approved, '5555555555554444'];
    await times(20, (i) => browsers[i]![0].submit(session, browsers[i]![1], cardNumbers[i % 2]!));
    assert.equal((await app.merchant.session(session.id)).payment_outcome, 'paid');
    assert.equal(await chargesOf(session), 1);
  }
});

test('pay × cancel: paid or cancelled, never both', async () => {
  const ends = new Set<string>();
  for (let round = 0; round < ROUNDS; round++) {
    const session = await app.merchant.createSession();
    const payer = app.payer.another();
    const page = await payer.open(session);
    const cancel = () => second.merchant.call('POST', `/collect/payment_sessions/${session.id}/cancel`);
    await Promise.all([payer.submit(session, page, cards.approved), afterTurns(round, cancel)]);
    const end = await app.merchant.session(session.id);
    ends.add(`${end.status}, ${end.payment_outcome}`);
    assert.equal(await chargesOf(session), end.payment_outcome === 'paid' ? 1 : 0);
  }
  for (const end of ends) assert.ok(['completed, paid', 'cancelled, unpaid'].includes(end), end);
});

test('pay × expire: paid or expired, never both', async () => {
  for (let round = 0; round < ROUNDS; round++) {
    const expires_at = new Date(app.clock.now() + HOUR).toISOString();
    const session = await app.merchant.createSession({ options: { checkout_options: { expires_at } } });
    const payer = app.payer.another();
    const page = await payer.open(session);
    app.clock.advance(HOUR - 1);
    const paying = payer.submit(session, page, cards.approved);
    await afterTurns(round, async () => app.clock.advance(1));
    await Promise.all([paying, app.runDue(), second.runDue()]);
    const end = await app.merchant.session(session.id);
    assert.ok(['completed', 'expired'].includes(end.status), end.status);
    assert.equal(await chargesOf(session), end.payment_outcome === 'paid' ? 1 : 0);
  }
});

test('notification × return × check × worker: one end, told once', async () => {
  for (let round = 0; round < ROUNDS; round++) {
    const session = await app.merchant.createSession();
    await app.control.arm({ kind: 'lost_notification', times: 2 });
    await app.control.arm({ kind: 'answer_lost' });
    const payer = app.payer.another();
    await payer.pays(session, cards.approved);
    const [attempt] = await app.database.query<{ id: string; request_key: string }>(
      'select id, request_key from attempts where session_id = $1',
      [session.id],
    );
    app.clock.advance(3 * SECOND);
    await Promise.all([
      tellsOf(app, attempt!.request_key, 'charge.approved'),
      tellsOf(second, attempt!.request_key, 'charge.approved'),
      fetch(`${app.url}/checkout/${session.checkout_session_id}/return/${attempt!.id}`, { redirect: 'manual' }),
      payer.act(session, 'check'),
      app.runDue(),
      second.runDue(),
    ]);
    assert.equal((await app.merchant.session(session.id)).payment_outcome, 'paid');
    await app.runDue();
    const events = await app.merchant.events();
    const told = events.filter(
      (event) => event.type === 'payment.succeeded' && event.data.payment_session_id === session.id,
    );
    assert.ok(told.length <= 1);
  }
});

test('the bank approves × the payer leaves × the deadline passes: one end, and it is the bank’s', async () => {
  for (let round = 0; round < ROUNDS; round++) {
    const session = await app.merchant.createSession();
    const payer = app.payer.another();
    await payer.pays(session, cards.challenge);
    const page = await payer.open(session);
    if (round % 3 === 2) app.clock.advance(10 * MINUTE);
    await Promise.all([
      payer.decidesAtBank(session, 'approve').catch(() => undefined),
      afterTurns(round, () => payer.press(session, 'leave', { csrf: hiddenFields(page.html, 'leave').csrf ?? '' })),
      app.runDue(),
      second.runDue(),
    ]);
    await untilQuiet(app);
    const end = await app.merchant.session(session.id);
    const charged = (await app.control.charged()).filter((row) => row.reference === end.payment_id).length;
    assert.equal(charged, end.payment_outcome === 'paid' ? 1 : 0);
  }
});

test('two workers never ask about one attempt at once, and everything due is done', async () => {
  const asked = new Map<string, number>();
  between = (send) => async (request) => {
    if (request.method === 'GET') asked.set(request.url, (asked.get(request.url) ?? 0) + 1);
    return send(request);
  };
  await app.control.arm({ kind: 'lost_notification', times: 100 });
  await app.control.arm({ kind: 'answer_lost', times: 20 });
  const sessions = await times(20, async () => {
    const session = await app.merchant.createSession();
    await app.payer.another().pays(session, cards.approved);
    return session;
  });
  app.clock.advance(3 * SECOND);
  await Promise.all([app.runDue(), second.runDue(), app.runDue()]);
  for (const session of sessions) assert.equal((await app.merchant.session(session.id)).payment_outcome, 'paid');
  assert.ok([...asked.values()].every((n) => n === 1));
});

/** After `turns` turns of the event loop: each round meets the other at another moment. */
async function afterTurns<T>(turns: number, work: () => Promise<T>): Promise<T> {
  for (let i = 0; i < turns; i++) await new Promise((resolve) => setImmediate(resolve));
  return work();
}
