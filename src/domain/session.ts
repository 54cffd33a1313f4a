/** The payment session: what a merchant asks for, and the one status that answers "what became of it?". */
import { assert } from '../lib/assert.ts';
import type { LocalDate } from '../lib/calendar.ts';
import { canonicalJson } from '../lib/canonical-json.ts';
import { plus, type Timestamp } from '../lib/time.ts';
import { MORE_TIME } from './checkout.ts';
import { type Decision, reject, type Verdict } from './errors.ts';
import type { MandateTerms, SubscriptionTerms } from './mandate-terms.ts';
import type { PaymentError } from './payment.ts';
import type { SeriesAsked } from './series-options.ts';

export type SessionType = 'one_time' | 'first_in_series' | 'next_in_series';
export type SessionStatus = 'active' | 'completed' | 'expired' | 'cancelled';
export type PaymentOutcome = 'not_started' | 'pending' | 'paid' | 'unpaid' | 'reserved' | 'payment_method_verified';
export type CaptureMethod = 'automatic' | 'manual';
export type SavePaymentMethod = 'never' | 'prompt' | 'always';
export type PresentationMode = 'redirect' | 'embedded_modal' | 'embedded_inline';
export type Metadata = Readonly<Record<string, string>>;

export interface SessionOptions {
  captureMethod: CaptureMethod;
  savePaymentMethod: SavePaymentMethod;
  locale?: string;
  presentationMode: PresentationMode;
  /** What the payer of a first_in_series session agrees to: there in every such session. */
  mandate?: MandateTerms;
  /** Asked for: we charge by ourselves. */
  subscription?: SubscriptionTerms;
  /** The mandate whose card is replaced by this session's success. */
  replacesMandateId?: string;
  /** What the merchant sent about the series: read again when the amount changes. */
  seriesAsked?: SeriesAsked;
}

export interface Session {
  tenantId: string;
  id: string;
  version: number;
  type: SessionType;
  status: SessionStatus;
  paymentOutcome: PaymentOutcome;
  amountMinor: number;
  currency: string;
  description?: string;
  externalReference?: string;
  metadata?: Metadata;
  /** Id of the API key that made it. */
  createdBy: string;
  /** Made with a secret key for a known customer: only then the page shows that customer's saved methods. */
  offersSavedMethods: boolean;
  customerId?: string;
  paymentMethodId?: string;
  mandateId?: string;
  /** Of a charge that a subscription made: its due date, which try it was, and the instalment it pays. */
  subscriptionId?: string;
  dueDate?: LocalDate;
  attemptNumber?: number;
  instalmentNumber?: number;
  paymentId?: string;
  checkoutId?: string;
  returnUrl?: string;
  options: SessionOptions;
  expiresAt?: Timestamp;
  timeExtensions: number;
  cancelledBy?: 'payer' | 'merchant';
  lastPaymentError?: PaymentError;
  createdAt: Timestamp;
  updatedAt: Timestamp;
  endedAt?: Timestamp;
}

export const sessionTransitions = {
  active: ['completed', 'expired', 'cancelled'],
  completed: [],
  expired: [],
  cancelled: [],
} as const satisfies Record<SessionStatus, readonly SessionStatus[]>;

/** A new session: a customer-present one waits for its payer, a next_in_series one is in flight from its first moment. */
export function createSession(
  facts: Omit<Session, 'version' | 'status' | 'paymentOutcome' | 'timeExtensions' | 'updatedAt'>,
): Decision<Session> {
  assert(
    (facts.checkoutId === undefined) === (facts.type === 'next_in_series'),
    'only customer-present sessions have a page',
  );
  return {
    next: {
      ...facts,
      version: 1,
      status: 'active',
      paymentOutcome: facts.type === 'next_in_series' ? 'pending' : 'not_started',
      timeExtensions: 0,
      updatedAt: facts.createdAt,
    },
    events: ['payment_session.created'],
  };
}

/** What a merchant may change; `undefined` leaves a field as it is. */
export interface SessionPatch {
  amountMinor?: number;
  /** Those that follow from another amount. */
  options?: SessionOptions;
  description?: string;
  externalReference?: string;
  metadata?: Metadata;
}

/**
 * The merchant changes a session. The amount only while nothing was attempted, and never between 0 and more: a page that saves a
 * card and one that takes money ask the payer for different things.
 */
export function updateSession(session: Session, patch: SessionPatch, at: Timestamp): Verdict<Session> {
  const next = { ...session, ...patch };
  if (canonicalJson(next) === canonicalJson(session)) return { next: session, events: [], unchanged: true };
  if (next.amountMinor !== session.amountMinor) {
    if (session.paymentId !== undefined) {
      return reject(
        'amount_locked',
        'A payment of this session was already attempted: create a new session for another amount.',
        { extra: stateOf(session) },
      );
    }
    if (session.status !== 'active') return notActive(session);
    if (next.amountMinor === 0 || session.amountMinor === 0) {
      return reject('amount_out_of_range', 'An amount of 0 cannot be changed, nor changed to: create a new session.', {
        errors: [{ pointer: '/amount', code: 'out_of_range', detail: 'Only amounts above 0 can be exchanged.' }],
      });
    }
  }
  return changed(session, patch, at, ['payment_session.updated']);
}

