/** Where subscriptions meet their mandate: the last charge, the last day, instalments, another card, and what a hold stopped. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { type TestApp, testApp } from '../support/app.ts';
import type { Json } from '../support/merchant.ts';
import { paidSeries } from '../support/series.ts';
import {
  act,
  dueDatesOf,
  dueLines,
  lastNumber,
  paidSubscription,
  runUntil,
  subscriptionOf,
  toldOf,
} from '../support/subscriptions.ts';

let app: TestApp;
before(async () => {
  app = await testApp({ startsAtMs: Date.UTC(2026, 0, 31, 12) });
});
after(() => app.close());

const decline = (card: string, code: string, times = 1) =>
  app.control.arm({
    kind: 'decline',
    params: { code },
    match: { initiator: 'merchant', last4: card.slice(-4) },
    times,
  });

const runNext = async (id: string): Promise<Json> => {
  await runUntil(app, (await subscriptionOf(app, id)).next_charge_at);
  return subscriptionOf(app, id);
};
const dayFromNow = (days: number) => new Date(app.clock.now() + days * 86_400_000).toISOString().slice(0, 10);
const mandateOf = async (id: string): Promise<Json> => (await app.merchant.call('GET', `/collect/mandates/${id}`)).body;

test('with its mandate it comes to its end: revoked cancels, the last day ends', async () => {
  const revoked = await paidSubscription(app);
  await app.merchant.call('POST', `/collect/mandates/${revoked.mandate_id}/revoke`);
  const cancelled = await subscriptionOf(app, revoked.id);
  assert.deepEqual([cancelled.status, cancelled.status_reason], ['cancelled', 'mandate_revoked']);
  const today = new Date(app.clock.now()).toISOString().slice(0, 10);
  const lastDay = new Date(Date.parse(today) + 9 * 86_400_000).toISOString().slice(0, 10);
  const recurrence = { type: 'weekly' };
  const ending = await paidSubscription(app, {
    mandate_options: { type: 'scheduled', recurrence, validity_period: { end_date: lastDay } },
  });
  const from = await lastNumber(app);
  const over = await runNext(ending.id);
  assert.deepEqual([over.status, over.status_reason, over.counts.paid], ['ended', 'period_over', 1]);
  assert.deepEqual((await toldOf(app, ending, from)).slice(4), ['subscription.updated', 'subscription.ended']);
});

test('the last charge that was agreed ends mandate and subscription: paid is told first, then both ends', async () => {
  const mandate_options = { type: 'scheduled', recurrence: { type: 'daily' }, max_occurrences: 2 };
  const subscription = await paidSubscription(app, { mandate_options });
  assert.equal((await runNext(subscription.id)).status, 'active');
  const from = await lastNumber(app);
  const over = await runNext(subscription.id);
  assert.deepEqual([over.status, over.status_reason, over.counts.paid], ['ended', 'mandate_ended', 2]);
  assert.deepEqual(await toldOf(app, subscription, from), [
    'payment_session.created',
    'payment.succeeded',
    'payment_session.updated',
    'payment_session.completed',
    'subscription.updated',
    'mandate.ended',
    'subscription.ended',
  ]);
  assert.deepEqual((await mandateOf(subscription.mandate_id)).status_reason, 'completed');
});

test('a mandate whose last day has passed ends its subscription, a planned retry with it', async () => {
  const card = '4000000000000077';
  const validity_period = { end_date: dayFromNow(2) };
  const subscription = await paidSubscription(app, {
    mandate_options: { type: 'scheduled', recurrence: { type: 'daily', interval_count: 2 }, validity_period },
    card,
  });
  await decline(card, '96');
  const late = await runNext(subscription.id);
  assert.equal(late.current_charge.status, 'retrying');
  app.clock.advance(2 * 86_400_000);
  await app.runDue();
  const over = await subscriptionOf(app, subscription.id);
  assert.deepEqual([over.status, over.status_reason, over.counts.unpaid], ['ended', 'mandate_ended', 1]);
  assert.deepEqual([over.current_charge.status, over.current_charge.reason], ['unpaid', 'ended']);
  assert.equal((await mandateOf(subscription.mandate_id)).status, 'ended');
});

const terms = (count: number) => ({
  ...{ type: 'periodic', amount: 5_000, recurrence: { type: 'daily', interval_count: 10 }, max_occurrences: count },
});

test('instalments are charged one after the other, and the last one ends it all', async () => {
  const mandate_options = { type: 'installment', total_amount: 30_000, terms: terms(2) };
  const subscription = await paidSubscription(app, { mandate_options });
  assert.equal(subscription.amount, undefined);
  const [first, second] = [dayFromNow(10), dayFromNow(20)];
  assert.equal(subscription.next_due_date, first);
  const half = await runNext(subscription.id);
  assert.deepEqual([half.status, half.next_due_date], ['active', second]);
  const from = await lastNumber(app);
  const over = await runNext(subscription.id);
  assert.deepEqual([over.status, over.status_reason], ['ended', 'mandate_ended']);
  assert.deepEqual(await dueLines(app, subscription.id), [`${first} paid 1`, `${second} paid 1`]);
  assert.deepEqual((await toldOf(app, subscription, from)).slice(4), [
    'subscription.updated',
    'mandate.ended',
    'subscription.ended',
  ]);
  const [one] = await dueDatesOf(app, subscription.id);
  const session = await app.merchant.session(one.payment_session_id);
  assert.deepEqual([session.instalment_number, session.amount, session.due_date], [1, 5_000, first]);
});

test('the amount of instalments cannot change', async () => {
  const mandate_options = { type: 'installment', total_amount: 30_000, terms: terms(2) };
  const { id } = await paidSubscription(app, { mandate_options });
  const refused = await app.merchant.call('PATCH', `/collect/subscriptions/${id}`, { amount: 4_000 });
  assert.deepEqual(
    [refused.status, refused.body.errors[0].pointer, refused.body.errors[0].code],
    [400, '/amount', 'not_applicable'],
  );
  const described = await app.merchant.call('PATCH', `/collect/subscriptions/${id}`, { description: 'The sofa' });
  assert.deepEqual([described.status, described.body.description, described.body.amount], [200, 'The sofa', undefined]);
  await act(app, id, 'cancel');
});

test('an instalment that was given up is tried again when the next falls due; the rest follows, one a day', async () => {
  const card = '4000056655665556';
  const mandate_options = { type: 'installment', total_amount: 30_000, terms: terms(2) };
  const subscription_options = { dunning: { retry_days: [] } };
  const subscription = await paidSubscription(app, { mandate_options, subscription_options, card });
  await decline(card, '51');
  const late = await runNext(subscription.id);
  const second = dayFromNow(10);
  assert.deepEqual([late.status, late.current_charge.status, late.next_due_date], ['past_due', 'unpaid', second]);
  const caughtUp = await runNext(subscription.id);
  assert.deepEqual(
    [caughtUp.status, caughtUp.current_charge.status, caughtUp.current_charge.attempts],
    ['active', 'paid', 2],
  );
  assert.equal(caughtUp.next_charge_at.slice(0, 10), dayFromNow(1), 'at most one a day');
  assert.equal(caughtUp.next_due_date, second);
  const over = await runNext(subscription.id);
  assert.deepEqual([over.status, over.counts], ['ended', { paid: 2, unpaid: 0, skipped: 0, missed: 0 }]);
});

test('after the last instalment it stays past due until it is paid by hand', async () => {
  const card = '4000007100000006';
  const mandate_options = { type: 'installment', total_amount: 25_000, terms: terms(1) };
  const subscription = await paidSubscription(app, {
    mandate_options,
    subscription_options: { dunning: { retry_days: [] } },
    card,
  });
  await decline(card, '51');
  const late = await runNext(subscription.id);
  assert.deepEqual([late.status, late.next_charge_at, late.next_due_date], ['past_due', undefined, undefined]);
  app.clock.advance(40 * 86_400_000);
  await app.runDue();
  assert.equal((await subscriptionOf(app, subscription.id)).status, 'past_due');
  const charged = await app.merchant.chargeNext(subscription, { amount: 5_000 });
  assert.equal(charged.body.payment_outcome, 'paid', charged.text);
  const over = await subscriptionOf(app, subscription.id);
  assert.deepEqual([over.status, over.status_reason, over.counts.paid], ['ended', 'mandate_ended', 1]);
});

test('an instalment that fell due in a pause is still owed: it is collected after the resume', async () => {
  const mandate_options = { type: 'installment', total_amount: 30_000, terms: terms(2) };
  const subscription = await paidSubscription(app, { mandate_options });
  const first = subscription.next_due_date;
  await act(app, subscription.id, 'pause');
  app.clock.advance(12 * 86_400_000);
  await app.runDue();
  assert.deepEqual(await dueDatesOf(app, subscription.id), []);
  const resumed = (await act(app, subscription.id, 'resume')).body;
  assert.deepEqual([resumed.status, resumed.next_due_date], ['active', first]);
  assert.equal(resumed.next_charge_at.slice(0, 10), dayFromNow(1));
  assert.equal((await runNext(subscription.id)).counts.paid, 1);
  await act(app, subscription.id, 'cancel');
});

test('another card for the mandate: the subscription goes on with it, and what the old card stopped is charged at once', async () => {
  const card = '4000005660000002';
  const subscription = await paidSubscription(app, { card });
  await decline(card, '1A');
  const held = await runNext(subscription.id);
  assert.deepEqual(
    [held.status, held.current_charge.status, held.current_charge.reason],
    ['past_due', 'unpaid', 'charge_on_hold'],
  );
  assert.equal((await mandateOf(subscription.mandate_id)).charge_hold.rule, 'house.needs_customer');
  app.clock.advance(4 * 86_400_000 + 10 * 3_600_000);
  const { customer_id } = subscription;
  const options = { customer_id, mandate_options: { replaces_mandate_id: subscription.mandate_id } };
  const replaced = await paidSeries(app, { amount: 0, options }, '4000004040000006');
  const moved = await subscriptionOf(app, subscription.id);
  assert.deepEqual([moved.mandate_id, moved.payment_method_id], [replaced.mandate_id, replaced.payment_method_id]);
  assert.deepEqual([moved.current_charge.status, moved.current_charge.reason], ['retrying', 'payment_method_replaced']);
  assert.equal(Date.parse(moved.next_charge_at), app.clock.now());
  await app.runDue();
  const paid = await subscriptionOf(app, subscription.id);
  assert.deepEqual(
    [paid.status, paid.counts, paid.current_charge.attempts],
    ['active', { paid: 1, unpaid: 0, skipped: 0, missed: 0 }, 2],
  );
  assert.equal(
    (await app.merchant.payment((await dueDatesOf(app, subscription.id))[0].payment_id)).mandate_id,
    replaced.mandate_id,
  );
  assert.equal((await mandateOf(subscription.mandate_id)).status_reason, 'replaced');
  await act(app, subscription.id, 'cancel');
});

test('when the payer proves the card again, the due date that was stopped is charged at once', async () => {
  const card = '4000002880000003';
  const subscription = await paidSubscription(app, { card });
  await decline(card, '1A');
  await runNext(subscription.id);
  app.clock.advance(86_400_000);
  const session = await app.merchant.createSession({ amount: 500, options: { customer_id: subscription.customer_id } });
  await app.payer.another().pays(session, card);
  const waiting = await subscriptionOf(app, subscription.id);
  assert.deepEqual([waiting.current_charge.status, waiting.current_charge.reason], ['retrying', 'hold_lifted']);
  await app.runDue();
  const paid = await subscriptionOf(app, subscription.id);
  assert.deepEqual([paid.status, paid.counts.paid, paid.counts.unpaid], ['active', 1, 0]);
  await act(app, subscription.id, 'cancel');
});
