/** What is answered about a mandate beside the mandate itself: whether a charge would be allowed, and the evidence of what was agreed. */
import { Type } from '@sinclair/typebox';
import type { Mandate } from '../domain/mandate.ts';
import type { Evaluation } from '../domain/mandate-rules.ts';
import type { Instalment, MandateTerms, SubscriptionTerms } from '../domain/mandate-terms.ts';
import type { MandateCharge } from '../domain/mandate-usage.ts';
import type { Payment } from '../domain/payment.ts';
import type { Violation } from '../domain/violation.ts';
import { type Timestamp, toIso } from '../lib/time.ts';
import { MandateSchema, renderInstalments, renderMandate, renderTerms } from './mandate.ts';
import { PaymentSchema, renderPayment } from './payment.ts';
import { Amount, Id, Instant, open, optional, words } from './schema.ts';

export const ViolationSchema = Type.Object({
  pointer: Type.String({ description: 'JSON Pointer into the request; empty for the request as a whole.' }),
  code: Type.String({ description: 'The rule.' }),
  detail: Type.String({ description: 'What it says, for people.' }),
  limit: optional(Type.Integer({ description: 'What it allows: a count, or minor units.' })),
  used: optional(Type.Integer({ description: 'What is used of that already.' })),
  rule: optional(Type.String({ description: 'The hold, block or network rule behind it.' })),
});

export const MandateCheckSchema = open(
  'MandateCheck',
  {
    allowed: Type.Boolean({ description: 'True when no rule forbids it.' }),
    violations: Type.Array(ViolationSchema, { description: 'Every rule that forbids it.' }),
    next_allowed_at: optional(Instant('The first instant at which nothing forbids it, where that is known.')),
  },
  'Whether a mandate allows a charge.',
);

export function renderCheck({ violations, nextAllowedAt }: Evaluation) {
  return {
    allowed: violations.length === 0,
    violations: violations.map(renderViolation),
    next_allowed_at: violations.length > 0 && nextAllowedAt !== undefined ? toIso(nextAllowedAt) : undefined,
  };
}

export function renderViolation({ pointer, code, detail, limit, used, rule }: Violation) {
  return { pointer, code, detail, limit, used, rule };
}

const ChargeSchema = Type.Object({
  payment_id: Id('pay', 'The payment.'),
  mandate_id: Id('mnd', 'The mandate of the series it was charged under.'),
  amount: Amount('What was asked.', 1),
  counted_amount: Amount('Authorised and not voided.'),
  state: words(['open', 'counted', 'released'], 'Under way, succeeded, or declined and voided.'),
  effective_date: Type.String({ format: 'date', description: 'The local date it counts for.' }),
  occurrence: optional(Type.String({ format: 'date', description: 'The date of the recurrence that it takes.' })),
  instalment: optional(Type.Integer({ minimum: 1, description: 'The instalment that it pays.' })),
  started_at: Instant('When it was begun.'),
});

export const MandateEvidenceSchema = open(
  'MandateEvidence',
  {
    mandate: MandateSchema,
    consent: Type.Object(
      { accepted_at: Instant('When the payer agreed.') },
      { additionalProperties: true, description: 'What the payer read and did, as it was written down.' },
    ),
    initial_payment: PaymentSchema,
    charges: Type.Array(ChargeSchema, { description: 'Newest first, at most 1,000.' }),
    more_charges: optional(Type.Boolean({ description: 'True when there are older ones: see the list of payments.' })),
  },
  'What was agreed and what was charged, as one document.',
);

export interface Evidence {
  mandate: Mandate;
  consent: { evidence: Record<string, unknown>; acceptedAt: Timestamp };
  firstPayment: Payment;
  charges: readonly MandateCharge[];
  more: boolean;
}

export function renderEvidence(evidence: Evidence, tenant: { mode: 'test' | 'live' }) {
  const { mandate, consent, firstPayment, charges, more } = evidence;
  return {
    mandate: renderMandate(mandate, tenant),
    consent: renderConsent(consent),
    initial_payment: renderPayment(firstPayment, tenant),
    charges: charges.map((charge) => ({
      payment_id: charge.paymentId,
      mandate_id: charge.mandateId,
      amount: charge.amountMinor,
      counted_amount: charge.countedMinor,
      state: charge.state,
      effective_date: charge.effectiveDate,
      occurrence: charge.occurrence,
      instalment: charge.instalment,
      started_at: toIso(charge.startedAt),
    })),
    more_charges: more || undefined,
  };
}

/** Evidence is kept in our own words and told in the contract's. Older evidence has no terms: there were none beside the text. */
function renderConsent({ evidence, acceptedAt }: Evidence['consent']) {
  const { terms, ...read } = evidence;
  return {
    ...Object.fromEntries(Object.entries(read).map(([key, value]) => [snakeCase(key), value])),
    terms: terms === undefined ? undefined : renderAgreed(terms as Agreed),
    accepted_at: toIso(acceptedAt),
  };
}

function snakeCase(key: string): string {
  return key.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

/** The values that the text was made from, as the page wrote them down. */
interface Agreed {
  amountMinor: number;
  currency: string;
  captureMethod: string;
  mandate?: {
    terms: MandateTerms;
    subscription?: SubscriptionTerms;
    instalments?: readonly Instalment[];
    firstDate: string;
    anchorDate: string;
    firstOccurrence?: string;
  };
}

function renderAgreed({ amountMinor, currency, captureMethod, mandate }: Agreed) {
  return {
    amount: amountMinor,
    currency,
    capture_method: captureMethod,
    mandate: mandate && {
      ...renderTerms(mandate.terms),
      subscription: mandate.subscription && renderSubscriptionTerms(mandate.subscription),
      instalments: mandate.instalments && renderInstalments(mandate.instalments),
      first_date: mandate.firstDate,
      anchor_date: mandate.anchorDate,
      first_occurrence: mandate.firstOccurrence,
    },
  };
}

function renderSubscriptionTerms({ amountMinor, startDate, endDate, scheduledTime, dunning }: SubscriptionTerms) {
  const period =
    startDate === undefined && endDate === undefined ? undefined : { start_date: startDate, end_date: endDate };
  return {
    amount: amountMinor,
    active_period: period,
    scheduled_time: scheduledTime,
    dunning: { retry_days: dunning.retryDays, on_exhausted: dunning.onExhausted },
  };
}
