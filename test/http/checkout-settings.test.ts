/** How pages behave: shown whole, replaced whole, refused with every problem, and only what differs is kept. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { type TestApp, testApp } from '../support/app.ts';
import type { Json, Merchant } from '../support/merchant.ts';

const PATH = '/collect/checkout_settings';

let app: TestApp;
before(async () => {
  app = await testApp();
});
after(() => app.close());

const put = (merchant: Merchant, body: unknown) => merchant.call('PUT', PATH, body, { key: null });
const settingsOf = async (merchant: Merchant): Promise<Json> => (await merchant.call('GET', PATH)).body;

const DEFAULTS = {
  decline_detail: 'helpful',
  name_on_card: 'off',
  collect_email: 'off',
  saved_card_security_code: 'required',
  mandate_consent: 'button',
  after_payment: 'return',
  more_time: true,
  limits: { attempts: 5, per_card: 3, security_codes: 3 },
  methods: { card: true, pay_by_bank: true, wallet_qr: true, mobile_money: true, voucher: true },
  method_order: [],
  allowed_origins: [],
  return_url_hosts: [],
  default_locale: 'en',
  time_zone: 'UTC',
};

test('who set nothing has the defaults, and is told the languages and who read them', async () => {
  const { locales, ...settings } = await settingsOf(app.merchant);
  assert.deepEqual(settings, DEFAULTS);
  assert.deepEqual(locales[0], { tag: 'en', name: 'English', reviewed: { page: true, mandate: true } });
});

test('settings are replaced whole, and an absent one has its default again', async () => {
  const merchant = await app.otherMerchant();
  const all = {
    decline_detail: 'minimal',
    name_on_card: 'required',
    collect_email: 'optional',
    saved_card_security_code: 'not_required',
    mandate_consent: 'checkbox',
    notice_days: 0,
    after_payment: 'receipt',
    more_time: false,
    limits: { attempts: 8, per_card: 2, security_codes: 1 },
    methods: { voucher: false, card: true },
    method_order: ['mobile_money', 'pay_by_bank'],
    allowed_origins: ['https://shop.example', 'http://localhost:*', 'http://127.0.0.1:3000'],
    return_url_hosts: ['Shop.Example', 'shop://'],
    default_locale: 'en',
    time_zone: 'africa/johannesburg',
  };
  const reply = await put(merchant, all);
  assert.equal(reply.status, 200, reply.text);
  const { locales: _, ...shown } = reply.body;
  assert.deepEqual(shown, {
    ...all,
    methods: { ...DEFAULTS.methods, voucher: false },
    return_url_hosts: ['shop.example', 'shop://'],
    time_zone: 'Africa/Johannesburg',
  });
  assert.deepEqual(await settingsOf(merchant), reply.body);
  const { locales: __, ...next } = (await put(merchant, { limits: { per_card: 4 } })).body;
  assert.deepEqual(next, { ...DEFAULTS, limits: { ...DEFAULTS.limits, per_card: 4 } });
  const { locales: ___, ...others } = await settingsOf(app.merchant);
  assert.deepEqual(others, DEFAULTS, 'another tenant has its own');
});

test('only what differs from the defaults is kept', async () => {
  const merchant = await app.otherMerchant();
  const kept = async () =>
    (
      await app.database.query<{ checkout_settings: string }>(
        'select checkout_settings::text from tenants where checkout_settings is not null',
      )
    ).map((row) => row.checkout_settings);
  await put(merchant, {
    more_time: true,
    limits: { attempts: 5, per_card: 1 },
    methods: { wallet_qr: false, card: true },
  });
  assert.ok((await kept()).includes('{"limits":{"perCard":1},"methods":{"wallet_qr":false}}'));
  await put(merchant, { decline_detail: 'helpful' });
  assert.ok(!(await kept()).some((text) => text.includes('"perCard":1')));
});

test('everything that is wrong is told at once, and nothing is changed', async () => {
  const merchant = await app.otherMerchant();
  const reply = await put(merchant, {
    decline_detail: 'none',
    name_on_card: true,
    notice_days: 61,
    more_time: 'yes',
    limits: { attempts: 0, per_card: 11, security_codes: 2.5, cards: 1 },
    methods: { card: 'on', paypal: true },
    method_order: ['voucher', 'voucher', 'cash'],
    allowed_origins: [
      'https://shop.example/',
      'http://shop.example',
      '*',
      'https://user@shop.example',
      'https://a;sandbox',
    ],
    return_url_hosts: ['https://shop.example', 'shop.example/x', 'shop.example:8443', 'javascript://', ''],
    default_locale: 'tlh',
    time_zone: '+02:00',
    locales: [],
  });
  assert.equal(reply.status, 400);
  assert.deepEqual(reply.body.errors.map(({ pointer, code }: Json) => `${pointer} ${code}`).sort(), [
    '/allowed_origins/0 invalid_value',
    '/allowed_origins/1 invalid_value',
    '/allowed_origins/2 invalid_value',
    '/allowed_origins/3 invalid_value',
    '/allowed_origins/4 invalid_value',
    '/decline_detail invalid_value',
    '/default_locale invalid_value',
    '/limits/attempts out_of_range',
    '/limits/cards unknown_field',
    '/limits/per_card out_of_range',
    '/limits/security_codes invalid_type',
    '/locales unknown_field',
    '/method_order/1 duplicate',
    '/method_order/2 invalid_value',
    '/methods/card invalid_type',
    '/methods/paypal unknown_field',
    '/more_time invalid_type',
    '/name_on_card invalid_type',
    '/notice_days out_of_range',
    '/return_url_hosts/0 invalid_value',
    '/return_url_hosts/1 invalid_value',
    '/return_url_hosts/2 invalid_value',
    '/return_url_hosts/3 invalid_value',
    '/return_url_hosts/4 invalid_value',
    '/time_zone invalid_value',
  ]);
  const none = { card: false, pay_by_bank: false, wallet_qr: false, mobile_money: false, voucher: false };
  assert.deepEqual((await put(merchant, { methods: none })).body.errors[0].code, 'conflict');
  const { locales: _, ...settings } = await settingsOf(merchant);
  assert.deepEqual(settings, DEFAULTS);
});

test('a public key neither reads nor changes them', async () => {
  for (const method of ['GET', 'PUT'] as const) {
    const body = method === 'PUT' ? {} : undefined;
    const reply = await app.merchant.call(method, PATH, body, { key: null, bearer: app.merchant.publicKey });
    assert.deepEqual([reply.status, reply.body.code], [403, 'forbidden']);
  }
});
