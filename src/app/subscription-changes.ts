/** How decisions about subscriptions and their due dates come into a transaction: both in one, whoever decides. */
import { type DueDecision, stopSubscription } from '../domain/due-dates.ts';
import type { Mandate } from '../domain/mandate.ts';
import { writeSubscriptionCharge } from '../store/subscription-charges.ts';
import type { SubscriptionFacts } from '../store/subscriptions.ts';
import type { Changes } from './apply.ts';
import type { Context } from './context.ts';

/** Adds what was decided about a due date: its row, and what its subscription says of it. */
export function addDueDecision(changes: Changes, { subscription, charge }: DueDecision): Changes {
  return changes.subscription(subscription).also((tx) => writeSubscriptionCharge(tx, charge));
}

/** Adds a stop: a pause, or the end. A retry that was planned is given up with it. Answers what is decided about the subscription. */
export function addStop(
  changes: Changes,
  { subscription, charges }: SubscriptionFacts,
  stop: Parameters<typeof stopSubscription>[2],
) {
  const retrying = charges.find(({ status }) => status === 'retrying');
  const { subscription: decision, charge } = stopSubscription(subscription, retrying, stop);
  changes.subscription(decision);
  if (charge !== undefined) changes.also((tx) => writeSubscriptionCharge(tx, charge));
  return decision;
}

/** Adds the subscription's end with its mandate: revoked cancels it, ended ends it. */
export function addEndWith(
  context: Context,
  changes: Changes,
  { mandate, facts }: { mandate: Mandate; facts: SubscriptionFacts },
) {
  const end =
    mandate.status === 'revoked'
      ? ({ status: 'cancelled', reason: 'mandate_revoked' } as const)
      : ({ status: 'ended', reason: 'mandate_ended' } as const);
  return addStop(changes, facts, { ...end, at: context.at });
}
