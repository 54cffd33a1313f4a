/** What the contract says of mandates and their subscriptions where several of its sentences meet; each test is one such sentence. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { assertSound } from '../simulation/invariants.ts';
import { type TestApp, testApp } from '../support/app.ts';
import type { Json } from '../support/merchant.ts';
import { cards } from '../support/payer.ts';
import { paidSeries } from '../support/series.ts';
import { manual } from '../support/steps.ts';
import { act, dueDatesOf, lastNumber, paidSubscription, runUntil, subscriptionOf } from '../support/subscriptions.ts';
import { declinesCharges } from '../support/test-cards.ts';

let app: TestApp;
before(async () => {
  app = await testApp({ startsAtMs: Date.UTC(2026, 0, 31, 12) });
});
after(() => app.close());

const DAY = 86_400_000;

/** The bank's answer to the next charges of that card without its payer. */
const decline = (card: string, code: string, times = 1) =>
  app.control.arm({
    kind: 'decline',
    params: { code },
    match: { initiator: 'merchant', last4: card.slice(-4) },
    times,
  });
const mandateOf = async (id: string): Promise<Json> => (await app.merchant.call('GET', `/collect/mandates/${id}`)).body;
const runNext = async (id: string): Promise<Json> => {
  await runUntil(app, (await subscriptionOf(app, id)).next_charge_at);
  return subscriptionOf(app, id);
};
const dayFromNow = (days: number) => new Date(app.clock.now() + days * DAY).toISOString().slice(0, 10);
/** Days begin at midnight: at noon a page of 24 hours ends on the next one. */
const atNoon = () => app.clock.advance(DAY - ((app.clock.now() + DAY / 2) % DAY));
const lines = ({ status, status_reason }: Json) => `${status} ${status_reason}`;

async function toldAfter(number: number): Promise<string[]> {
  await app.runDue();
  return (await app.merchant.events()).filter(({ sequence }) => sequence > number).map(({ type }) => type);
}

test('a first success tells method, mandate, subscription, payment and session, in this order', async () => {
  const session = await app.merchant.createSession({
    type: 'first_in_series',
    options: {
      customer: { name: 'Thandi' },
      mandate_options: { type: 'scheduled', recurrence: { type: 'monthly' } },
      subscription_options: {},
    },
  });
  const from = await lastNumber(app);
  await app.payer.another().pays(session, cards.approved);
  assert.deepEqual((await toldAfter(from)).slice(-6), [
    'payment_method.saved',
    'mandate.activated',
    'subscription.created',
    'payment.succeeded',
    'payment_session.updated',
    'payment_session.completed',
  ]);
});

test('a removed method and a deleted customer cancel their subscriptions, a planned retry with it', async () => {
  for (const [what, reason] of [
    ['payment_methods', 'payment_method_removed'],
    ['customers', 'customer_deleted'],
  ] as const) {
    const card = '4000000000000077';
    const subscription = await paidSubscription(app, { card });
    await decline(card, '51');
    assert.equal((await runNext(subscription.id)).current_charge.status, 'retrying');
    const from = await lastNumber(app);
    const id = what === 'customers' ? subscription.customer_id : subscription.payment_method_id;
    await app.merchant.call('DELETE', `/collect/${what}/${id}`);
    assert.equal(lines(await mandateOf(subscription.mandate_id)), `revoked ${reason}`);
    const over = await subscriptionOf(app, subscription.id);
    assert.equal(lines(over), 'cancelled mandate_revoked');
    assert.deepEqual(
      [over.current_charge.status, over.next_charge_at, over.next_due_date],
      ['unpaid', undefined, undefined],
    );
    assert.deepEqual(await toldAfter(from), [
      'mandate.revoked',
      'subscription.payment_failed',
      'subscription.updated',
      'subscription.ended',
      'payment_method.removed',
      ...(what === 'customers' ? ['customer.deleted'] : []),
    ]);
  }
});

const monthly = { mandate_options: { type: 'scheduled', recurrence: { type: 'monthly' } }, subscription_options: {} };

