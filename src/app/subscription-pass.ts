/**
 * The scheduler: one look at a subscription whose time has come. A charge it makes is an ordinary charge under the mandate, written
 * together with its due date before anything is sent; so a crash leaves an ordinary unknown attempt, and nothing is sent again.
 *
 * Nobody takes a lease: what a pass writes names the version it was decided on, a due date has one row, and a try one number. Of two
 * passes one writes, and the other finds its work done.
 */
import { refusedByMandate } from '../domain/due-answers.ts';
import { beginTry, type DueDecision, type DueSubject } from '../domain/due-dates.ts';
import { NO_TRIES } from '../domain/dunning.ts';
import { endMandate, isInForce } from '../domain/mandate.ts';
import type { Slot } from '../domain/mandate-rules.ts';
import type { MandateUsage } from '../domain/mandate-usage.ts';
import type { Subscription } from '../domain/subscription.ts';
import { nextStep, type PassStep } from '../domain/subscription-pass.ts';
import { must } from '../lib/assert.ts';
import { MINUTE, plus } from '../lib/time.ts';
import { findMandateFacts } from '../store/charge-facts.ts';
import { Stale, Taken } from '../store/database.ts';
import { findSubscriptionFacts, postponeSubscription, type SubscriptionFacts } from '../store/subscriptions.ts';
import { Changes } from './apply.ts';
import { type ChargeIntent, chargeChanges } from './charge-intent.ts';
import { type Chargeable, judge, reachOf } from './charge-judgement.ts';
import { sendCharge } from './charge-sending.ts';
import type { Context } from './context.ts';
import { addMandateEnd } from './ending-mandates.ts';
import { addDueDecision, addEndWith } from './subscription-changes.ts';

/** While a try is under way, or its mandate is charged by the merchant at this moment. */
const LOOK_AGAIN_MS = 15 * MINUTE;
/** After a pass that failed for a reason of its own: others are due too. */
const AFTER_FAILURE_MS = MINUTE;

/** Each means that somebody else wrote first. */
const TRIES = 20;

/**
 * Does the next thing that is due, and answers whether there was one: charges, waits, passes over or ends. A pass that fails leaves
 * the subscription alone for a moment, so that it never keeps others from their turn.
 */
export async function passSubscription(context: Context, id: string): Promise<boolean> {
  let seen: Subscription | undefined;
  try {
    for (let tries = 1; ; tries++) {
      const facts = await findSubscriptionFacts(context.database, context.tenant.id, { id });
      if (facts === undefined) return false;
      seen = facts.subscription;
      try {
        return await takeStep(context, facts);
      } catch (error) {
        if (!isOvertaken(error) || tries === TRIES) throw error;
      }
    }
  } catch (error) {
    if (seen !== undefined) await postponeSubscription(context.database, seen, plus(context.at, AFTER_FAILURE_MS));
    throw error;
  }
}

/** Another pass, a merchant or the end of a charge was faster: look again and decide again. */
function isOvertaken(error: unknown): boolean {
  return (
    error instanceof Stale ||
    (error instanceof Taken &&
      /^(mandate_charges_|subscription_charges_|payment_sessions_one_per_try)/.test(error.constraint))
  );
}

async function takeStep(context: Context, facts: SubscriptionFacts): Promise<boolean> {
  const { subscription } = facts;
  const step = nextStep({ ...facts, catchUpDays: context.tenant.settings.catchUpDays }, context.at);
  switch (step.kind) {
    case 'rest':
      return false;
    case 'wait':
      await lookAgainLater(context, subscription);
      return false;
    case 'moved':
      await new Changes(context).subscription(step.decision).commit();
      return true;
    case 'told':
      await dueChanges(context, step.decision).commit();
      return true;
    case 'try':
      return tryToCharge(context, facts, step);
  }
}

function lookAgainLater(context: Context, subscription: Subscription): Promise<void> {
  return postponeSubscription(context.database, subscription, plus(context.at, LOOK_AGAIN_MS));
}

function dueChanges(context: Context, decision: DueDecision): Changes {
  return addDueDecision(new Changes(context), decision);
}

type Try = Extract<PassStep, { kind: 'try' }>;

async function tryToCharge(context: Context, facts: SubscriptionFacts, step: Try): Promise<boolean> {
  const { subscription } = facts;
  const { subject, bound, nextDue } = step;
  const asked = { mandateId: subscription.mandateId, ...reachOf(context) };
  const chargeable = must(
    await findMandateFacts(context.database, context.tenant.id, asked),
    'the mandate of a subscription',
  );
  if (!isInForce(chargeable.mandate, context.at)) return endWithMandate(context, facts, chargeable);
  if (isTakenByMerchant(subject, chargeable)) {
    await lookAgainLater(context, subscription);
    return false;
  }
  const { dueDate, amountMinor } = subject.due;
  const evaluation = judge(context, chargeable, { amountMinor, currency: subscription.currency, dueDate });
  if (evaluation.violations.length > 0 || !isSlotOf(subject, evaluation.slot)) {
    await dueChanges(context, refusedByMandate(subject, { ...evaluation, bound, nextDue }, context.at)).commit();
    return true;
  }
  const intent = intentOf(subject);
  const { changes, now } = chargeChanges(context, chargeable, { intent, slot: evaluation.slot });
  const ids = { sessionId: now.session.id, paymentId: now.payment.id };
  await addDueDecision(changes, beginTry(subject, { ...ids, nextDue }, context.at)).commit();
  await sendCharge(context, now, chargeable.method);
  return true;
}

/** The mandate's last day has passed, and nobody has written that yet. */
async function endWithMandate(context: Context, facts: SubscriptionFacts, { mandate }: Chargeable): Promise<boolean> {
  const changes = new Changes(context);
  const decision = endMandate(mandate, 'expired', context.at);
  await addMandateEnd(context, changes, { decision, but: facts.subscription.id });
  addEndWith(context, changes, { mandate: decision.next, facts });
  await changes.commit();
  return true;
}

/** A charge of the merchant's is under way for what is due: its end says whether it is still to be collected. */
function isTakenByMerchant({ due }: DueSubject, { usage }: { usage: MandateUsage }): boolean {
  if (due.instalment !== undefined) {
    return usage.instalments.some(({ number, state }) => number === due.instalment && state === 'open');
  }
  // One that was counted has paid the due date, in the same transaction.
  return usage.usedOccurrences.includes(due.dueDate);
}

/** What the rules would take for this charge is what is due: also after a merchant's charge for an earlier instalment was voided. */
function isSlotOf({ due }: DueSubject, slot: Slot): boolean {
  return due.instalment === slot.instalment && (slot.occurrence === undefined || slot.occurrence === due.dueDate);
}

function intentOf({ subscription, due }: DueSubject): ChargeIntent {
  const { id, currency, description, externalReference, metadata } = subscription;
  const { tries } = 'dunning' in due ? due.dunning : NO_TRIES;
  const { dueDate, instalment, amountMinor } = due;
  return {
    ...{ amountMinor, currency, captureMethod: 'automatic', createdBy: id },
    ...(description === undefined ? {} : { description }),
    ...(externalReference === undefined ? {} : { externalReference }),
    ...(metadata === undefined ? {} : { metadata }),
    due: {
      ...{ subscriptionId: id, dueDate, attemptNumber: tries + 1 },
      ...(instalment === undefined ? {} : { instalmentNumber: instalment }),
    },
  };
}
