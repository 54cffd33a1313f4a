/** Payments that people have to look at: how they are found, with what evidence, and how a person closes the matter. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { DAY, SECOND } from '../../src/lib/time.ts';
import { tellsOf } from '../simulation/bank.ts';
import { type TestApp, testApp } from '../support/app.ts';
import type { Json } from '../support/merchant.ts';
import { cards } from '../support/payer.ts';
import { paidPayment, reservedPayment } from '../support/steps.ts';

let app: TestApp;
before(async () => {
  app = await testApp();
});
after(() => app.close());

const note = 'Asked the processor by phone, ticket 4711.';
const resolve = (payment: Json, body: Record<string, unknown>, options = {}) =>
  app.merchant.call('POST', `/collect/payments/${payment.id}/resolve`, body, options);

/** A payment whose charge was answered with another amount, and of which the processor then forgets everything. */
async function inDoubt(): Promise<Json> {
  await app.control.arm({ kind: 'wrong_amount', match: { operation: 'charge' } });
  await app.control.arm({ kind: 'forgets', match: { operation: 'charge' } });
  const session = await app.merchant.createSession();
  await app.payer.another().pays(session, cards.approved);
  const { payment_id } = await app.merchant.session(session.id);
  return app.merchant.payment(payment_id);
}

test('an answer with another amount is unknown, told as payment.review_needed, and listed with its evidence', async () => {
  const payment = await inDoubt();
  assert.equal(payment.status, 'processing');
  assert.equal(payment.review.reason, 'contradiction');
  assert.equal(payment.review.attempt_id, (await app.merchant.attempts(payment.id))[0].id);
  assert.match(payment.review.evidence.at(-1).detail, /amount/);
  const listed = await app.merchant.call('GET', '/collect/payments?review=needed&status=processing');
  assert.deepEqual(listed.body.data[0], payment);
  const others = await app.merchant.call('GET', '/collect/payments?review=none');
  assert.equal(
    others.body.data.some((one: Json) => one.id === payment.id),
    false,
  );
  await app.runDue();
  assert.deepEqual(
    (await app.merchant.events(`&object_id=${payment.id}`)).map((event) => event.type),
    ['payment.review_needed'],
  );
});

test('a person says that it was not charged: the session can be paid again, and who said so stays written', async () => {
  const payment = await inDoubt();
  const unsaid = await resolve(payment, { note });
  assert.deepEqual([unsaid.status, unsaid.body.code], [409, 'review_outcome_mismatch']);
  const reply = await resolve(payment, { note, outcome: 'failed' });
  assert.equal(reply.status, 200, reply.text);
  assert.deepEqual([reply.body.status, reply.body.review], ['draft', undefined]);
  const session = await app.merchant.session(payment.payment_session_id);
  assert.deepEqual([session.status, session.payment_outcome], ['active', 'unpaid']);
  const [kept] = (await app.merchant.call('GET', `/collect/payments/${payment.id}/resolutions`)).body.data;
  assert.deepEqual([kept.note, kept.outcome, kept.review], [note, 'failed', payment.review]);
  assert.match(kept.resolved_by, /^key_/);
});

test('a person says that it was charged, with the processor’s id: the session is paid', async () => {
  const payment = await inDoubt();
  const [row] = (await app.control.book()).filter((one) => one.reference === payment.reconciliation_reference);
  const without = await resolve(payment, { note, outcome: 'succeeded' });
  if (without.status === 409) assert.equal(without.body.errors[0].pointer, '/processor_reference');
  const body = { note, outcome: 'succeeded', processor_reference: row!.processor_ref };
  const reply = without.status === 409 ? await resolve(payment, body) : without;
  assert.deepEqual([reply.status, reply.body.status, reply.body.paid_amount], [200, 'succeeded', 20_000]);
  const session = await app.merchant.session(payment.payment_session_id);
  assert.deepEqual([session.status, session.payment_outcome], ['completed', 'paid']);
  assert.equal((await app.merchant.call('POST', `/collect/payments/${payment.id}/refunds`)).body.status, 'succeeded');
});

