/** Charges without the payer that must not happen: each is refused before anything is created or sent. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { type TestApp, testApp } from '../support/app.ts';
import type { Json, Reply } from '../support/merchant.ts';
import { cards } from '../support/payer.ts';
import { paidSeries } from '../support/series.ts';

let app: TestApp;
before(async () => {
  app = await testApp();
});
after(() => app.close());

interface Token {
  customer_id: string;
  payment_method_id: string;
}

const unknown = (prefix: string) => `${prefix}_${'0'.repeat(24)}`;

async function made(): Promise<unknown> {
  const [row] = await app.database.query(
    `select (select count(*) from payment_sessions) as sessions, (select count(*) from payments) as payments,
      (select count(*) from attempts) as attempts, (select count(*) from events) as events`,
  );
  return { row, book: await app.control.book() };
}

/** The charge is refused, and neither our tables nor the processor's book know of it. */
async function refused(
  token: Token,
  expected: { status: number; code: string; errors?: [string, string][] },
  more: { amount?: number; currency?: string; mandate_id?: string } = {},
): Promise<Reply<Json>> {
  const { mandate_id, ...money } = more;
  const before = await made();
  const options = { customer_id: token.customer_id, payment_method_id: token.payment_method_id };
  const reply = await app.merchant.chargeNext(token, {
    ...money,
    options: mandate_id === undefined ? options : { ...options, mandate_id },
  });
  assert.equal(reply.status, expected.status, reply.text);
  assert.equal(reply.body.code, expected.code, reply.text);
  if (expected.errors !== undefined) {
    assert.deepEqual(
      reply.body.errors.map((error: Json) => [error.pointer, error.code]),
      expected.errors,
    );
  }
  assert.deepEqual(await made(), before, 'nothing was created, nothing was sent');
  return reply;
}

test('a charge inside its mandate is paid: at the least, in between, and at the most', async () => {
  const token = await paidSeries(app, { amount: 5_000 });
  for (const amount of [1, 2_500, 5_000]) {
    const { status, body } = await app.merchant.chargeNext(token, { amount });
    assert.equal(status, 201);
    assert.equal(body.payment_outcome, 'paid');
  }
});

test('an amount above the mandate is a mandate_violation that names amount, rule and mandate', async () => {
  const token = await paidSeries(app, { amount: 5_000 });
  const expected = {
    status: 422,
    code: 'mandate_violation',
    errors: [['/amount', 'amount_above_max']] as [string, string][],
  };
  const { body } = await refused(token, expected, { amount: 5_001 });
  assert.equal(body.mandate_id, token.mandate_id);
});

test('every rule that a charge breaks is told at once', async () => {
  const token = await paidSeries(app, { amount: 5_000 }, { number: cards.approved, expiry: '12/26' });
  app.clock.advance(60 * 86_400_000);
  await refused(
    token,
    {
      status: 422,
      code: 'mandate_violation',
      errors: [
        ['/currency', 'currency_mismatch'],
        ['/amount', 'amount_above_max'],
        ['', 'card_expired'],
      ],
    },
    { amount: 9_999, currency: 'USD', mandate_id: token.mandate_id },
  );
});

test('another currency than the mandate is refused, whether the mandate is named or not', async () => {
  const token = await paidSeries(app);
  const expected = {
    status: 422,
    code: 'mandate_violation',
    errors: [['/currency', 'currency_mismatch']] as [string, string][],
  };
  await refused(token, expected, { currency: 'USD' });
  await refused(token, expected, { currency: 'usd', mandate_id: token.mandate_id });
});

test('a card is charged until the last day of its month and not after', async () => {
  const lastDay = new Date(app.clock.now());
  const [year, month] = [lastDay.getUTCFullYear(), lastDay.getUTCMonth() + 1];
  const expiry = `${String(month).padStart(2, '0')}/${String(year % 100)}`;
  const token = await paidSeries(app, {}, { number: cards.approved, expiry });
  app.clock.advance(Date.UTC(year, month, 1) - 1 - app.clock.now());
  assert.equal((await app.merchant.chargeNext(token)).body.payment_outcome, 'paid');
  app.clock.advance(1);
  await refused(token, { status: 422, code: 'mandate_violation', errors: [['', 'card_expired']] });
});

