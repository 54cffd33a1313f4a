/**
 * The subscription: we charge by ourselves what the payer agreed to, one due date after the other, until it ends or is cancelled. What
 * becomes of a single due date is in `due-dates.ts`.
 */
import { assert } from '../lib/assert.ts';
import type { LocalDate } from '../lib/calendar.ts';
import { canonicalJson } from '../lib/canonical-json.ts';
import type { Timestamp } from '../lib/time.ts';
import { type Decision, reject, type Verdict } from './errors.ts';
import type { EventType } from './events.ts';
import type { Metadata } from './session.ts';
import type { DueStatus, SubscriptionCharge } from './subscription-charge.ts';
import { type DueDate, dueAfter, type SubscriptionPlan } from './subscription-plan.ts';

export type SubscriptionStatus = 'active' | 'past_due' | 'paused' | 'cancelled' | 'ended';
export type SubscriptionStatusReason =
  | 'merchant_request'
  | 'customer_request'
  | 'mandate_revoked'
  | 'retries_exhausted'
  | 'period_over'
  | 'mandate_ended';

/** The newest due date that was touched, as the subscription shows it. */
export type CurrentCharge = Pick<
  SubscriptionCharge,
  'dueDate' | 'status' | 'attempts' | 'nextAttemptAt' | 'reason' | 'violations' | 'lastPaymentError' | 'sessionId'
>;

/** How many due dates are in each of these statuses now. */
export type DueCounts = Readonly<Record<'paid' | 'unpaid' | 'skipped' | 'missed', number>>;

export interface Subscription {
  tenantId: string;
  id: string;
  version: number;
  status: SubscriptionStatus;
  /** Of the end, and of a pause. */
  statusReason?: SubscriptionStatusReason;
  /** Where `resume` leads back to; only while paused. */
  pausedFrom?: 'active' | 'past_due';
  customerId: string;
  paymentMethodId: string;
  mandateId: string;
  /** The session that began it. */
  sessionId: string;
  /** Of each due date not yet begun, minor units; instalments bring their own. */
  amountMinor?: number;
  currency: string;
  plan: SubscriptionPlan;
  /** The oldest due date that nothing was done about; for instalments, when the next is collected. */
  nextDue?: DueDate;
  /** When the due date that was declined is tried again. */
  retryAt?: Timestamp;
  counts: DueCounts;
  currentCharge?: CurrentCharge;
  description?: string;
  externalReference?: string;
  metadata?: Metadata;
  createdAt: Timestamp;
  updatedAt: Timestamp;
  pausedAt?: Timestamp;
  pastDueSince?: Timestamp;
  cancelledAt?: Timestamp;
  endedAt?: Timestamp;
}

export const subscriptionTransitions = {
  active: ['past_due', 'paused', 'cancelled', 'ended'],
  past_due: ['active', 'paused', 'cancelled', 'ended'],
  paused: ['active', 'past_due', 'cancelled', 'ended'],
  cancelled: [],
  ended: [],
} as const satisfies Record<SubscriptionStatus, readonly SubscriptionStatus[]>;

type SubscriptionFacts = Omit<Subscription, 'version' | 'status' | 'nextDue' | 'counts' | 'updatedAt'>;

/**
 * The first success of its series begins it, due for the first time after that day. One whose last due date lies behind, or whose
 * mandate is final by then, is created and ended at once.
 */
export function createSubscription(
  facts: SubscriptionFacts,
  mandate: 'in_force' | 'revoked' | 'ended',
): Decision<Subscription> {
  const { createdAt: at, plan } = facts;
  const nextDue = dueAfter(plan, at);
  const begun: Subscription = {
    ...facts,
    version: 1,
    status: 'active',
    counts: { paid: 0, unpaid: 0, skipped: 0, missed: 0 },
    updatedAt: at,
  };
  if (mandate === 'in_force' && nextDue !== undefined) {
    return { next: { ...begun, nextDue }, events: ['subscription.created'] };
  }
  const events = ['subscription.created', 'subscription.ended'] as const;
  if (mandate === 'revoked') {
    return { next: { ...begun, status: 'cancelled', statusReason: 'mandate_revoked', cancelledAt: at }, events };
  }
  const statusReason = mandate === 'in_force' ? 'period_over' : 'mandate_ended';
  return { next: { ...begun, status: 'ended', statusReason, endedAt: at }, events };
}

/** When we charge next by ourselves: the next due date, or the next try of one that was declined. Not while it is paused. */
export function nextChargeAt(subscription: Subscription): Timestamp | undefined {
  return subscription.status === 'paused' ? undefined : wakesAt(subscription);
}

/** When somebody has to look at it. Also while it is paused: what falls due then is written down as skipped. */
export function wakesAt({ status, nextDue, retryAt }: Subscription): Timestamp | undefined {
  if (isFinal(status)) return undefined;
  if (nextDue === undefined || retryAt === undefined) return nextDue?.at ?? retryAt;
  return Math.min(nextDue.at, retryAt) as Timestamp;
}

export function isFinal(status: SubscriptionStatus): boolean {
  return status === 'cancelled' || status === 'ended';
}

/** What a merchant may change; `undefined` leaves a field as it is. The mandate was asked about the amount before. */
export interface SubscriptionPatch {
  amountMinor?: number;
  description?: string;
  externalReference?: string;
  metadata?: Metadata;
}

