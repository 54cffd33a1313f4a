/** Creating payment sessions: what is accepted, and what is answered. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { CURRENCY_CODES } from '../../src/domain/currencies.ts';
import { type TestApp, testApp } from '../support/app.ts';
import { cards } from '../support/payer.ts';
import { paidSeries } from '../support/series.ts';

let app: TestApp;
before(async () => {
  app = await testApp();
});
after(() => app.close());

const path = '/collect/payment_sessions';
const at = (ms: number) => new Date(app.clock.now() + ms).toISOString();
const MINUTE = 60_000;
const DAY = 86_400_000;

test('the smallest request answers a one_time session with every default, and nothing that does not apply', async () => {
  const reply = await app.merchant.call('POST', path, { amount: 200, currency: 'ZAR' });
  assert.equal(reply.status, 201);
  const { id, checkout_session_id } = reply.body;
  assert.match(id, /^ps_[0-9A-Za-z]{24}$/);
  assert.match(checkout_session_id, /^ckt_[0-9A-Za-z]{24}$/);
  assert.deepEqual(reply.body, {
    id,
    type: 'one_time',
    status: 'active',
    payment_outcome: 'not_started',
    payment_status: 'unpaid',
    amount: 200,
    currency: 'ZAR',
    mode: 'test',
    checkout_session_id,
    session_url: `${app.url}/checkout/${checkout_session_id}`,
    expires_at: at(DAY),
    created_at: at(0),
    updated_at: at(0),
  });
  assert.deepEqual(await app.merchant.session(id), reply.body, 'and the same when asked again');
});

test('a first_in_series session makes its customer with it, or takes one that exists', async () => {
  const customer = {
    name: 'Thandi M',
    email: 'thandi@example.com',
    phone: '+27 82 123 4567',
    external_reference: 'c-1',
  };
  const session = await app.merchant.createSession({ type: 'first_in_series', options: { customer } });
  const made = (await app.merchant.call('GET', `/collect/customers/${session.customer_id}`)).body;
  for (const [name, value] of Object.entries(customer)) assert.equal(made[name], value, name);
  const again = await app.merchant.createSession({
    type: 'first_in_series',
    options: { customer_id: session.customer_id },
  });
  assert.equal(again.customer_id, session.customer_id);
  assert.equal(again.type, 'first_in_series');
});

test('a next_in_series session is charged before the answer, and has no page', async () => {
  const token = await paidSeries(app);
  const { status, body } = await app.merchant.chargeNext(token, {
    description: 'January',
    external_reference: 'jan-1',
  });
  assert.equal(status, 201);
  assert.equal(body.status, 'completed');
  assert.equal(body.payment_outcome, 'paid');
  assert.equal(body.payment_status, 'paid');
  assert.equal(body.mandate_id, token.mandate_id);
  assert.equal(body.description, 'January');
  for (const field of ['checkout_session_id', 'session_url', 'return_url', 'expires_at']) {
    assert.equal(field in body, false, `${field} belongs to sessions with a page`);
  }
  assert.deepEqual(await app.merchant.session(body.id), body);
});

test('every currency of ISO 4217 is accepted in any case and answered in upper case', async () => {
  assert.ok(CURRENCY_CODES.length > 150);
  const written = (code: string, i: number) => [code, code.toLowerCase(), code[0] + code.slice(1).toLowerCase()][i % 3];
  const answered: string[] = [];
  for (let from = 0; from < CURRENCY_CODES.length; from += 20) {
    const some = CURRENCY_CODES.slice(from, from + 20);
    const made = await Promise.all(
      some.map((code, i) => app.merchant.createSession({ amount: 1, currency: written(code, i) })),
    );
    answered.push(...made.map((session) => session.currency));
  }
  assert.deepEqual(answered, CURRENCY_CODES);
});

test('codes that nobody can pay in are refused: unknown ones, metals, funds and the code for tests', async () => {
  // XTS and XXX are codes of ISO 4217: for tests, and for no currency.
  for (const currency of ['ZZZ', 'XAU', 'XTS', 'XXX', 'CLF', 'USN', 'DEM']) {
    const { status, body } = await app.merchant.call('POST', path, { amount: 1, currency });
    assert.equal(status, 400, currency);
    assert.deepEqual(
      body.errors.map((error: { pointer: string; code: string }) => [error.pointer, error.code]),
      [['/currency', 'invalid_value']],
    );
  }
});

test('amounts from 0 to 999 999 999 999 are accepted, however JSON writes the integer', async () => {
  for (const [raw, amount] of [
    ['0', 0],
    ['-0', 0],
    ['1', 1],
    ['200.0', 200],
    ['2e2', 200],
    ['999999999999', 999_999_999_999],
  ] as const) {
    const reply = await app.merchant.call('POST', path, undefined, { raw: `{"amount":${raw},"currency":"JPY"}` });
    assert.equal(reply.status, 201, raw);
    assert.equal(reply.body.amount, amount, raw);
    assert.equal((await app.merchant.session(reply.body.id)).amount, amount, raw);
  }
});

test('every option of a customer-present session is taken, and what the payer gets is answered', async () => {
  const session = await app.merchant.createSession({
    description: 'x'.repeat(500),
    external_reference: 'A-z_9'.repeat(51),
    metadata: { order: '17', 'ключ 1': 'é' },
    options: {
      checkout_options: {
        return_url: 'https://shop.example/thanks?order=17#top',
        save_payment_method: 'prompt',
        locale: 'en-ZA',
        expires_at: at(5 * MINUTE),
        presentation_mode: { mode: 'redirect' },
      },
      payment_method_options: { card: { capture_method: 'manual' } },
    },
  });
  assert.equal(session.description, 'x'.repeat(500));
  assert.equal(session.external_reference, 'A-z_9'.repeat(51));
  assert.deepEqual(session.metadata, { order: '17', 'ключ 1': 'é' });
  assert.equal(session.return_url, 'https://shop.example/thanks?order=17#top');
  assert.equal(session.expires_at, at(5 * MINUTE));
});

test('an expiry lies between 5 minutes and 30 days ahead, both included', async () => {
  const expiring = (expires_at: string) =>
    app.merchant.call('POST', path, { amount: 1, currency: 'ZAR', options: { checkout_options: { expires_at } } });
  assert.equal((await expiring(at(30 * DAY))).body.expires_at, at(30 * DAY));
  const inSummerTime = new Date(app.clock.now() + DAY + 2 * 60 * MINUTE).toISOString().replace('Z', '+02:00');
  assert.equal((await expiring(inSummerTime)).body.expires_at, at(DAY), 'a zone is read and answered as UTC');
  for (const [text, code] of [
    [at(5 * MINUTE - 1), 'out_of_range'],
    [at(30 * DAY + 1), 'out_of_range'],
    [at(-DAY), 'out_of_range'],
    ['tomorrow', 'invalid_value'],
    ['2026-12-01', 'invalid_value'],
    ['2026-12-01T12:00:00', 'invalid_value'],
  ] as const) {
    const { status, body } = await expiring(text);
    assert.equal(status, 400, text);
    assert.equal(body.errors[0].pointer, '/options/checkout_options/expires_at');
    assert.equal(body.errors[0].code, code, text);
  }
});

test('return addresses are https, http for this machine, or an app; anything else is 422', async () => {
  const returning = (return_url: string) =>
    app.merchant.call('POST', path, { amount: 1, currency: 'ZAR', options: { checkout_options: { return_url } } });
  for (const url of [
    'https://shop.example/thanks',
    'HTTPS://shop.example',
    'http://localhost:3000/back?x=1',
    'http://127.0.0.1/back',
    'http://[::1]:8080/',
    'shop://orders/17',
    'com.example.shop://back',
  ]) {
    const { status, body } = await returning(url);
    assert.equal(status, 201, url);
    assert.equal(body.return_url, url, 'answered as it was sent');
  }
  for (const url of [
    'http://shop.example/',
    'javascript:alert(1)',
    'JavaScript://x%0aalert(1)',
    'data:text/html,hello',
    'vbscript:x',
    'file:///etc/passwd',
    'blob:https://shop.example/1',
    'mailto:a@shop.example',
    'https://user:secret@shop.example/',
    'shop.example/thanks',
    '/thanks',
    '',
    'https://shop.example/a b',
    'https://shop.example\\@evil.example',
    'java\tscript:alert(1)',
  ]) {
    const { status, body } = await returning(url);
    assert.equal(status, 422, url);
    assert.equal(body.code, 'return_url_not_allowed', url);
    assert.equal(body.errors[0].pointer, '/options/checkout_options/return_url');
  }
});

test('an amount of 0 verifies and saves a card on a page, and is no charge', async () => {
  const session = await app.merchant.createSession({ amount: 0, options: { customer: { name: 'Sipho' } } });
  await app.payer.another().pays(session, cards.approved);
  const verified = await app.merchant.session(session.id);
  assert.equal(verified.payment_outcome, 'payment_method_verified');
  assert.equal(verified.payment_status, 'paid');
  assert.match(verified.payment_method_id, /^pmt_/);
});
