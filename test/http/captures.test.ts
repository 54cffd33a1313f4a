/** Capturing and voiding what was authorised: amounts, events, refusals, and what the processor's book says of it. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { DAY, MINUTE, SECOND } from '../../src/lib/time.ts';
import { type TestApp, testApp } from '../support/app.ts';
import type { Json } from '../support/merchant.ts';
import { cards } from '../support/payer.ts';
import { amounts, reservedPayment, stepRows } from '../support/steps.ts';

let app: TestApp;
before(async () => {
  app = await testApp();
});
after(() => app.close());

const capture = (payment: Json, body: Record<string, unknown> = {}, options = {}) =>
  app.merchant.call('POST', `/collect/payments/${payment.id}/captures`, body, options);
const release = (payment: Json) => app.merchant.call('POST', `/collect/payments/${payment.id}/voids`);

test('capturing all of an authorised payment takes it, and the session stays reserved', async () => {
  const payment = await reservedPayment(app);
  const reply = await capture(payment);
  assert.equal(reply.status, 200, reply.text);
  assert.deepEqual(amounts(reply.body), { authorised: 20_000, paid: 20_000, voided: 0, refunded: 0 });
  const session = await app.merchant.session(payment.payment_session_id);
  assert.deepEqual([session.status, session.payment_outcome], ['completed', 'reserved']);
});

test('partial captures add up, each an attempt of its own with its reference and metadata', async () => {
  const payment = await reservedPayment(app);
  await capture(payment, { amount: 5_000, external_reference: 'parcel-1', metadata: { box: 'A' } });
  const second = await capture(payment, { amount: 7_000 });
  assert.deepEqual(amounts(second.body), { authorised: 20_000, paid: 12_000, voided: 0, refunded: 0 });
  const rest = await capture(payment);
  assert.deepEqual(amounts(rest.body), { authorised: 20_000, paid: 20_000, voided: 0, refunded: 0 });
  const attempts = await app.merchant.attempts(payment.id);
  assert.deepEqual(
    attempts.map(({ kind, status, amount }) => [kind, status, amount]),
    [
      ['authorise', 'succeeded', 20_000],
      ['capture', 'succeeded', 5_000],
      ['capture', 'succeeded', 7_000],
      ['capture', 'succeeded', 8_000],
    ],
  );
  assert.deepEqual([attempts[1].external_reference, attempts[1].metadata], ['parcel-1', { box: 'A' }]);
  const book = (await stepRows(app, payment)).map((row) => [row.kind, row.state, row.amount, row.arrivals]);
  assert.deepEqual(book, [
    ['capture', 'approved', 5_000, 1],
    ['capture', 'approved', 7_000, 1],
    ['capture', 'approved', 8_000, 1],
  ]);
});

test('a void releases all that was not captured', async () => {
  const payment = await reservedPayment(app);
  await capture(payment, { amount: 5_000 });
  const reply = await release(payment);
  assert.equal(reply.status, 200, reply.text);
  assert.deepEqual(amounts(reply.body), { authorised: 20_000, paid: 5_000, voided: 15_000, refunded: 0 });
});

test('captures, voids and their payment are told in order, each with the payment as it was then', async () => {
  const payment = await reservedPayment(app);
  await capture(payment, { amount: 5_000 });
  await release(payment);
  await app.runDue();
  const told = (await app.merchant.events(`&object_id=${payment.id}`)).map((event) => [
    event.type,
    event.data.paid_amount,
    event.data.voided_amount,
  ]);
  assert.deepEqual(told, [
    ['payment.succeeded', 0, 0],
    ['payment.captured', 5_000, 0],
    ['payment.voided', 5_000, 15_000],
  ]);
});

/** What is refused, with the code and what stands in the way. */
const refusals: [string, (payment: Json) => Promise<unknown>, (payment: Json) => Promise<Json>, string][] = [
  [
    'a capture of more than is authorised',
    async () => undefined,
    (p) => capture(p, { amount: 20_001 }),
    'capture_exceeds_authorised_amount',
  ],
  [
    'a capture of more than remains',
    (p) => capture(p, { amount: 15_000 }),
    (p) => capture(p, { amount: 5_001 }),
    'capture_exceeds_authorised_amount',
  ],
  ['a capture with nothing left', (p) => capture(p), (p) => capture(p), 'payment_not_capturable'],
  ['a capture after a void', release, (p) => capture(p, { amount: 1 }), 'payment_not_capturable'],
  ['a second void', release, release, 'payment_already_voided'],
  ['a void after everything was captured', (p) => capture(p), release, 'nothing_to_void'],
];
for (const [what, given, asked, code] of refusals) {
  test(`${what} answers 409 ${code} with the amounts, and the processor is not called`, async () => {
    const payment = await reservedPayment(app);
    await given(payment);
    const before = await stepRows(app, payment);
    const reply = await asked(payment);
    assert.deepEqual([reply.status, reply.body.code], [409, code]);
    assert.match(reply.body.detail, /20000 ZAR authorised, \d+ captured, \d+ voided, \d+ left/);
    assert.deepEqual(await stepRows(app, payment), before);
  });
}

test('what was captured when it was paid can neither be captured nor voided', async () => {
  const paid = await app.merchant.createSession();
  await app.payer.another().pays(paid, cards.approved);
  const { payment_id: id } = await app.merchant.session(paid.id);
  assert.equal((await capture({ id })).body.code, 'payment_not_capturable');
  assert.equal((await release({ id })).body.code, 'payment_not_voidable');
});

