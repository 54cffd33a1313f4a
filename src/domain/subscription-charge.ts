/**
 * One due date of a subscription: from the moment it is first touched to its end. There is one row for each, so that a due date is
 * charged at most once, and none passes in silence.
 */
import { assert } from '../lib/assert.ts';
import type { LocalDate } from '../lib/calendar.ts';
import type { Timestamp } from '../lib/time.ts';
import { type DunningState, NO_TRIES } from './dunning.ts';
import type { PaymentError } from './payment.ts';
import type { Violation } from './violation.ts';

export type DueStatus = 'open' | 'paid' | 'retrying' | 'unpaid' | 'skipped' | 'missed';

/** Why a due date is not paid, or not yet. */
export type DueReason =
  /** The answer says that another try would be in vain. */
  | 'declined'
  /** The answer stopped every charge under the mandate, until what was wrong is mended. */
  | 'charge_on_hold'
  /** Every try that the plan names was declined. */
  | 'retries_exhausted'
  /** The processor could not be reached: nothing was sent. */
  | 'processor_unavailable'
  /** The mandate's rules forbid it: for now, or this time. */
  | 'not_allowed'
  /** A newer due date took over before the retry. */
  | 'superseded'
  /** So late that it is no longer collected. */
  | 'too_late'
  /** What stopped it is gone: it is tried once more. */
  | 'hold_lifted'
  | 'payment_method_replaced'
  /** An instalment that was given up, when the next fell due. */
  | 'taken_up_again'
  | 'paused'
  | 'cancelled'
  | 'ended';

export interface SubscriptionCharge {
  tenantId: string;
  subscriptionId: string;
  dueDate: LocalDate;
  version: number;
  status: DueStatus;
  dueAt: Timestamp;
  amountMinor: number;
  /** The number of the instalment. */
  instalment?: number;
  /** Tries that were sent and answered. */
  attempts: number;
  nextAttemptAt?: Timestamp;
  reason?: DueReason;
  violations?: readonly Violation[];
  lastPaymentError?: PaymentError;
  /** Of the newest try, or of the merchant's own charge that paid it. */
  sessionId?: string;
  paymentId?: string;
  dunning: DunningState;
  createdAt: Timestamp;
  updatedAt: Timestamp;
}

export const dueDateTransitions = {
  open: ['paid', 'retrying', 'unpaid'],
  retrying: ['open', 'paid', 'unpaid'],
  unpaid: ['retrying', 'paid'],
  skipped: ['retrying', 'paid'],
  missed: ['paid'],
  paid: [],
} as const satisfies Record<DueStatus, readonly DueStatus[]>;

/** What is due, before anything was done about it. */
export interface DueFacts {
  tenantId: string;
  subscriptionId: string;
  dueDate: LocalDate;
  dueAt: Timestamp;
  amountMinor: number;
  instalment?: number;
}

/** What stays from one status to the next unless it is named anew. */
type DuePatch = Partial<
  Pick<
    SubscriptionCharge,
    'attempts' | 'nextAttemptAt' | 'reason' | 'violations' | 'lastPaymentError' | 'sessionId' | 'paymentId' | 'dunning'
  >
>;

/** The row of a due date that is touched for the first time. */
export function touchDue(due: DueFacts, status: DueStatus, { patch, at }: { patch: DuePatch; at: Timestamp }) {
  const fresh = { attempts: 0, dunning: NO_TRIES, createdAt: at, updatedAt: at, version: 1 };
  const next: SubscriptionCharge = { ...due, ...fresh, ...patch, status };
  return held(next);
}

/** The row with another status. Reason, violations and the time of the next try belong to one status and are named anew. */
export function moveDue(
  charge: SubscriptionCharge,
  status: DueStatus,
  { patch, at }: { patch: DuePatch; at: Timestamp },
): SubscriptionCharge {
  const allowed: readonly DueStatus[] = dueDateTransitions[charge.status];
  const waitsOn = charge.status === 'retrying' && status === 'retrying';
  assert(allowed.includes(status) || waitsOn, `a due date cannot go from ${charge.status} to ${status}`);
  const { reason: _, violations: __, nextAttemptAt: ___, ...kept } = charge;
  return held({ ...kept, ...patch, status, version: charge.version + 1, updatedAt: at });
}

function held(charge: SubscriptionCharge): SubscriptionCharge {
  assert((charge.status === 'retrying') === (charge.nextAttemptAt !== undefined), 'only a retry has a next try');
  if (charge.status !== 'paid') return charge;
  const { lastPaymentError: _, ...paid } = charge;
  return paid;
}

/** True while a try is under way or planned. */
export function isUnfinished({ status }: Pick<SubscriptionCharge, 'status'>): boolean {
  return status === 'open' || status === 'retrying';
}