test('a method that only its payer may use cannot be charged', async () => {
  const session = await app.merchant.createSession({
    options: { customer: { name: 'Sipho' }, checkout_options: { save_payment_method: 'always' } },
  });
  await app.payer.another().pays(session, cards.approved);
  const saved = await app.merchant.session(session.id);
  await refused(saved, { status: 422, code: 'payment_method_not_usable' });
});

test('a method that was removed cannot be charged', async () => {
  const token = await paidSeries(app);
  await app.merchant.call('DELETE', `/collect/payment_methods/${token.payment_method_id}`);
  await refused(token, { status: 422, code: 'payment_method_not_usable' });
});

test('customer, method and mandate must exist and belong together', async () => {
  const mine = await paidSeries(app);
  const other = await paidSeries(app);
  const foreign = await paidSeries({ ...app, merchant: await app.otherMerchant() });
  await refused({ ...mine, customer_id: unknown('cus') }, { status: 404, code: 'customer_not_found' });
  await refused({ ...mine, customer_id: foreign.customer_id }, { status: 404, code: 'customer_not_found' });
  await refused({ ...mine, payment_method_id: unknown('pmt') }, { status: 404, code: 'payment_method_not_found' });
  await refused(
    { ...mine, payment_method_id: foreign.payment_method_id },
    { status: 404, code: 'payment_method_not_found' },
  );
  await refused(
    { ...mine, payment_method_id: other.payment_method_id },
    { status: 422, code: 'payment_method_mismatch', errors: [['/options/payment_method_id', 'conflict']] },
  );
  const gone = { status: 404, code: 'mandate_not_found' };
  for (const mandate_id of [unknown('mnd'), foreign.mandate_id, other.mandate_id])
    await refused(mine, gone, { mandate_id });
});

test("a mandate of the customer's other card does not cover this one", async () => {
  const first = await paidSeries(app);
  const second = await paidSeries(app, { options: { customer_id: first.customer_id } }, '5555555555554444');
  assert.notEqual(first.payment_method_id, second.payment_method_id);
  await refused(
    first,
    { status: 422, code: 'payment_method_mismatch', errors: [['/options/payment_method_id', 'conflict']] },
    { mandate_id: second.mandate_id },
  );
});

test('of several mandates that fit, the merchant must name one', async () => {
  const first = await paidSeries(app);
  const second = await paidSeries(app, { options: { customer_id: first.customer_id } });
  assert.equal(first.payment_method_id, second.payment_method_id, 'the same card is one method');
  const { body } = await refused(first, { status: 409, code: 'mandate_ambiguous' });
  assert.deepEqual(
    body.errors.map((error: Json) => [error.pointer, error.detail]),
    [second.mandate_id, first.mandate_id].map((id) => ['/options/mandate_id', id]),
  );
  const { customer_id, payment_method_id } = first;
  const options = { customer_id, payment_method_id, mandate_id: first.mandate_id };
  assert.equal((await app.merchant.chargeNext(first, { options })).body.mandate_id, first.mandate_id);
});

test('a revoked mandate is never charged again, named or not', async () => {
  const token = await paidSeries(app);
  await app.merchant.call('POST', `/collect/mandates/${token.mandate_id}/revoke`);
  await refused(token, { status: 409, code: 'mandate_not_active' });
  await refused(token, { status: 409, code: 'mandate_not_active' }, { mandate_id: token.mandate_id });
});

test("the customer's deletion ends it all", async () => {
  const token = await paidSeries(app);
  assert.equal((await app.merchant.call('DELETE', `/collect/customers/${token.customer_id}`)).status, 204);
  await refused(token, { status: 404, code: 'customer_not_found' });
});

test('a declined charge is 201, completed and unpaid, with the decline in the normal form', async () => {
  const token = await paidSeries(app, {}, '4000000000000341');
  const { status, body } = await app.merchant.chargeNext(token);
  assert.equal(status, 201);
  assert.deepEqual([body.status, body.payment_outcome, body.payment_status], ['completed', 'unpaid', 'unpaid']);
  const error = body.last_payment_error;
  assert.equal(error.error_code, 'payment_declined');
  assert.equal(typeof error.retry.allowed, 'boolean');
  const payment = await app.merchant.payment(body.payment_id);
  assert.equal(payment.status, 'failed');
  assert.deepEqual(payment.last_payment_error, error);
  const [attempt] = await app.merchant.attempts(body.payment_id);
  assert.deepEqual(attempt.decline, { code: error.decline_code, class: error.class, stage: 'issuer' });
});