test('a declined payment can neither be captured nor voided', async () => {
  const session = await app.merchant.createSession();
  await app.payer.another().pays(session, cards.declined);
  const { payment_id: id } = await app.merchant.session(session.id);
  assert.equal((await capture({ id })).body.code, 'payment_not_capturable');
  assert.equal((await release({ id })).body.code, 'payment_not_voidable');
});

test('a verified card can neither be captured, voided nor refunded', async () => {
  const session = await app.merchant.createSession({
    amount: 0,
    type: 'first_in_series',
    options: { customer: { name: 'Thandi' } },
  });
  await app.payer.another().pays(session, cards.approved);
  const { payment_id: id, payment_outcome } = await app.merchant.session(session.id);
  assert.equal(payment_outcome, 'payment_method_verified');
  assert.equal((await capture({ id })).body.code, 'payment_not_capturable');
  assert.equal((await release({ id })).body.code, 'payment_not_voidable');
  assert.equal(
    (await app.merchant.call('POST', `/collect/payments/${id}/refunds`, {})).body.code,
    'payment_not_refundable',
  );
  const payment = await app.merchant.payment(id);
  assert.equal(payment.intent, 'payment_method_verification');
  assert.deepEqual((await app.merchant.call('GET', `/collect/payments/${id}/ledger`)).body.data, []);
});

test('a capture repeated with its key answers the same bytes and captures once', async () => {
  const payment = await reservedPayment(app);
  const first = await capture(payment, { amount: 4_000 }, { key: `k-${payment.id}` });
  const again = await capture(payment, { amount: 4_000 }, { key: `k-${payment.id}` });
  assert.equal(again.text, first.text);
  assert.equal(again.headers.get('idempotent-replayed'), 'true');
  assert.equal((await app.merchant.payment(payment.id)).paid_amount, 4_000);
});

test('a declined capture answers 200, moves nothing and says why; the next one may succeed', async () => {
  const payment = await reservedPayment(app);
  await app.control.arm({ kind: 'refuse_step', match: { operation: 'capture' } });
  const declined = await capture(payment);
  assert.equal(declined.status, 200);
  assert.deepEqual(amounts(declined.body), { authorised: 20_000, paid: 0, voided: 0, refunded: 0 });
  assert.equal(declined.body.last_payment_error.error_code, 'payment_declined');
  const next = await capture(payment);
  assert.equal(next.body.paid_amount, 20_000);
  assert.equal(next.body.last_payment_error, undefined);
  await app.runDue();
  const types = (await app.merchant.events(`&object_id=${payment.id}`)).map((event) => event.type);
  assert.deepEqual(types, ['payment.succeeded', 'payment.attempt_failed', 'payment.captured']);
});

test('a capture whose answer is lost is not sent again: nothing else moves until it is found', async () => {
  const payment = await reservedPayment(app);
  await app.control.arm({ kind: 'answer_lost', match: { operation: 'capture' } });
  await app.control.arm({ kind: 'lost_notification' });
  const unknown = await capture(payment, { amount: 9_000 });
  assert.deepEqual([unknown.status, unknown.body.paid_amount], [200, 0]);
  assert.equal((await capture(payment, { amount: 1 })).body.code, 'payment_in_progress');
  assert.equal((await release(payment)).body.code, 'payment_in_progress');
  app.clock.advance(3 * SECOND);
  await app.runDue();
  assert.equal((await app.merchant.payment(payment.id)).paid_amount, 9_000);
  assert.deepEqual(
    (await stepRows(app, payment)).map((row) => [row.kind, row.arrivals]),
    [['capture', 1]],
  );
});

test('a capture that never arrived is closed after the visibility delay, and may be asked for anew', async () => {
  const payment = await reservedPayment(app);
  await app.control.arm({ kind: 'http_503_before', match: { operation: 'capture' } });
  await capture(payment, { amount: 9_000 });
  for (const ms of [3 * SECOND, 10 * SECOND, MINUTE, MINUTE]) {
    app.clock.advance(ms);
    await app.runDue();
  }
  const [, tried] = await app.merchant.attempts(payment.id);
  assert.deepEqual([tried.status, tried.decline.code], ['declined', 'processor_unavailable']);
  assert.equal((await capture(payment, { amount: 9_000 })).body.paid_amount, 9_000);
});

test('an authorisation that runs out is released, and capture and void answer authorisation_expired', async () => {
  const payment = await reservedPayment(app);
  await capture(payment, { amount: 5_000 });
  app.clock.advance(7 * DAY + SECOND);
  for (const asked of [capture, release]) {
    const reply = await asked(payment);
    assert.deepEqual([reply.status, reply.body.code], [409, 'authorisation_expired']);
  }
  await app.runDue();
  const now = await app.merchant.payment(payment.id);
  assert.deepEqual(amounts(now), { authorised: 20_000, paid: 5_000, voided: 15_000, refunded: 0 });
  assert.equal((await capture(payment)).body.code, 'authorisation_expired');
  assert.equal((await release(payment)).body.code, 'authorisation_expired');
  const ledger = await app.merchant.call('GET', `/collect/payments/${payment.id}/ledger`);
  assert.deepEqual(ledger.body.balance, { payer: -5_000, held: 0, collected: 5_000 });
  assert.deepEqual(
    ledger.body.data.map((entry: Json) => entry.kind),
    ['authorise', 'capture', 'lapse'],
  );
});
