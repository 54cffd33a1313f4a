/** A request that arrives long after it was given up: its key was closed before anybody was told that nothing is charged. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { HOUR, MINUTE } from '../../src/lib/time.ts';
import type { Outbound } from '../../src/system.ts';
import { type TestApp, testApp } from '../support/app.ts';
import { cards } from '../support/payer.ts';
import { bankCatchesUp } from './bank.ts';
import { assertSound } from './invariants.ts';
import { untilQuiet } from './quiet.ts';

/** Time-outs of the network are real time: nobody waits 25 seconds here for what never comes. */
const impatient =
  (send: Outbound): Outbound =>
  (request) =>
    send({ ...request, totalTimeoutMs: 500 });

let app: TestApp;
before(async () => {
  app = await testApp({ wrapSend: impatient });
});
after(() => app.close());

test('what the processor would decide an hour later is refused under its closed key, and the payer pays once', async () => {
  const session = await app.merchant.createSession();
  await app.control.arm({ kind: 'lost_notification', times: 100 });
  await app.control.arm({ kind: 'processed_late', params: { s: HOUR / 1_000 } });
  await app.payer.another().pays(session, cards.approved);
  await untilQuiet(app);
  assert.equal((await app.merchant.session(session.id)).payment_outcome, 'unpaid');
  assert.equal((await app.payer.another().pays(session, cards.approved)).state, 'paid');
  app.clock.advance(HOUR + MINUTE);
  await bankCatchesUp(app);
  const { payment_id } = await app.merchant.session(session.id);
  const charged = (await app.control.charged()).filter((row) => row.reference === payment_id);
  assert.equal(charged.length, 1, 'the request that came late took money too');
  await assertSound(app);
});
