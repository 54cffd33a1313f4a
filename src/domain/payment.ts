/** The payment: what the attempts of one session add up to. One session has at most one, and it succeeds at most once. */
import { assert } from '../lib/assert.ts';
import type { LocalDate } from '../lib/calendar.ts';
import type { Timestamp } from '../lib/time.ts';
import type { Decision } from './errors.ts';
import type { OtherMethodDetails } from './payment-method-types.ts';
import type { CaptureMethod, Metadata } from './session.ts';

export type PaymentStatus =
  | 'draft'
  | 'initiating'
  | 'pending_action'
  | 'processing'
  | 'succeeded'
  | 'failed'
  | 'cancelled'
  | 'expired';

/** Why the last attempt did not succeed, as sessions and payments show it. */
export interface PaymentError {
  errorCode: 'payment_declined' | 'processor_unavailable';
  declineCode: string;
  class: string;
  message: string;
  retry: { allowed: boolean; after?: Timestamp };
  at: Timestamp;
}

/** The card as it may be shown: never the number. */
export interface CardDetails {
  scheme: string;
  type?: string;
  country?: string;
  bin: string;
  last4: string;
  expMonth: number;
  expYear: number;
}

/** Why people have to look: the processor's truth is unknown or contradicts itself. */
export interface Review {
  reason: string;
  since: Timestamp;
  /** The attempt whose truth is in doubt. */
  attemptId?: string;
  /** What was seen, newest last; scrubbed. */
  evidence?: unknown[];
}

export interface Payment {
  tenantId: string;
  id: string;
  version: number;
  sessionId: string;
  status: PaymentStatus;
  intent: 'payment' | 'payment_method_verification';
  initiator: 'customer' | 'merchant';
  captureMethod: CaptureMethod;
  amountMinor: number;
  currency: string;
  authorisedMinor: number;
  paidMinor: number;
  voidedMinor: number;
  refundedMinor: number;
  /** The sum of refunds on their way: promised, and not to be refunded again. */
  refundingMinor: number;
  authorisationExpiresAt?: Timestamp;
  /** When what is still reserved falls back to the payer; set while something is. */
  lapseDueAt?: Timestamp;
  /** It has fallen back. */
  lapsedAt?: Timestamp;
  externalReference?: string;
  metadata?: Metadata;
  customerId?: string;
  paymentMethodId?: string;
  mandateId?: string;
  /** Of a charge that a subscription made: its due date, which try it was, and the instalment it pays. */
  subscriptionId?: string;
  dueDate?: LocalDate;
  attemptNumber?: number;
  instalmentNumber?: number;
  card?: CardDetails;
  /** Of a payment whose last try was not made with a card. */
  method?: OtherMethodDetails;
  /** What the processor's reports show: one per payment, whatever the number of attempts. */
  reconciliationReference: string;
  /** Set while people have to look. */
  review?: Review;
  lastPaymentError?: PaymentError;
  createdAt: Timestamp;
  updatedAt: Timestamp;
  succeededAt?: Timestamp;
}

export const paymentTransitions = {
  draft: ['initiating', 'failed', 'cancelled', 'expired'],
  initiating: ['draft', 'pending_action', 'processing', 'succeeded', 'failed'],
  pending_action: ['draft', 'processing', 'succeeded', 'failed'],
  processing: ['draft', 'pending_action', 'succeeded', 'failed'],
  succeeded: [],
  failed: [],
  cancelled: [],
  expired: [],
} as const satisfies Record<PaymentStatus, readonly PaymentStatus[]>;

/** The first attempt of a session makes its payment, already in flight. */
export function createPayment(
  facts: Omit<
    Payment,
    | 'version'
    | 'status'
    | 'authorisedMinor'
    | 'paidMinor'
    | 'voidedMinor'
    | 'refundedMinor'
    | 'refundingMinor'
    | 'updatedAt'
  >,
): Decision<Payment> {
  const zero = { authorisedMinor: 0, paidMinor: 0, voidedMinor: 0, refundedMinor: 0, refundingMinor: 0 };
  return { next: { ...facts, ...zero, version: 1, status: 'initiating', updatedAt: facts.createdAt }, events: [] };
}

