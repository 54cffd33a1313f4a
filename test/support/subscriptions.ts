/** Subscriptions that tests let run: begun by a first payment, read back, and driven by the test's clock. */
import type { TestApp } from './app.ts';
import type { Json, Reply } from './merchant.ts';
import { type CardInput, cards } from './payer.ts';
import { paidSeries } from './series.ts';

export interface SubscriptionAsked {
  mandate_options?: Record<string, unknown>;
  subscription_options?: Record<string, unknown>;
  amount?: number;
  session?: Record<string, unknown>;
  card?: string | CardInput;
}

/** A subscription as its first payment began it: scheduled monthly, of the session's amount, unless asked otherwise. */
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

/** `POST /collect/subscriptions/{id}/{action}` */
export function act(app: TestApp, id: string, action: string, body?: unknown): Promise<Reply<Json>> {
  return app.merchant.call('POST', `/collect/subscriptions/${id}/${action}`, body, { key: null });
}

/** Its due dates, oldest first. */
export async function dueDatesOf(app: TestApp, id: string): Promise<Json[]> {
  const { body } = await app.merchant.call('GET', `/collect/subscriptions/${id}/charges?limit=100`);
  return body.data.reverse();
}

/** Due date, status and answered tries of each, oldest first. */
export async function dueLines(app: TestApp, id: string): Promise<string[]> {
  return (await dueDatesOf(app, id)).map(({ due_date, status, attempts }) => `${due_date} ${status} ${attempts}`);
}

/** Moves the clock to that instant and does what is due then. */
export async function runUntil(app: TestApp, iso: string): Promise<void> {
  app.clock.advance(Date.parse(iso) - app.clock.now());
  await app.runDue();
}

/** Types of the events that speak of a subscription: its own, its mandate's, and those of its charges; after a number. */
export async function toldOf(app: TestApp, subscription: Json, after = 0): Promise<string[]> {
  await app.runDue();
  const events = await app.merchant.events();
  const payments = new Set<string>();
  const told: string[] = [];
  for (const { type, data, sequence } of events) {
    const own = data.id === subscription.id || data.id === subscription.mandate_id;
    const ofCharge = data.subscription_id === subscription.id && data.due_date !== undefined;
    if (ofCharge && data.payment_id !== undefined) payments.add(data.payment_id);
    if (sequence > after && (own || ofCharge || payments.has(data.id))) told.push(type);
  }
  return told;
}

/** The number of the newest event. */
export async function lastNumber(app: TestApp): Promise<number> {
  await app.runDue();
  return (await app.merchant.events()).at(-1)?.sequence ?? 0;
}
