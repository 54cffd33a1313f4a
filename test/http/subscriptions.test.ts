/** Subscriptions, as merchants meet them: what begins them, what they charge and tell, and how they are changed and stopped. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { type TestApp, testApp } from '../support/app.ts';
import type { Json } from '../support/merchant.ts';
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

/** Each test has a card of its own: what a bank said of one speaks of no other. */
const CARDS = [
  '4000000000000077',
  '4000056655665556',
  '4000007100000006',
  '4000005660000002',
  '4000004040000006',
  '4000002880000003',
];
const decline = (card: string, code: string, times = 1) =>
  app.control.arm({
    kind: 'decline',
    params: { code },
    match: { initiator: 'merchant', last4: card.slice(-4) },
    times,
  });

/** The instant at which the subscription charges next. */
const nextTime = async (id: string): Promise<string> => (await subscriptionOf(app, id)).next_charge_at;
const runNext = async (id: string): Promise<Json> => {
  await runUntil(app, await nextTime(id));
  return subscriptionOf(app, id);
};

test('a subscription begins with its first payment, and shows what it will charge and when', async () => {
  const subscription = await paidSubscription(app, {
    mandate_options: { type: 'scheduled', recurrence: { type: 'monthly' }, time_zone: 'Africa/Johannesburg' },
    subscription_options: { scheduled_time: '06:00', dunning: { retry_days: [2], on_exhausted: 'pause' } },
    session: { description: 'The paper', external_reference: 'abo-1', metadata: { plan: 'daily' } },
  });
  const { id, customer_id, payment_method_id, mandate_id, payment_session_id, created_at, updated_at, ...shown } =
    subscription;
  assert.deepEqual(shown, {
    mode: 'test',
    status: 'active',
    amount: 20_000,
    currency: 'ZAR',
    recurrence: { type: 'monthly', interval_count: 1 },
    time_zone: 'Africa/Johannesburg',
    scheduled_time: '06:00',
    dunning: { retry_days: [2], on_exhausted: 'pause' },
    next_due_date: '2026-02-28',
    next_charge_at: '2026-02-28T04:00:00.000Z',
    counts: { paid: 0, unpaid: 0, skipped: 0, missed: 0 },
    description: 'The paper',
    external_reference: 'abo-1',
    metadata: { plan: 'daily' },
  });
  assert.equal(updated_at, created_at);
  const mandate = (await app.merchant.call('GET', `/collect/mandates/${mandate_id}`)).body;
  assert.equal(mandate.subscription_id, id);
  assert.equal((await app.merchant.session(payment_session_id)).subscription_id, id);
  assert.deepEqual([mandate.customer_id, mandate.payment_method_id], [customer_id, payment_method_id]);
  assert.deepEqual(await toldOf(app, subscription), ['mandate.activated', 'subscription.created']);
  await act(app, id, 'cancel');
});

test('a due date is charged at its time and not before: one session, told in order', async () => {
  const subscription = await paidSubscription(app, { session: { description: 'The paper' } });
  const from = await lastNumber(app);
  const at = Date.parse(subscription.next_charge_at);
  await runUntil(app, new Date(at - 1).toISOString());
  assert.deepEqual(await dueDatesOf(app, subscription.id), []);
  await runUntil(app, subscription.next_charge_at);
  assert.deepEqual(await toldOf(app, subscription, from), [
    'payment_session.created',
    'payment.succeeded',
    'payment_session.updated',
    'payment_session.completed',
    'subscription.updated',
  ]);
  const [due] = await dueDatesOf(app, subscription.id);
  const session = await app.merchant.session(due.payment_session_id);
  assert.deepEqual(
    [
      session.type,
      session.payment_outcome,
      session.subscription_id,
      session.due_date,
      session.attempt_number,
      session.description,
    ],
    ['next_in_series', 'paid', subscription.id, due.due_date, 1, 'The paper'],
  );
  const now = await subscriptionOf(app, subscription.id);
  assert.deepEqual([now.counts.paid, now.current_charge.status, now.current_charge.attempts], [1, 'paid', 1]);
  assert.ok(now.next_due_date > due.due_date);
  const list = await app.merchant.call('GET', `/collect/payment_sessions?subscription_id=${subscription.id}`);
  assert.equal(list.body.data.length, 2);
  await act(app, subscription.id, 'cancel');
});

