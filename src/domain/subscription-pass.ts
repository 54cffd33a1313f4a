/**
 * One look at a subscription whose time has come: what is to be done next, one thing at a time, oldest due date first. After downtime the
 * looks follow each other, so every due date is charged once or told to have been passed over.
 */
import { must } from '../lib/assert.ts';
import { daysBetween, localDateOf } from '../lib/calendar.ts';
import type { Timestamp } from '../lib/time.ts';
import { type DueDecision, type DueSubject, giveUpDue, moveSchedule, passOver, retryDue } from './due-dates.ts';
import { NO_TRIES } from './dunning.ts';
import type { Decision } from './errors.ts';
import { type Subscription, wakesAt } from './subscription.ts';
import { type DueFacts, isUnfinished, type SubscriptionCharge } from './subscription-charge.ts';
import { type DueDate, dueAfter, dueAfterDate, dueOn } from './subscription-plan.ts';

export type PassStep =
  /** Nothing is due. */
  | { kind: 'rest' }
  /** A try is under way: its end comes first. */
  | { kind: 'wait' }
  | { kind: 'told'; decision: DueDecision }
  | { kind: 'moved'; decision: Decision<Subscription> }
  /** Held against the mandate, and charged. `bound` is the next due date, `nextDue` where the schedule goes on. */
  | { kind: 'try'; subject: DueSubject; bound: DueDate | undefined; nextDue: DueDate | 'none' | undefined };

export interface PassFacts {
  subscription: Subscription;
  /** Those under way or waiting for a retry, the one at `nextDue`, and every one with an instalment. */
  charges: readonly SubscriptionCharge[];
  catchUpDays: number;
}

/** What is to be done now. */
export function nextStep(facts: PassFacts, at: Timestamp): PassStep {
  const { subscription, charges } = facts;
  const wakes = wakesAt(subscription);
  if (wakes === undefined || wakes > at) return { kind: 'rest' };
  if (charges.some(({ status }) => status === 'open')) return { kind: 'wait' };
  const retrying = charges.find(({ status }) => status === 'retrying');
  const { nextDue, plan } = subscription;
  if (nextDue === undefined || nextDue.at > at)
    return retrying === undefined ? { kind: 'rest' } : retry(facts, retrying);
  if (plan.instalments !== undefined) return nextInstalmentStep(facts, at);
  const following = dueAfterDate(plan, nextDue.date);
  if (charges.some(({ dueDate }) => dueDate === nextDue.date)) {
    return { kind: 'moved', decision: moveSchedule(subscription, following ?? 'none', at) };
  }
  if (subscription.status !== 'paused' && retrying !== undefined) {
    const superseded = giveUpDue(subjectOf(facts, retrying), { reason: 'superseded', arrears: false }, at);
    return { kind: 'told', decision: superseded };
  }
  const subject = subjectOf(facts, factsOf(subscription, nextDue));
  const why = { arrears: false, nextDue: following ?? 'none' } as const;
  if (subscription.status === 'paused') {
    return { kind: 'told', decision: passOver(subject, { ...why, status: 'skipped', reason: 'paused' }, at) };
  }
  const daysLate = daysBetween(nextDue.date, localDateOf(at, plan.timeZone));
  if (daysLate > facts.catchUpDays && following !== undefined && following.at <= at) {
    return { kind: 'told', decision: passOver(subject, { ...why, status: 'missed', reason: 'too_late' }, at) };
  }
  return { kind: 'try', subject, bound: following, nextDue: following ?? 'none' };
}

function retry(facts: PassFacts, charge: SubscriptionCharge): PassStep {
  const { nextDue } = facts.subscription;
  return { kind: 'try', subject: subjectOf(facts, charge), bound: nextDue, nextDue: undefined };
}

/** The lowest that is not paid, however old: instalments are neither taken over by a newer one nor ever too late. */
function nextInstalmentStep(facts: PassFacts, at: Timestamp): PassStep {
  const { subscription, charges } = facts;
  const { plan } = subscription;
  const following = dueAfter(plan, at);
  const goesOn = following ?? 'none';
  const paid = paidInstalments(charges);
  const lowest = plan.instalments?.find(({ number }) => !paid.has(number));
  if (lowest === undefined || subscription.status === 'paused') {
    return { kind: 'moved', decision: moveSchedule(subscription, goesOn, at) };
  }
  const due = charges.find(({ dueDate }) => dueDate === lowest.dueDate);
  if (due === undefined) {
    const { amountMinor, number: instalment } = lowest;
    const { date: dueDate, at: dueAt } = dueOn(plan, lowest.dueDate);
    if (dueAt > at) return { kind: 'moved', decision: moveSchedule(subscription, { date: dueDate, at: dueAt }, at) };
    const { tenantId, id: subscriptionId } = subscription;
    const fresh = { tenantId, subscriptionId, dueDate, dueAt, amountMinor, instalment };
    return { kind: 'try', subject: subjectOf(facts, fresh), bound: following, nextDue: goesOn };
  }
  const subject = subjectOf(facts, due);
  if (due.status === 'retrying') return { kind: 'try', subject, bound: following, nextDue: goesOn };
  // Given up before: a new round, whose retry days count from today.
  const dunning = { ...NO_TRIES, tries: due.dunning.tries, from: localDateOf(at, plan.timeZone) };
  const again = { reason: 'taken_up_again', retryAt: at, declined: false, arrears: false, dunning } as const;
  return { kind: 'told', decision: retryDue(subject, { ...again, nextDue: goesOn }, at) };
}

/** The numbers of the instalments that are paid. */
export function paidInstalments(charges: readonly SubscriptionCharge[]): Set<number> {
  return new Set(charges.flatMap(({ status, instalment }) => (status === 'paid' && instalment ? [instalment] : [])));
}

/** A due date among the others that were read with it. */
export function subjectOf<Due extends DueSubject['due']>(
  { subscription, charges }: Pick<PassFacts, 'subscription' | 'charges'>,
  due: Due,
): DueSubject & { due: Due } {
  const othersUnfinished = charges.some((one) => isUnfinished(one) && one.dueDate !== due.dueDate);
  return { subscription, due, othersUnfinished };
}

/** What is due on that date, at the subscription's amount. */
export function factsOf(subscription: Subscription, { date, at }: DueDate): DueFacts {
  const { tenantId, id: subscriptionId, amountMinor, plan } = subscription;
  const instalment = plan.instalments?.find(({ dueDate }) => dueDate === date);
  const amount = must(instalment?.amountMinor ?? amountMinor, 'the amount of a due date');
  const number = instalment === undefined ? {} : { instalment: instalment.number };
  return { tenantId, subscriptionId, dueDate: date, dueAt: at, amountMinor: amount, ...number };
}
