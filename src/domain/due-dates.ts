/**
 * What happens to a due date, and what that means for its subscription: both are decided together and written together. The subscription
 * is told of every due date that came to something; a try that has begun is no result, and raises the version silently.
 */
import { assert } from '../lib/assert.ts';
import type { Timestamp } from '../lib/time.ts';
import type { DunningState } from './dunning.ts';
import type { Decision } from './errors.ts';
import type { EventType } from './events.ts';
import type { PaymentError } from './payment.ts';
import {
  type CurrentCharge,
  changed,
  isFinal,
  over,
  recounted,
  type Subscription,
  type SubscriptionStatusReason,
  shownCharge,
  withStatus,
} from './subscription.ts';
import {
  type DueFacts,
  type DueReason,
  isUnfinished,
  moveDue,
  type SubscriptionCharge,
  touchDue,
} from './subscription-charge.ts';
import type { DueDate } from './subscription-plan.ts';
import type { Violation } from './violation.ts';

/** A subscription with the due date that something happens to. */
export interface DueSubject {
  subscription: Subscription;
  /** As it is, or what is due where nothing was touched yet. */
  due: SubscriptionCharge | DueFacts;
  /** Another due date of it is under way or waits for a retry. */
  othersUnfinished: boolean;
}

/** Both are written in one transaction; a row of version 1 is new. */
export interface DueDecision {
  subscription: Decision<Subscription>;
  charge: SubscriptionCharge;
}

interface Change {
  charge: SubscriptionCharge;
  /** Where the schedule goes on; absent: stays as it is. */
  nextDue?: DueDate | 'none' | undefined;
  events?: readonly EventType[];
  arrears?: 'active' | 'past_due';
  end?: { status: 'paused' | 'cancelled' | 'ended'; reason?: SubscriptionStatusReason };
  at: Timestamp;
}

const TOLD = ['subscription.updated'] as const;
const FAILED = ['subscription.payment_failed', 'subscription.updated'] as const;

/** A try is about to be sent. Nobody is told: its end will be. */
export function beginTry(
  subject: DueSubject,
  intent: { sessionId: string; paymentId: string; nextDue?: DueDate | 'none' | undefined },
  at: Timestamp,
): DueDecision {
  const { sessionId, paymentId, nextDue } = intent;
  const state = dunningOf(subject.due);
  const patch = { sessionId, paymentId, dunning: { ...state, tries: state.tries + 1 } };
  return decided(subject, { charge: stepped(subject, 'open', { patch, at }), nextDue, events: [], at });
}

/** The due date is paid, by a try of ours or by the merchant's own charge. `ended`: with its mandate. */
export function payDue(
  subject: DueSubject,
  paid: {
    sessionId: string;
    paymentId: string;
    byTry: boolean;
    nextDue?: DueDate | 'none' | undefined;
    ended?: 'mandate_ended';
  },
  at: Timestamp,
): DueDecision {
  const { sessionId, paymentId, byTry, nextDue, ended } = paid;
  const attempts = attemptsOf(subject.due) + (byTry ? 1 : 0);
  const charge = stepped(subject, 'paid', { patch: { sessionId, paymentId, attempts }, at });
  const end = ended === undefined ? {} : { end: { status: 'ended', reason: ended } as const };
  return decided(subject, { charge, nextDue, events: TOLD, arrears: 'active', ...end, at });
}

/** What is known of a try that was not paid. */
export interface Unpaid {
  reason: DueReason;
  attempts?: number;
  error?: PaymentError;
  violations?: readonly Violation[];
  dunning?: DunningState;
  nextDue?: DueDate | 'none' | undefined;
}

/** It is tried again at `retryAt`. A decline is told as one; waiting for a rule, or for the processor, is not. */
export function retryDue(
  subject: DueSubject,
  why: Unpaid & { retryAt: Timestamp; declined: boolean; arrears: boolean },
  at: Timestamp,
): DueDecision {
  const charge = stepped(subject, 'retrying', { patch: { ...patchOf(why), nextAttemptAt: why.retryAt }, at });
  const events = why.declined ? FAILED : TOLD;
  return decided(subject, { charge, nextDue: why.nextDue, events, ...arrearsOf(why.arrears), at });
}

/** No further try. `end` is what the dunning plan asks for when all was in vain, or what ended the subscription. */
export function giveUpDue(
  subject: DueSubject,
  why: Unpaid & { arrears: boolean; end?: Change['end'] | undefined },
  at: Timestamp,
): DueDecision {
  const charge = stepped(subject, 'unpaid', { patch: patchOf(why), at });
  const end = why.end === undefined ? {} : { end: why.end };
  return decided(subject, { charge, nextDue: why.nextDue, events: FAILED, ...arrearsOf(why.arrears), ...end, at });
}

/** It is not collected: forbidden this time, fallen due in a pause, or too late. */
export function passOver(
  subject: DueSubject,
  why: {
    status: 'skipped' | 'missed';
    reason: DueReason;
    violations?: readonly Violation[];
    arrears: boolean;
    nextDue: DueDate | 'none' | undefined;
  },
  at: Timestamp,
): DueDecision {
  const charge = stepped(subject, why.status, { patch: patchOf(why), at });
  return decided(subject, { charge, nextDue: why.nextDue, events: FAILED, ...arrearsOf(why.arrears), at });
}

