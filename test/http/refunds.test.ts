/** Giving money back: at once or later, in parts, side by side, and never more than was paid. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { SECOND } from '../../src/lib/time.ts';
import { bankCatchesUp } from '../simulation/bank.ts';
import { type TestApp, testApp } from '../support/app.ts';
import type { Json } from '../support/merchant.ts';
import { cards } from '../support/payer.ts';
import { amounts, paidPayment, reservedPayment, stepRows } from '../support/steps.ts';

/** Cards whose refunds go their own ways (family 95 of the sandbox). */
const REFUND_REFUSED = '4000009500400000';
const REFUND_PENDING = '4000009500500007';
const REFUND_PENDING_FAILS = '4000009500600005';
const REFUND_FAILS_LATER = '4000009500700003';

let app: TestApp;
before(async () => {
  app = await testApp();
});
after(() => app.close());

const refund = (payment: Json, body: Record<string, unknown> = {}, options = {}) =>
  app.merchant.call('POST', `/collect/payments/${payment.id}/refunds`, body, options);
const typesOf = async (id: string) => (await app.merchant.events(`&object_id=${id}`)).map((event) => event.type);

/** The bank's clock moves on, and what it tells is taken. */
async function later(ms: number): Promise<void> {
  app.clock.advance(ms);
  await bankCatchesUp(app);
  await app.runDue();
}

test('a refund without an amount gives back all that was paid', async () => {
  const payment = await paidPayment(app);
  const reply = await refund(payment, { reason: 'requested_by_customer', metadata: { ticket: '7' } });
  assert.equal(reply.status, 201, reply.text);
  const { amount, currency, reason, status, metadata, payment_id } = reply.body;
  assert.deepEqual(
    { amount, currency, reason, status, metadata, payment_id },
    {
      amount: 20_000,
      currency: 'ZAR',
      reason: 'requested_by_customer',
      status: 'succeeded',
      metadata: { ticket: '7' },
      payment_id: payment.id,
    },
  );
  const now = await app.merchant.payment(payment.id);
  assert.deepEqual(amounts(now), { authorised: 20_000, paid: 20_000, voided: 0, refunded: 20_000 });
  assert.deepEqual((await app.merchant.call('GET', `/collect/refunds/${reply.body.id}`)).body, reply.body);
  await app.runDue();
  assert.deepEqual(await typesOf(reply.body.id), ['refund.created', 'refund.updated']);
  assert.deepEqual(await typesOf(payment.id), ['payment.succeeded', 'payment.refunded']);
});

test('partial refunds add up to what was paid and not further', async () => {
  const payment = await paidPayment(app);
  assert.equal((await refund(payment, { amount: 12_000 })).body.status, 'succeeded');
  const over = await refund(payment, { amount: 8_001 });
  assert.deepEqual([over.status, over.body.code], [409, 'refund_exceeds_paid_amount']);
  assert.match(over.body.detail, /8001 ZAR.*20000 ZAR paid, 12000 refunded, 0 on its way back, 8000 left/);
  assert.equal((await refund(payment)).body.amount, 8_000);
  const again = await refund(payment);
  assert.deepEqual([again.status, again.body.code], [409, 'payment_not_refundable']);
  assert.equal((await stepRows(app, payment)).length, 2);
});

test('a payment that was not paid answers 409 payment_not_refundable, and the processor is not called', async () => {
  const session = await app.merchant.createSession();
  await app.payer.another().pays(session, cards.declined);
  const declined = await app.merchant.payment((await app.merchant.session(session.id)).payment_id);
  for (const payment of [declined, await reservedPayment(app)]) {
    const reply = await refund(payment, { amount: 1 });
    assert.deepEqual([reply.status, reply.body.code], [409, 'payment_not_refundable']);
    assert.deepEqual(await stepRows(app, payment), []);
  }
});

test('only what was captured can be refunded', async () => {
  const payment = await reservedPayment(app);
  await app.merchant.call('POST', `/collect/payments/${payment.id}/captures`, { amount: 5_000 });
  assert.equal((await refund(payment, { amount: 5_001 })).body.code, 'refund_exceeds_paid_amount');
  assert.equal((await refund(payment)).body.amount, 5_000);
  const ledger = await app.merchant.call('GET', `/collect/payments/${payment.id}/ledger`);
  assert.deepEqual(ledger.body.balance, { payer: -15_000, held: 15_000, collected: 0 });
});