test('a customer who is deleted while the payer is at the bank is not charged later: all of it begins and ends at once', async () => {
  const { body: customer } = await app.merchant.call('POST', '/collect/customers', { name: 'Thandi' });
  const options = { customer_id: customer.id, ...monthly };
  const session = await app.merchant.createSession({ type: 'first_in_series', options });
  const payer = app.payer.another();
  await payer.pays(session, cards.challenge);
  await app.merchant.call('DELETE', `/collect/customers/${customer.id}`);
  const from = await lastNumber(app);
  await payer.decidesAtBank(session, 'approve');
  const { payment_outcome, mandate_id, subscription_id, payment_method_id } = await app.merchant.session(session.id);
  assert.equal(payment_outcome, 'paid', 'the payer has agreed to this payment');
  assert.equal(lines(await mandateOf(mandate_id)), 'revoked customer_deleted');
  assert.equal(lines(await subscriptionOf(app, subscription_id)), 'cancelled mandate_revoked');
  const { body: method } = await app.merchant.call('GET', `/collect/payment_methods/${payment_method_id}`);
  assert.equal(method.status, 'removed');
  assert.deepEqual((await toldAfter(from)).slice(-9), [
    'payment_method.saved',
    'payment_method.removed',
    'mandate.activated',
    'mandate.revoked',
    'subscription.created',
    'subscription.ended',
    'payment.succeeded',
    'payment_session.updated',
    'payment_session.completed',
  ]);
  const sealed = 'select 1 from vault.cards c join payment_methods m using (tenant_id, card_id) where m.id = $1';
  assert.deepEqual(await app.database.query(sealed, [payment_method_id]), [], 'the card is shredded');
});

test('a saved card that is removed while its payer is at the bank begins no mandate that could be charged', async () => {
  const saved = await app.merchant.createSession({
    type: 'first_in_series',
    options: { customer: { name: 'Thandi' } },
  });
  const payer = app.payer.another();
  await payer.pays(saved, cards.challenge);
  await payer.decidesAtBank(saved, 'approve');
  const { customer_id, payment_method_id } = await app.merchant.session(saved.id);
  const session = await app.merchant.createSession({ type: 'first_in_series', options: { customer_id, ...monthly } });
  const again = app.payer.another();
  assert.equal((await again.paysWithSaved(session, payment_method_id)).state, 'three_ds');
  await app.merchant.call('DELETE', `/collect/payment_methods/${payment_method_id}`);
  await again.decidesAtBank(session, 'approve');
  const { mandate_id, subscription_id } = await app.merchant.session(session.id);
  assert.equal(lines(await mandateOf(mandate_id)), 'revoked payment_method_removed');
  assert.equal(lines(await subscriptionOf(app, subscription_id)), 'cancelled mandate_revoked');
});

test('a first payment voided whole cancels the subscription that began with it', async () => {
  const subscription = await paidSubscription(app, {
    session: {
      options: {
        customer: { name: 'Thandi' },
        mandate_options: { type: 'scheduled', recurrence: { type: 'monthly' } },
        subscription_options: {},
        ...manual,
      },
    },
  });
  const { initial_payment_id } = await mandateOf(subscription.mandate_id);
  await app.merchant.call('POST', `/collect/payments/${initial_payment_id}/voids`);
  assert.equal(lines(await mandateOf(subscription.mandate_id)), 'revoked first_payment_voided');
  assert.equal(lines(await subscriptionOf(app, subscription.id)), 'cancelled mandate_revoked');
});

test('what is over takes no change: each call answers 409, and the one that made it so 200 again', async () => {
  const { id } = await paidSubscription(app);
  const cancelled = await act(app, id, 'cancel', { reason: 'customer_request' });
  assert.equal(lines(cancelled.body), 'cancelled customer_request');
  const again = await act(app, id, 'cancel');
  assert.deepEqual([again.status, again.text], [200, cancelled.text]);
  for (const action of ['pause', 'resume']) {
    const refused = await act(app, id, action);
    assert.deepEqual([refused.status, refused.body.code], [409, 'subscription_not_active'], action);
  }
  const patched = await app.merchant.call('PATCH', `/collect/subscriptions/${id}`, { description: 'More' });
  assert.deepEqual([patched.status, patched.body.code], [409, 'subscription_not_active']);
});

test('sessions and payments are found by mandate and by subscription, the first payment among them', async () => {
  const subscription = await paidSubscription(app);
  await runNext(subscription.id);
  const { initial_payment_id, payment_session_id } = await mandateOf(subscription.mandate_id);
  const [due] = await dueDatesOf(app, subscription.id);
  for (const query of [`mandate_id=${subscription.mandate_id}`, `subscription_id=${subscription.id}`]) {
    const ids = async (path: string) =>
      (await app.merchant.call('GET', `/collect/${path}?${query}`)).body.data.map(({ id }: Json) => id);
    assert.deepEqual(await ids('payments'), [due.payment_id, initial_payment_id], query);
    assert.deepEqual(await ids('payment_sessions'), [due.payment_session_id, payment_session_id], query);
  }
  await act(app, subscription.id, 'cancel');
});

