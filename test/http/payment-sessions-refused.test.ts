/** Requests for payment sessions that cannot be accepted: each names every field at fault, and creates nothing. */
import assert from 'node:assert/strict';
import { after, afterEach, before, test } from 'node:test';
import { type TestApp, testApp } from '../support/app.ts';
import type { Json } from '../support/merchant.ts';

let app: TestApp;
before(async () => {
  app = await testApp();
});
after(() => app.close());
afterEach(async () => {
  const [row] = await app.database.query<{ made: string }>('select count(*) as made from payment_sessions');
  assert.equal(Number(row!.made), 0, 'nothing was created');
});

const path = '/collect/payment_sessions';
const smallest = { amount: 200, currency: 'ZAR' };
const id = (prefix: string) => `${prefix}_${'0'.repeat(24)}`;

/** `pointer code` of every problem of a 400, in alphabetical order. */
async function problems(body: unknown, raw?: string): Promise<string[]> {
  const reply = await app.merchant.call('POST', path, body, raw === undefined ? {} : { raw });
  assert.equal(reply.status, 400, reply.text);
  assert.equal(reply.body.code, 'invalid_request');
  return reply.body.errors.map((error: Json) => `${error.pointer} ${error.code}`).sort();
}

test('an amount that is no integer between 0 and 999 999 999 999 is refused by name', async () => {
  for (const [amount, code] of [
    ['-1', 'out_of_range'],
    ['1000000000000', 'out_of_range'],
    ['1e15', 'out_of_range'],
    ['1e400', 'invalid_type'],
    ['9'.repeat(400), 'invalid_type'],
    ['0.5', 'invalid_type'],
    ['200.000001', 'invalid_type'],
    ['"200"', 'invalid_type'],
    ['null', 'invalid_type'],
    ['true', 'invalid_type'],
    ['[200]', 'invalid_type'],
    ['{}', 'invalid_type'],
  ] as const) {
    assert.deepEqual(await problems(undefined, `{"amount":${amount},"currency":"ZAR"}`), [`/amount ${code}`], amount);
  }
});

test('a currency that is no code is refused by name', async () => {
  for (const currency of ['', 'ZA', 'ZARR', 'Z R', '710', 'ＺＡＲ', 'ızm']) {
    assert.deepEqual(await problems({ amount: 1, currency }), ['/currency invalid_value'], currency);
  }
  assert.deepEqual(await problems({ amount: 1, currency: 710 }), ['/currency invalid_type']);
});

test('a missing, unknown or mistyped field is named, whether at the top or deep below', async () => {
  assert.deepEqual(await problems({}), ['/amount required', '/currency required']);
  assert.deepEqual(await problems({ ...smallest, Amount: 1 }), ['/Amount unknown_field']);
  assert.deepEqual(await problems({ ...smallest, 'a/b~c': 1 }), ['/a~1b~0c unknown_field']);
  assert.deepEqual(await problems({ ...smallest, options: { checkout_options: { returnUrl: 'x' } } }), [
    '/options/checkout_options/returnUrl unknown_field',
  ]);
  assert.deepEqual(await problems({ ...smallest, options: { payment_method_options: { card: { cvc: '123' } } } }), [
    '/options/payment_method_options/card/cvc unknown_field',
  ]);
  assert.deepEqual(await problems({ ...smallest, options: { checkout_options: { presentation_mode: {} } } }), [
    '/options/checkout_options/presentation_mode/mode required',
  ]);
  assert.deepEqual(await problems({ ...smallest, type: 'recurring' }), ['/type invalid_value']);
  assert.deepEqual(await problems({ ...smallest, options: [] }), ['/options invalid_type']);
  assert.deepEqual(await problems({ ...smallest, description: null }), ['/description invalid_type']);
});

test('options that do not belong to the type, and those it lacks, are named one by one', async () => {
  assert.deepEqual(
    await problems({
      ...smallest,
      options: { payment_method_id: id('pmt'), mandate_id: id('mnd'), mandate_options: {}, subscription_options: {} },
    }),
    [
      '/options/mandate_id not_applicable',
      '/options/mandate_options not_applicable',
      '/options/payment_method_id not_applicable',
      '/options/subscription_options not_applicable',
    ],
  );
  assert.deepEqual(
    await problems({
      ...smallest,
      type: 'first_in_series',
      options: { payment_method_id: id('pmt'), checkout_options: { save_payment_method: 'always' } },
    }),
    [
      '/options/checkout_options/save_payment_method not_applicable',
      '/options/customer_id required',
      '/options/payment_method_id not_applicable',
    ],
  );
  assert.deepEqual(
    await problems({
      amount: 0,
      currency: 'ZAR',
      type: 'next_in_series',
      options: { customer: { name: 'A' }, checkout_options: {}, mandate_options: {}, subscription_options: {} },
    }),
    [
      '/amount out_of_range',
      '/options/checkout_options not_applicable',
      '/options/customer not_applicable',
      '/options/customer_id required',
      '/options/mandate_options not_applicable',
      '/options/payment_method_id required',
      '/options/subscription_options not_applicable',
    ],
  );
  assert.deepEqual(await problems({ ...smallest, options: { customer_id: id('cus'), customer: { name: 'A' } } }), [
    '/options/customer conflict',
  ]);
});

