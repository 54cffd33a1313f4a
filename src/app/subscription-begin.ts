/** Where a mandate's life is its subscription's: it begins with it, moves over when the card is replaced, and ends with it. */
import { tryOnceMore } from '../domain/due-answers.ts';
import { isInForce, type Mandate } from '../domain/mandate.ts';
import type { Session } from '../domain/session.ts';
import { createSubscription, isFinal, moveToMandate } from '../domain/subscription.ts';
import { subjectOf } from '../domain/subscription-pass.ts';
import { planOf } from '../domain/subscription-plan.ts';
import { must } from '../lib/assert.ts';
import { findSubscriptionFacts, type SubscriptionFacts } from '../store/subscriptions.ts';
import type { Changes } from './apply.ts';
import type { Context } from './context.ts';
import { addDueDecision, addEndWith } from './subscription-changes.ts';

/** Adds the subscription that the session asked for; the mandate already bears its id. Created and ended at once if its time is over. */
export async function createSubscriptionFor(
  context: Context,
  changes: Changes,
  { mandate, session, subscriptionId }: { mandate: Mandate; session: Session; subscriptionId: string },
): Promise<void> {
  const terms = must(session.options.subscription, 'the terms of a subscription');
  const { description, externalReference, metadata } = session;
  const facts = {
    tenantId: context.tenant.id,
    id: subscriptionId,
    customerId: mandate.customerId,
    paymentMethodId: mandate.paymentMethodId,
    mandateId: mandate.id,
    sessionId: session.id,
    ...(terms.amountMinor === undefined ? {} : { amountMinor: terms.amountMinor }),
    currency: mandate.terms.currency,
    plan: planOf(mandate, terms),
    ...(description === undefined ? {} : { description }),
    ...(externalReference === undefined ? {} : { externalReference }),
    ...(metadata === undefined ? {} : { metadata }),
    createdAt: context.at,
  };
  const standing = isInForce(mandate, context.at) ? 'in_force' : mandate.status === 'revoked' ? 'revoked' : 'ended';
  changes.subscription(createSubscription(facts, standing));
}

/** The subscription goes on with the mandate that replaced its own; what the old card stopped is retried (mandates 6.3). */
export async function moveSubscription(
  context: Context,
  changes: Changes,
  { mandate, subscriptionId }: { mandate: Mandate; session: Session; subscriptionId: string },
): Promise<void> {
  const facts = await factsOf(context, subscriptionId);
  const to = { mandateId: mandate.id, paymentMethodId: mandate.paymentMethodId };
  const moved = moveToMandate(facts.subscription, to, context.at);
  if (!addTry(context, changes, { ...facts, ...to, reason: 'payment_method_replaced' })) changes.subscription(moved);
}

/** Charges under its mandate may go on: what was stopped by that is retried (mandates 6.3). */
export async function retryAfterHold(
  context: Context,
  changes: Changes,
  { subscriptionId }: { subscriptionId: string },
): Promise<void> {
  addTry(context, changes, { ...(await factsOf(context, subscriptionId)), reason: 'hold_lifted' });
}

/** Plans a try of the newest due date at once, if what stopped it is gone. Answers whether it did. */
function addTry(
  context: Context,
  changes: Changes,
  asked: SubscriptionFacts & {
    reason: Parameters<typeof tryOnceMore>[1];
    mandateId?: string;
    paymentMethodId?: string;
  },
): boolean {
  const { subscription, charges, reason, ...to } = asked;
  const due = charges.at(-1);
  if (due === undefined) return false;
  const moved = { ...subscription, ...to };
  const decision = tryOnceMore(subjectOf({ subscription: moved, charges }, due), reason, context.at);
  if (decision === undefined) return false;
  addDueDecision(changes, decision);
  return true;
}

/** The mandate is final: revoked cancels its subscription, ended ends it. */
export async function endSubscriptionWith(
  context: Context,
  changes: Changes,
  { mandate, subscriptionId }: { mandate: Mandate; subscriptionId: string },
): Promise<void> {
  const facts = await factsOf(context, subscriptionId);
  const { subscription } = facts;
  // One that went on with another mandate is none of this one's business.
  if (isFinal(subscription.status) || subscription.mandateId !== mandate.id) return;
  addEndWith(context, changes, { mandate, facts });
}

async function factsOf(context: Context, id: string): Promise<SubscriptionFacts> {
  return must(
    await findSubscriptionFacts(context.database, context.tenant.id, { id }),
    'the subscription of a mandate',
  );
}
