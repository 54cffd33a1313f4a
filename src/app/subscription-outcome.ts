/** What the end of a charge means for the due date it was made for, or that it takes. Adds to the transaction of the outcome. */
import { followUp } from '../domain/decline.ts';
import { afterDecline } from '../domain/due-answers.ts';
import { type DueDecision, payDue } from '../domain/due-dates.ts';
import type { Decision } from '../domain/errors.ts';
import { networkAnswer } from '../domain/holds.ts';
import type { Mandate } from '../domain/mandate.ts';
import type { MandateCharge } from '../domain/mandate-usage.ts';
import { isInPlan } from '../domain/subscription.ts';
import { factsOf, paidInstalments, subjectOf } from '../domain/subscription-pass.ts';
import { type DueDate, dueAfterDate, dueOn, nextInstalment } from '../domain/subscription-plan.ts';
import { must } from '../lib/assert.ts';
import type { LocalDate } from '../lib/calendar.ts';
import type { Outcome } from '../processors/processor.ts';
import { findSubscriptionFacts, type SubscriptionFacts } from '../store/subscriptions.ts';
import type { Changes } from './apply.ts';
import type { Context } from './context.ts';
import { addMandateEnd } from './ending-mandates.ts';
import type { ChargeInFlight } from './in-flight.ts';
import { addDueDecision } from './subscription-changes.ts';

/**
 * The charge succeeded. `now.under` is there for charges without the payer; `end` is that of its mandate if this charge was the last
 * that was agreed: told once the subscription has told what was paid, and before it tells its own end.
 */
export async function chargeSucceeded(
  context: Context,
  changes: Changes,
  { now, end }: { now: ChargeInFlight; end: Decision<Mandate> | undefined },
): Promise<void> {
  const decision = await paidBy(context, { now, ended: end !== undefined });
  if (end === undefined) {
    if (decision !== undefined) addDueDecision(changes, decision);
    return;
  }
  if (decision === undefined) return addMandateEnd(context, changes, { decision: end });
  const { next, events } = decision.subscription;
  const paid = events.filter((type) => type !== 'subscription.ended');
  addDueDecision(changes, { ...decision, subscription: { next, events: paid } }).mandate(end);
  if (paid.length < events.length) changes.toldLater(next, 'subscription.ended');
}

/** What the success means for the due date that it pays; undefined where it pays none. */
async function paidBy(
  context: Context,
  { now, ended }: { now: ChargeInFlight; ended: boolean },
): Promise<DueDecision | undefined> {
  const found = await dueOfCharge(context, now);
  if (found === undefined) return undefined;
  const { facts, dueDate, byTry } = found;
  const { subscription, charges } = facts;
  const row = charges.find((one) => one.dueDate === dueDate);
  // Paid already, or our own try is under way: a charge of the merchant's cannot have taken what that one holds.
  if (row?.status === 'paid' || (row?.status === 'open' && !byTry)) return undefined;
  const subject = subjectOf(facts, row ?? factsOf(subscription, dueOn(subscription.plan, dueDate)));
  const nextDue = goesOn(context, facts, dueDate);
  const { session, payment } = now;
  const paid = { sessionId: session.id, paymentId: payment.id, byTry, nextDue };
  return payDue(subject, ended ? { ...paid, ended: 'mandate_ended' } : paid, context.at);
}

/**
 * The charge was declined. `mandate` is its mandate if the decline revoked it or put it on hold: the subscription is cancelled or waits.
 * A charge of the merchant's own leaves the due dates as they are, and its subscription was told of a revocation already.
 */
export async function chargeDeclined(
  context: Context,
  changes: Changes,
  {
    now,
    declined,
    mandate,
  }: { now: ChargeInFlight; declined: Extract<Outcome, { kind: 'declined' }>; mandate: Mandate | undefined },
): Promise<void> {
  const found = await dueOfCharge(context, now);
  if (found === undefined || !found.byTry) return;
  const { facts, dueDate } = found;
  const due = must(
    facts.charges.find((one) => one.dueDate === dueDate),
    'the due date of a try',
  );
  const { attempt, payment, under } = now;
  const asked = { network: attempt.card?.scheme ?? '*', raw: declined.raw, at: context.at };
  const answer = followUp(declined.code, declined.stage === 'issuer' ? networkAnswer(asked) : undefined);
  const decision = afterDecline(
    subjectOf(facts, due),
    {
      answer,
      unsent: declined.stage === 'not_sent' && declined.code === 'processor_unavailable',
      error: must(payment.lastPaymentError, 'why a try was declined'),
      retry: under?.mandate.terms.retry,
      revoked: mandate?.status === 'revoked',
      held: mandate?.chargeHold !== undefined,
      replaced: facts.subscription.paymentMethodId !== attempt.paymentMethodId,
    },
    context.at,
  );
  addDueDecision(changes, decision);
}

interface DueOfCharge {
  facts: SubscriptionFacts;
  dueDate: LocalDate;
  /** A try of ours, and not the merchant's own charge. */
  byTry: boolean;
}

/** The due date that a charge was made for, or that it takes; undefined for one that leaves the schedule alone. */
async function dueOfCharge(context: Context, { under }: ChargeInFlight): Promise<DueOfCharge | undefined> {
  if (under === undefined) return undefined;
  const { mandate, charge } = under;
  const byTry = charge.subscriptionId !== undefined;
  const id = charge.subscriptionId ?? mandate.subscriptionId;
  if (id === undefined) return undefined;
  const dueDate = byTry ? charge.dueDate : dateTaken(mandate, charge);
  if (dueDate === undefined) return undefined;
  const facts = await findSubscriptionFacts(context.database, context.tenant.id, { id, dueDate });
  if (facts === undefined || (!byTry && !isInPlan(facts.subscription, dueDate))) return undefined;
  return { facts, dueDate, byTry };
}

/** What a charge of the merchant's takes of the schedule: an occurrence, or an instalment. */
function dateTaken({ instalments }: Mandate, { occurrence, instalment }: MandateCharge): LocalDate | undefined {
  return occurrence ?? instalments?.find(({ number }) => number === instalment)?.dueDate;
}

/** Where the schedule goes on once that date is paid; undefined: where it stands. */
function goesOn(
  context: Context,
  { subscription, charges }: SubscriptionFacts,
  paidDate: LocalDate,
): DueDate | 'none' | undefined {
  const { plan, nextDue } = subscription;
  if (plan.instalments === undefined) {
    return nextDue?.date === paidDate ? (dueAfterDate(plan, paidDate) ?? 'none') : undefined;
  }
  const paid = paidInstalments(charges);
  const number = plan.instalments.find(({ dueDate }) => dueDate === paidDate)?.number;
  if (number !== undefined) paid.add(number);
  return nextInstalment(plan, paid, context.at) ?? 'none';
}
