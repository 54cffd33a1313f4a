/** What a first_in_series session asks its payer to agree to, at the front door: whole examples, refusals, another amount, another card. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { type TestApp, testApp } from '../support/app.ts';
import type { Json } from '../support/merchant.ts';
import { cards } from '../support/payer.ts';
import { paidSeries } from '../support/series.ts';

let app: TestApp;
before(async () => {
  // A Thursday.
  app = await testApp({ startsAtMs: Date.UTC(2026, 0, 15, 12) });
});
after(() => app.close());

const path = '/collect/payment_sessions';
const customer = { name: 'Thandi' };

function create(mandate_options: unknown, more: Json = {}) {
  const { options, ...fields } = more;
  const body = { amount: 20_000, currency: 'ZAR', type: 'first_in_series', ...fields };
  return app.merchant.call('POST', path, { ...body, options: { customer, mandate_options, ...options } });
}

/** `pointer code` of every problem of a 400, in alphabetical order. */
async function problems(asked: ReturnType<typeof create>): Promise<string[]> {
  const reply = await asked;
  assert.equal(reply.status, 400, reply.text);
  assert.equal(reply.body.code, 'invalid_request');
  return reply.body.errors.map((error: Json) => `${error.pointer} ${error.code}`).sort();
}

/** The mandate that a session's success brought, as it is listed. */
async function mandateAfter(body: Json): Promise<Json> {
  const { mandate_id } = await paidSeries(app, { ...body, options: { customer, ...body.options } });
  return (await app.merchant.call('GET', `/collect/mandates/${mandate_id}`)).body;
}

const M = '/options/mandate_options';
const S = '/options/subscription_options';
const MONTHLY = { type: 'monthly', on: { type: 'day_of_month', days: [1] } };

test('a monthly price becomes a scheduled mandate of that price', async () => {
  const mandate_options = { type: 'scheduled', amount: 19_900, recurrence: MONTHLY, time_zone: 'africa/johannesburg' };
  const { type, amount, recurrence, time_zone } = await mandateAfter({ options: { mandate_options } });
  assert.deepEqual([type, amount, time_zone], ['scheduled', 19_900, 'Africa/Johannesburg']);
  const on = { type: 'day_of_month', days: [1], adjustment: 'none' };
  assert.deepEqual(recurrence, { type: 'monthly', interval_count: 1, on });
});

test('instalments become rows with dates and amounts', async () => {
  const terms = { type: 'periodic', amount: 3_334, recurrence: { type: 'monthly' }, max_occurrences: 3 };
  const mandate_options = { type: 'installment', total_amount: 10_000, terms };
  const mandate = await mandateAfter({ amount: 1_000, options: { mandate_options } });
  assert.equal(mandate.total_amount, 10_000);
  assert.deepEqual(
    mandate.instalments.map((one: Json) => [one.due_date, one.amount]),
    [
      ['2026-02-15', 3_334],
      ['2026-03-15', 3_334],
      ['2026-04-15', 2_332],
    ],
  );
});

test('charges on demand keep the limits that the payer agreed to', async () => {
  const mandate_options = {
    amount: { max: 50_000 },
    period_limits: { period: 'month', max_count: 4, max_amount: 200_000 },
    spacing: { min_interval: { unit: 'day', count: 7 } },
    allowed_days: ['mon', 'thu'],
    max_occurrences: 12,
    retry: { max_attempts: 3 },
    validity_period: { end_date: '2027-01-14' },
  };
  const mandate = await mandateAfter({ options: { mandate_options } });
  assert.deepEqual(mandate.amount, { min: 1, max: 50_000 });
  assert.deepEqual(mandate.period_limits, [{ ...mandate_options.period_limits, window: { mode: 'calendar' } }]);
  for (const name of ['spacing', 'allowed_days', 'max_occurrences', 'retry', 'validity_period'] as const)
    assert.deepEqual(mandate[name], mandate_options[name], name);
});

test('subscription_options ask us to charge, also when they say nothing', async () => {
  const mandate_options = { type: 'scheduled', recurrence: MONTHLY };
  const mandate = await mandateAfter({ amount: 9_900, options: { mandate_options, subscription_options: {} } });
  const { body } = await app.merchant.call('GET', `/collect/subscriptions/${mandate.subscription_id}`);
  assert.deepEqual([body.amount, body.scheduled_time, body.next_due_date], [9_900, '00:00', '2026-02-01']);
  assert.deepEqual(body.dunning, { retry_days: [1, 3, 5, 7], on_exhausted: 'continue' });
});

test('problems of both groups and of the rest of the body are told together, each place once', async () => {
  const asked = create(
    {
      type: 'scheduled',
      amount: { min: 9, max: '8' },
      recurrence: { type: 'weekly', on: { days: ['mon', 'Tue'], adjustment: 'none' } },
      period_limits: [{ period: 'day', max_count: 0, window: { mode: 'cycle' } }, 7],
      total_amount: 5,
      'sur~prise': 1,
    },
    { currency: 'ZZZ', colour: 'red', options: { subscription_options: { scheduled_time: 'noon', dunning: 5 } } },
  );
  assert.deepEqual(await problems(asked), [
    '/colour unknown_field',
    '/currency invalid_value',
    `${M}/amount/max invalid_type`,
    `${M}/period_limits/0/max_count out_of_range`,
    `${M}/period_limits/0/window/mode not_applicable`,
    `${M}/period_limits/1 invalid_type`,
    `${M}/recurrence/on/adjustment unknown_field`,
    `${M}/recurrence/on/days/1 invalid_value`,
    `${M}/sur~0prise unknown_field`,
    `${M}/total_amount not_applicable`,
    `${S}/dunning invalid_type`,
    `${S}/scheduled_time invalid_value`,
  ]);
});

