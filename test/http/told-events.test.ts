/** What each thing that happens tells, in which order, and that an event holds the object as the API showed it. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { type TestApp, testApp } from '../support/app.ts';
import type { Json } from '../support/merchant.ts';
import { cards } from '../support/payer.ts';
import { paidSeries } from '../support/series.ts';

let app: TestApp;
let told = 0;
before(async () => {
  app = await testApp();
});
after(() => app.close());

/** Every event since the last call. */
async function news(): Promise<Json[]> {
  await app.runDue();
  const all = await app.merchant.events();
  const fresh = all.slice(told);
  told = all.length;
  return fresh;
}

const types = (events: Json[]): string[] => events.map((event) => event.type);

test('a first payment of a series tells method, mandate, payment and session, in this order', async () => {
  await news();
  const paid = await paidSeries(app);
  const events = await news();
  assert.deepEqual(types(events), [
    'customer.created',
    'payment_session.created',
    'payment_session.updated',
    'payment_method.saved',
    'mandate.activated',
    'payment.succeeded',
    'payment_session.updated',
    'payment_session.completed',
  ]);
  assert.deepEqual(
    events.map((event) => event.sequence),
    events.map((_, i) => events[0].sequence + i),
  );
  const last = (type: string) => events.findLast((event) => event.type === type).data;
  assert.deepEqual(last('payment_session.completed'), paid);
  assert.deepEqual(last('payment.succeeded'), await app.merchant.payment(paid.payment_id));
  // Usage changes without an event, and the consent is evidence: only the answer about one mandate has them.
  const {
    usage: _,
    consent: __,
    ...mandate
  } = (await app.merchant.call('GET', `/collect/mandates/${paid.mandate_id}`)).body;
  assert.deepEqual(last('mandate.activated'), mandate);
  const method = (await app.merchant.call('GET', `/collect/payment_methods/${paid.payment_method_id}`)).body;
  assert.deepEqual(last('payment_method.saved'), method);
});

test('a decline on the page tells the attempt, and the session stays open', async () => {
  const session = await app.merchant.createSession();
  await app.payer.another().pays(session, cards.declined);
  const events = await news();
  assert.deepEqual(types(events), [
    'payment_session.created',
    'payment_session.updated',
    'payment.attempt_failed',
    'payment_session.updated',
  ]);
  const [, , failed, open] = events;
  assert.equal(failed.data.last_payment_error.decline_code, open.data.last_payment_error.decline_code);
  assert.deepEqual([open.data.status, open.data.payment_outcome], ['active', 'unpaid']);
});

test('a charge tells its payment and its session; a declined one that the payment has failed for good', async () => {
  const token = await paidSeries(app);
  await news();
  const { body: charged } = await app.merchant.chargeNext(token);
  const paid = await news();
  assert.deepEqual(types(paid), [
    'payment_session.created',
    'payment.succeeded',
    'payment_session.updated',
    'payment_session.completed',
  ]);
  assert.deepEqual(paid.at(-1).data, charged);
  const refused = await paidSeries(app, {}, '4000000000000341');
  await news();
  const { body: declined } = await app.merchant.chargeNext(refused);
  const failed = await news();
  assert.deepEqual(
    types(failed).filter((type) => !type.startsWith('mandate.')),
    [
      'payment_session.created',
      'payment.attempt_failed',
      'payment.failed',
      'payment_session.updated',
      'payment_session.completed',
    ],
  );
  assert.deepEqual(failed.findLast((event) => event.type === 'payment_session.completed').data, declined);
});

test('a saved card used again with another expiry tells its change', async () => {
  const token = await paidSeries(app, {}, { number: cards.approved, expiry: '01/28' });
  await news();
  const again = { options: { customer_id: token.customer_id } };
  await paidSeries(app, again, { number: cards.approved, expiry: '02/31' });
  const events = (await news()).filter((event) => event.type.startsWith('payment_method.'));
  assert.deepEqual(types(events), ['payment_method.updated']);
  assert.deepEqual([events[0].data.card.exp_month, events[0].data.card.exp_year], [2, 2031]);
});

test('what is refused tells nothing', async () => {
  const token = await paidSeries(app);
  await news();
  await app.merchant.chargeNext(token, { amount: 999_999 });
  await app.merchant.call('POST', `/collect/payment_sessions/${token.id}/cancel`);
  await app.merchant.call('PATCH', `/collect/payment_sessions/${token.id}`, { amount: 5 });
  await app.merchant.call('POST', '/collect/customers', { colour: 'red' });
  assert.deepEqual(await news(), []);
});
