/** The SDK against Tender itself: what a merchant's backend does in its first hour. */
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, test } from 'node:test';
import { type TestApp, testApp } from '../../test/support/app.ts';
import { cards } from '../../test/support/payer.ts';
import {
  AuthenticationError,
  InvalidRequestError,
  MandateViolationError,
  NotFoundError,
  type PaymentSession,
  RefusedError,
  Tender,
} from '../src/tender.ts';

let app: TestApp;
let tender: Tender;

before(async () => {
  app = await testApp();
  tender = new Tender(app.merchant.secretKey, { baseUrl: app.url });
});
after(() => app.close());

/** The payer opens the page and pays. */
async function pays({ checkout_session_id = '' }: PaymentSession): Promise<void> {
  await app.payer.pays({ checkout_session_id }, cards.approved);
}

test('a session is created, paid on its page, and read back as paid', async () => {
  const session = await tender.paymentSessions.create({ amount: 2000, currency: 'zar', description: 'Two tickets' });
  await pays(session);
  const paid = await tender.paymentSessions.get(session.id);
  assert.equal(paid.payment_outcome, 'paid');
  const payment = await tender.payments.get(paid.payment_id ?? '');
  assert.equal(payment.paid_amount, 2000);
  const refund = await tender.payments.refund(payment.id, { amount: 500, reason: 'requested_by_customer' });
  assert.equal(refund.amount, 500);
});

test('a series is agreed to once and charged again without the payer, and a charge beyond it is refused with every broken rule', async () => {
  const first = await tender.paymentSessions.create({
    type: 'first_in_series',
    amount: 9900,
    currency: 'ZAR',
    options: { customer: { name: 'Ann' }, mandate_options: { type: 'on_demand', amount: { max: 10_000 } } },
  });
  await pays(first);
  const { customer_id, payment_method_id } = await tender.paymentSessions.get(first.id);
  assert.ok(customer_id !== undefined && payment_method_id !== undefined);
  const options = { customer_id, payment_method_id };
  const next = await tender.paymentSessions.create({ type: 'next_in_series', amount: 5000, currency: 'ZAR', options });
  assert.equal(next.payment_outcome, 'paid');
  const tooMuch = tender.paymentSessions.create({ type: 'next_in_series', amount: 10_001, currency: 'ZAR', options });
  await assert.rejects(tooMuch, (error: unknown) => {
    assert.ok(error instanceof MandateViolationError && error instanceof RefusedError);
    assert.ok(error.errors.length > 0 && /mandates\.check/.test(error.fix), error.message);
    return true;
  });
});

test('a list is walked over its pages, taken up to a bound, or read a page at a time', async () => {
  const mark = randomUUID();
  for (let n = 0; n < 5; n++) {
    await tender.paymentSessions.create({ amount: 100 + n, currency: 'ZAR', external_reference: mark });
  }
  const asked = { external_reference: mark, limit: 2 };
  const amounts: number[] = [];
  for await (const session of tender.paymentSessions.list(asked)) amounts.push(session.amount);
  assert.deepEqual(amounts, [104, 103, 102, 101, 100]);
  assert.equal((await tender.paymentSessions.list(asked).toArray({ limit: 3 })).length, 3);
  assert.deepEqual(await tender.paymentSessions.list(asked).toArray({ limit: 0 }), []);
  const page = await tender.paymentSessions.list(asked).page();
  assert.equal(page.data.length, 2);
  const second = await tender.paymentSessions.list({ ...asked, cursor: page.nextCursor ?? '' }).page();
  assert.deepEqual(
    second.data.map(({ amount }) => amount),
    [102, 101],
  );
  assert.ok(second.previousCursor !== undefined);
});

test('each refusal is an error of its own kind that names the field, the request and the fix', async () => {
  await assert.rejects(tender.paymentSessions.get(`ps_${'0'.repeat(24)}`), NotFoundError);
  await assert.rejects(tender.paymentSessions.create({ amount: -1, currency: 'ZAR' }), (error: unknown) => {
    assert.ok(error instanceof InvalidRequestError);
    assert.equal(error.code, 'invalid_request');
    assert.equal(error.errors[0]?.pointer, '/amount');
    assert.match(error.requestId ?? '', /^req_/);
    assert.match(error.message, /\/amount: .+\nMend the fields/s);
    return true;
  });
  const stranger = new Tender('sk_test_0000000000000000000000000000000000000000000000000', { baseUrl: app.url });
  await assert.rejects(stranger.settings.get(), AuthenticationError);
});

test('a key of one’s own makes a call once, whoever repeats it', async () => {
  const idempotencyKey = randomUUID();
  const body = { amount: 700, currency: 'ZAR' };
  const [one, two] = [
    await tender.paymentSessions.create(body, { idempotencyKey }),
    await tender.paymentSessions.create(body, { idempotencyKey }),
  ];
  assert.equal(one.id, two.id);
  const other = tender.paymentSessions.create({ ...body, amount: 701 }, { idempotencyKey });
  await assert.rejects(other, /idempotency_key_reused[\s\S]*use a new one/);
});

test('what answers nothing is nothing, and a deleted customer is not found', async () => {
  const customer = await tender.customers.create({ name: 'Ben' });
  assert.equal(await tender.customers.delete(customer.id), undefined);
});

test('a logo goes as the bytes it is, and the branding shows it', async () => {
  const drawing = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 4 4"><circle cx="2" cy="2" r="2"/></svg>';
  const stored = await tender.branding.putFile('icon', {
    content: new TextEncoder().encode(drawing),
    type: 'image/svg+xml',
  });
  assert.equal((await tender.branding.get()).icon?.url, stored.url);
  assert.equal(await tender.branding.deleteFile('icon'), undefined);
});
