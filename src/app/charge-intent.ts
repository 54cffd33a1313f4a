/**
 * The beginning of a charge without the payer, whoever makes it: session, payment, attempt and all that it takes of its mandate's limits,
 * written in one transaction before anything is sent.
 */
import { type Attempt, createAttempt } from '../domain/attempt.ts';
import { looksAtUsage, type Mandate } from '../domain/mandate.ts';
import type { Slot } from '../domain/mandate-rules.ts';
import type { MandateCharge } from '../domain/mandate-usage.ts';
import { createPayment, type Payment } from '../domain/payment.ts';
import { type CaptureMethod, createSession, type Metadata, type SessionOptions } from '../domain/session.ts';
import type { LocalDate } from '../lib/calendar.ts';
import { insertAttempt } from '../store/attempts.ts';
import { takeCharge } from '../store/mandate-usage.ts';
import { holdMandate } from '../store/mandates.ts';
import { Changes } from './apply.ts';
import { addCardTry } from './card-watch.ts';
import type { Chargeable } from './charge-judgement.ts';
import type { Context } from './context.ts';
import type { KeyWriter } from './idempotency.ts';
import type { ChargeInFlight } from './in-flight.ts';

/** What is charged, and what the session says about it. */
export interface ChargeIntent {
  amountMinor: number;
  currency: string;
  captureMethod: CaptureMethod;
  description?: string;
  externalReference?: string;
  metadata?: Metadata;
  /** Who asked: an API key, or the subscription. */
  createdBy: string;
  /** The due date of the subscription that makes the charge. */
  due?: { subscriptionId: string; dueDate: LocalDate; attemptNumber: number; instalmentNumber?: number };
}

/**
 * The transaction that begins a charge: session, payment, attempt and its reservation. Committing it is up to the caller, who may add
 * to it; it is Stale when mandate or usage have changed since they were read, and Taken when the occurrence or instalment was.
 */
export function chargeChanges(
  context: Context,
  chargeable: Chargeable,
  wanted: { intent: ChargeIntent; slot: Slot; key?: KeyWriter },
): { changes: Changes; now: ChargeInFlight } {
  const { mandate, usage, watched } = chargeable;
  const { intent, slot, key } = wanted;
  const { session, payment } = begunBy(context, chargeable, intent);
  const attempt = attemptFor(context, chargeable, { payment: payment.next, key });
  const charge = chargeOf(mandate, { paymentId: payment.next.id, intent, slot, at: context.at });
  const changes = new Changes(context)
    .also((tx) => holdMandate(tx, mandate))
    .also((tx) => takeCharge(tx, charge, looksAtUsage(mandate) ? usage.version : undefined))
    .session(session)
    .payment(payment)
    .also((tx) => insertAttempt(tx, attempt));
  addCardTry(changes, attempt, watched);
  if (key !== undefined) changes.also(key.keepUnfinished(session.next.id));
  return { changes, now: { attempt, payment: payment.next, session: session.next, under: { mandate, charge } } };
}

function begunBy(context: Context, { mandate, method }: Chargeable, intent: ChargeIntent) {
  const { system, at, tenant } = context;
  const { amountMinor, currency, captureMethod, description, externalReference, metadata, due } = intent;
  const paymentId = system.ids.next('pay');
  const sessionId = system.ids.next('ps');
  const shared = {
    tenantId: tenant.id,
    amountMinor,
    currency,
    ...(externalReference === undefined ? {} : { externalReference }),
    ...(metadata === undefined ? {} : { metadata }),
    customerId: method.customerId,
    paymentMethodId: method.id,
    mandateId: mandate.id,
    ...due,
    createdAt: at,
  };
  const session = createSession({
    ...shared,
    id: sessionId,
    type: 'next_in_series',
    ...(description === undefined ? {} : { description }),
    paymentId,
    createdBy: intent.createdBy,
    offersSavedMethods: false,
    options: { captureMethod, ...WITHOUT_A_PAGE },
  });
  const payment = createPayment({
    ...shared,
    id: paymentId,
    sessionId,
    intent: 'payment',
    initiator: 'merchant',
    captureMethod,
    card: method.card,
    reconciliationReference: reference(paymentId),
  });
  return { session, payment };
}

function attemptFor(
  context: Context,
  { mandate, method }: Chargeable,
  { payment, key }: { payment: Payment; key: KeyWriter | undefined },
): Attempt {
  const id = context.system.ids.next('att');
  const { tenantId, sessionId, amountMinor, currency } = payment;
  return createAttempt({
    tenantId,
    id,
    sessionId,
    paymentId: payment.id,
    kind: payment.captureMethod === 'manual' ? 'authorise' : 'charge',
    amountMinor,
    currency,
    requestKey: id,
    processor: context.tenant.processor,
    reference: payment.reconciliationReference,
    initiator: 'merchant',
    ...(key?.key === undefined ? {} : { idempotencyKey: key.key }),
    cardFingerprint: method.fingerprint,
    card: method.card,
    paymentMethodId: method.id,
    mandateId: mandate.id,
    saves: false,
    sentAt: context.at,
  });
}

const WITHOUT_A_PAGE = {
  savePaymentMethod: 'always',
  presentationMode: 'redirect',
} as const satisfies Partial<SessionOptions>;

function chargeOf(
  mandate: Mandate,
  { paymentId, intent, slot, at }: { paymentId: string; intent: ChargeIntent; slot: Slot; at: Context['at'] },
): MandateCharge {
  const { due } = intent;
  return {
    tenantId: mandate.tenantId,
    seriesId: mandate.seriesId,
    paymentId,
    mandateId: mandate.id,
    ...(due === undefined ? {} : { subscriptionId: due.subscriptionId, dueDate: due.dueDate }),
    ...slot,
    startedAt: at,
    amountMinor: intent.amountMinor,
    countedMinor: 0,
    state: 'open',
    unknown: false,
    declined: false,
  };
}

/** What the processor's reports show: the payment's id is unique for ever and says where to look. */
export function reference(paymentId: string): string {
  return paymentId;
}