test('a repeated key answers the same bytes on every call that may be repeated anyway', async () => {
  const { id, mandate_id } = await paidSubscription(app);
  const call = (method: string, path: string, body?: Json, key?: string) =>
    app.merchant.call(method, `/collect/${path}`, body, { key: key ?? null });
  for (const [n, [method, path, body]] of (
    [
      ['PATCH', `subscriptions/${id}`, { description: 'One' }],
      ['POST', `subscriptions/${id}/pause`, undefined],
      ['POST', `subscriptions/${id}/resume`, undefined],
      ['POST', `subscriptions/${id}/cancel`, { revoke_mandate: false }],
      ['POST', `mandates/${mandate_id}/revoke`, { reason: 'customer_request' }],
    ] as const
  ).entries()) {
    const first = await call(method, path, body, `promise-${n}`);
    assert.equal(first.status, 200, first.text);
    app.clock.advance(1_000);
    const again = await call(method, path, body, `promise-${n}`);
    assert.deepEqual(
      [again.status, again.text, again.headers.get('idempotent-replayed')],
      [200, first.text, 'true'],
      path,
    );
  }
  assert.equal(lines(await mandateOf(mandate_id)), 'revoked customer_request');
});

test('an account that refuses mandates without a ceiling names the amount; with one it takes them', async () => {
  const merchant = await app.otherMerchant();
  await merchant.call('PATCH', '/collect/settings', { unlimited_mandates: 'refuse' });
  const ask = (amount: number, mandate_options?: Json) =>
    merchant.call('POST', '/collect/payment_sessions', {
      type: 'first_in_series',
      amount,
      currency: 'ZAR',
      options: { customer: { name: 'Thandi' }, ...(mandate_options === undefined ? {} : { mandate_options }) },
    });
  for (const [amount, options] of [
    [0, undefined],
    [500, { amount: { min: 100 } }],
    [500, { amount: { min: 100 }, period_limits: { period: 'month', max_count: 2 } }],
  ] as const) {
    const refused = await ask(amount, options);
    assert.deepEqual(
      [refused.status, refused.body.errors?.map(({ pointer, code }: Json) => `${pointer} ${code}`)],
      [400, ['/options/mandate_options/amount required']],
    );
  }
  for (const [amount, options] of [
    [500, undefined],
    [0, { amount: { max: 900 } }],
    [0, { amount: { min: 1 }, period_limits: { period: 'month', max_amount: 900 } }],
  ] as const)
    assert.equal((await ask(amount, options)).status, 201, JSON.stringify(options));
});

test('an account may charge cards beyond their last month', async () => {
  const [year, month] = dayFromNow(0).split('-');
  const expiry = `${month}/${year?.slice(2)}`;
  const token = await paidSeries(app, {}, { number: cards.approved, expiry });
  app.clock.advance(40 * DAY);
  const refused = await app.merchant.chargeNext(token);
  assert.deepEqual([refused.status, refused.body.errors?.[0].code], [422, 'card_expired']);
  await app.merchant.call('PATCH', '/collect/settings', { charge_expired_cards: true });
  const charged = await app.merchant.chargeNext(token);
  // The bank is asked; the sandbox's keeps to the month.
  const { decline_code } = charged.body.last_payment_error ?? {};
  assert.deepEqual([charged.status, decline_code], [201, 'expired_card'], charged.text);
  await app.merchant.call('PATCH', '/collect/settings', { charge_expired_cards: false });
});

test('paying an older due date by hand leaves the newest one that was touched in sight', async () => {
  const card = '4000005660000002';
  const subscription = await paidSubscription(app, { card, subscription_options: { dunning: { retry_days: [] } } });
  await decline(card, '51', 2);
  await runNext(subscription.id);
  const second = await runNext(subscription.id);
  const charged = await app.merchant.chargeNext(subscription, { amount: 20_000 });
  assert.equal(charged.body.payment_outcome, 'paid', charged.text);
  const now = await subscriptionOf(app, subscription.id);
  assert.deepEqual([now.counts.paid, now.counts.unpaid], [1, 1]);
  const [first] = await dueDatesOf(app, subscription.id);
  assert.equal(first.status, 'paid', 'the oldest usable');
  assert.deepEqual(now.current_charge.due_date, second.current_charge.due_date);
  await act(app, subscription.id, 'cancel');
});

