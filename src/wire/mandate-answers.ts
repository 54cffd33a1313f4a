/** What is answered about a mandate beside the mandate itself: whether a charge would be allowed, and the evidence of what was agreed. */
import { Type } from '@sinclair/typebox';
import type { Mandate } from '../domain/mandate.ts';
import type { Evaluation } from '../domain/mandate-rules.ts';
import type { MandateCharge } from '../domain/mandate-usage.ts';
import type { Payment } from '../domain/payment.ts';
import type { Violation } from '../domain/violation.ts';
import { type Timestamp, toIso } from '../lib/time.ts';
import { MandateSchema, renderMandate } from './mandate.ts';
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
    consent: { ...(snakeCased(consent.evidence) as Record<string, unknown>), accepted_at: toIso(consent.acceptedAt) },
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

/** Evidence is kept in our own words; the contract's are snake_case, all the way down. */
function snakeCased(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(snakeCased);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [
      key.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`),
      snakeCased(inner),
    ]),
  );
}
