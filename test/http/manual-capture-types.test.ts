/** Manual capture works for every type of session, the whole way from authorisation to refund. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { type TestApp, testApp } from '../support/app.ts';
import type { Json } from '../support/merchant.ts';
import { cards } from '../support/payer.ts';
import { amounts, manual } from '../support/steps.ts';

let app: TestApp;
before(async () => {
  app = await testApp();
});
after(() => app.close());

/** Captures a part, voids the rest, refunds what was captured; the session stays what it was. */
async function wholeWay(session: Json): Promise<void> {
  assert.deepEqual(
    [session.status, session.payment_outcome, session.payment_status],
    ['completed', 'reserved', 'paid'],
  );
  const to = (path: string, body?: unknown) =>
    app.merchant.call('POST', `/collect/payments/${session.payment_id}/${path}`, body);
  assert.match((await app.merchant.payment(session.payment_id)).authorisation_expires_at, /Z$/);
  assert.equal((await to('captures', { amount: 700 })).body.paid_amount, 700);
  assert.equal((await to('voids')).body.voided_amount, session.amount - 700);
  assert.equal((await to('refunds')).body.amount, 700);
  const sums = { authorised: session.amount, paid: 700, voided: session.amount - 700, refunded: 700 };
  assert.deepEqual(amounts(await app.merchant.payment(session.payment_id)), sums);
  const now = await app.merchant.session(session.id);
  assert.deepEqual([now.status, now.payment_outcome], ['completed', 'reserved']);
}

test('a one_time payment is authorised, captured in part, voided and refunded', async () => {
  const session = await app.merchant.createSession({ options: manual });
  await app.payer.another().pays(session, cards.approved);
  await wholeWay(await app.merchant.session(session.id));
});

test('a first_in_series payment is authorised and its mandate begins; then it is captured, voided and refunded', async () => {
  const options = { ...manual, customer: { name: 'Thandi' } };
  const session = await app.merchant.createSession({ type: 'first_in_series', options });
  await app.payer.another().pays(session, cards.approved);
  const reserved = await app.merchant.session(session.id);
  assert.match(reserved.mandate_id, /^mnd_/);
  await wholeWay(reserved);
});

test('a next_in_series charge is authorised in its answer, then captured, voided and refunded', async () => {
  const first = await app.merchant.createSession({ type: 'first_in_series', options: { customer: { name: 'Sipho' } } });
  await app.payer.another().pays(first, cards.approved);
  const { customer_id, payment_method_id } = await app.merchant.session(first.id);
  const reply = await app.merchant.chargeNext(
    { customer_id, payment_method_id },
    { options: { customer_id, payment_method_id, ...manual } },
  );
  assert.equal(reply.status, 201, reply.text);
  await wholeWay(reply.body);
});
