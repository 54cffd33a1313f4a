/**
 * Crash points of charges under limits: what a charge takes, what its decline or void gives back, and what ends a mandate or moves it
 * to another card. Afterwards its usage is what was really paid, and the client finds its answer.
 */
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { DAY, HOUR, MINUTE, SECOND } from '../../src/lib/time.ts';
import type { TestApp } from '../support/app.ts';
import type { Json, Reply } from '../support/merchant.ts';
import { cards } from '../support/payer.ts';
import { paidSeries } from '../support/series.ts';
import { manual } from '../support/steps.ts';
import { dueLines, paidSubscription, subscriptionOf } from '../support/subscriptions.ts';
import { type Flow, sweepThird } from './crash-points.ts';
import { doesDuty } from './races-sight.ts';

const CHARGE = 3_000;
const OTHER_CARD = '4000000000000077';
const LIMITS = {
  period_limits: [
    { period: 'month', max_count: 2, max_amount: 7_000 },
    { period: 'week', max_count: 2, window: { mode: 'cycle' } },
  ],
  amount: { max: CHARGE },
  retry: { max_attempts: 5 },
};

interface Given {
  token: Json;
  key: string;
}

const series = async (app: TestApp, mandate_options: Json = LIMITS, more: Json = {}): Promise<Given> => {
  const reset = await app.merchant.call('POST', '/collect/test/cards/reset', undefined, { key: null });
  assert.equal(reset.status, 204);
  await app.control.calm();
  const options = { customer: { name: 'Thandi' }, mandate_options, ...more };
  return { token: await paidSeries(app, { options }), key: randomUUID() };
};

function charge(app: TestApp, { token, key }: Given, more: Json = {}): Promise<Reply<Json>> {
  const { customer_id, payment_method_id, mandate_id } = token;
  const options = { customer_id, payment_method_id, mandate_id, ...more };
  return app.merchant.chargeNext(token, { amount: CHARGE, options }, { key });
}

const another = (given: Given): Given => ({ ...given, key: randomUUID() });

async function mandateOf(app: TestApp, { token }: Given): Promise<Json> {
  return (await app.merchant.call('GET', `/collect/mandates/${token.mandate_id}`)).body;
}

/** The session of the disturbed try, which its client finds under its key, as it stands now. */
async function disturbed(app: TestApp, given: Given): Promise<Json> {
  const { status, body, text } = await charge(app, given);
  assert.equal(status, 201, text);
  const session = await app.merchant.session(body.id);
  const taken = (await app.control.charged()).filter((row) => row.reference === session.payment_id);
  assert.equal(taken.length, session.payment_outcome === 'paid' ? 1 : 0);
  return session;
}

/** So many charges count, in the sums and in both windows, and nothing is open. */
async function assertCounted(app: TestApp, given: Given, count: number): Promise<void> {
  const { counted, open, period_limits = [] } = (await mandateOf(app, given)).usage;
  assert.deepEqual([counted, open.count], [{ count, amount: count * CHARGE }, 0]);
  for (const { used_count, used_amount } of period_limits)
    assert.deepEqual([used_count, used_amount], [count, count * CHARGE]);
}

/** What was paid counts, once, and so much is left as that leaves. */
const charged: Flow<Given>['after'] = async (app, given) => {
  const paid = (await disturbed(app, given)).payment_outcome === 'paid' ? 1 : 0;
  await assertCounted(app, given, paid);
  for (let more = paid; more < 2; more++) {
    const next = await charge(app, another(given));
    assert.equal(next.body.payment_outcome, 'paid', next.text);
  }
  const beyond = await charge(app, another(given));
  assert.equal(beyond.body.code, 'mandate_violation', beyond.text);
  await assertCounted(app, given, 2);
};

/** A void that the client repeats until it is done: with its key, or anew when that never arrived. */
const voidOf = (app: TestApp, { payment, key }: { payment: string; key: string }) =>
  app.merchant.call('POST', `/collect/payments/${payment}/voids`, undefined, { key });

async function voidedAtLast(app: TestApp, { payment, key }: { payment: string; key: string }): Promise<void> {
  for (const wanted of [
    { payment, key },
    { payment, key: randomUUID() },
  ]) {
    if ((await app.merchant.payment(payment)).voided_amount === 0) await voidOf(app, wanted);
  }
  assert.notEqual((await app.merchant.payment(payment)).voided_amount, 0);
}

/** Tomorrow by the tenant's clock. */
async function tomorrow(app: TestApp): Promise<string> {
  const { body } = await app.merchant.call('GET', '/collect/test/clock');
  return new Date(Date.parse(body.now) + DAY).toISOString().slice(0, 10);
}

const flows: Flow<Given>[] = [
  { name: 'a charge under limits', given: (app) => series(app), run: charge, after: charged },
  {
    name: 'a charge under limits, declined',
    async given(app) {
      const given = await series(app);
      await app.control.arm({ kind: 'decline', params: { code: '51' }, match: { initiator: 'merchant' } });
      return given;
    },
    run: charge,
    async after(app, given) {
      await app.control.calm();
      await charged?.(app, given, {});
    },
  },
  {
    name: 'the last charge of a mandate',
    given: (app) => series(app, { max_occurrences: 1 }),
    run: charge,
    async after(app, given) {
      if ((await disturbed(app, given)).payment_outcome !== 'paid') {
        assert.equal((await mandateOf(app, given)).status, 'active');
        assert.equal((await charge(app, another(given))).body.payment_outcome, 'paid');
      }
      const { status, status_reason } = await mandateOf(app, given);
      assert.deepEqual([status, status_reason], ['ended', 'completed']);
      assert.equal((await charge(app, another(given))).body.code, 'mandate_not_active');
      await assertCounted(app, given, 1);
    },
  },
  {
    name: 'a mandate whose last day is over',
    given: async (app) => {
      const given = await series(app, { validity_period: { end_date: await tomorrow(app) } });
      app.clock.advance(2 * DAY);
      return given;
    },
    run: (app) => doesDuty(app, 'end mandates'),
    async after(app, given) {
      const { status, status_reason } = await mandateOf(app, given);
      assert.deepEqual([status, status_reason], ['ended', 'expired']);
    },
  },
];

