/**
 * The mandate: what a payer agreed may be charged without them, from the first success to its end. The rules that each later charge
 * is held against are in `mandate-rules.ts`.
 */
import type { LocalDate } from '../lib/calendar.ts';
import type { Timestamp } from '../lib/time.ts';
import type { Decision } from './errors.ts';
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
  /** Of the success that began the series, also where the card was replaced since: its local date, instant and amount. */
  firstDate: LocalDate;
  firstPaidAt: Timestamp;
  firstPaidMinor: number;
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

/** The first success of a series brings the mandate to life; one whose last day has passed by then ends at once. */
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
  return final(mandate, { status: 'revoked', statusReason: reason, revokedAt: at }, at);
}

/** Its last day has passed, or everything that was agreed has been charged. */
export function endMandate(mandate: Mandate, reason: 'expired' | 'completed', at: Timestamp): Decision<Mandate> {
  if (mandate.status !== 'active') return { next: mandate, events: [], unchanged: true };
  return final(mandate, { status: 'ended', statusReason: reason, endedAt: at }, at);
}

/** A hold stops nothing any more once the mandate is final. */
function final(mandate: Mandate, patch: Partial<Mandate>, at: Timestamp): Decision<Mandate> {
  const { chargeHold: _, ...rest } = mandate;
  const event = patch.status === 'ended' ? 'mandate.ended' : 'mandate.revoked';
  return { next: { ...rest, ...patch, updatedAt: at, version: mandate.version + 1 }, events: [event] };
}

/** True while charges may be made under it: also false in the moments before the worker has written its end. */
export function isInForce(mandate: Mandate, at: Timestamp): boolean {
  return mandate.status === 'active' && (mandate.endsAt === undefined || at < mandate.endsAt);
}

/** Everything agreed has been charged: `max_occurrences`, or every instalment. */
export function isCompleted(mandate: Mandate, counted: { count: number; instalments: number }): boolean {
  const { maxOccurrences } = mandate.terms;
  if (mandate.instalments !== undefined) return counted.instalments >= mandate.instalments.length;
  return maxOccurrences !== undefined && counted.count >= maxOccurrences;
}

/** True when its end may come with a charge, so that each counted charge has to look. */
export function mayComplete(mandate: Mandate): boolean {
  return mandate.instalments !== undefined || mandate.terms.maxOccurrences !== undefined;
}

/** True when a rule looks at what was taken before: then sums are kept, and the charges of the series go one after another. */
export function looksAtUsage({ terms }: Pick<Mandate, 'terms'>): boolean {
  const { type, maxOccurrences, periodLimits, spacing, retry } = terms;
  return (
    type !== 'on_demand' ||
    maxOccurrences !== undefined ||
    periodLimits.length > 0 ||
    spacing !== undefined ||
    retry !== undefined
  );
}

/** What the network is told a later charge is. The words of the connectors' contract. */
export function agreementOf({ type }: MandateTerms): 'recurring' | 'instalment' | 'unscheduled' {
  if (type === 'scheduled') return 'recurring';
  return type === 'installment' ? 'instalment' : 'unscheduled';
}

export interface ChosenBy {
  currency: string;
  at: Timestamp;
}

/** Which of a customer's mandates a charge uses when the merchant names none, or why none can be. Limits are not consulted. */
export function chooseMandate(mandates: readonly Mandate[], { currency, at }: ChosenBy): Mandate | Rejection {
  const active = mandates.filter((mandate) => isInForce(mandate, at));
  const fitting = active.filter((mandate) => mandate.terms.currency === currency);
  if (fitting.length === 1) return fitting[0]!;
  if (fitting.length > 1) {
    return reject('mandate_ambiguous', 'Several active mandates fit this charge: name one in options.mandate_id.', {
      errors: fitting.map(({ id }) => ({ pointer: '/options/mandate_id', code: 'mandate_ambiguous', detail: id })),
    });
  }
  if (active.length > 0) {
    const { id, terms } = active[0]!;
    const detail = `The mandate is in ${terms.currency}.`;
    return reject('mandate_violation', `The mandate does not allow this charge: ${detail}`, {
      errors: [{ pointer: '/currency', code: 'currency_mismatch', detail }],
      extra: { mandate_id: id },
    });
  }
  if (mandates.length > 0)
    return reject('mandate_not_active', 'Every mandate of this payment method has been revoked or has ended.');
  return reject(
    'payment_method_not_usable',
    'This payment method has no mandate: only its payer can use it. Create a first_in_series session.',
  );
}
