/**
 * The power fails while twenty payers are paying: API, worker, PostgreSQL and the sandbox die in one moment, in real
 * processes and real time. After the next start every payment says what the bank's book says.
 */
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { type Json, Merchant } from '../support/merchant.ts';
import { cards, Payer } from '../support/payer.ts';
import { tookMoney } from './invariants.ts';
import { WholeServer } from './whole-server.ts';

const PAYMENTS = 20;
/** What the plan promises for what the bank has decided, from the moment the server is up again. */
const SETTLED_WITHIN_MS = 60_000;

const server = new WholeServer('fixed:60');
after(() => server.remove());

test('everything is killed under 20 payments in flight: within a minute of the restart each is what the book says', async () => {
  const first = await server.start();
  const merchant = new Merchant(first.api_url, first.secret_key, first.public_key);
  const sessions = await Promise.all(Array.from({ length: PAYMENTS }, () => merchant.createSession()));
  // Most are decided at the bank for a while before their answer is on its way: the moment that matters.
  await server.arm({
    kind: 'slow',
    params: { ms: 5_000 },
    times: 1_000,
    probability: 0.6,
    match: { operation: 'charge' },
  });
  let answered = 0;
  let killed = 0;
  const paying = sessions.map(async (session, i) => {
    await pause(i * 40);
    const page = await new Payer(first.api_url).pays(session, cards.approved).catch(() => undefined);
    if (page?.state !== 'paid') return;
    answered += 1;
    if (answered === PAYMENTS / 4) killed = server.kill();
  });
  await Promise.all(paying);
  assert.ok(killed >= 3, `${killed} processes were killed`);
  assert.ok(answered < PAYMENTS, 'the power failed in the midst of it');

  const again = await server.start();
  const restarted = Date.now();
  assert.equal(again.secret_key, first.secret_key);
  const ends = await settled(new Merchant(again.api_url, again.secret_key, again.public_key), sessions, restarted);
  const book = await server.book();
  for (const session of ends) {
    const rows = book.filter((row) => row.reference === session.payment_id);
    assert.ok(rows.filter(tookMoney).length <= 1, `${session.id} was charged twice`);
    assert.ok(rows.every((row) => row.arrivals <= 1));
    const taken = rows.some(tookMoney);
    assert.equal(session.payment_outcome === 'paid', taken, `${session.id} is ${session.payment_outcome}`);
  }
  const known = new Set(ends.map((session) => session.payment_id));
  assert.ok(
    book.every((row) => row.reference === null || known.has(row.reference)),
    'no charge without a record',
  );
  const paid = ends.filter((session) => session.payment_outcome === 'paid').length;
  assert.ok(paid > answered, 'payments decided at the bank and not yet told were found again');
  console.log(
    `answered before the kill ${answered}, paid after it ${paid}, of ${PAYMENTS}; ${killed} processes killed`,
  );
});

/** The sessions, once none is pending that the bank knows about. */
async function settled(merchant: Merchant, sessions: Json[], since: number): Promise<Json[]> {
  for (;;) {
    const now = await Promise.all(sessions.map((session) => merchant.session(session.id)));
    const arrived = new Set((await server.book()).map((row) => row.reference));
    const waiting = now.filter((one) => one.payment_outcome === 'pending' && arrived.has(one.payment_id));
    if (waiting.length === 0) return now;
    assert.ok(Date.now() - since < SETTLED_WITHIN_MS, `${waiting.length} payments are still open`);
    await pause(500);
  }
}