test('a decline is told, and the due date is tried again on the next retry day', async () => {
  const card = CARDS[0]!;
  const subscription = await paidSubscription(app, { card });
  await decline(card, '51');
  const from = await lastNumber(app);
  const late = await runNext(subscription.id);
  assert.deepEqual(await toldOf(app, subscription, from), [
    'payment_session.created',
    'payment.attempt_failed',
    'payment.failed',
    'payment_session.updated',
    'payment_session.completed',
    'subscription.payment_failed',
    'subscription.updated',
  ]);
  assert.equal(late.status, 'past_due');
  const { current_charge: charge } = late;
  assert.deepEqual([charge.status, charge.reason, charge.attempts], ['retrying', 'declined', 1]);
  assert.equal(charge.last_payment_error.decline_code, 'insufficient_funds');
  assert.equal(late.next_charge_at, charge.next_attempt_at);
  const paid = await runNext(subscription.id);
  assert.deepEqual(
    [paid.status, paid.counts, paid.past_due_since],
    ['active', { paid: 1, unpaid: 0, skipped: 0, missed: 0 }, undefined],
  );
  const session = await app.merchant.session(paid.current_charge.payment_session_id);
  assert.deepEqual([session.attempt_number, session.due_date], [2, charge.due_date]);
  await act(app, subscription.id, 'cancel');
});

test('a bank that withdraws consent ends mandate and subscription, told in order', async () => {
  const card = CARDS[1]!;
  const subscription = await paidSubscription(app, { card });
  await decline(card, 'R1');
  const from = await lastNumber(app);
  const over = await runNext(subscription.id);
  assert.deepEqual([over.status, over.status_reason, over.next_charge_at], ['cancelled', 'mandate_revoked', undefined]);
  assert.deepEqual((await toldOf(app, subscription, from)).slice(5), [
    'mandate.revoked',
    'subscription.payment_failed',
    'subscription.updated',
    'subscription.ended',
  ]);
});

test('a card that is never to be tried again: given up at once, skipped the next time, nothing is sent', async () => {
  const card = CARDS[2]!;
  const subscription = await paidSubscription(app, { card });
  await decline(card, '41');
  const first = await runNext(subscription.id);
  assert.deepEqual(
    [first.status, first.current_charge.status, first.current_charge.reason],
    ['past_due', 'unpaid', 'charge_on_hold'],
  );
  const sent = (await app.control.book()).length;
  const second = await runNext(subscription.id);
  assert.equal((await app.control.book()).length, sent);
  const { current_charge: charge } = second;
  assert.deepEqual([charge.status, charge.reason, charge.attempts], ['skipped', 'not_allowed', 0]);
  assert.ok(charge.violations.some(({ code }: Json) => code === 'network_rule_never'));
  assert.deepEqual(second.counts, { paid: 0, unpaid: 1, skipped: 1, missed: 0 });
  await act(app, subscription.id, 'cancel');
});

test('in a pause due dates are skipped; resume goes on with the next one, and both may be repeated', async () => {
  const { id } = await paidSubscription(app);
  const paused = await act(app, id, 'pause');
  assert.deepEqual([paused.status, paused.body.status, paused.body.next_charge_at], [200, 'paused', undefined]);
  assert.deepEqual((await act(app, id, 'pause')).body, paused.body);
  const [row] = await app.database.query<{ at: string }>(
    'select next_charge_at::text as at from subscriptions where id = $1',
    [id],
  );
  await runUntil(app, new Date(`${row!.at}:00`).toISOString());
  const skipped = await subscriptionOf(app, id);
  assert.deepEqual([skipped.current_charge.status, skipped.current_charge.reason], ['skipped', 'paused']);
  const resumed = await act(app, id, 'resume');
  assert.deepEqual([resumed.body.status, resumed.body.paused_at], ['active', undefined]);
  assert.ok(Date.parse(resumed.body.next_charge_at) > app.clock.now());
  assert.deepEqual((await act(app, id, 'resume')).body, resumed.body);
  assert.deepEqual((await runNext(id)).counts, { paid: 1, unpaid: 0, skipped: 1, missed: 0 });
  await act(app, id, 'cancel');
});

test('a due date that passed in a pause before anybody looked is skipped by the resume, not forgotten', async () => {
  const { id, next_charge_at } = await paidSubscription(app);
  await act(app, id, 'pause');
  app.clock.advance(Date.parse(next_charge_at) - app.clock.now() + 1_000);
  const resumed = await act(app, id, 'resume');
  assert.deepEqual(resumed.body.counts, { paid: 0, unpaid: 0, skipped: 1, missed: 0 });
  assert.ok(Date.parse(resumed.body.next_charge_at) > app.clock.now());
  await act(app, id, 'cancel');
});

