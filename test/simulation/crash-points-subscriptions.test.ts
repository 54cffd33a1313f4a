/** Crash points of subscriptions: how they begin, charge, are declined and are stopped. Each due date is charged once, or told why not. */
import assert from 'node:assert/strict';
import { DAY, MINUTE } from '../../src/lib/time.ts';
import type { TestApp } from '../support/app.ts';
import type { Json } from '../support/merchant.ts';
import { cards } from '../support/payer.ts';
import { act, dueLines, paidSubscription, runUntil, subscriptionOf } from '../support/subscriptions.ts';
import { type Flow, sweepThird } from './crash-points.ts';
import { doesDuty } from './races-sight.ts';

const charges = (app: TestApp) => doesDuty(app, 'charge for subscriptions');
const dayFromNow = (app: TestApp, days: number) => new Date(app.clock.now() + days * DAY).toISOString().slice(0, 10);

/** Its only due date is tomorrow: then it is over, and stays out of the points that follow. */
const onceTomorrow = (app: TestApp): Record<string, unknown> => ({
  ...{ type: 'scheduled', recurrence: { type: 'daily' } },
  validity_period: { end_date: dayFromNow(app, 1) },
});

/** A subscription whose only due date has just come, on a card that no bank has said anything about. */
async function dueNow(app: TestApp, more: Record<string, unknown> = {}): Promise<Json> {
  await app.control.calm();
  await app.merchant.call('POST', '/collect/test/cards/reset');
  const subscription = await paidSubscription(app, { mandate_options: { ...onceTomorrow(app), ...more } });
  app.clock.advance(Date.parse(subscription.next_charge_at) - app.clock.now());
  return subscription;
}

const declined = (code: string) => async (app: TestApp) => {
  const subscription = await dueNow(app);
  await app.control.arm({ kind: 'decline', params: { code }, match: { initiator: 'merchant' } });
  return subscription;
};

/** Lets it run to its end, and tells what became of its due date. */
async function ended(app: TestApp, { id }: Json): Promise<string> {
  for (let looks = 0; looks < 60; looks++) {
    const { status, status_reason, next_charge_at } = await subscriptionOf(app, id);
    if (next_charge_at === undefined)
      return `${status} (${status_reason}): ${(await dueLines(app, id)).map((line) => line.slice(11))}`;
    // A pass that failed leaves it alone for a minute.
    await runUntil(app, new Date(Math.max(Date.parse(next_charge_at), app.clock.now() + MINUTE)).toISOString());
  }
  throw new Error('it does not come to its end');
}

function charging(name: string, given: NonNullable<Flow['given']>, end: string | RegExp): Flow {
  return {
    name,
    given,
    run: charges,
    async after(app, subscription) {
      const found = await ended(app, subscription);
      if (typeof end === 'string') assert.equal(found, end);
      else assert.match(found, end);
    },
  };
}

const stopping = (action: string, status: string): Flow => ({
  name: `subscription, ${action}`,
  given: async (app) => {
    const subscription = await declined('96')(app);
    await charges(app);
    return subscription;
  },
  run: (app, { id }) => act(app, id, action),
  async after(app, { id }) {
    await act(app, id, action);
    const { current_charge, ...now } = await subscriptionOf(app, id);
    assert.deepEqual([now.status, current_charge.status], [status, 'unpaid']);
    await act(app, id, 'cancel');
  },
});

sweepThird([
  {
    name: 'first in series, with a subscription',
    given: (app) =>
      app.merchant.createSession({
        type: 'first_in_series',
        options: { customer: { name: 'Thandi' }, mandate_options: onceTomorrow(app), subscription_options: {} },
      }),
    run: (app, session) => app.payer.pays(session, cards.approved),
    async after(app, session) {
      const now = await app.merchant.session(session.id);
      if (now.status === 'active') await app.payer.another().pays(session, cards.approved);
      const { subscription_id } = await app.merchant.session(session.id);
      assert.equal((await subscriptionOf(app, subscription_id)).status, 'active');
      await act(app, subscription_id, 'cancel');
    },
  },
  charging('subscription, charge', (app) => dueNow(app), 'ended (period_over): paid 1'),
  charging(
    'subscription, last charge of its mandate',
    (app) => dueNow(app, { max_occurrences: 1 }),
    'ended (mandate_ended): paid 1',
  ),
  charging('subscription, decline and retry', declined('96'), /^ended \(period_over\): paid [12]$/),
  charging('subscription, never again', declined('41'), /^ended \(period_over\): unpaid 1$/),
  charging('subscription, consent withdrawn', declined('R1'), /^cancelled \(mandate_revoked\): unpaid 1$/),
  stopping('pause', 'ended'),
  stopping('cancel', 'cancelled'),
  {
    name: 'subscription, another card',
    given: async (app) => {
      const subscription = await declined('1A')(app);
      await charges(app);
      const { customer_id, mandate_id } = subscription;
      const mandate_options = { replaces_mandate_id: mandate_id };
      const session = await app.merchant.createSession({
        ...{ amount: 0, type: 'first_in_series', options: { customer_id, mandate_options } },
      });
      return { subscription, session };
    },
    run: (app, { session }) => app.payer.pays(session, '4000000000000077'),
    async after(app, { subscription, session }) {
      const now = await app.merchant.session(session.id);
      if (now.status === 'active') await app.payer.another().pays(session, '4000000000000077');
      assert.match(await ended(app, subscription), /: (paid 2|unpaid 1)$/);
    },
  },
]);