test('a pending refund keeps its amount reserved and succeeds when the bank says so', async () => {
  const payment = await paidPayment(app, REFUND_PENDING);
  const pending = await refund(payment, { amount: 15_000 });
  assert.deepEqual([pending.status, pending.body.status], [201, 'pending']);
  assert.equal((await app.merchant.payment(payment.id)).refunded_amount, 0);
  assert.equal((await refund(payment, { amount: 5_001 })).body.code, 'refund_exceeds_paid_amount');
  await later(11 * SECOND);
  assert.equal((await app.merchant.call('GET', `/collect/refunds/${pending.body.id}`)).body.status, 'succeeded');
  assert.equal((await app.merchant.payment(payment.id)).refunded_amount, 15_000);
});

test('a pending refund that fails frees its amount and says why', async () => {
  const payment = await paidPayment(app, REFUND_PENDING_FAILS);
  const pending = await refund(payment);
  await later(11 * SECOND);
  const failed = (await app.merchant.call('GET', `/collect/refunds/${pending.body.id}`)).body;
  assert.deepEqual([failed.status, failed.failure_code], ['failed', 'generic_decline']);
  assert.equal((await app.merchant.payment(payment.id)).refunded_amount, 0);
  assert.equal((await refund(payment, { amount: 20_000 })).status, 201, 'all of it can be asked for again');
  assert.deepEqual(await typesOf(pending.body.id), ['refund.created', 'refund.updated']);
});

test('a refund that the bank refuses answers 201 with its failure, and moves nothing', async () => {
  const payment = await paidPayment(app, REFUND_REFUSED);
  const reply = await refund(payment);
  assert.deepEqual([reply.status, reply.body.status, reply.body.failure_code], [201, 'failed', 'generic_decline']);
  const now = await app.merchant.payment(payment.id);
  assert.deepEqual(amounts(now), { authorised: 20_000, paid: 20_000, voided: 0, refunded: 0 });
  assert.equal(now.last_payment_error.decline_code, 'generic_decline');
});

test('a refund that fails after it was reported as done is taken back, in amounts, ledger and events', async () => {
  const payment = await paidPayment(app, REFUND_FAILS_LATER);
  const done = await refund(payment, { amount: 4_000 });
  assert.equal(done.body.status, 'succeeded');
  await later(11 * SECOND);
  assert.equal((await app.merchant.call('GET', `/collect/refunds/${done.body.id}`)).body.status, 'failed');
  assert.equal((await app.merchant.payment(payment.id)).refunded_amount, 0);
  const ledger = (await app.merchant.call('GET', `/collect/payments/${payment.id}/ledger`)).body;
  assert.deepEqual(
    ledger.data.map((entry: Json) => entry.kind),
    ['charge', 'refund', 'refund_failed'],
  );
  assert.deepEqual(ledger.balance, { payer: -20_000, held: 0, collected: 20_000 });
  assert.deepEqual(await typesOf(payment.id), ['payment.succeeded', 'payment.refunded', 'payment.attempt_failed']);
});

test('two refunds that fail late at the same moment are both taken back', async () => {
  const payment = await paidPayment(app, REFUND_FAILS_LATER);
  await refund(payment, { amount: 4_000 });
  await refund(payment, { amount: 3_000 });
  await later(11 * SECOND);
  assert.equal((await app.merchant.payment(payment.id)).refunded_amount, 0);
});

test('20 parallel partial refunds that together exceed the paid amount: the accepted sum never exceeds it', async () => {
  const payment = await paidPayment(app);
  const replies = await Promise.all(Array.from({ length: 20 }, () => refund(payment, { amount: 3_000 })));
  const accepted = replies.filter((reply) => reply.status === 201);
  const refused = replies.filter((reply) => reply.status === 409);
  assert.equal(accepted.length, 6);
  assert.equal(refused.length, 14);
  for (const reply of refused) assert.equal(reply.body.code, 'refund_exceeds_paid_amount');
  assert.equal((await app.merchant.payment(payment.id)).refunded_amount, 18_000);
  const book = await stepRows(app, payment);
  assert.deepEqual(
    book.map((row) => [row.state, row.amount, row.arrivals]),
    Array(6).fill(['approved', 3_000, 1]),
  );
});

