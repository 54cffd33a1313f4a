/** Agreements as attackers and clumsy merchants send them: answered in words, soon, and never with 500; and figures at their limits. */
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

const MOST = 999_999_999_999;

function agree(mandate_options: unknown, more: Record<string, unknown> = {}): Promise<Reply<Json>> {
  const options = { customer: { name: 'Thandi' }, mandate_options, ...more };
  const body = { amount: 20_000, currency: 'ZAR', type: 'first_in_series', options };
  return app.merchant.call('POST', '/collect/payment_sessions', body);
}

const times = <T>(count: number, one: (i: number) => T): T[] => Array.from({ length: count }, (_, i) => one(i));
const dayAfter = (days: number): string =>
  new Date(app.clock.now() + days * 86_400_000).toISOString().slice(0, 'YYYY-MM-DD'.length);

const UNKIND: Readonly<Record<string, unknown>> = {
  'a zone of 60 KB': { time_zone: 'x'.repeat(60_000) },
  'a field name of 60 KB': { ['x'.repeat(60_000)]: 1 },
  '6,000 unknown fields': Object.fromEntries(times(6_000, (i) => [`k${i}`, 1])),
  '8,000 limits': { period_limits: times(8_000, () => 1) },
  '5,000 instalments': {
    type: 'installment',
    total_amount: 1,
    terms: { type: 'fixed', items: times(5_000, () => ({})) },
  },
  '10,000 days': {
    type: 'scheduled',
    recurrence: { type: 'monthly', on: { type: 'day_of_month', days: times(10_000, (i) => i) } },
  },
  'a word of every object': {
    type: 'constructor',
    recurrence: { type: '__proto__' },
    period_limits: [{ period: 'toString' }],
  },
  'a date of the year 9999': { validity_period: { end_date: '9999-12-31' } },
  'a date of more digits': { validity_period: { end_date: '+010000-01-01' } },
  'a zone that is none': { time_zone: 'Etc/GMT+14' },
};

for (const [what, options] of Object.entries(UNKIND)) {
  test(`${what}: 400 that names the field`, async () => {
    const { status, body, text } = await agree(options);
    assert.equal(status, 400, text);
    assert.ok(body.errors.length > 0);
    assert.ok(body.errors.every(({ pointer }: Json) => pointer.startsWith('/options/mandate_options/')));
    assert.ok(text.length < 64_000);
  });
}

test('mandate_options of thousands of levels are refused before anybody reads them', async () => {
  for (const nested of [
    `${'{"recurrence":'.repeat(4_000)}1${'}'.repeat(4_000)}`,
    '['.repeat(30_000) + ']'.repeat(30_000),
  ]) {
    const raw = `{"amount":1,"currency":"ZAR","type":"first_in_series","options":{"mandate_options":${nested}}}`;
    const { status, body } = await app.merchant.call('POST', '/collect/payment_sessions', undefined, { raw });
    assert.deepEqual([status, body.code], [400, 'invalid_request']);
  }
});

test('120 instalments are shown, paid for and listed, as far as the year 2626', async () => {
  const recurrence = { type: 'yearly', interval_count: 5 };
  const terms = { type: 'periodic', amount: 1_000, recurrence, max_occurrences: 120 };
  const fixed = { type: 'fixed', items: times(120, (i) => ({ amount: 1_000, due_date: dayAfter(i + 1) })) };
  for (const [described, last] of [
    [terms, '2626-11-22'],
    [fixed, dayAfter(120)],
  ] as const) {
    const session = await agree(
      { type: 'installment', total_amount: 140_000, terms: described },
      { subscription_options: {} },
    );
    assert.equal(session.status, 201, session.text);
    assert.equal((await app.payer.another().pays(session.body, cards.approved)).state, 'paid');
    const { mandate_id } = await app.merchant.session(session.body.id);
    const { body } = await app.merchant.call('GET', `/collect/mandates/${mandate_id}`);
    assert.deepEqual([body.instalments.length, body.instalments.at(-1).due_date], [120, last]);
  }
});

test('what was charged in all may be more than any one charge', async () => {
  const limits = { amount: MOST, max_occurrences: 10_000, period_limits: [{ period: 'year', max_count: 1_000 }] };
  const options = { customer: { name: 'Thandi' }, mandate_options: limits };
  const token = await paidSeries(app, { amount: MOST, options });
  for (let n = 0; n < 3; n++) assert.equal((await app.merchant.chargeNext(token, { amount: MOST })).status, 201);
  const { usage } = (await app.merchant.call('GET', `/collect/mandates/${token.mandate_id}`)).body;
  assert.deepEqual(usage.counted, { count: 3, amount: 3 * MOST });
  assert.equal(usage.period_limits[0].used_amount, 3 * MOST);
});
