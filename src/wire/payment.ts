/** The public face of payments and their attempts. */
import { Type } from '@sinclair/typebox';
import type { Attempt } from '../domain/attempt.ts';
import type { CardDetails, Payment, Review } from '../domain/payment.ts';
import { OTHER_METHOD_TYPES, type OtherMethodDetails } from '../domain/payment-method-types.ts';
import { toIso } from '../lib/time.ts';
import { NextActionSchema, renderNextAction } from './next-action.ts';
import { PaymentErrorSchema, renderPaymentError } from './payment-error.ts';
import { Amount, Currency, Id, Instant, listOf, MetadataSchema, Mode, open, optional, words } from './schema.ts';

const CardSchema = Type.Object({
  scheme: Type.String({ description: 'visa, mastercard, amex, …' }),
  type: optional(Type.String({ description: 'credit, debit or prepaid, where known.' })),
  bin: Type.String({ description: 'The first digits, which name the issuer.' }),
  last4: Type.String({ description: 'The last four digits.' }),
  exp_month: Type.Integer({ minimum: 1, maximum: 12 }),
  exp_year: Type.Integer({ description: 'Four digits.' }),
  country: optional(Type.String({ description: 'ISO 3166-1 alpha-2 of the issuer, where known.' })),
});

export const MethodDetailsSchema = Type.Object(
  {
    type: words(['card', ...OTHER_METHOD_TYPES], 'The way to pay; what is known of it stands under this name.'),
    card: optional(CardSchema),
    pay_by_bank: optional(Type.Object({ bank: Type.String({ description: 'The bank the payer chose.' }) })),
    wallet_qr: optional(Type.Object({})),
    mobile_money: optional(
      Type.Object({ phone_ending: Type.String({ description: 'The last two digits of the phone number.' }) }),
    ),
    voucher: optional(Type.Object({})),
  },
  { title: 'PaymentMethodDetails' },
);

const EvidenceSchema = open(
  'Evidence',
  {
    at: optional(Instant('When it was seen.')),
    why: optional(Type.String({ description: 'In a word: timeout, reset, unreadable, contradiction, …' })),
    operation: optional(Type.String({ description: 'What was asked of the processor.' })),
    status: optional(Type.Integer({ description: 'HTTP status of its answer.' })),
    latency_ms: optional(Type.Integer({ description: 'How long it took, in milliseconds.' })),
    bytes: optional(Type.Integer({ description: 'Size of its answer.' })),
    detail: optional(Type.String({ description: 'A sentence for people.' })),
    body: optional(Type.String({ description: 'The beginning of its answer, at most 2 KiB.' })),
    recorded: optional(Type.String({ description: 'What stood in our records.' })),
    told: optional(Type.String({ description: 'What the processor said instead.' })),
    money: optional(Type.String({ description: 'What was done about it.' })),
    request_key: optional(Type.String({ description: 'Our key of the refund by which it was given back.' })),
  },
  'What was seen of the processor; no card number, code or key is in it.',
);

export const ReviewSchema = open(
  'PaymentReview',
  {
    reason: Type.String({ description: 'What is wrong, in a word: timeout, contradiction, unreadable, …' }),
    since: Instant('Since when people have to look.'),
    attempt_id: optional(Id('att', 'The attempt whose truth is in doubt.')),
    evidence: optional(
      Type.Array(EvidenceSchema, { description: 'What was seen when the review began, newest last.' }),
    ),
  },
  "The processor's truth could not be learned, or contradicts itself: a person has to ask it.",
);

export const PaymentSchema = open(
  'Payment',
  {
    id: Id('pay', 'The payment.'),
    payment_session_id: Id('ps', 'Its session; a session has at most one payment.'),
    status: words(
      ['draft', 'initiating', 'pending_action', 'processing', 'succeeded', 'failed', 'cancelled', 'expired'],
      '`succeeded` under manual capture means authorised: the amounts say the rest.',
    ),
    intent: words(['payment', 'payment_method_verification'], 'A verification moves no money.'),
    initiator: words(['customer', 'merchant'], 'Who started it.'),
    capture_method: words(['automatic', 'manual'], 'Manual: authorised first, captured by you.'),
    amount: Amount('What is to be paid.'),
    currency: Currency(),
    authorised_amount: Amount('Authorised; never changes once set.'),
    paid_amount: Amount('Taken: charged at once, or captured.'),
    voided_amount: Amount('Released without capture: voided, or lapsed with the authorisation.'),
    refunded_amount: Amount('Given back.'),
    authorisation_expires_at: optional(Instant('Under manual capture: capture before this.')),
    mode: Mode(),
    external_reference: optional(Type.String({ description: 'Your reference of the session.' })),
    metadata: optional(MetadataSchema),
    customer_id: optional(Id('cus', 'The customer, once known.')),
    payment_method_id: optional(Id('pmt', 'The saved method used or made.')),
    mandate_id: optional(Id('mnd', 'The mandate made or charged.')),
    subscription_id: optional(Id('sub', 'The subscription it began, or that charged it.')),
    due_date: optional(
      Type.String({ format: 'date', description: 'The due date of the subscription it was charged for.' }),
    ),
    attempt_number: optional(Type.Integer({ minimum: 1, description: 'Which try of that due date.' })),
    instalment_number: optional(Type.Integer({ minimum: 1, description: 'The instalment it pays.' })),
    payment_method_details: optional(MethodDetailsSchema),
    reconciliation_reference: Type.String({ description: "What the processor's reports show." }),
    last_payment_error: optional(PaymentErrorSchema),
    review: optional(ReviewSchema),
    created_at: Instant('When it was created.'),
    updated_at: Instant('When it last changed.'),
  },
  'What the attempts of one session add up to.',
);

