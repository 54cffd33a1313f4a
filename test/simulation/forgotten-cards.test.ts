/** Sealed cards live as long as somebody may still need them, and not longer. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { MINUTE } from '../../src/lib/time.ts';
import type { Outbound } from '../../src/system.ts';
import { type TestApp, testApp } from '../support/app.ts';
import { cards } from '../support/payer.ts';
import { assertSound } from './invariants.ts';
import { untilQuiet } from './quiet.ts';

/** While true every question to the processor is refused at its door. */
let silent = false;
const muted =
  (send: Outbound): Outbound =>
  async (request) =>
    silent && request.method === 'GET'
      ? { kind: 'not_sent', why: 'connect_refused', detail: 'down', latencyMs: 1 }
      : send(request);

let app: TestApp;
before(async () => {
  app = await testApp({ wrapSend: muted });
});
after(() => app.close());

async function sealedCards(): Promise<number> {
  const [row] = await app.database.query<{ n: number }>('select count(*)::int as n from vault.cards');
  return row!.n;
}

test('a card that did not pay is shredded as soon as another one paid', async () => {
  const session = await app.merchant.createSession();
  await app.payer.pays(session, cards.insufficientFunds);
  assert.equal(await sealedCards(), 1, 'kept for a further try');
  await app.payer.pays(session, cards.approved);
  assert.equal(await sealedCards(), 0);
});

test('a card that did not pay is shredded once its page has forgotten it', async () => {
  const session = await app.merchant.createSession();
  await app.payer.another().pays(session, cards.insufficientFunds);
  assert.equal(await sealedCards(), 1, 'kept for a further try');
  app.clock.advance(17 * MINUTE);
  await app.runDue();
  assert.equal(await sealedCards(), 0);
});

test('a card that a first payment saves is kept while nobody knows the end of that payment', async () => {
  await app.control.arm({ kind: 'lost_notification', times: 100 });
  await app.control.arm({ kind: 'answer_lost' });
  silent = true;
  const session = await app.merchant.createSession({
    type: 'first_in_series',
    options: { customer: { name: 'Thandi' } },
  });
  await app.payer.another().pays(session, cards.approved);
  app.clock.advance(17 * MINUTE);
  await app.runDue();
  silent = false;
  await untilQuiet(app);
  const paid = await app.merchant.session(session.id);
  assert.equal(paid.payment_outcome, 'paid');
  assert.equal(await sealedCards(), 1, 'the saved method has its card');
  await assertSound(app);
});