const voids: Flow<Given & { payment: string }>[] = [
  {
    name: 'a charge that is voided',
    async given(app) {
      const given = await series(app);
      const { body } = await charge(app, another(given), manual);
      await assertCounted(app, given, 1);
      return { ...given, payment: body.payment_id };
    },
    run: voidOf,
    async after(app, given) {
      await voidedAtLast(app, given);
      await assertCounted(app, given, 0);
      assert.equal((await charge(app, another(given))).body.payment_outcome, 'paid');
      await assertCounted(app, given, 1);
    },
  },
  {
    name: 'a first payment that is voided',
    async given(app) {
      const given = await series(app, LIMITS, manual);
      return { ...given, payment: given.token.payment_id };
    },
    run: voidOf,
    async after(app, given) {
      await voidedAtLast(app, given);
      const { status, status_reason } = await mandateOf(app, given);
      assert.deepEqual([status, status_reason], ['revoked', 'first_payment_voided']);
      assert.equal((await charge(app, another(given))).body.code, 'mandate_not_active');
    },
  },
];

const replacement: Flow<Given & { session: Json }> = {
  name: 'a mandate that moves to another card',
  async given(app) {
    const given = await series(app);
    await charge(app, another(given));
    const { customer_id, mandate_id } = given.token;
    const options = { customer_id, mandate_options: { replaces_mandate_id: mandate_id } };
    return { ...given, session: await app.merchant.createSession({ type: 'first_in_series', amount: 0, options }) };
  },
  run: (app, { session }) => app.payer.pays(session, OTHER_CARD),
  async after(app, { session, ...given }) {
    const now = await app.merchant.session(session.id);
    if (now.status === 'active') await app.payer.another().pays(session, OTHER_CARD);
    const { status, status_reason } = await mandateOf(app, given);
    assert.deepEqual([status, status_reason], ['revoked', 'replaced']);
    const moved = { token: await app.merchant.session(session.id), key: randomUUID() };
    assert.equal((await mandateOf(app, moved)).status, 'active');
    await assertCounted(app, moved, 1);
    assert.equal((await charge(app, moved)).body.payment_outcome, 'paid');
    assert.equal((await charge(app, another(moved))).body.code, 'mandate_violation');
  },
};

/** A subscription whose only due date is tomorrow, by the tenant's clock. */
async function dueTomorrow(app: TestApp, card?: string): Promise<Json> {
  const end_date = await tomorrow(app);
  const mandate_options = { type: 'scheduled', recurrence: { type: 'daily' }, validity_period: { end_date } };
  return paidSubscription(app, { mandate_options, ...(card === undefined ? {} : { card }) });
}

const byTheClock: Flow = {
  name: 'a clock that walks over a due date',
  every: 3,
  given: (app) => dueTomorrow(app),
  run: (app, { next_charge_at: to }) => app.merchant.call('POST', '/collect/test/clock/advance', { to }),
  // A walker that died holds the clock for a minute.
  meanwhile: async (app) => app.clock.advance(MINUTE + SECOND),
  async after(app, subscription) {
    const { body: clock } = await app.merchant.call('GET', '/collect/test/clock');
    // What could not be sent is tried again within the hour.
    const to = new Date(Math.max(Date.parse(subscription.next_charge_at), Date.parse(clock.now)) + HOUR).toISOString();
    const { status, text } = await app.merchant.call('POST', '/collect/test/clock/advance', { to });
    assert.equal(status, 200, text);
    const [line, ...others] = await dueLines(app, subscription.id);
    assert.deepEqual([line?.slice(11), others.length], ['paid 1', 0]);
    assert.equal((await subscriptionOf(app, subscription.id)).status, 'ended');
  },
};

const passedOver: Flow = {
  name: 'a due date whose card is closed',
  async given(app) {
    await app.merchant.call('POST', '/collect/test/cards/reset', undefined, { key: null });
    const subscription = await dueTomorrow(app);
    await app.control.arm({ kind: 'decline', params: { code: '41' }, match: { initiator: 'customer' } });
    await app.payer.another().pays(await app.merchant.createSession(), cards.approved);
    app.clock.advance(Date.parse(subscription.next_charge_at) - app.clock.now());
    return { subscription, arrived: (await app.control.book()).length };
  },
  run: (app) => doesDuty(app, 'charge for subscriptions'),
  async after(app, { subscription, arrived }) {
    // A pass that failed leaves the subscription alone for a minute.
    app.clock.advance(MINUTE);
    await app.runDue();
    assert.deepEqual(await dueLines(app, subscription.id), [`${subscription.next_due_date} skipped 0`]);
    assert.equal((await subscriptionOf(app, subscription.id)).status, 'ended');
    assert.equal((await app.control.book()).length, arrived);
  },
};

sweepThird([...flows, ...voids, replacement, byTheClock, passedOver] as Flow[]);
