/** The main job, front door to front door, by a payer without JavaScript. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { type TestApp, testApp } from '../support/app.ts';
import { cards } from '../support/payer.ts';

let app: TestApp;
before(async () => {
  app = await testApp();
});
after(() => app.close());

test('a first_in_series session is paid, saves the card with a mandate, and is charged again without the payer', async () => {
  const session = await app.merchant.createSession({
    type: 'first_in_series',
    options: { customer: { name: 'Thandi' } },
  });
  assert.equal(session.payment_outcome, 'not_started');
  const page = await app.payer.pays(session, cards.approved);
  assert.equal(page.state, 'paid');
  const paid = await app.merchant.session(session.id);
  assert.equal(paid.status, 'completed');
  assert.equal(paid.payment_outcome, 'paid');
  assert.equal(paid.payment_status, 'paid');
  const next = await app.merchant.chargeNext(paid);
  assert.equal(next.status, 201);
  assert.equal(next.body.payment_outcome, 'paid');
  assert.equal(next.body.mandate_id, paid.mandate_id);
  assert.equal((await app.control.charged()).length, 2);
});

test('a declined card leaves the session open, and another card pays the same session', async () => {
  const session = await app.merchant.createSession();
  const declined = await app.payer.pays(session, cards.insufficientFunds);
  assert.match(declined.state, /^declined/);
  const between = await app.merchant.session(session.id);
  assert.equal(between.status, 'active');
  assert.equal(between.payment_outcome, 'unpaid');
  assert.equal(between.last_payment_error.decline_code, 'insufficient_funds');
  const page = await app.payer.pays(session, cards.approved);
  assert.equal(page.state, 'paid');
  const paid = await app.merchant.session(session.id);
  assert.equal(paid.payment_outcome, 'paid');
  assert.equal(paid.last_payment_error, undefined);
  assert.deepEqual(
    (await app.merchant.attempts(paid.payment_id)).map((attempt) => attempt.status),
    ['declined', 'succeeded'],
  );
});

test('a challenge that the payer passes pays, and one that the payer fails leaves the session open', async () => {
  const passed = await app.merchant.createSession();
  assert.equal((await app.payer.pays(passed, cards.challenge)).state, 'three_ds');
  assert.equal((await app.payer.decidesAtBank(passed, 'approve')).state, 'paid');
  const failed = await app.merchant.createSession();
  assert.equal((await app.payer.pays(failed, cards.challenge)).state, 'three_ds');
  assert.equal((await app.merchant.session(failed.id)).payment_outcome, 'pending');
  assert.match((await app.payer.decidesAtBank(failed, 'decline')).state, /^declined/);
  assert.equal((await app.merchant.session(failed.id)).last_payment_error.decline_code, 'authentication_failed');
});