test('a group that is right in shape is judged too where the rest of the body is not', async () => {
  const asked = create({ type: 'scheduled' }, { amount: '5', options: { subscription_options: null } });
  assert.deepEqual(await problems(asked), ['/amount invalid_type', `${M}/recurrence required`, `${S} invalid_type`]);
});

test('on another type of session the group as a whole does not belong, whatever stands in it', async () => {
  const asked = create({ amount: 'x', y: 1 }, { type: 'one_time', options: { subscription_options: 5 } });
  assert.deepEqual(await problems(asked), [`${M} not_applicable`, `${S} not_applicable`]);
});

test('a name as long as a body does not come back at full length', async () => {
  const reply = await create({ ['x'.repeat(50_000)]: 1 });
  assert.equal(reply.status, 400);
  assert.ok(reply.text.length < 2_000);
});

test('a page waits no longer than its mandate could begin, and may not be asked to', async () => {
  const validity_period = { end_date: '2026-01-15' };
  const { body } = await create({ validity_period, time_zone: 'Africa/Johannesburg' });
  assert.equal(body.expires_at, '2026-01-15T22:00:00.000Z');
  const until = (expires_at: string) => ({ options: { checkout_options: { expires_at } } });
  assert.deepEqual(await problems(create({ validity_period }, until('2026-01-16T00:00:01Z'))), [
    '/options/checkout_options/expires_at conflict',
  ]);
  assert.equal((await create({ validity_period }, until('2026-01-16T00:00:00Z'))).status, 201);
});

const patch = (id: string, body: Json) => app.merchant.call('PATCH', `${path}/${id}`, body);

test('another amount of the session moves the limits that were taken from it', async () => {
  const session = await app.merchant.createSession({ type: 'first_in_series', options: { customer } });
  assert.equal((await patch(session.id, { amount: 30_000 })).status, 200);
  await app.payer.another().pays(session, cards.approved);
  const { mandate_id } = await app.merchant.session(session.id);
  const { body } = await app.merchant.call('GET', `/collect/mandates/${mandate_id}`);
  assert.deepEqual(body.amount, { min: 1, max: 30_000 });
});

test('an amount that contradicts the options is refused by their names, and changes nothing', async () => {
  const limited = await create({ period_limits: [{ period: 'month', max_amount: 25_000 }] });
  assert.deepEqual(await problems(patch(limited.body.id, { amount: 25_001 })), [
    `${M}/period_limits/0/max_amount conflict`,
  ]);
  const items = [{ amount: 5_000, due_date: '2026-03-01' }];
  const split = await create({ type: 'installment', total_amount: 25_000, terms: { type: 'fixed', items } });
  assert.deepEqual(await problems(patch(split.body.id, { amount: 19_999 })), [`${M}/total_amount conflict`]);
  const subscribed = await create(
    { amount: { max: 20_000 }, recurrence: MONTHLY },
    { options: { subscription_options: {} } },
  );
  assert.deepEqual(await problems(patch(subscribed.body.id, { amount: 20_001, description: 'x' })), [
    `${S}/amount conflict`,
  ]);
  assert.deepEqual(await app.merchant.session(subscribed.body.id), subscribed.body);
  assert.equal((await patch(subscribed.body.id, { amount: 19_000 })).body.amount, 19_000);
});

test('another card is asked for by the id of the mandate, for its customer and currency, while it is active', async () => {
  const token = await paidSeries(app, { amount: 9_900 });
  const other = await paidSeries(app);
  const replaces = (id: string, more: Json = {}) =>
    app.merchant.call('POST', path, {
      ...{ amount: 0, currency: 'ZAR', type: 'first_in_series', ...more },
      options: { customer_id: token.customer_id, mandate_options: { replaces_mandate_id: id } },
    });
  assert.equal((await replaces(token.mandate_id)).status, 201);
  assert.deepEqual(await problems(replaces(token.mandate_id, { amount: 5 })), ['/amount conflict']);
  assert.deepEqual(await problems(replaces(token.mandate_id, { currency: 'EUR' })), ['/currency conflict']);
  for (const id of [other.mandate_id, `mnd_${'0'.repeat(24)}`]) {
    const { status, body } = await replaces(id);
    assert.deepEqual([status, body.code], [404, 'mandate_not_found']);
  }
  await app.merchant.call('POST', `/collect/mandates/${token.mandate_id}/revoke`);
  const { status, body } = await replaces(token.mandate_id);
  assert.deepEqual([status, body.code], [409, 'mandate_not_active']);
});

test("another account's mandate is not there", async () => {
  const stranger = { ...app, merchant: await app.otherMerchant() };
  const theirs = await paidSeries(stranger);
  const options = { customer, mandate_options: { replaces_mandate_id: theirs.mandate_id } };
  const asked = { amount: 0, currency: 'ZAR', type: 'first_in_series', options };
  const reply = await app.merchant.call('POST', path, asked);
  assert.deepEqual([reply.status, reply.body.code], [404, 'mandate_not_found']);
});
