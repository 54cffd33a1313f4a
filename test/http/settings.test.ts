/** Settings of a tenant: shown whole, changed by name, refused with every problem, and heeded at once. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { SECOND } from '../../src/lib/time.ts';
import { type TestApp, testApp } from '../support/app.ts';
import { type Json, Merchant } from '../support/merchant.ts';

let app: TestApp;
let second: TestApp;
before(async () => {
  app = await testApp();
  second = await testApp({ on: app });
});
after(async () => {
  await second.stop();
  await app.close();
});

const DEFAULTS = {
  time_zone: 'UTC',
  unlimited_mandates: 'allow',
  charge_expired_cards: false,
  retry_caps: { visa_30d: 15, mastercard_24h: 10, mastercard_30d: 35, other_30d: 15 },
  dunning: { retry_days: [1, 3, 5, 7], on_exhausted: 'continue' },
  catch_up_days: 35,
};

const patch = (merchant: Merchant, body: unknown, key: string | null = null) =>
  merchant.call('PATCH', '/collect/settings', body, { key });
const settingsOf = async (merchant: Merchant): Promise<Json> => (await merchant.call('GET', '/collect/settings')).body;

test('who set nothing has the defaults', async () => {
  assert.deepEqual(await settingsOf(app.merchant), DEFAULTS);
});

test('a change names what it changes, down to one cap, and leaves the rest', async () => {
  const merchant = await app.otherMerchant();
  const first = await patch(merchant, { time_zone: 'africa/johannesburg', retry_caps: { visa_30d: 20 } });
  const expected = {
    ...DEFAULTS,
    time_zone: 'Africa/Johannesburg',
    retry_caps: { ...DEFAULTS.retry_caps, visa_30d: 20 },
  };
  assert.deepEqual([first.status, first.body], [200, expected]);
  const next = { dunning: { on_exhausted: 'pause' }, catch_up_days: 366, charge_expired_cards: true };
  const merged = { ...expected, ...next, dunning: { retry_days: [1, 3, 5, 7], on_exhausted: 'pause' } };
  assert.deepEqual((await patch(merchant, next)).body, merged);
  assert.deepEqual((await patch(merchant, {})).body, merged);
  assert.deepEqual(await settingsOf(merchant), merged);
  assert.deepEqual(await settingsOf(app.merchant), DEFAULTS, 'another tenant has its own');
});

test('only what differs from the defaults is kept', async () => {
  const merchant = await app.otherMerchant();
  await patch(merchant, { retry_caps: { other_30d: 1 }, dunning: { retry_days: [] } });
  const kept = () =>
    app.database.query<{ settings: string }>('select settings::text from tenants where settings is not null');
  assert.ok(
    (await kept()).some(({ settings }) => settings === '{"retryCaps":{"other30d":1},"dunning":{"retryDays":[]}}'),
  );
  await patch(merchant, { retry_caps: { other_30d: 15 }, dunning: { retry_days: [1, 3, 5, 7] } });
  assert.ok((await kept()).every(({ settings }) => !settings.includes('"other30d":1')));
  assert.deepEqual(await settingsOf(merchant), DEFAULTS);
});

test('everything that is wrong is told at once, and nothing is changed', async () => {
  const merchant = await app.otherMerchant();
  const reply = await patch(merchant, {
    time_zone: '+02:00',
    unlimited_mandates: 'never',
    charge_expired_cards: 1,
    retry_caps: { visa_30d: 21, mastercard_24h: 11, mastercard_30d: 36, other_30d: 0, jcb: 1 },
    dunning: { retry_days: [1, 3, 3, 31], on_exhausted: 'stop' },
    catch_up_days: 367,
    colour: 'blue',
  });
  assert.equal(reply.status, 400);
  assert.deepEqual(reply.body.errors.map(({ pointer, code }: Json) => `${pointer} ${code}`).sort(), [
    '/catch_up_days out_of_range',
    '/charge_expired_cards invalid_type',
    '/colour unknown_field',
    '/dunning/on_exhausted invalid_value',
    '/dunning/retry_days/2 conflict',
    '/dunning/retry_days/3 out_of_range',
    '/retry_caps/jcb unknown_field',
    '/retry_caps/mastercard_24h out_of_range',
    '/retry_caps/mastercard_30d out_of_range',
    '/retry_caps/other_30d out_of_range',
    '/retry_caps/visa_30d out_of_range',
    '/time_zone invalid_value',
    '/unlimited_mandates invalid_value',
  ]);
  const order = await patch(merchant, { catch_up_days: 3, dunning: { retry_days: [3, 1] } });
  assert.deepEqual([order.status, order.body.errors[0].pointer], [400, '/dunning/retry_days/1']);
  assert.deepEqual(await settingsOf(merchant), DEFAULTS);
});

test('the borders of every range are taken', async () => {
  const merchant = await app.otherMerchant();
  for (const body of [
    { catch_up_days: 1, retry_caps: { visa_30d: 1, mastercard_24h: 1, mastercard_30d: 1, other_30d: 1 } },
    { catch_up_days: 366, retry_caps: { visa_30d: 20, mastercard_24h: 10, mastercard_30d: 35, other_30d: 20 } },
    { dunning: { retry_days: [1, 2, 3, 4, 5, 6, 7, 30] } },
  ]) {
    assert.equal((await patch(merchant, body)).status, 200, JSON.stringify(body));
  }
});

test('changes at once all hold: none writes over another', async () => {
  const merchant = await app.otherMerchant();
  const changes = [
    { time_zone: 'Asia/Tokyo' },
    { catch_up_days: 10 },
    { unlimited_mandates: 'refuse' },
    { retry_caps: { visa_30d: 3 } },
    { retry_caps: { other_30d: 4 } },
    { charge_expired_cards: true },
  ];
  const replies = await Promise.all(changes.map((body) => patch(merchant, body)));
  assert.deepEqual(
    replies.map(({ status }) => status),
    changes.map(() => 200),
  );
  const { time_zone, catch_up_days, unlimited_mandates, retry_caps, charge_expired_cards } = await settingsOf(merchant);
  assert.deepEqual(
    [time_zone, catch_up_days, unlimited_mandates, retry_caps.visa_30d, retry_caps.other_30d, charge_expired_cards],
    ['Asia/Tokyo', 10, 'refuse', 3, 4, true],
  );
});

test('a change holds at once in the process that made it, and within a second in any other', async () => {
  const merchant = await app.otherMerchant();
  const elsewhere = new Merchant(second.url, merchant.secretKey, merchant.publicKey);
  const unlimited = async (through: Merchant) => {
    const body = { amount: 0, currency: 'ZAR', type: 'first_in_series', options: { customer: { name: 'Thandi' } } };
    return (await through.call('POST', '/collect/payment_sessions', body)).status;
  };
  assert.deepEqual([await unlimited(merchant), await unlimited(elsewhere)], [201, 201]);
  await patch(merchant, { unlimited_mandates: 'refuse' });
  assert.equal(await unlimited(merchant), 400);
  app.clock.advance(SECOND);
  assert.equal(await unlimited(elsewhere), 400);
});

test('one Idempotency-Key changes once, and a public key nothing', async () => {
  const merchant = await app.otherMerchant();
  const first = await patch(merchant, { catch_up_days: 20 }, 'a-key');
  await patch(merchant, { catch_up_days: 21 });
  const again = await patch(merchant, { catch_up_days: 20 }, 'a-key');
  assert.deepEqual([again.text, again.headers.get('idempotent-replayed')], [first.text, 'true']);
  assert.equal((await settingsOf(merchant)).catch_up_days, 21);
  const open = await merchant.call('PATCH', '/collect/settings', {}, { bearer: merchant.publicKey });
  assert.deepEqual([open.status, open.body.code], [403, 'forbidden']);
});