test('a refund repeated with its key answers the same bytes and gives back once', async () => {
  const payment = await paidPayment(app);
  const options = { key: `refund-${payment.id}` };
  const replies = await Promise.all(Array.from({ length: 8 }, () => refund(payment, { amount: 1_000 }, options)));
  const answered = replies.filter((reply) => reply.status === 201);
  assert.ok(answered.length >= 1);
  for (const reply of replies)
    assert.ok(reply.status === 201 || reply.body.code === 'idempotency_in_progress', reply.text);
  assert.equal(new Set(answered.map((reply) => reply.text)).size, 1);
  assert.equal((await refund(payment, { amount: 1_000 }, options)).text, answered[0]!.text);
  assert.equal((await app.merchant.payment(payment.id)).refunded_amount, 1_000);
});

test('a refund whose answer is lost is found again and given back once', async () => {
  const payment = await paidPayment(app);
  await app.control.arm({ kind: 'answer_lost', match: { operation: 'refund' } });
  await app.control.arm({ kind: 'lost_notification' });
  const unknown = await refund(payment, { amount: 6_000 });
  assert.equal(unknown.body.status, 'pending');
  assert.equal((await refund(payment, { amount: 14_001 })).body.code, 'refund_exceeds_paid_amount');
  await later(3 * SECOND);
  assert.equal((await app.merchant.call('GET', `/collect/refunds/${unknown.body.id}`)).body.status, 'succeeded');
  assert.deepEqual(
    (await stepRows(app, payment)).map((row) => [row.kind, row.amount, row.arrivals]),
    [['refund', 6_000, 1]],
  );
});

test('wrong amounts and unknown fields answer 400 that names the field, and nothing is asked of the processor', async () => {
  const payment = await paidPayment(app);
  const wrong: [Record<string, unknown>, string][] = [
    [{ amount: 0 }, '/amount'],
    [{ amount: -1 }, '/amount'],
    [{ amount: 1.5 }, '/amount'],
    [{ amount: '100' }, '/amount'],
    [{ amount: 1_000_000_000_000 }, '/amount'],
    [{ reason: 'because' }, '/reason'],
    [{ note: 'x' }, '/note'],
  ];
  for (const [body, pointer] of wrong) {
    const reply = await refund(payment, body);
    assert.deepEqual([reply.status, reply.body.code, reply.body.errors[0].pointer], [400, 'invalid_request', pointer]);
  }
  assert.equal((await refund(payment, {}, { key: null })).body.code, 'idempotency_key_required');
  assert.deepEqual(await stepRows(app, payment), []);
});

test('a body that is no object, and a query nobody described, answer 400: what was meant as a part is never taken as the whole', async () => {
  for (const path of ['captures', 'voids', 'refunds']) {
    const payment = path === 'refunds' ? await paidPayment(app) : await reservedPayment(app);
    const to = `/collect/payments/${payment.id}/${path}`;
    for (const raw of ['null', '[]', '0', '""', 'false', '"amount=5"']) {
      const reply = await app.merchant.call('POST', to, undefined, { raw });
      assert.deepEqual([reply.status, reply.body.code], [400, 'invalid_request'], `${path} ${raw}`);
    }
    const asked = await app.merchant.call('POST', `${to}?amount=5`);
    assert.deepEqual([asked.status, asked.body.errors[0].pointer], [400, 'query/amount']);
    assert.deepEqual(await stepRows(app, payment), [], path);
  }
});

test('refunds are listed newest first, by payment, status and time, a page at a time', async () => {
  const payment = await paidPayment(app);
  const made: string[] = [];
  for (let n = 0; n < 3; n++) made.unshift((await refund(payment, { amount: 100 })).body.id);
  const list = async (query: string) => app.merchant.call('GET', `/collect/refunds?payment_id=${payment.id}${query}`);
  const all = await list('');
  assert.deepEqual(
    all.body.data.map((one: Json) => one.id),
    made,
  );
  const first = await list('&limit=2&status=succeeded');
  assert.deepEqual(
    first.body.data.map((one: Json) => one.id),
    made.slice(0, 2),
  );
  const rest = await list(`&limit=2&cursor=${first.headers.get('next-cursor')}`);
  assert.deepEqual(
    rest.body.data.map((one: Json) => one.id),
    made.slice(2),
  );
  assert.deepEqual((await list('&status=failed')).body.data, []);
});