test('cancel ends it at once, and the mandate with it unless that is on demand or kept', async () => {
  const monthly = { recurrence: { type: 'monthly' } };
  const cases: [Record<string, unknown>, Record<string, unknown>, string][] = [
    [{ type: 'scheduled', ...monthly }, {}, 'revoked'],
    [{ type: 'scheduled', ...monthly }, { revoke_mandate: false }, 'active'],
    [{ type: 'on_demand', ...monthly, amount: { max: 50_000 } }, {}, 'active'],
    [
      { type: 'on_demand', ...monthly, amount: { max: 50_000 } },
      { revoke_mandate: true, reason: 'customer_request' },
      'revoked',
    ],
  ];
  for (const [mandate_options, body, status] of cases) {
    const subscription = await paidSubscription(app, { mandate_options });
    const cancelled = await act(app, subscription.id, 'cancel', body);
    assert.deepEqual(
      [cancelled.body.status, cancelled.body.status_reason],
      ['cancelled', body.reason ?? 'merchant_request'],
    );
    assert.equal((await app.merchant.call('GET', `/collect/mandates/${subscription.mandate_id}`)).body.status, status);
    assert.deepEqual((await act(app, subscription.id, 'cancel', body)).body, cancelled.body);
    assert.deepEqual((await toldOf(app, subscription)).slice(2), [
      ...(status === 'revoked' ? ['mandate.revoked'] : []),
      'subscription.updated',
      'subscription.ended',
    ]);
    for (const action of ['pause', 'resume']) {
      const refused = await act(app, subscription.id, action);
      assert.deepEqual([refused.status, refused.body.code], [409, 'subscription_not_active']);
    }
    const patched = await app.merchant.call('PATCH', `/collect/subscriptions/${subscription.id}`, {
      description: 'Late',
    });
    assert.equal(patched.body.code, 'subscription_not_active');
  }
});

test('another amount holds from the next due date, if the mandate allows it', async () => {
  const mandate_options = {
    ...{ type: 'scheduled', recurrence: { type: 'monthly' }, amount: { min: 5_000, max: 30_000 } },
    period_limits: [{ period: 'month', max_amount: 25_000 }],
  };
  const subscription = await paidSubscription(app, { mandate_options, subscription_options: { amount: 20_000 } }).catch(
    () => undefined,
  );
  assert.equal(subscription, undefined, 'max_amount below amount.max is refused when the session is created');
  const { id, mandate_id } = await paidSubscription(app, {
    mandate_options: { ...mandate_options, period_limits: [{ period: 'month', max_amount: 30_000 }] },
  });
  const path = `/collect/subscriptions/${id}`;
  for (const [amount, codes] of [
    [4_999, ['amount_below_min']],
    [30_001, ['amount_above_max', 'period_amount_exceeded']],
  ] as const) {
    const refused = await app.merchant.call('PATCH', path, { amount });
    assert.deepEqual(
      [refused.status, refused.body.code, refused.body.mandate_id],
      [422, 'mandate_violation', mandate_id],
    );
    assert.deepEqual(
      refused.body.errors.map(({ pointer, code }: Json) => [pointer, code]),
      codes.map((code) => ['/amount', code]),
    );
  }
  const metadata = { plan: 'weekend' };
  const changed = await app.merchant.call('PATCH', path, {
    amount: 30_000,
    description: 'Weekend',
    external_reference: 'abo-2',
    metadata,
  });
  assert.deepEqual(
    [changed.status, changed.body.amount, changed.body.description, changed.body.metadata],
    [200, 30_000, 'Weekend', metadata],
  );
  await runNext(id);
  const [due] = await dueDatesOf(app, id);
  assert.equal(due.amount, 30_000);
  const payment = await app.merchant.payment(due.payment_id);
  assert.deepEqual(
    [payment.amount, payment.external_reference, payment.metadata, payment.due_date],
    [30_000, 'abo-2', metadata, due.due_date],
  );
  await act(app, id, 'cancel');
});

test('a charge of the merchant takes the due date of a scheduled mandate, and leaves that of one on demand alone', async () => {
  const scheduled = await paidSubscription(app, { subscription_options: { scheduled_time: '20:00' } });
  const on_demand = { type: 'on_demand', recurrence: { type: 'monthly' }, amount: { max: 50_000 } };
  const demanded = await paidSubscription(app, {
    mandate_options: on_demand,
    subscription_options: { scheduled_time: '20:00' },
  });
  await runUntil(app, new Date(Date.parse(scheduled.next_charge_at) - 3_600_000).toISOString());
  for (const { mandate_id, customer_id, payment_method_id } of [scheduled, demanded]) {
    const options = { customer_id, payment_method_id, mandate_id };
    const charged = await app.merchant.chargeNext(scheduled, { amount: 20_000, options });
    assert.equal(charged.body.payment_outcome, 'paid', charged.text);
  }
  const [taken] = await dueDatesOf(app, scheduled.id);
  assert.deepEqual([taken.status, taken.attempts], ['paid', 0]);
  assert.deepEqual(await dueDatesOf(app, demanded.id), []);
  await runUntil(app, scheduled.next_charge_at);
  assert.deepEqual((await dueDatesOf(app, scheduled.id)).length, 1, 'not charged again');
  assert.deepEqual(
    (await dueDatesOf(app, demanded.id)).map(({ status }) => status),
    ['paid'],
  );
  for (const { id } of [scheduled, demanded]) await act(app, id, 'cancel');
});