test("a bank that withdraws consent on a merchant's own charge cancels the subscription in the same moment", async () => {
  const card = declinesCharges('visa', 'R1');
  const subscription = await paidSubscription(app, {
    mandate_options: { type: 'on_demand', recurrence: { type: 'monthly' }, amount: { max: 50_000 } },
    card,
  });
  const from = await lastNumber(app);
  const charged = await app.merchant.chargeNext(subscription, { amount: 10_000 });
  assert.equal(charged.body.last_payment_error?.decline_code, 'revocation_of_authorization', charged.text);
  assert.equal(lines(await mandateOf(subscription.mandate_id)), 'revoked network_revocation');
  assert.equal(lines(await subscriptionOf(app, subscription.id)), 'cancelled mandate_revoked');
  assert.deepEqual(await toldAfter(from), [
    'payment_session.created',
    'payment.attempt_failed',
    'payment.failed',
    'payment_session.updated',
    'payment_session.completed',
    'mandate.revoked',
    'subscription.updated',
    'subscription.ended',
  ]);
});

test('a mandate that begins with a closed card says that its charges are stopped, and goes on when the card is opened', async () => {
  const card = declinesCharges('visa', '59');
  await app.merchant.chargeNext(await paidSeries(app, {}, card));
  app.clock.advance(DAY);
  const subscription = await paidSubscription(app, { card });
  const born = await mandateOf(subscription.mandate_id);
  assert.deepEqual(
    [born.status, born.charge_hold?.rule, born.charge_hold?.lifted_by],
    ['active', 'house.risk', 'operator'],
  );
  const skipped = await runNext(subscription.id);
  assert.equal(skipped.current_charge.status, 'skipped');
  await app.merchant.call('POST', '/collect/test/cards/reset', undefined, { key: null });
  assert.equal((await mandateOf(subscription.mandate_id)).charge_hold, undefined);
  assert.deepEqual((await subscriptionOf(app, subscription.id)).current_charge.reason, 'hold_lifted');
  await act(app, subscription.id, 'cancel');
});

test('a first success after the last day begins and ends the mandate at once, and its subscription with it', async () => {
  atNoon();
  const session = await app.merchant.createSession({
    type: 'first_in_series',
    options: {
      customer: { name: 'Thandi' },
      mandate_options: {
        type: 'scheduled',
        recurrence: { type: 'daily' },
        validity_period: { end_date: dayFromNow(1) },
      },
      subscription_options: {},
      checkout_options: { expires_at: `${dayFromNow(2)}T00:00:00.000Z` },
    },
  });
  const payer = app.payer.another();
  app.clock.advance(Date.parse(session.expires_at) - 60_000 - app.clock.now());
  await payer.pays(session, cards.challenge);
  app.clock.advance(61_000);
  const from = await lastNumber(app);
  await payer.decidesAtBank(session, 'approve');
  const { mandate_id, subscription_id } = await app.merchant.session(session.id);
  assert.equal(lines(await mandateOf(mandate_id)), 'ended expired');
  assert.equal(lines(await subscriptionOf(app, subscription_id)), 'ended mandate_ended');
  assert.deepEqual((await toldAfter(from)).slice(-8), [
    'payment_method.saved',
    'mandate.activated',
    'mandate.ended',
    'subscription.created',
    'subscription.ended',
    'payment.succeeded',
    'payment_session.updated',
    'payment_session.completed',
  ]);
  const refused = await app.merchant.call('POST', `/collect/mandates/${mandate_id}/revoke`, undefined, { key: null });
  assert.deepEqual([refused.status, refused.body.code], [409, 'mandate_not_active']);
});

test('a subscription whose period is over before its payer has paid is created and ended at once; the mandate stays', async () => {
  atNoon();
  const session = await app.merchant.createSession({
    type: 'first_in_series',
    options: {
      customer: { name: 'Thandi' },
      mandate_options: { type: 'scheduled', recurrence: { type: 'daily' } },
      subscription_options: { active_period: { end_date: dayFromNow(1) } },
    },
  });
  app.clock.advance(Date.parse(session.expires_at) - 60_000 - app.clock.now());
  await app.payer.another().pays(session, cards.approved);
  const { mandate_id, subscription_id } = await app.merchant.session(session.id);
  assert.equal((await mandateOf(mandate_id)).status, 'active');
  const over = await subscriptionOf(app, subscription_id);
  assert.equal(lines(over), 'ended period_over');
  assert.deepEqual([over.next_charge_at, over.next_due_date, over.created_at], [undefined, undefined, over.ended_at]);
});

test('check asks nothing of an Idempotency-Key: the same key with another question is answered anew', async () => {
  const { mandate_id } = await paidSeries(app);
  const check = (amount: number) =>
    app.merchant.call('POST', `/collect/mandates/${mandate_id}/check`, { amount, currency: 'zar' }, { key: 'ask' });
  assert.equal((await check(20_000)).body.allowed, true);
  const { status, body } = await check(20_001);
  assert.deepEqual([status, body.allowed, body.violations?.[0].code], [200, false, 'amount_above_max']);
});

test('after all of this the books are sound', async () => {
  await app.runDue();
  await assertSound(app);
});
