/** The mandate: what a payer agreed may be charged without them, and the rules each later charge is held against. */
import type { LocalDate } from '../lib/calendar.ts';
import type { Timestamp } from '../lib/time.ts';
import type { Decision, FieldProblem } from './errors.ts';
import { type Rejection, reject, type Verdict } from './errors.ts';
import type { Instalment, MandateTerms } from './mandate-terms.ts';
import type { Metadata } from './session.ts';

export type MandateStatus = 'active' | 'revoked' | 'ended';
export type MandateStatusReason =
  | 'merchant_request'
  | 'customer_request'
  | 'network_revocation'
  | 'payment_method_removed'
  | 'customer_deleted'
  | 'replaced'
  | 'first_payment_voided'
  | 'expired'
  | 'completed';

/** Why charges are stopped for now, and what starts them again. */
export interface ChargeHold {
  /** The id of the hold, or of the block of the card, in the network rules. */
  rule: string;
  since: Timestamp;
  liftedBy: 'customer_present_success' | 'payment_method_update' | 'operator';
}

export interface Mandate {
  tenantId: string;
  id: string;
  version: number;
  status: MandateStatus;
  statusReason?: MandateStatusReason;
  customerId: string;
  paymentMethodId: string;
  /** The session and payment that created it. */
  sessionId: string;
  paymentId: string;
  subscriptionId?: string;
  /** The first mandate of a chain of replaced cards, itself if none was: usage is counted for the chain. */
  seriesId: string;
  replacesMandateId?: string;
  terms: MandateTerms;
  /** `installment` only: what is due when, fixed since the series began. */
  instalments?: readonly Instalment[];
  /** The local date of the success that began the series; no charge is due on it or before. */
  firstDate: LocalDate;
  /** What recurrences and cycles count from. */
  anchorDate: LocalDate;
  /** The start of the local day after the last one of the validity period. */
  endsAt?: Timestamp;
  chargeHold?: ChargeHold;
  description?: string;
  externalReference?: string;
  metadata?: Metadata;
  /** Of the first success; every later charge presents it to the network. */
  networkTransactionId?: string;
  createdAt: Timestamp;
  updatedAt: Timestamp;
  revokedAt?: Timestamp;
  endedAt?: Timestamp;
}

export const mandateTransitions = {
  active: ['revoked', 'ended'],
  revoked: [],
  ended: [],
} as const satisfies Record<MandateStatus, readonly MandateStatus[]>;

/** The terms of a first_in_series session: up to its own amount each time; without an amount there is no ceiling. */
export function defaultTerms(session: { amountMinor: number; currency: string }): MandateTerms {
  const terms = { currency: session.currency, minAmountMinor: 1 };
  return session.amountMinor > 0 ? { ...terms, maxAmountMinor: session.amountMinor } : terms;
}

/** The first success of a series brings the mandate to life. */
export function activateMandate(facts: Omit<Mandate, 'version' | 'status' | 'updatedAt'>): Decision<Mandate> {
  return {
    next: { ...facts, version: 1, status: 'active', updatedAt: facts.createdAt },
    events: ['mandate.activated'],
  };
}

/** Nothing more is charged under it. Revoking a revoked mandate changes nothing: the caller answers it as it is. */
export function revokeMandate(mandate: Mandate, reason: MandateStatusReason, at: Timestamp): Verdict<Mandate> {
  if (mandate.status === 'ended') return reject('mandate_not_active', 'The mandate has ended.');
  if (mandate.status === 'revoked') return { next: mandate, events: [], unchanged: true };
  const patch = { status: 'revoked', statusReason: reason, revokedAt: at, updatedAt: at } as const;
  return { next: { ...mandate, ...patch, version: mandate.version + 1 }, events: ['mandate.revoked'] };
}

/** Which of a customer's mandates a charge uses when the merchant names none, or why none can be. */
export function chooseMandate(mandates: readonly Mandate[], currency: string): Mandate | Rejection {
  const active = mandates.filter((mandate) => mandate.status === 'active');
  const fitting = active.filter((mandate) => mandate.currency === currency);
  if (fitting.length === 1) return fitting[0]!;
  if (fitting.length > 1) {
    return reject('mandate_ambiguous', 'Several active mandates fit this charge: name one in options.mandate_id.', {
      errors: fitting.map((mandate) => ({
        pointer: '/options/mandate_id',
        code: 'mandate_ambiguous',
        detail: mandate.id,
      })),
    });
  }
  if (active.length > 0) {
    return violation(active[0]!, [
      { pointer: '/currency', code: 'currency_mismatch', detail: `The mandate is in ${active[0]!.currency}.` },
    ]);
  }
  if (mandates.length > 0)
    return reject('mandate_not_active', 'Every mandate of this payment method has been revoked or has ended.');
  return reject(
    'payment_method_not_usable',
    'This payment method has no mandate: only its payer can use it. Create a first_in_series session.',
  );
}

export interface MandateCharge {
  amountMinor: number;
  currency: string;
  /** Of the card behind the mandate. */
  expMonth: number;
  expYear: number;
}

/** Every rule the charge breaks, in the order of the catalogue; undefined when it is allowed. */
export function refuseCharge(mandate: Mandate, charge: MandateCharge, at: Timestamp): Rejection | undefined {
  if (mandate.status !== 'active')
    return reject('mandate_not_active', `The mandate is ${mandate.status}: nothing more can be charged under it.`);
  const broken = [currencyRule, amountRule, expiryRule].flatMap((rule) => rule(mandate, charge, at));
  return broken.length === 0 ? undefined : violation(mandate, broken);
}

function currencyRule(mandate: Mandate, charge: MandateCharge): FieldProblem[] {
  if (charge.currency === mandate.currency) return [];
  return [{ pointer: '/currency', code: 'currency_mismatch', detail: `The mandate is in ${mandate.currency}.` }];
}

function amountRule(mandate: Mandate, charge: MandateCharge): FieldProblem[] {
  if (charge.amountMinor < mandate.minAmountMinor) {
    return [
      {
        pointer: '/amount',
        code: 'amount_below_min',
        detail: `The least that may be charged is ${mandate.minAmountMinor}.`,
      },
    ];
  }
  if (mandate.maxAmountMinor !== undefined && charge.amountMinor > mandate.maxAmountMinor) {
    return [
      {
        pointer: '/amount',
        code: 'amount_above_max',
        detail: `The most that may be charged is ${mandate.maxAmountMinor}.`,
      },
    ];
  }
  return [];
}

function expiryRule(_mandate: Mandate, charge: MandateCharge, at: Timestamp): FieldProblem[] {
  // Date.UTC counts months from 0, so the card's own month number is the first instant after it.
  if (at < Date.UTC(charge.expYear, charge.expMonth, 1)) return [];
  return [{ pointer: '', code: 'card_expired', detail: 'The card behind the mandate has expired.' }];
}

function violation(mandate: Mandate, errors: FieldProblem[]): Rejection {
  return reject(
    'mandate_violation',
    `The mandate does not allow this charge: ${errors.map((error) => error.detail).join(' ')}`,
    {
      errors,
      extra: { mandate_id: mandate.id },
    },
  );
}
