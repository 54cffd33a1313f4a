/** Payments and their attempts at the front door. Their lists stand with those of sessions. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { type TestApp, testApp } from '../support/app.ts';
import type { Json } from '../support/merchant.ts';
import { cards } from '../support/payer.ts';
import { paidSeries } from '../support/series.ts';

let app: TestApp;
before(async () => {
  app = await testApp();
});
after(() => app.close());

test('a payment says what was asked, what was paid, by whom and with what', async () => {
  const words = { external_reference: 'order-1', metadata: { basket: '7' } };
  const paid = await paidSeries(app, { amount: 20_000, ...words });
  const payment = await app.merchant.payment(paid.payment_id);
  assert.match(payment.id, /^pay_[0-9A-Za-z]{24}$/);
  assert.deepEqual(payment, {
    id: paid.payment_id,
    payment_session_id: paid.id,
    status: 'succeeded',
    intent: 'payment',
    initiator: 'customer',
    capture_method: 'automatic',
    amount: 20_000,
    currency: 'ZAR',
    authorised_amount: 20_000,
    paid_amount: 20_000,
    voided_amount: 0,
    refunded_amount: 0,
    mode: 'test',
    ...words,
    customer_id: paid.customer_id,
    payment_method_id: paid.payment_method_id,
    mandate_id: paid.mandate_id,
    payment_method_details: payment.payment_method_details,
    reconciliation_reference: payment.reconciliation_reference,
    created_at: payment.created_at,
    updated_at: payment.updated_at,
  });
  const { card } = payment.payment_method_details;
  assert.deepEqual([card.scheme, card.last4, card.exp_month, card.exp_year], ['visa', '4242', 12, 2030]);
  const charged = (await app.control.charged()).find((row) => row.reference === payment.reconciliation_reference);
  assert.equal(charged?.amount, 20_000, 'the processor knows it by its reconciliation reference');
});

test('a charge without the payer says that the merchant started it', async () => {
  const token = await paidSeries(app);
  const { body } = await app.merchant.chargeNext(token, { amount: 300 });
  const payment = await app.merchant.payment(body.payment_id);
  assert.deepEqual([payment.initiator, payment.amount, payment.paid_amount], ['merchant', 300, 300]);
  assert.equal(payment.mandate_id, token.mandate_id);
});

test('under manual capture a payment succeeds as authorised, and its session stays reserved', async () => {
  const session = await app.merchant.createSession({
    options: { payment_method_options: { card: { capture_method: 'manual' } } },
  });
  await app.payer.another().pays(session, cards.approved);
  const reserved = await app.merchant.session(session.id);
  assert.deepEqual(
    [reserved.status, reserved.payment_outcome, reserved.payment_status],
    ['completed', 'reserved', 'paid'],
  );
  const payment = await app.merchant.payment(reserved.payment_id);
  assert.deepEqual(
    [payment.status, payment.capture_method, payment.authorised_amount, payment.paid_amount],
    ['succeeded', 'manual', 20_000, 0],
  );
  assert.ok(Date.parse(payment.authorisation_expires_at) > app.clock.now());
});

test('a verification is a payment that moves nothing', async () => {
  const token = await paidSeries(app, { amount: 0 });
  const payment = await app.merchant.payment(token.payment_id);
  assert.deepEqual(
    [payment.status, payment.intent, payment.amount, payment.authorised_amount, payment.paid_amount],
    ['succeeded', 'payment_method_verification', 0, 0, 0],
  );
});

test('attempts are listed oldest first, each with its card, its end and why it was declined', async () => {
  const session = await app.merchant.createSession();
  const payer = app.payer.another();
  await payer.pays(session, cards.insufficientFunds);
  app.clock.advance(1_000);
  await payer.pays(session, cards.approved);
  const { payment_id } = await app.merchant.session(session.id);
  const [declined, succeeded, ...more] = await app.merchant.attempts(payment_id);
  assert.deepEqual(more, []);
  assert.deepEqual(declined, {
    id: declined.id,
    kind: 'charge',
    status: 'declined',
    amount: 20_000,
    currency: 'ZAR',
    payment_method_details: declined.payment_method_details,
    decline: { code: 'insufficient_funds', class: 'soft_funds', stage: 'issuer' },
    created_at: declined.created_at,
    settled_at: declined.settled_at,
  });
  assert.match(declined.id, /^att_[0-9A-Za-z]{24}$/);
  assert.equal(declined.payment_method_details.card.last4, '9995');
  assert.deepEqual([succeeded.status, succeeded.payment_method_details.card.last4], ['succeeded', '4242']);
  assert.ok(declined.created_at < succeeded.created_at);
});

test('what comes from outside the payment has no card number in it', async () => {
  const session = await app.merchant.createSession();
  await app.payer.another().pays(session, cards.approved);
  const { payment_id } = await app.merchant.session(session.id);
  await app.runDue();
  const said = JSON.stringify([
    await app.merchant.payment(payment_id),
    await app.merchant.attempts(payment_id),
    await app.merchant.events(),
    app.logs,
  ]);
  for (const card of Object.values(cards) as Json[]) assert.equal(said.includes(card), false);
});
