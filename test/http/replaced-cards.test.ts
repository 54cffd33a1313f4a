/** Another card for a mandate: what goes on with it, and what becomes of it when the mandate is over before the payer is ready. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { assertSound } from '../simulation/invariants.ts';
import { type TestApp, testApp } from '../support/app.ts';
import type { Json } from '../support/merchant.ts';
import { cards } from '../support/payer.ts';
import { paidSeries } from '../support/series.ts';
import { act, lastNumber, paidSubscription, runUntil, subscriptionOf } from '../support/subscriptions.ts';

let app: TestApp;
before(async () => {
  app = await testApp({ startsAtMs: Date.UTC(2026, 0, 31, 12) });
});
after(() => app.close());

const DAY = 86_400_000;
const OTHER_CARD = '4000004040000006';
const THIRD_CARD = '4000007100000006';

/** The bank's answer to the next charges of that card without its payer. */
const decline = (card: string, code: string, times = 1) =>
  app.control.arm({
    kind: 'decline',
    params: { code },
    match: { initiator: 'merchant', last4: card.slice(-4) },
    times,
  });
const mandateOf = async (id: string): Promise<Json> => (await app.merchant.call('GET', `/collect/mandates/${id}`)).body;
const replacing = ({ customer_id, mandate_id }: Json) => ({
  type: 'first_in_series',
  amount: 0,
  options: { customer_id, mandate_options: { replaces_mandate_id: mandate_id } },
});
const runNext = async (id: string): Promise<Json> => {
  await runUntil(app, (await subscriptionOf(app, id)).next_charge_at);
  return subscriptionOf(app, id);
};
const dayFromNow = (days: number) => new Date(app.clock.now() + days * DAY).toISOString().slice(0, 10);
const lines = ({ status, status_reason }: Json) => `${status} ${status_reason}`;

async function toldAfter(number: number): Promise<string[]> {
  await app.runDue();
  return (await app.merchant.events()).filter(({ sequence }) => sequence > number).map(({ type }) => type);
}

test('a session for another card keeps its amount of 0', async () => {
  const token = await paidSeries(app);
  const session = await app.merchant.createSession(replacing(token));
  const path = `/collect/payment_sessions/${session.id}`;
  const refused = await app.merchant.call('PATCH', path, { amount: 500 });
  assert.deepEqual(
    [refused.status, refused.body.code, refused.body.errors[0].pointer],
    [422, 'amount_out_of_range', '/amount'],
  );
  assert.equal((await app.merchant.session(session.id)).amount, 0);
  assert.equal((await app.merchant.call('PATCH', path, { amount: 0, description: 'Card' })).status, 200);
});

test('of two pages for another card the later success takes the end of its mandate, and the subscription stays where it went', async () => {
  const subscription = await paidSubscription(app);
  const [first, second] = [
    await app.merchant.createSession(replacing(subscription)),
    await app.merchant.createSession(replacing(subscription)),
  ];
  const late = app.payer.another();
  await late.pays(second, cards.challenge);
  await app.payer.another().pays(first, OTHER_CARD);
  const moved = await subscriptionOf(app, subscription.id);
  const { mandate_id, payment_method_id } = await app.merchant.session(first.id);
  assert.deepEqual([moved.mandate_id, moved.payment_method_id], [mandate_id, payment_method_id]);
  await late.decidesAtBank(second, 'approve');
  const done = await app.merchant.session(second.id);
  assert.equal(done.payment_outcome, 'payment_method_verified');
  assert.equal(lines(await mandateOf(done.mandate_id)), 'revoked replaced');
  const still = await subscriptionOf(app, subscription.id);
  assert.deepEqual(
    [still.status, still.mandate_id, still.payment_method_id],
    ['active', mandate_id, payment_method_id],
  );
  const paid = await runNext(subscription.id);
  assert.deepEqual([paid.status, paid.counts.paid], ['active', 1]);
  await act(app, subscription.id, 'cancel');
});

