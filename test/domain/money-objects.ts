/** Sessions, payments, attempts and mandates in any state, for tests that try every decision on them. */
import fc from 'fast-check';
import type { Attempt, AttemptStatus } from '../../src/domain/attempt.ts';
import type { Mandate, MandateStatus } from '../../src/domain/mandate.ts';
import { defaultTerms } from '../../src/domain/mandate-terms.ts';
import type { Payment, PaymentError, PaymentStatus } from '../../src/domain/payment.ts';
import type { Refund, RefundStatus } from '../../src/domain/refund.ts';
import type { PaymentOutcome, Session, SessionStatus, SessionType } from '../../src/domain/session.ts';
import { HOUR, type Timestamp, toIso } from '../../src/lib/time.ts';

export const NOW = Date.UTC(2026, 10, 22, 12) as Timestamp;
export const LATER = (NOW + HOUR) as Timestamp;

export const DECLINED: PaymentError = {
  errorCode: 'payment_declined',
  declineCode: 'insufficient_funds',
  class: 'soft_funds',
  message: 'The bank declined.',
  retry: { allowed: true },
  at: NOW,
};

/** Which outcomes a status may stand beside: the CHECK constraints of the schema, in words of the domain. */
export const OUTCOMES: Readonly<Record<SessionStatus, readonly PaymentOutcome[]>> = {
  active: ['not_started', 'pending', 'unpaid'],
  completed: ['paid', 'reserved', 'payment_method_verified', 'unpaid'],
  expired: ['unpaid'],
  cancelled: ['unpaid'],
};

export function sessionIn(status: SessionStatus, paymentOutcome: PaymentOutcome, more: Partial<Session> = {}): Session {
  const type: SessionType = more.type ?? 'one_time';
  return Object.freeze({
    tenantId: 'tnt_1',
    id: 'ps_1',
    version: 3,
    type,
    status,
    paymentOutcome,
    amountMinor: 20_000,
    currency: 'ZAR',
    createdBy: 'key_1',
    offersSavedMethods: false,
    ...(paymentOutcome === 'not_started' ? {} : { paymentId: 'pay_1' }),
    ...(type === 'next_in_series' ? {} : { checkoutId: 'ckt_1', expiresAt: (NOW + 2 * HOUR) as Timestamp }),
    options: { captureMethod: 'automatic', savePaymentMethod: 'never', presentationMode: 'redirect' },
    timeExtensions: 0,
    createdAt: NOW,
    updatedAt: NOW,
    ...(status === 'active' ? {} : { endedAt: NOW }),
    ...more,
  } satisfies Session);
}

export function paymentIn(status: PaymentStatus, more: Partial<Payment> = {}): Payment {
  const succeeded = status === 'succeeded';
  return Object.freeze({
    tenantId: 'tnt_1',
    id: 'pay_1',
    version: 4,
    sessionId: 'ps_1',
    status,
    intent: 'payment',
    initiator: 'customer',
    captureMethod: 'automatic',
    amountMinor: 20_000,
    currency: 'ZAR',
    authorisedMinor: succeeded ? 20_000 : 0,
    paidMinor: succeeded ? 20_000 : 0,
    voidedMinor: 0,
    refundedMinor: 0,
    refundingMinor: 0,
    reconciliationReference: 'pay_1',
    createdAt: NOW,
    updatedAt: NOW,
    ...more,
  } satisfies Payment);
}

export function attemptIn(status: AttemptStatus, more: Partial<Attempt> = {}): Attempt {
  const settled = status === 'succeeded' || status === 'declined';
  return Object.freeze({
    tenantId: 'tnt_1',
    id: 'att_1',
    version: 2,
    sessionId: 'ps_1',
    paymentId: 'pay_1',
    kind: 'charge',
    status,
    amountMinor: 20_000,
    currency: 'ZAR',
    requestKey: 'att_1',
    processor: 'sandbox',
    reference: 'pay_1',
    initiator: 'customer',
    saves: false,
    sentAt: NOW,
    ...(settled ? { settledAt: NOW } : { nextSyncAt: NOW }),
    syncCount: 0,
    leaving: false,
    createdAt: NOW,
    ...more,
  } satisfies Attempt);
}

export function refundIn(status: RefundStatus, more: Partial<Refund> = {}): Refund {
  return Object.freeze({
    tenantId: 'tnt_1',
    id: 're_1',
    version: 1,
    paymentId: 'pay_1',
    attemptId: 'att_1',
    amountMinor: 5_000,
    currency: 'ZAR',
    status,
    ...(status === 'failed' ? { failureCode: 'generic_decline' } : {}),
    createdAt: NOW,
    updatedAt: NOW,
    ...more,
  } satisfies Refund);
}

export function mandateIn(status: MandateStatus, more: Partial<Mandate> = {}): Mandate {
  return Object.freeze({
    tenantId: 'tnt_1',
    id: 'mnd_1',
    version: 1,
    status,
    customerId: 'cus_1',
    paymentMethodId: 'pmt_1',
    sessionId: 'ps_1',
    paymentId: 'pay_1',
    seriesId: 'mnd_1',
    terms: defaultTerms({ amountMinor: 20_000, currency: 'ZAR', timeZone: 'UTC' }),
    firstDate: toIso(NOW).slice(0, 10),
    firstPaidAt: NOW,
    firstPaidMinor: 20_000,
    anchorDate: toIso(NOW).slice(0, 10),
    createdAt: NOW,
    updatedAt: NOW,
    ...more,
  } satisfies Mandate);
}

/** Any session that the schema allows. */
export const anySession: fc.Arbitrary<Session> = fc
  .record({
    type: fc.constantFrom<SessionType>('one_time', 'first_in_series', 'next_in_series'),
    status: fc.constantFrom<SessionStatus>('active', 'completed', 'expired', 'cancelled'),
    pick: fc.nat(),
    amountMinor: fc.integer({ min: 0, max: 999_999_999_999 }),
    expiresIn: fc.integer({ min: -2 * HOUR, max: 2 * HOUR }),
    timeExtensions: fc.integer({ min: 0, max: 12 }),
  })
  .map(({ type, status, pick, amountMinor, expiresIn, timeExtensions }) => {
    const outcomes = OUTCOMES[status];
    const expiresAt = (LATER + expiresIn) as Timestamp;
    const page = type === 'next_in_series' ? {} : { expiresAt, timeExtensions };
    return sessionIn(status, outcomes[pick % outcomes.length]!, { type, amountMinor, ...page });
  });