/** A further attempt of the same payment. The session's event in the same transaction tells of it. */
export function restartPayment(
  payment: Payment,
  facts: { amountMinor: number; card?: CardDetails; method?: OtherMethodDetails },
  at: Timestamp,
): Decision<Payment> {
  // What the try before was made with says nothing about this one.
  const { card: _, method: __, ...rest } = payment;
  return moved(rest, 'initiating', facts, at, []);
}

/** The attempt goes on without a result yet: it waits for the payer, or for the processor. */
export function holdPayment(
  payment: Payment,
  status: 'pending_action' | 'processing',
  at: Timestamp,
): Decision<Payment> {
  if (payment.status === status) return { next: payment, events: [], unchanged: true };
  return moved(payment, status, {}, at, []);
}

/** The attempt was declined. A payer may try again (draft); a merchant-initiated charge has failed for good. */
export function failPaymentAttempt(payment: Payment, error: PaymentError, at: Timestamp): Decision<Payment> {
  const final = payment.initiator === 'merchant';
  const events = final
    ? (['payment.attempt_failed', 'payment.failed'] as const)
    : (['payment.attempt_failed'] as const);
  const { review, ...rest } = payment;
  return moved(rest, final ? 'failed' : 'draft', { lastPaymentError: error }, at, [...events, ...endOf(review)]);
}

export interface PaymentSuccess {
  customerId?: string;
  paymentMethodId?: string;
  mandateId?: string;
  subscriptionId?: string;
  card?: CardDetails;
  authorisationExpiresAt?: Timestamp;
}

/** The attempt succeeded: everything asked for is authorised, and paid unless capture is manual. */
export function succeedPayment(payment: Payment, success: PaymentSuccess, at: Timestamp): Decision<Payment> {
  const { lastPaymentError: _, review, ...rest } = payment;
  const paidMinor = payment.captureMethod === 'automatic' ? payment.amountMinor : 0;
  const lapses = success.authorisationExpiresAt === undefined ? {} : { lapseDueAt: success.authorisationExpiresAt };
  const patch = { ...success, ...lapses, authorisedMinor: payment.amountMinor, paidMinor, succeededAt: at };
  return moved(rest, 'succeeded', patch, at, ['payment.succeeded', ...endOf(review)]);
}

/** Its session ended without a success. */
export function closePayment(payment: Payment, as: 'cancelled' | 'expired', at: Timestamp): Decision<Payment> {
  return moved(payment, as, {}, at, ['payment.failed']);
}

/** People have to look: we keep asking, but the answer so far is missing or contradicts itself. */
export function flagPayment(payment: Payment, doubt: Omit<Review, 'since'>, at: Timestamp): Decision<Payment> {
  if (payment.review !== undefined) return { next: payment, events: [], unchanged: true };
  const next = { ...payment, review: { ...doubt, since: at }, version: payment.version + 1, updatedAt: at };
  return { next, events: ['payment.review_needed'] };
}

/** The same, and where people look already, what they have to know beside it. */
export function noteInReview(payment: Payment, doubt: Omit<Review, 'since'>, at: Timestamp): Decision<Payment> {
  const { review } = payment;
  if (review === undefined) return flagPayment(payment, doubt, at);
  const evidence = [...(review.evidence ?? []), ...(doubt.evidence ?? [])];
  const next = { ...payment, review: { ...review, evidence }, version: payment.version + 1, updatedAt: at };
  return { next, events: ['payment.review_needed'] };
}

/** The event of a review that ends with what it was about; none where there was no review. */
export function endOf(review: Review | undefined): readonly 'payment.review_resolved'[] {
  return review === undefined ? [] : ['payment.review_resolved'];
}

/** A person looked and the matter is closed. */
export function unflagPayment(payment: Payment, at: Timestamp): Decision<Payment> {
  const { review: _, ...rest } = payment;
  return { next: { ...rest, version: payment.version + 1, updatedAt: at }, events: ['payment.review_resolved'] };
}

function moved(
  payment: Payment,
  status: PaymentStatus,
  patch: Partial<Payment>,
  at: Timestamp,
  events: Decision<Payment>['events'],
): Decision<Payment> {
  const allowed: readonly PaymentStatus[] = paymentTransitions[payment.status];
  assert(allowed.includes(status), `a payment cannot go from ${payment.status} to ${status}`);
  return { next: { ...payment, ...patch, status, version: payment.version + 1, updatedAt: at }, events };
}