/** An attempt is about to be sent. */
export function startSessionAttempt(session: Session, facts: { paymentId: string }, at: Timestamp): Verdict<Session> {
  if (session.status !== 'active') return notActive(session);
  if (session.paymentOutcome === 'pending') return inProgress(session);
  if (isPast(session, at)) return reject('payment_session_not_active', 'The time to pay this session has run out.');
  return changed(session, { paymentOutcome: 'pending', paymentId: facts.paymentId }, at, ['payment_session.updated']);
}

/** The attempt in flight was declined: a payer may try again; a merchant-initiated charge is over. */
export function failSessionAttempt(session: Session, error: PaymentError, at: Timestamp): Decision<Session> {
  assert(
    session.status === 'active' && session.paymentOutcome === 'pending',
    'only an attempt in flight can be declined',
  );
  if (session.type === 'next_in_series') {
    return moved(session, 'completed', { paymentOutcome: 'unpaid', lastPaymentError: error }, at);
  }
  return changed(session, { paymentOutcome: 'unpaid', lastPaymentError: error }, at, ['payment_session.updated']);
}

export interface SessionSuccess {
  outcome: 'paid' | 'reserved' | 'payment_method_verified';
  customerId?: string;
  paymentMethodId?: string;
  mandateId?: string;
  subscriptionId?: string;
}

/** The attempt in flight succeeded: the session has its final outcome. */
export function completeSession(session: Session, success: SessionSuccess, at: Timestamp): Decision<Session> {
  assert(session.status === 'active' && session.paymentOutcome === 'pending', 'only an attempt in flight can succeed');
  const { outcome, ...ids } = success;
  const { lastPaymentError: _, ...rest } = session;
  return moved(rest, 'completed', { paymentOutcome: outcome, ...ids }, at);
}

/** The time to pay ran out. Never while an attempt is open: that attempt is settled first. */
export function expireSession(session: Session, at: Timestamp): Verdict<Session> {
  if (session.status !== 'active') return notActive(session);
  if (session.paymentOutcome === 'pending') return inProgress(session);
  if (!isPast(session, at)) return reject('payment_session_not_active', 'The session has not reached its end.');
  return moved(session, 'expired', { paymentOutcome: 'unpaid' }, at);
}

/** Merchant or payer gives the session up. Cancelling a cancelled one changes nothing: the caller answers it as it is. */
export function cancelSession(session: Session, by: 'payer' | 'merchant', at: Timestamp): Verdict<Session> {
  if (session.status !== 'active') return notActive(session);
  if (session.paymentOutcome === 'pending') return inProgress(session);
  return moved(session, 'cancelled', { paymentOutcome: 'unpaid', cancelledBy: by }, at);
}

/** The payer asks for more time before the end: fifteen minutes from now, ten times at most. */
export function extendSession(session: Session, at: Timestamp): Verdict<Session> {
  if (session.status !== 'active' || isPast(session, at)) return notActive(session);
  if (!mayExtend(session)) return reject('payment_session_not_active', 'This session cannot be extended any further.');
  const expiresAt = plus(at, MORE_TIME.ms);
  assert(session.expiresAt !== undefined, 'a page has an end');
  // Nothing is gained yet, so none of the ten is used up.
  if (expiresAt <= session.expiresAt) return { next: session, events: [], unchanged: true };
  const patch = {
    expiresAt,
    timeExtensions: session.timeExtensions + 1,
  };
  return changed(session, patch, at, ['payment_session.updated']);
}

export function mayExtend(session: Session): boolean {
  return session.status === 'active' && session.timeExtensions < MORE_TIME.times;
}

/** True when the time to pay has run out, whether or not anybody has written it down yet. */
export function isPast(session: Session, at: Timestamp): boolean {
  return session.expiresAt !== undefined && session.expiresAt <= at;
}

function notActive(session: Session) {
  return reject('payment_session_not_active', `The payment session is ${session.status} (${session.paymentOutcome}).`, {
    extra: stateOf(session),
  });
}

function inProgress(session: Session) {
  return reject('payment_in_progress', 'An attempt to pay this session has not ended yet: wait for its result.', {
    extra: stateOf(session),
  });
}

/** Tells whoever is refused what the session has become. */
function stateOf(session: Session) {
  return { payment_session_status: session.status, payment_outcome: session.paymentOutcome };
}

function moved(
  session: Session,
  status: Exclude<SessionStatus, 'active'>,
  patch: Partial<Session>,
  at: Timestamp,
): Decision<Session> {
  const allowed: readonly SessionStatus[] = sessionTransitions[session.status];
  assert(allowed.includes(status), `a session cannot go from ${session.status} to ${status}`);
  return changed(session, { ...patch, status, endedAt: at }, at, [
    'payment_session.updated',
    `payment_session.${status}`,
  ]);
}

function changed(
  session: Session,
  patch: Partial<Session>,
  at: Timestamp,
  events: Decision<Session>['events'],
): Decision<Session> {
  return { next: { ...session, ...patch, version: session.version + 1, updatedAt: at }, events };
}