/** Another amount holds from the next due date that has not begun. */
export function updateSubscription(
  subscription: Subscription,
  patch: SubscriptionPatch,
  at: Timestamp,
): Verdict<Subscription> {
  if (isFinal(subscription.status)) return over(subscription);
  const next = { ...subscription, ...patch };
  if (canonicalJson(next) === canonicalJson(subscription)) return { next: subscription, events: [], unchanged: true };
  return changed(subscription, patch, { events: ['subscription.updated'], at });
}

/**
 * Charges go on after a pause, with the first due date from then on; without one it is over, once nothing is under way any more.
 * Resuming one that runs changes nothing.
 */
export function resumeSubscription(
  subscription: Subscription,
  { nextDue, unfinished }: { nextDue: DueDate | undefined; unfinished: boolean },
  at: Timestamp,
): Verdict<Subscription> {
  if (isFinal(subscription.status)) return over(subscription);
  if (subscription.status !== 'paused') return { next: subscription, events: [], unchanged: true };
  const { pausedFrom, pausedAt: _, statusReason: __, nextDue: ___, ...rest } = subscription;
  assert(pausedFrom !== undefined, 'a pause knows where it came from');
  const due = nextDue === undefined ? {} : { nextDue };
  if (nextDue === undefined && !unfinished && rest.plan.instalments === undefined) {
    const end = { status: 'ended', statusReason: 'period_over', endedAt: at } as const;
    return { next: bumped({ ...rest, ...end }, at), events: ['subscription.updated', 'subscription.ended'] };
  }
  return { next: bumped({ ...rest, ...due, status: pausedFrom }, at), events: ['subscription.updated'] };
}

/** The mandate that charges it from now on, and its card. */
export function moveToMandate(
  subscription: Subscription,
  to: { mandateId: string; paymentMethodId: string },
  at: Timestamp,
): Decision<Subscription> {
  return changed(subscription, to, { events: ['subscription.updated'], at });
}

/** It is over; whoever asked for something that only a running one can do learns when that was. */
export function over(subscription: Subscription) {
  const { status, statusReason } = subscription;
  return reject('subscription_not_active', `The subscription is ${status} (${statusReason}).`, {
    extra: { subscription_status: status },
  });
}

/** The status with what belongs to it. Past due and running again also change where a pause leads back to. */
export function withStatus(
  subscription: Subscription,
  to: SubscriptionStatus,
  { reason, at }: { reason?: SubscriptionStatusReason; at: Timestamp },
): Subscription {
  const { status } = subscription;
  if (isFinal(status)) return subscription;
  if (to === 'active' || to === 'past_due') return withArrears(subscription, to, at);
  if (status === to) return subscription;
  const allowed: readonly SubscriptionStatus[] = subscriptionTransitions[status];
  assert(allowed.includes(to), `a subscription cannot go from ${status} to ${to}`);
  if (to === 'paused') {
    const { retryAt: _, ...rest } = subscription;
    const pausedFrom = status === 'past_due' ? 'past_due' : 'active';
    return { ...rest, status: to, pausedFrom, pausedAt: at, ...(reason === undefined ? {} : { statusReason: reason }) };
  }
  const { retryAt: _, nextDue: __, pausedFrom: ___, pausedAt: ____, statusReason: _____, ...rest } = subscription;
  const since = to === 'cancelled' ? { cancelledAt: at } : { endedAt: at };
  return { ...rest, status: to, ...since, ...(reason === undefined ? {} : { statusReason: reason }) };
}

function withArrears(subscription: Subscription, to: 'active' | 'past_due', at: Timestamp): Subscription {
  const { status, pausedFrom, pastDueSince, ...rest } = subscription;
  const since = to === 'past_due' ? { pastDueSince: pastDueSince ?? at } : {};
  return status === 'paused' ? { ...rest, ...since, status, pausedFrom: to } : { ...rest, ...since, status: to };
}

/** The counts after a due date went from one status to another. */
export function recounted(counts: DueCounts, from: DueStatus | undefined, to: DueStatus): DueCounts {
  const next: Record<keyof DueCounts, number> = { ...counts };
  if (from !== undefined && from in next) next[from as keyof DueCounts] -= 1;
  if (to in next) next[to as keyof DueCounts] += 1;
  return next;
}

/** The part of a due date that its subscription shows. */
export function shownCharge(charge: SubscriptionCharge): CurrentCharge {
  const { dueDate, status, attempts, nextAttemptAt, reason, violations, lastPaymentError, sessionId } = charge;
  return {
    ...{ dueDate, status, attempts },
    ...(nextAttemptAt === undefined ? {} : { nextAttemptAt }),
    ...(reason === undefined ? {} : { reason }),
    ...(violations === undefined ? {} : { violations }),
    ...(lastPaymentError === undefined ? {} : { lastPaymentError }),
    ...(sessionId === undefined ? {} : { sessionId }),
  };
}

export function changed(
  subscription: Subscription,
  patch: Partial<Subscription>,
  { events, at }: { events: readonly EventType[]; at: Timestamp },
): Decision<Subscription> {
  return { next: bumped({ ...subscription, ...patch }, at), events };
}

function bumped(subscription: Subscription, at: Timestamp): Subscription {
  return { ...subscription, version: subscription.version + 1, updatedAt: at };
}

/** A date is behind its subscription's plan when it is later than the last one. */
export function isInPlan({ plan }: Subscription, date: LocalDate): boolean {
  return plan.endDate === undefined || date <= plan.endDate;
}
