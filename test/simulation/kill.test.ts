/**
 * The power fails while twenty payers are paying: API, worker, PostgreSQL and the sandbox die in one moment, in real
 * processes and real time, soon after PostgreSQL died alone. Afterwards every payment says what the bank's book says.
 */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { type Json, Merchant } from '../support/merchant.ts';
import { cards, Payer } from '../support/payer.ts';
import { tookMoney } from './invariants.ts';
import { type Ready, WholeServer } from './whole-server.ts';

const PAYMENTS = 20;
/** What the plan promises for what the bank has decided, from the moment the server is up again. */
const SETTLED_WITHIN_MS = 60_000;

const server = new WholeServer('fixed:60');
let first: Ready;
before(async () => {
  first = await server.start();
  // Most are decided at the bank for a while before their answer is on its way: the moment that matters.
  await server.arm({
    kind: 'slow',
    params: { ms: 5_000 },
    times: 1_000,
    probability: 0.6,
    match: { operation: 'charge' },
  });
});
after(() => server.remove());

const merchantOf = (ready: Ready): Merchant => new Merchant(ready.api_url, ready.secret_key, ready.public_key);

/** Twenty payers one after another; `strike` comes when two have seen "paid", which by the chance of the slow answers is all but certain. */
async function payersUnder(strike: () => void): Promise<{ sessions: Json[]; answered: number }> {
  const merchant = merchantOf(first);
  const sessions = await Promise.all(Array.from({ length: PAYMENTS }, () => merchant.createSession()));
  let answered = 0;
  const paying = sessions.map(async (session, i) => {
    await pause(i * 40);
    const page = await new Payer(first.api_url).pays(session, cards.approved).catch(() => undefined);
    if (page?.state !== 'paid') return;
    answered += 1;
    if (answered === 2) strike();
  });
  await Promise.all(paying);
  return { sessions, answered };
}

test('PostgreSQL dies under 20 payments, then everything does under 20 more: within a minute of the restart each is what the book says', async () => {
  const under = await payersUnder(() => server.killDatabase());
  await takesSessionsAgain();
  let killed = 0;
  const underAll = await payersUnder(() => {
    killed = server.kill();
  });
  assert.ok(underAll.answered < PAYMENTS, 'it happened in the midst of things');
  assert.ok(killed >= 3, `${killed} processes were killed`);
  const again = await server.start();
  assert.equal(again.secret_key, first.secret_key);
  const answered = under.answered + underAll.answered;
  const paid = await endsAreTheBooks(merchantOf(again), [...under.sessions, ...underAll.sessions]);
  assert.ok(paid > answered, 'payments decided at the bank and not yet told were found again');
  console.log(`told before the kills ${answered}, paid ${paid}, of ${2 * PAYMENTS}; ${killed} processes killed`);
});

/** The database server was killed alone, and whoever watches over it has brought it back. */
async function takesSessionsAgain(): Promise<void> {
  const since = Date.now();
  for (;;) {
    const reply = await merchantOf(first).call('GET', '/collect/payment_sessions');
    if (reply.status === 200) return;
    assert.ok(Date.now() - since < SETTLED_WITHIN_MS, 'PostgreSQL did not come back');
    await pause(100);
  }
}

/** Waits for the end of all that the bank knows about, and holds each session against the book. Answers how many were paid. */
async function endsAreTheBooks(merchant: Merchant, sessions: Json[]): Promise<number> {
  const ends = await settled(merchant, sessions);
  const book = await server.book();
  for (const session of ends) {
    const rows = book.filter((row) => row.reference === session.payment_id && row.reference !== undefined);
    assert.ok(rows.filter(tookMoney).length <= 1, `${session.id} was charged twice`);
    assert.ok(rows.every((row) => row.arrivals <= 1));
    assert.equal(session.payment_outcome === 'paid', rows.some(tookMoney), `${session.id}: ${session.payment_outcome}`);
  }
  return ends.filter((session) => session.payment_outcome === 'paid').length;
}

/** The sessions, once none is pending that the bank knows about. */
async function settled(merchant: Merchant, sessions: Json[]): Promise<Json[]> {
  const since = Date.now();
  for (;;) {
    const replies = await Promise.all(
      sessions.map((session) => merchant.call('GET', `/collect/payment_sessions/${session.id}`).catch(() => undefined)),
    );
    const now = replies.map((reply) => (reply?.status === 200 ? reply.body : { payment_outcome: 'not readable' }));
    const arrived = new Set((await server.book()).map((row) => row.reference));
    const waiting = now.filter(
      ({ payment_outcome, payment_id }) =>
        payment_outcome === 'not readable' || (payment_outcome === 'pending' && arrived.has(payment_id)),
    );
    if (waiting.length === 0) return now;
    assert.ok(Date.now() - since < SETTLED_WITHIN_MS, `${waiting.length} payments are still open`);
    await pause(500);
  }
}