export function renderPayment(payment: Payment, options: { mode: 'test' | 'live' }) {
  return {
    id: payment.id,
    payment_session_id: payment.sessionId,
    status: payment.status,
    intent: payment.intent,
    initiator: payment.initiator,
    capture_method: payment.captureMethod,
    amount: payment.amountMinor,
    currency: payment.currency,
    authorised_amount: payment.authorisedMinor,
    paid_amount: payment.paidMinor,
    voided_amount: payment.voidedMinor,
    refunded_amount: payment.refundedMinor,
    authorisation_expires_at: payment.authorisationExpiresAt && toIso(payment.authorisationExpiresAt),
    mode: options.mode,
    external_reference: payment.externalReference,
    metadata: payment.metadata,
    customer_id: payment.customerId,
    payment_method_id: payment.paymentMethodId,
    mandate_id: payment.mandateId,
    subscription_id: payment.subscriptionId,
    due_date: payment.dueDate,
    attempt_number: payment.attemptNumber,
    instalment_number: payment.instalmentNumber,
    payment_method_details: renderPaidWith(payment),
    reconciliation_reference: payment.reconciliationReference,
    last_payment_error: payment.lastPaymentError && renderPaymentError(payment.lastPaymentError),
    review: payment.review && renderReview(payment.review),
    created_at: toIso(payment.createdAt),
    updated_at: toIso(payment.updatedAt),
  };
}

export function renderReview(review: Review) {
  return {
    reason: review.reason,
    since: toIso(review.since),
    attempt_id: review.attemptId,
    evidence: review.evidence,
  };
}

export function renderMethodDetails(card: CardDetails) {
  return {
    type: 'card',
    card: {
      scheme: card.scheme,
      type: card.type,
      bin: card.bin,
      last4: card.last4,
      exp_month: card.expMonth,
      exp_year: card.expYear,
      country: card.country,
    },
  };
}

/** Whatever it was paid with; absent where nothing was chosen yet. */
function renderPaidWith({ card, method }: { card?: CardDetails; method?: OtherMethodDetails }) {
  return method === undefined ? card && renderMethodDetails(card) : renderOtherMethod(method);
}

function renderOtherMethod(method: OtherMethodDetails) {
  switch (method.type) {
    case 'pay_by_bank':
      return { type: method.type, pay_by_bank: { bank: method.bank } };
    case 'mobile_money':
      return { type: method.type, mobile_money: { phone_ending: method.phoneEnding } };
    default:
      return { type: method.type, [method.type]: {} };
  }
}

export const AttemptSchema = open(
  'Attempt',
  {
    id: Id('att', 'The attempt.'),
    kind: words(['charge', 'authorise', 'verify', 'capture', 'void', 'refund'], 'What was asked of the processor.'),
    status: words(
      ['sent', 'action_required', 'pending', 'unknown', 'succeeded', 'declined'],
      '`unknown`: sent, and nobody knows yet what became of it; we keep asking.',
    ),
    amount: Amount('Of this operation.'),
    currency: Currency(),
    payment_method_details: optional(MethodDetailsSchema),
    next_action: optional(NextActionSchema),
    decline: optional(
      Type.Object({
        code: Type.String(),
        class: Type.String(),
        stage: words(['issuer', 'processor', 'not_sent'], 'Who said no.'),
      }),
    ),
    evidence: optional(
      Type.Array(EvidenceSchema, { description: 'What we saw while the outcome was unknown, newest last.' }),
    ),
    external_reference: optional(Type.String({ description: 'What you called this capture.' })),
    metadata: optional(MetadataSchema),
    created_at: Instant('When it was written, before the call.'),
    settled_at: optional(Instant('When its end was known.')),
  },
  'One outbound operation that can move money.',
);

/** What the payer still has to do; absent once it is given up, and before and after. */
function openAction({ status, nextAction, actionExpiresAt, leaving }: Attempt) {
  if (status !== 'action_required' || leaving || nextAction === undefined || actionExpiresAt === undefined)
    return undefined;
  return renderNextAction(nextAction, actionExpiresAt);
}

export const AttemptListSchema = listOf(AttemptSchema);

export function renderAttempt(attempt: Attempt) {
  return {
    id: attempt.id,
    kind: attempt.kind,
    status: attempt.status,
    amount: attempt.amountMinor,
    currency: attempt.currency,
    payment_method_details: renderPaidWith(attempt),
    next_action: openAction(attempt),
    decline: attempt.decline && {
      code: attempt.decline.code,
      class: attempt.decline.class,
      stage: attempt.decline.stage,
    },
    evidence: attempt.evidence,
    external_reference: attempt.externalReference,
    metadata: attempt.metadata,
    created_at: toIso(attempt.createdAt),
    settled_at: attempt.settledAt && toIso(attempt.settledAt),
  };
}