/** Only the schedule moves: what falls due now is paid already, or waits for something else. */
export function moveSchedule(subscription: Subscription, nextDue: DueDate | 'none', at: Timestamp) {
  return changed(scheduled(subscription, nextDue), {}, { events: TOLD, at });
}

/**
 * It stops: paused, cancelled, or ended with its mandate. A retry that was waiting is given up, and told. What is under way is settled
 * all the same.
 */
export function stopSubscription(
  subscription: Subscription,
  retrying: SubscriptionCharge | undefined,
  stop: End & { at: Timestamp },
): { subscription: Decision<Subscription>; charge?: SubscriptionCharge } {
  const { at, ...end } = stop;
  const { status } = end;
  if (retrying === undefined) {
    const next = withStatus(subscription, status, stop);
    const events: EventType[] = status === 'paused' ? [...TOLD] : [...TOLD, 'subscription.ended'];
    return { subscription: changed(next, {}, { events, at }) };
  }
  const subject = { subscription, due: retrying, othersUnfinished: false };
  return giveUpDue(subject, { reason: status, arrears: false, end }, at);
}

/** Refused on one that is over; nothing to do on one that is as asked already. */
export function refusedStop(subscription: Subscription, to: 'paused' | 'cancelled') {
  if (subscription.status === to) return { next: subscription, events: [], unchanged: true } as const;
  return isFinal(subscription.status) ? over(subscription) : undefined;
}

function decided(subject: DueSubject, change: Change): DueDecision {
  const { charge, nextDue, arrears, at } = change;
  const before = subject.subscription;
  const from = 'status' in subject.due ? subject.due.status : undefined;
  let next: Subscription = {
    ...before,
    counts: recounted(before.counts, from, charge.status),
    currentCharge: newestOf(before.currentCharge, shownCharge(charge)),
  };
  if (!isFinal(before.status)) {
    if (nextDue !== undefined) next = scheduled(next, nextDue);
    if (charge.nextAttemptAt !== undefined) next = { ...next, retryAt: charge.nextAttemptAt };
    else if (from === 'retrying') next = withoutRetry(next);
    if (arrears !== undefined) next = withStatus(next, arrears, { at });
    const end = endOf(next, { ...subject, charge }, change.end);
    if (end !== undefined) next = withStatus(next, end.status, { ...end, at });
  }
  const ended = isFinal(next.status) && !isFinal(before.status);
  const events = [...(change.events ?? TOLD), ...(ended ? (['subscription.ended'] as const) : [])];
  return { subscription: changed(next, {}, { events, at }), charge };
}

/** An older due date that a merchant's charge pays later does not take the place of a newer one. */
function newestOf(shown: CurrentCharge | undefined, touched: CurrentCharge): CurrentCharge {
  return shown !== undefined && shown.dueDate > touched.dueDate ? shown : touched;
}

type End = NonNullable<Change['end']>;

/** There is no pause of what is over. */
function endOf(next: Subscription, subject: DueSubject & { charge: SubscriptionCharge }, asked: End | undefined) {
  if (asked !== undefined && asked.status !== 'paused') return asked;
  return isOver(next, subject) ? ({ status: 'ended', reason: 'period_over' } as const) : asked;
}

/** Nothing is left to charge: no due date, none under way, no instalment owed. */
function isOver(
  next: Subscription,
  { charge, othersUnfinished }: DueSubject & { charge: SubscriptionCharge },
): boolean {
  if (next.nextDue !== undefined || othersUnfinished || isUnfinished(charge)) return false;
  const { instalments } = next.plan;
  return instalments === undefined || next.counts.paid >= instalments.length;
}

function scheduled(subscription: Subscription, nextDue: DueDate | 'none'): Subscription {
  const { nextDue: _, ...rest } = subscription;
  return nextDue === 'none' ? rest : { ...rest, nextDue };
}

function withoutRetry(subscription: Subscription): Subscription {
  const { retryAt: _, ...rest } = subscription;
  return rest;
}

function stepped(
  { due, subscription }: DueSubject,
  status: SubscriptionCharge['status'],
  step: Parameters<typeof moveDue>[2],
): SubscriptionCharge {
  assert(due.subscriptionId === subscription.id, 'a due date of another subscription');
  return 'status' in due ? moveDue(due, status, step) : touchDue(due, status, step);
}

function patchOf({ reason, attempts, error, violations, dunning }: Unpaid) {
  return {
    reason,
    ...(attempts === undefined ? {} : { attempts }),
    ...(error === undefined ? {} : { lastPaymentError: error }),
    ...(violations === undefined ? {} : { violations }),
    ...(dunning === undefined ? {} : { dunning }),
  };
}

function arrearsOf(arrears: boolean): Pick<Change, 'arrears'> {
  return arrears ? { arrears: 'past_due' } : {};
}

function attemptsOf(due: DueSubject['due']): number {
  return 'attempts' in due ? due.attempts : 0;
}

function dunningOf(due: DueSubject['due']): DunningState {
  return 'dunning' in due ? due.dunning : { tries: 0, spaced: 0 };
}