test('problems of shape and problems of meaning are told together', async () => {
  assert.deepEqual(
    await problems({
      amount: '200',
      currency: 'ZZZ',
      colour: 'red',
      metadata: { ok: 1 },
      options: {
        payment_method_id: 'card_1',
        checkout_options: {
          return_url: 'javascript:alert(1)',
          expires_at: '2020-01-01T00:00:00Z',
          locale: '??',
          presentation_mode: { mode: 'popup' },
        },
      },
    }),
    [
      '/amount invalid_type',
      '/colour unknown_field',
      '/currency invalid_value',
      '/metadata/ok invalid_type',
      '/options/checkout_options/expires_at out_of_range',
      '/options/checkout_options/locale invalid_value',
      '/options/checkout_options/presentation_mode/mode invalid_value',
      '/options/checkout_options/return_url invalid_value',
      '/options/payment_method_id invalid_value',
      '/options/payment_method_id not_applicable',
    ],
  );
  assert.deepEqual(await problems({ type: 'next_in_series', options: { checkout_options: 7 } }), [
    '/amount required',
    '/currency required',
    '/options/checkout_options invalid_type',
    '/options/checkout_options not_applicable',
    '/options/customer_id required',
    '/options/payment_method_id required',
  ]);
});

test('metadata has at most 20 pairs, keys of 1 to 50 and texts of at most 500 characters', async () => {
  const pairs = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, i) => [`k${i}`, 'v']));
  assert.deepEqual(await problems({ ...smallest, metadata: pairs(21) }), ['/metadata out_of_range']);
  assert.deepEqual(await problems({ ...smallest, metadata: { ['k'.repeat(51)]: 'v' } }), [
    `/metadata/${'k'.repeat(51)} invalid_value`,
  ]);
  assert.deepEqual(await problems({ ...smallest, metadata: { '': 'v' } }), ['/metadata/ invalid_value']);
  assert.deepEqual(await problems({ ...smallest, metadata: { k: 'v'.repeat(501) } }), ['/metadata/k out_of_range']);
  assert.deepEqual(await problems({ ...smallest, metadata: { a: 1, b: null, c: {} } }), [
    '/metadata/a invalid_type',
    '/metadata/b invalid_type',
    '/metadata/c invalid_type',
  ]);
});

test('a reference is 1 to 255 letters, digits, _ and -; a description at most 500 characters', async () => {
  for (const external_reference of ['', 'x'.repeat(256), 'a b', 'ä', 'a\n']) {
    assert.deepEqual(await problems({ ...smallest, external_reference }), ['/external_reference invalid_value']);
  }
  assert.deepEqual(await problems({ ...smallest, description: 'x'.repeat(501) }), ['/description out_of_range']);
});

test('keys that come twice and keys that reach a prototype are refused', async () => {
  assert.deepEqual(await problems(undefined, '{"amount":1,"currency":"ZAR","amount":2}'), ['/amount duplicate_key']);
  assert.deepEqual(await problems(undefined, '{"amount":1,"currency":"ZAR","metadata":{"a":"1","a":"2"}}'), [
    '/metadata/a duplicate_key',
  ]);
  assert.deepEqual(await problems(undefined, '{"amount":1,"\\u0061mount":1,"currency":"ZAR"}'), [
    '/amount duplicate_key',
  ]);
  for (const key of ['__proto__', 'constructor', '\\u005f_proto__']) {
    const [problem] = await problems(undefined, `{"amount":1,"currency":"ZAR","metadata":{"${key}":"x"}}`);
    assert.match(problem!, /^\/metadata\/\w+ forbidden_key$/);
  }
});

test('what is no JSON object is refused, and its text does not come back', async () => {
  for (const raw of ['', '{', '[]', '"x"', '7', 'null', '{"amount":1,}', "{'amount':1}", '\ufeff{}', 'amount=1']) {
    const list = await problems(undefined, raw);
    assert.ok(list.length > 0, raw);
  }
  const reply = await app.merchant.call('POST', path, undefined, { raw: '{"amount":4111111111111111' });
  assert.equal(reply.text.includes('4111111111111111'), false);
  assert.deepEqual(await problems(undefined, `{"a":${'['.repeat(30)}${']'.repeat(30)}}`), [' too_deep']);
});

test('text that no database keeps as it came is refused, not mended in silence', async () => {
  for (const text of ['a\\u0000b', '\\ud800', 'x\\udfff']) {
    assert.deepEqual(await problems(undefined, `{"amount":1,"currency":"ZAR","description":"${text}"}`), [
      '/description invalid_value',
    ]);
    assert.deepEqual(await problems(undefined, `{"amount":1,"currency":"ZAR","metadata":{"k":"${text}"}}`), [
      '/metadata/k invalid_value',
    ]);
  }
});

test('a very wrong body is answered with at most a hundred problems, and names no name at full length', async () => {
  const many = Object.fromEntries(Array.from({ length: 3000 }, (_, i) => [`field_${i}`, 1]));
  const reply = await app.merchant.call('POST', path, { ...smallest, ...many });
  assert.equal(reply.status, 400);
  assert.equal(reply.body.errors.length, 100);
  assert.match(reply.body.detail, /and 2999 more/);
  const long = await app.merchant.call('POST', path, { ...smallest, ['x'.repeat(60_000)]: 1 });
  assert.equal(long.status, 400);
  assert.ok(long.text.length < 2_000);
});

test('a customer that does not exist is 404', async () => {
  const unknown = await app.merchant.call('POST', path, { ...smallest, options: { customer_id: id('cus') } });
  assert.equal(unknown.status, 404);
  assert.equal(unknown.body.code, 'customer_not_found');
});
