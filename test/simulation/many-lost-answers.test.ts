/**
 * Five hundred payments, of which every tenth loses its answer after the bank has decided: nobody charged twice, nobody
 * charged and told "failed", everything known once the worker has asked.
 */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { MINUTE } from '../../src/lib/time.ts';
import { type TestApp, testApp } from '../support/app.ts';
import type { Json } from '../support/merchant.ts';
import { cards } from '../support/payer.ts';
import { assertSound } from './invariants.ts';
import { untilQuiet } from './quiet.ts';

const PAYMENTS = 500;
const AT_ONCE = 10;
/** `SEED=… npm test` draws the same losses for the same request keys; keys are random, so it repeats the rate, not the run. */
const seed = Number(process.env.SEED ?? Date.now() % 1_000_000);

let app: TestApp;
before(async () => {
  app = await testApp({ connections: 12 });
});
after(() => app.close());

test(`500 payments with 10 % lost answers (seed ${seed}): no double charge, no lost charge, all known`, async () => {
  const first = await app.merchant.createSession({
    type: 'first_in_series',
    options: { customer: { name: 'Thandi' } },
  });
  await app.payer.pays(first, cards.approved);
  const token = await app.merchant.session(first.id);
  await app.control.arm({
    kind: 'answer_lost',
    probability: 0.1,
    times: 1_000_000,
    seed: String(seed),
    match: { operation: 'charge' },
  });
  // Without the notification that would repair half of it at once.
  await app.control.arm({ kind: 'lost_notification', times: 1_000_000 });
  const sessions: Json[] = [];
  await eachOf(PAYMENTS, async (i) => sessions.push(i % 2 === 0 ? await paysOnPage(i) : await paysAlone(token, i)));
  const open = sessions.filter((session) => session.payment_outcome === 'pending').length;
  assert.ok(open > PAYMENTS * 0.04 && open < PAYMENTS * 0.2, `${open} of ${PAYMENTS} answers were lost`);
  await untilQuiet(app);
  const states = await app.database.query<{ outcome: string; n: number }>(
    'select payment_outcome as outcome, count(*)::int as n from payment_sessions group by 1',
  );
  assert.deepEqual(states, [{ outcome: 'paid', n: PAYMENTS + 1 }]);
  const charged = await app.control.charged();
  assert.equal(charged.length, PAYMENTS + 1);
  assert.equal(new Set(charged.map((row) => row.reference)).size, PAYMENTS + 1);
  assert.ok((await app.control.book()).every((row) => row.arrivals === 1));
  await assertSound(app);
});

async function paysOnPage(i: number): Promise<Json> {
  const session = await app.merchant.createSession({ amount: 1_000 + i });
  await app.payer.another().pays(session, cards.approved);
  return app.merchant.session(session.id);
}

async function paysAlone(token: Json, i: number): Promise<Json> {
  const reply = await app.merchant.chargeNext(token, { amount: 1_000 + i });
  assert.equal(reply.status, 201, reply.text);
  return reply.body;
}

/** Runs `work` for 0 … count − 1, a few at once; the clock moves a little all the while. */
async function eachOf(count: number, work: (i: number) => Promise<unknown>): Promise<void> {
  let i = 0;
  const lane = async (): Promise<void> => {
    while (i < count) {
      if (i % 50 === 0) app.clock.advance(MINUTE / 60);
      await work(i++);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, lane));
}
