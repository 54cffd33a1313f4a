/** Subscriptions that tests let run: begun by a first payment, read back, and driven by the test's clock. */
import type { TestApp } from './app.ts';
import type { Json } from './merchant.ts';
import { type CardInput, cards } from './payer.ts';
import { paidSeries } from './series.ts';

export interface SubscriptionAsked {
  mandate_options?: Record<string, unknown>;
  subscription_options?: Record<string, unknown>;
  amount?: number;
  session?: Record<string, unknown>;
  card?: string | CardInput;
}

/** A subscription as its first payment began it: monthly, of the session's amount, unless asked otherwise. */
export async function paidSubscription(app: TestApp, asked: SubscriptionAsked = {}): Promise<Json> {
  const { mandate_options, subscription_options = {}, amount = 20_000, session = {}, card = cards.approved } = asked;
  const options = {
    customer: { name: 'Thandi' },
    mandate_options: mandate_options ?? { type: 'scheduled', recurrence: { type: 'monthly' } },
    subscription_options,
  };
  const paid = await paidSeries(app, { amount, options, ...session }, card);
  return subscriptionOf(app, paid.subscription_id);
}

export async function subscriptionOf(app: TestApp, id: string): Promise<Json> {
  return (await app.merchant.call('GET', `/collect/subscriptions/${id}`)).body;
}

/** Its due dates, oldest first. */
export async function dueDatesOf(app: TestApp, id: string): Promise<Json[]> {
  const { body } = await app.merchant.call('GET', `/collect/subscriptions/${id}/charges?limit=100`);
  return body.data.reverse();
}

/** Moves the clock to that instant and does what is due then. */
export async function runUntil(app: TestApp, iso: string): Promise<void> {
  app.clock.advance(Date.parse(iso) - app.clock.now());
  await app.runDue();
}