test("a charge of the merchant's own pays a due date that was given up, and the subscription runs again", async () => {
  const card = CARDS[3]!;
  const subscription = await paidSubscription(app, { card, subscription_options: { dunning: { retry_days: [] } } });
  await decline(card, '51');
  assert.deepEqual((await runNext(subscription.id)).counts, { paid: 0, unpaid: 1, skipped: 0, missed: 0 });
  const charged = await app.merchant.chargeNext(subscription, { amount: 20_000 });
  assert.equal(charged.body.payment_outcome, 'paid', charged.text);
  const now = await subscriptionOf(app, subscription.id);
  assert.deepEqual([now.status, now.counts], ['active', { paid: 1, unpaid: 0, skipped: 0, missed: 0 }]);
  await act(app, subscription.id, 'cancel');
});

test('due dates are listed newest first, a page at a time; lists know customer, mandate and status', async () => {
  const daily = { type: 'scheduled', recurrence: { type: 'daily' } };
  const subscription = await paidSubscription(app, { mandate_options: daily });
  for (let day = 0; day < 3; day++) await runNext(subscription.id);
  const path = `/collect/subscriptions/${subscription.id}/charges`;
  const all = (await app.merchant.call('GET', path)).body.data.map(({ due_date }: Json) => due_date);
  assert.deepEqual(all, [...all].sort().reverse());
  const first = await app.merchant.call('GET', `${path}?limit=2`);
  const second = await app.merchant.call('GET', `${path}?limit=2&cursor=${first.headers.get('next-cursor')}`);
  assert.deepEqual(
    [...first.body.data, ...second.body.data].map(({ due_date }: Json) => due_date),
    all,
  );
  assert.ok(second.headers.get('prev-cursor'));
  const wrong = Buffer.from(`older:${subscription.id}`).toString('base64url');
  assert.equal((await app.merchant.call('GET', `${path}?cursor=${wrong}`)).status, 400);
  const { customer_id, mandate_id, id } = subscription;
  for (const query of [
    `customer_id=${customer_id}`,
    `mandate_id=${mandate_id}`,
    `mandate_id=${mandate_id}&status=active`,
  ]) {
    const { body } = await app.merchant.call('GET', `/collect/subscriptions?${query}`);
    assert.deepEqual(
      body.data.map((one: Json) => one.id),
      [id],
      query,
    );
  }
  const { body } = await app.merchant.call('GET', `/collect/subscriptions?mandate_id=${mandate_id}&status=ended`);
  assert.deepEqual(body.data, []);
  await act(app, id, 'cancel');
  assert.deepEqual((await dueLines(app, id)).length, 3);
});

test('of another account there is nothing to see or to do', async () => {
  const { id } = await paidSubscription(app);
  const other = await app.otherMerchant();
  const path = `/collect/subscriptions/${id}`;
  for (const [method, at] of [
    ['GET', path],
    ['GET', `${path}/charges`],
    ['PATCH', path],
    ['POST', `${path}/pause`],
    ['POST', `${path}/resume`],
    ['POST', `${path}/cancel`],
  ] as const) {
    const reply = await other.call(method, at, method === 'PATCH' ? { description: 'Mine' } : undefined);
    assert.deepEqual([reply.status, reply.body.code], [404, 'subscription_not_found'], `${method} ${at}`);
  }
  await act(app, id, 'cancel');
});

test('a repeated key answers the same and does nothing twice', async () => {
  const { id } = await paidSubscription(app);
  const first = await app.merchant.call('POST', `/collect/subscriptions/${id}/pause`, undefined, { key: 'pause-1' });
  await act(app, id, 'resume');
  const again = await app.merchant.call('POST', `/collect/subscriptions/${id}/pause`, undefined, { key: 'pause-1' });
  assert.equal(again.headers.get('idempotent-replayed'), 'true');
  assert.equal(again.text, first.text);
  assert.equal((await subscriptionOf(app, id)).status, 'active');
  await act(app, id, 'cancel');
});
