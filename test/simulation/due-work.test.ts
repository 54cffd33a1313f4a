/** What happens later, when something about it is odd: one bad row never stops the others, and what a payer may use stays. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { DAY, MINUTE, SECOND } from '../../src/lib/time.ts';
import { type TestApp, testApp } from '../support/app.ts';
import { cards, hiddenFields } from '../support/payer.ts';

let app: TestApp;
before(async () => {
  app = await testApp();
});
after(() => app.close());

test('a session that cannot be ended does not keep the others from ending', async () => {
  const odd = await app.merchant.createSession();
  const fine = await app.merchant.createSession();
  for (const session of [odd, fine]) await app.payer.another().pays(session, cards.declined);
  // No code of ours writes this: a payment that says "failed" under a session that is open.
  await app.database.query(`update payments set status = 'failed' where session_id = $1`, [odd.id]);
  app.clock.advance(DAY + MINUTE);
  await app.runDue();
  assert.equal((await app.merchant.session(fine.id)).status, 'expired');
  assert.equal((await app.merchant.session(odd.id)).status, 'active');
  assert.ok(app.logs.some((line) => line.includes(odd.id) && line.includes('"level":50')));
  await app.database.query(`update payments set status = 'draft' where session_id = $1`, [odd.id]);
  await app.runDue();
  assert.equal((await app.merchant.session(odd.id)).status, 'expired');
});

test('a card kept for a further try stays usable for as long as the page offers it', async () => {
  const session = await app.merchant.createSession();
  const payer = app.payer.another();
  await app.control.arm({ kind: 'decline', params: { code: '51' }, times: 2 });
  await payer.pays(session, cards.approved);
  const withKept = async () => {
    const page = await payer.open(session);
    const fields = { payment_method: 'kept_card', card_number: '', card_expiry: '', card_cvc: '123' };
    return payer.press(session, 'pay', { ...hiddenFields(page.html, 'pay'), ...fields });
  };
  app.clock.advance(14 * MINUTE);
  assert.match((await withKept()).state, /^declined/);
  app.clock.advance(5 * MINUTE);
  await app.runDue();
  assert.equal((await withKept()).state, 'paid');
  assert.equal((await app.control.charged()).length, 1);
});

test('what never arrived is settled as soon as that is proven: 87 s after it was sent', async () => {
  const session = await app.merchant.createSession();
  await app.control.arm({ kind: 'http_503_before' });
  await app.payer.another().pays(session, cards.approved);
  app.clock.advance(86 * SECOND);
  await app.runDue();
  assert.equal((await app.merchant.session(session.id)).payment_outcome, 'pending');
  app.clock.advance(2 * SECOND);
  await app.runDue();
  assert.equal((await app.merchant.session(session.id)).payment_outcome, 'unpaid');
});