test('what the processor says by now comes before what the person says', async () => {
  await app.control.arm({ kind: 'wrong_amount', match: { operation: 'charge' } });
  await app.control.arm({ kind: 'lost_notification' });
  const session = await app.merchant.createSession();
  await app.payer.another().pays(session, cards.approved);
  const payment = await app.merchant.payment((await app.merchant.session(session.id)).payment_id);
  assert.ok(payment.review);
  const reply = await resolve(payment, { note, outcome: 'failed' });
  assert.equal(reply.status, 409);
  assert.equal((await app.merchant.payment(payment.id)).status, 'succeeded');
});

test('a contradiction about a settled payment is closed with a note alone', async () => {
  const payment = await paidPayment(app);
  await app.database.query(`update payments set review = '{"reason": "contradiction", "since": 1}' where id = $1`, [
    payment.id,
  ]);
  const reply = await resolve(payment, { note });
  assert.deepEqual([reply.status, reply.body.status, reply.body.review], [200, 'succeeded', undefined]);
  await app.runDue();
  assert.equal((await app.merchant.events(`&object_id=${payment.id}`)).at(-1).type, 'payment.review_resolved');
});

test('a capture that stays unknown for the whole schedule comes to people, and keeps everything else away', async () => {
  const payment = await reservedPayment(app);
  await app.control.arm({ kind: 'answer_lost', match: { operation: 'capture' } });
  await app.control.arm({ kind: 'lookup_error', times: 1_000, match: { operation: 'lookup' } });
  await app.control.arm({ kind: 'lost_notification' });
  await app.merchant.call('POST', `/collect/payments/${payment.id}/captures`, { amount: 700 });
  for (let n = 0; n < 16; n++) {
    app.clock.advance(n < 6 ? 3_600 * SECOND : DAY);
    await app.runDue();
  }
  const now = await app.merchant.payment(payment.id);
  assert.equal(now.review.attempt_id, (await app.merchant.attempts(payment.id))[1].id);
  assert.deepEqual(
    [now.status, now.paid_amount, now.voided_amount],
    ['succeeded', 0, 0],
    'an open capture does not lapse',
  );
  const reply = await resolve(payment, { note, outcome: 'succeeded' });
  await app.control.calm();
  assert.deepEqual([reply.status, reply.body.paid_amount, reply.body.review], [200, 700, undefined]);
});

test('a payment that nobody has to look at answers 409 payment_not_in_review', async () => {
  const reply = await resolve(await paidPayment(app), { note });
  assert.deepEqual([reply.status, reply.body.code], [409, 'payment_not_in_review']);
});

test('a resolution without a note, or with an unknown outcome, answers 400 that names the field', async () => {
  const payment = await paidPayment(app);
  for (const [body, pointer] of [
    [{}, '/note'],
    [{ note: '  ' }, '/note'],
    [{ note, outcome: 'paid' }, '/outcome'],
  ] as const) {
    const reply = await resolve(payment, body);
    assert.deepEqual([reply.status, reply.body.errors[0].pointer], [400, pointer]);
  }
});

test('a resolution repeated with its key answers the same bytes and is written once', async () => {
  const payment = await inDoubt();
  const options = { key: `resolve-${payment.id}` };
  const first = await resolve(payment, { note, outcome: 'failed' }, options);
  const again = await resolve(payment, { note, outcome: 'failed' }, options);
  assert.deepEqual([first.status, again.text], [200, first.text]);
  assert.equal((await app.merchant.call('GET', `/collect/payments/${payment.id}/resolutions`)).body.data.length, 1);
});

test('a notification that contradicts a settled capture is looked into before anything is said', async () => {
  const payment = await reservedPayment(app);
  await app.merchant.call('POST', `/collect/payments/${payment.id}/captures`, { amount: 700 });
  const [, capture] = await app.merchant.attempts(payment.id);
  assert.equal(await tellsOf(app, capture.id, 'capture.failed'), 204);
  const now = await app.merchant.payment(payment.id);
  assert.deepEqual([now.paid_amount, now.review], [700, undefined], 'the processor still says that it succeeded');
});
