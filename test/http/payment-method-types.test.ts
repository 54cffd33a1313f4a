/** `GET /collect/payment_method_types`: what this tenant can offer, with its facts, and the reasons against the rest. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { LEFT_OUT_REASONS } from '../../src/domain/payment-methods.ts';
import { type TestApp, testApp } from '../support/app.ts';
import type { Json } from '../support/merchant.ts';

let app: TestApp;

before(async () => {
  app = await testApp();
});

after(async () => {
  await app.close();
});

async function listed(query = ''): Promise<Json[]> {
  const { status, body, text } = await app.merchant.call('GET', `/collect/payment_method_types${query}`);
  assert.equal(status, 200, text);
  return body.data;
}

const offered = (list: Json[]) => list.filter(({ available }) => available).map(({ type }) => type);

test('every way to pay is listed with its facts, in the order of the page', async () => {
  const list = await listed();
  assert.deepEqual(
    list.map(({ type }) => type),
    ['pay_by_bank', 'wallet_qr', 'mobile_money', 'voucher', 'card'],
  );
  assert.deepEqual(offered(list), ['pay_by_bank', 'wallet_qr', 'mobile_money', 'voucher', 'card']);
  const [bank, , phone, voucher, card] = list;
  assert.deepEqual(
    [bank.flow, bank.result, bank.final, bank.abandonable, bank.refunds],
    ['redirect', 'short_async', 'on_settle', 'yes', 'partial'],
  );
  assert.deepEqual(
    bank.fields[0].choices.map(({ value }: Json) => value),
    ['prompt', 'patient', 'doubtful'],
  );
  assert.deepEqual([phone.abandonable, phone.refunds, phone.fields[0].kind], ['until_sent', 'full', 'tel']);
  assert.deepEqual([voucher.result, voucher.refunds, voucher.fields], ['long_async', 'none', []]);
  assert.deepEqual([card.reusable, card.zero_amount, card.manual_capture], ['merchant_initiated', true, true]);
});

const REFUSING: readonly [query: string, reason: string][] = [
  ['?amount=0&currency=ZAR', 'amount_zero'],
  ['?capture_method=manual', 'capture_method'],
  ['?type=first_in_series', 'series'],
];

for (const [query, reason] of REFUSING) {
  test(`with ${query} cards remain, and the others say ${reason}`, async () => {
    const list = await listed(query);
    assert.deepEqual(offered(list), ['card']);
    for (const one of list.filter(({ type }) => type !== 'card')) assert.deepEqual(one.reasons, [reason]);
    for (const { reasons } of list) for (const word of reasons) assert.ok(LEFT_OUT_REASONS.includes(word));
  });
}

test('what a merchant switched off or put in another order is told so', async () => {
  const other = await app.otherMerchant();
  const settings = { methods: { voucher: false }, method_order: ['card', 'wallet_qr'] };
  const put = await other.call('PUT', '/collect/checkout_settings', settings, { key: null });
  assert.equal(put.status, 200, put.text);
  const { body } = await other.call('GET', '/collect/payment_method_types?amount=2000&currency=ZAR&country=ZA');
  assert.deepEqual(offered(body.data), ['card', 'wallet_qr', 'pay_by_bank', 'mobile_money']);
  assert.deepEqual(body.data.at(-1).reasons, ['disabled']);
});

test('a question that makes no sense is refused by the name of its parameter', async () => {
  for (const [query, pointer] of [
    ['amount=-1', 'query/amount'],
    ['amount=12.5', 'query/amount'],
    ['currency=zar', 'query/currency'],
    ['currency=XXQ', 'query/currency'],
    ['country=South', 'query/country'],
    ['type=next_in_series', 'query/type'],
    ['capture_method=later', 'query/capture_method'],
    ['method=card', 'query/method'],
  ] as const) {
    const { status, body } = await app.merchant.call('GET', `/collect/payment_method_types?${query}`);
    assert.equal(status, 400, query);
    assert.ok(
      body.errors.some((error: Json) => error.pointer.endsWith(pointer.slice(6))),
      `${query}: ${JSON.stringify(body.errors)}`,
    );
  }
});

test('public keys are refused', async () => {
  const { status } = await app.merchant.call('GET', '/collect/payment_method_types', undefined, {
    bearer: app.merchant.publicKey,
  });
  assert.equal(status, 403);
});
