/** What charges take of a mandate, what gives it back, and the answers that tell of it: usage, check and evidence. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { after, before, test } from 'node:test';
import { DAY, HOUR } from '../../src/lib/time.ts';
import { bankCatchesUp } from '../simulation/bank.ts';
import { assertSound } from '../simulation/invariants.ts';
import { untilQuiet } from '../simulation/quiet.ts';
import { type TestApp, testApp } from '../support/app.ts';
import type { Json } from '../support/merchant.ts';
import { paidSeries } from '../support/series.ts';
import { manual } from '../support/steps.ts';

let app: TestApp;
before(async () => {
  app = await testApp();
});
after(() => app.close());

const LIMITS = { amount: { max: 5_000 }, period_limits: { period: 'month', max_count: 3, max_amount: 9_000 } };
const series = (mandate_options: Json, body: Json = {}) =>
  paidSeries(app, { ...body, options: { customer: { name: 'Thandi' }, ...body.options, mandate_options } });
const mandate = async (token: Json): Promise<Json> =>
  (await app.merchant.call('GET', `/collect/mandates/${token.mandate_id}`)).body;
const check = async (token: Json, body: Json) =>
  (await app.merchant.call('POST', `/collect/mandates/${token.mandate_id}/check`, { currency: 'ZAR', ...body })).body;
const step = (payment: string, kind: string, body: Json = {}) =>
  app.merchant.call('POST', `/collect/payments/${payment}/${kind}`, body);
const used = ({ usage }: Json) => [usage.counted.count, usage.counted.amount, usage.period_limits[0]?.used_count];

test('a charge that succeeded counts with its amount, a declined one gives everything back', async () => {
  const token = await series(LIMITS, { amount: 5_000 });
  await app.merchant.chargeNext(token, { amount: 4_000 });
  assert.deepEqual(used(await mandate(token)), [1, 4_000, 1]);
  await app.control.arm({ kind: 'decline', params: { code: '51' }, match: { initiator: 'merchant' } });
  assert.equal((await app.merchant.chargeNext(token, { amount: 4_500 })).body.payment_outcome, 'unpaid');
  assert.deepEqual(used(await mandate(token)), [1, 4_000, 1]);
});

test('a charge voided whole gives everything back, a partial void its part, a refund nothing', async () => {
  const token = await series(LIMITS, { amount: 5_000 });
  const reserve = async (amount: number) =>
    (
      await app.merchant.chargeNext(token, {
        amount,
        options: { customer_id: token.customer_id, payment_method_id: token.payment_method_id, ...manual },
      })
    ).body.payment_id;
  const whole = await reserve(3_000);
  const part = await reserve(3_000);
  assert.deepEqual(used(await mandate(token)), [2, 6_000, 2]);
  await step(whole, 'voids');
  assert.deepEqual(used(await mandate(token)), [1, 3_000, 1]);
  await step(part, 'captures', { amount: 1_000 });
  await step(part, 'voids');
  assert.deepEqual(used(await mandate(token)), [1, 1_000, 1]);
  await step(part, 'refunds');
  assert.deepEqual(used(await mandate(token)), [1, 1_000, 1]);
});

test('an authorisation under a mandate that runs out gives its place back', async () => {
  const token = await series(LIMITS, { amount: 5_000 });
  const options = { customer_id: token.customer_id, payment_method_id: token.payment_method_id, ...manual };
  await app.merchant.chargeNext(token, { amount: 3_000, options });
  app.clock.advance(8 * DAY);
  await app.runDue();
  assert.deepEqual(used(await mandate(token)).slice(0, 2), [0, 0]);
});

test('the last of the agreed charges ends the mandate in the same transaction, and the next is refused', async () => {
  const token = await series({ max_occurrences: 2, amount: { max: 5_000 } }, { amount: 5_000 });
  await app.merchant.chargeNext(token, { amount: 1_000 });
  assert.equal((await mandate(token)).status, 'active');
  await app.merchant.chargeNext(token, { amount: 1_000 });
  const ended = await mandate(token);
  assert.deepEqual([ended.status, ended.status_reason], ['ended', 'completed']);
  await app.runDue();
  const told = (await app.merchant.events(`&object_id=${token.mandate_id}`)).map((event) => event.type);
  assert.deepEqual(told, ['mandate.activated', 'mandate.ended']);
  const refused = await app.merchant.chargeNext(token, { amount: 1_000 });
  assert.deepEqual([refused.status, refused.body.code], [409, 'mandate_not_active']);
});

test('a mandate ends with its last day, on time for charges and soon after on paper', async () => {
  const token = await series(
    { validity_period: { end_date: '2026-12-15' }, amount: { max: 5_000 }, time_zone: 'Africa/Johannesburg' },
    { amount: 5_000 },
  );
  const end = Date.UTC(2026, 11, 15, 22);
  app.clock.advance(end - 1 - app.clock.now());
  assert.equal((await app.merchant.chargeNext(token, { amount: 1_000 })).status, 201);
  app.clock.advance(1);
  assert.equal((await app.merchant.chargeNext(token, { amount: 1_000 })).body.code, 'mandate_not_active');
  await app.runDue();
  const ended = await mandate(token);
  assert.deepEqual(
    [ended.status, ended.status_reason, ended.ended_at],
    ['ended', 'expired', new Date(end).toISOString()],
  );
});

test('a first payment that is voided whole takes its mandate with it; a captured one does not', async () => {
  const void1 = await series(LIMITS, { amount: 5_000, options: manual });
  await step(void1.payment_id, 'voids');
  const revoked = await mandate(void1);
  assert.deepEqual([revoked.status, revoked.status_reason], ['revoked', 'first_payment_voided']);
  const kept = await series(LIMITS, { amount: 5_000, options: manual });
  await step(kept.payment_id, 'captures', { amount: 1_000 });
  await step(kept.payment_id, 'voids');
  assert.equal((await mandate(kept)).status, 'active');
});

test('check says whether a charge would be allowed, every rule that forbids it and when it may come, and takes nothing', async () => {
  const token = await series(LIMITS, { amount: 5_000 });
  assert.deepEqual(await check(token, { amount: 4_000 }), { allowed: true, violations: [] });
  await app.merchant.chargeNext(token, { amount: 4_000 });
  await app.merchant.chargeNext(token, { amount: 4_000 });
  const refused = await check(token, { amount: 2_000 });
  assert.equal(refused.allowed, false);
  assert.deepEqual(
    refused.violations.map((one: Json) => [one.code, one.pointer, one.limit, one.used]),
    [['period_amount_exceeded', '/amount', 9_000, 8_000]],
  );
  assert.equal(refused.next_allowed_at, '2027-01-01T00:00:00.000Z');
  assert.deepEqual(await check(token, { amount: 2_000, at: refused.next_allowed_at }), {
    allowed: true,
    violations: [],
  });
  assert.deepEqual(used(await mandate(token)), [2, 8_000, 2]);
});

test('check names the field of an instant it cannot judge', async () => {
  const token = await series(LIMITS, { amount: 5_000 });
  for (const at of [new Date(app.clock.now() - HOUR).toISOString(), '2040-01-01T00:00:00Z', 'tomorrow']) {
    const { status, body } = await app.merchant.call('POST', `/collect/mandates/${token.mandate_id}/check`, {
      amount: 1,
      currency: 'ZAR',
      at,
    });
    assert.deepEqual([status, body.errors[0].pointer], [400, '/at']);
  }
});

test('the evidence of a mandate is one document: what was read, agreed, first paid and charged', async () => {
  const token = await series(LIMITS, { amount: 5_000 });
  const { body: charged } = await app.merchant.chargeNext(token, { amount: 4_000 });
  const { body } = await app.merchant.call('GET', `/collect/mandates/${token.mandate_id}/evidence`);
  assert.equal(body.mandate.id, token.mandate_id);
  assert.equal(body.initial_payment.id, token.payment_id);
  assert.deepEqual(
    body.charges.map((one: Json) => [one.payment_id, one.state, one.counted_amount]),
    [[charged.payment_id, 'counted', 4_000]],
  );
  const { text, text_hash, ip, user_agent, terms, at, accepted_at } = body.consent;
  const { amount, period_limits } = body.mandate;
  assert.deepEqual([terms.amount, terms.mandate.amount, terms.mandate.period_limits], [5_000, amount, period_limits]);
  assert.equal(at, accepted_at, 'both by the clock of the tenant');
  assert.equal(createHash('sha256').update(text, 'utf8').digest('hex'), text_hash);
  assert.ok(text.includes('3 payments') && ip && user_agent, text);
});

test('a card that a customer removes by the merchant ends the mandate, its usage stays readable', async () => {
  const token = await series(LIMITS, { amount: 5_000 });
  await app.merchant.call('DELETE', `/collect/payment_methods/${token.payment_method_id}`);
  const ended = await mandate(token);
  assert.deepEqual([ended.status, ended.status_reason], ['revoked', 'payment_method_removed']);
});

test('a card replaced while the last agreed charge is under way: its end ends the mandate that took over', async () => {
  const token = await series({ max_occurrences: 1, amount: { max: 5_000 } }, { amount: 5_000 });
  const late = { kind: 'pending', params: { s: 60, end: 'approved' }, match: { initiator: 'merchant' } };
  await app.control.arm(late);
  assert.equal((await app.merchant.chargeNext(token, { amount: 1_000 })).body.payment_outcome, 'pending');
  const other = '4000004040000006';
  const { customer_id, mandate_id } = token;
  const replaced = await paidSeries(
    app,
    { amount: 0, options: { customer_id, mandate_options: { replaces_mandate_id: mandate_id } } },
    other,
  );
  assert.equal((await mandate(replaced)).status, 'active');
  app.clock.advance(2 * HOUR);
  await bankCatchesUp(app);
  await untilQuiet(app);
  const ended = await mandate(replaced);
  assert.deepEqual([ended.status, ended.status_reason, used(ended)[0]], ['ended', 'completed', 1]);
});

test('a limit counts the month of the due date, however long ago that is', async () => {
  const twice = { type: 'monthly', interval_count: 6, on: { type: 'day_of_month', days: [1, 15] } };
  const token = await series(
    { type: 'scheduled', amount: 1_000, recurrence: twice, period_limits: { period: 'month', max_count: 1 } },
    { amount: 1_000 },
  );
  const on = (iso: string) => app.clock.advance(Date.parse(iso) - app.clock.now());
  on('2027-06-02T00:00:00Z');
  const first = await app.merchant.chargeNext(token, { amount: 1_000 });
  assert.equal(first.body.payment_outcome, 'paid', first.text);
  on('2027-09-20T00:00:00Z');
  const refused = await app.merchant.chargeNext(token, { amount: 1_000 });
  assert.deepEqual([refused.status, refused.body.errors?.[0].code], [422, 'period_count_exceeded'], refused.text);
});

test('after all of this the books are sound', async () => {
  await app.runDue();
  await assertSound(app);
});