test('a mandate that is revoked while its payer enters another card stays revoked, for the same reason', async () => {
  const subscription = await paidSubscription(app);
  const session = await app.merchant.createSession(replacing(subscription));
  const payer = app.payer.another();
  await payer.pays(session, cards.challenge);
  const reason = { reason: 'customer_request' };
  await app.merchant.call('POST', `/collect/mandates/${subscription.mandate_id}/revoke`, reason, { key: null });
  const from = await lastNumber(app);
  await payer.decidesAtBank(session, 'approve');
  const { mandate_id } = await app.merchant.session(session.id);
  const born = await mandateOf(mandate_id);
  assert.equal(lines(born), 'revoked customer_request');
  assert.equal(born.replaces_mandate_id, subscription.mandate_id);
  assert.equal(lines(await mandateOf(subscription.mandate_id)), 'revoked customer_request');
  assert.equal(lines(await subscriptionOf(app, subscription.id)), 'cancelled mandate_revoked');
  const told = await toldAfter(from);
  assert.deepEqual(
    told.filter((type) => type.startsWith('mandate.')),
    ['mandate.activated', 'mandate.revoked'],
  );
});

test('a mandate whose last day passes while its payer enters another card ends, with the subscription', async () => {
  const mandate_options = {
    type: 'installment',
    total_amount: 25_000,
    terms: { type: 'fixed', items: [{ amount: 5_000, due_date: dayFromNow(1) }] },
    validity_period: { end_date: dayFromNow(1) },
  };
  const card = '4000056655665556';
  const subscription_options = { dunning: { retry_days: [] } };
  const subscription = await paidSubscription(app, { mandate_options, subscription_options, card });
  await decline(card, '51');
  assert.equal((await runNext(subscription.id)).status, 'past_due');
  const session = await app.merchant.createSession(replacing(subscription));
  const payer = app.payer.another();
  app.clock.advance(Date.parse(session.expires_at) - 60_000 - app.clock.now());
  await payer.pays(session, cards.challenge);
  app.clock.advance(61_000);
  await payer.decidesAtBank(session, 'approve');
  const { mandate_id } = await app.merchant.session(session.id);
  assert.equal(lines(await mandateOf(mandate_id)), 'ended expired');
  await app.runDue();
  assert.equal(lines(await subscriptionOf(app, subscription.id)), 'ended mandate_ended');
});

test('usage, dates and unpaid instalments go on with the card that replaced another', async () => {
  const terms = {
    type: 'periodic',
    amount: 5_000,
    recurrence: { type: 'daily', interval_count: 10 },
    max_occurrences: 3,
  };
  const mandate_options = { type: 'installment', total_amount: 35_000, terms };
  const subscription = await paidSubscription(app, { mandate_options });
  await runNext(subscription.id);
  const before = await mandateOf(subscription.mandate_id);
  const replaced = await paidSeries(app, replacing(subscription), OTHER_CARD);
  const now = await mandateOf(replaced.mandate_id);
  for (const name of ['instalments', 'anchor_date', 'usage', 'type', 'total_amount', 'terms', 'time_zone', 'currency'])
    assert.deepEqual(now[name], before[name], name);
  assert.deepEqual(
    [now.replaces_mandate_id, now.subscription_id, now.payment_session_id, now.initial_payment_id],
    [before.id, subscription.id, replaced.id, replaced.payment_id],
  );
  assert.equal(lines(await mandateOf(before.id)), 'revoked replaced');
  await runNext(subscription.id);
  const over = await runNext(subscription.id);
  assert.equal(lines(over), 'ended mandate_ended');
  const { status, status_reason, usage } = await mandateOf(replaced.mandate_id);
  assert.deepEqual([status, status_reason, usage.counted], ['ended', 'completed', { count: 3, amount: 15_000 }]);
});

test('another card lifts what stopped the old one, holds and blocks alike', async () => {
  const card = '4000002880000003';
  const subscription = await paidSubscription(app, { card });
  await decline(card, '41');
  await runNext(subscription.id);
  assert.equal((await mandateOf(subscription.mandate_id)).charge_hold.lifted_by, 'operator');
  const replaced = await paidSeries(app, replacing(subscription), THIRD_CARD);
  assert.equal((await mandateOf(subscription.mandate_id)).charge_hold, undefined);
  assert.equal((await mandateOf(replaced.mandate_id)).charge_hold, undefined);
  await app.runDue();
  const paid = await subscriptionOf(app, subscription.id);
  assert.deepEqual([paid.status, paid.counts.paid], ['active', 1]);
  await act(app, subscription.id, 'cancel');
});

test('after all of this the books are sound', async () => {
  await app.runDue();
  await assertSound(app);
});
