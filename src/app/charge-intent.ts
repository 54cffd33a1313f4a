/**
 * A charge without the payer, made by the merchant's call or by the scheduler: held against its mandate, written with all that it
 * takes of the limits in one transaction, and sent once.
 */
import { createAttempt } from '../domain/attempt.ts';
import type { WatchedCard } from '../domain/card-rules.ts';
import type { PaymentMethod } from '../domain/customer.ts';
import { agreementOf, looksAtUsage, type Mandate } from '../domain/mandate.ts';
import { type AskedCharge, type Evaluation, evaluate, type Slot } from '../domain/mandate-rules.ts';
import type { MandateCharge, MandateUsage } from '../domain/mandate-usage.ts';
import { createPayment } from '../domain/payment.ts';
import { type CaptureMethod, createSession, type Metadata, type SessionOptions } from '../domain/session.ts';
import { must } from '../lib/assert.ts';
import { addDays, type LocalDate, localDateOf } from '../lib/calendar.ts';
import type { ChargeOrder, PaymentInstrument } from '../processors/processor.ts';
import { insertAttempt } from '../store/attempts.ts';
import { takeCharge, type UsageReach } from '../store/mandate-usage.ts';
import { holdMandate } from '../store/mandates.ts';
import { Changes } from './apply.ts';
import { addCardTry } from './card-watch.ts';
import type { Context } from './context.ts';
import type { KeyWriter } from './idempotency.ts';
import type { ChargeInFlight } from './in-flight.ts';
import { sendAttempt } from './settle.ts';

/** What a charge is decided on, as it stood at one moment. */
export interface Chargeable {
  mandate: Mandate;
  usage: MandateUsage;
  method: PaymentMethod;
  /** What is known about its card; absent for one that nobody watches. */
  watched?: WatchedCard;
}

/** How far back usage has to be read for a charge at the time of the context. */
export function reachOf({ tenant, at }: Context): UsageReach {
  const { catchUpDays } = tenant.settings;
  // A day more than the zone can differ, and the newest occurrence beside those that are still collected.
  return { since: addDays(localDateOf(at, 'UTC'), -(catchUpDays + 2)), reach: catchUpDays + 2 };
}

/** Holds a charge against every rule. */
export function judge(
  context: Context,
  { mandate, usage, method, watched }: Chargeable,
  asked: AskedCharge,
): Evaluation {
  const { scheme, expMonth, expYear } = method.card;
  const firstPayment = { amountMinor: mandate.firstPaidMinor, at: mandate.firstPaidAt };
  const card = { scheme, expMonth, expYear, ...(watched === undefined ? {} : { watched }) };
  return evaluate({ mandate, usage, firstPayment, card, settings: context.tenant.settings }, asked, context.at);
}

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
  { mandate, usage, method, watched }: Chargeable,
  wanted: { intent: ChargeIntent; slot: Slot; key?: KeyWriter },
): { changes: Changes; now: ChargeInFlight } {
  const { system, at, tenant } = context;
  const { intent, slot, key } = wanted;
  const { amountMinor, currency, captureMethod, description, externalReference, metadata, due } = intent;
  const said = {
    ...(externalReference === undefined ? {} : { externalReference }),
    ...(metadata === undefined ? {} : { metadata }),
  };
  const paymentId = system.ids.next('pay');
  const sessionId = system.ids.next('ps');
  const ids = { customerId: method.customerId, paymentMethodId: method.id, mandateId: mandate.id, ...due };
  const session = createSession({
    tenantId: tenant.id,
    id: sessionId,
    type: 'next_in_series',
    amountMinor,
    currency,
    ...(description === undefined ? {} : { description }),
    ...said,
    ...ids,
    paymentId,
    createdBy: intent.createdBy,
    offersSavedMethods: false,
    options: { captureMethod, ...WITHOUT_A_PAGE },
    createdAt: at,
  });
  const payment = createPayment({
    tenantId: tenant.id,
    id: paymentId,
    sessionId,
    intent: 'payment',
    initiator: 'merchant',
    captureMethod,
    amountMinor,
    currency,
    ...said,
    ...ids,
    card: method.card,
    reconciliationReference: reference(paymentId),
    createdAt: at,
  });
  const attemptId = system.ids.next('att');
  const attempt = createAttempt({
    tenantId: tenant.id,
    id: attemptId,
    sessionId,
    paymentId,
    kind: captureMethod === 'manual' ? 'authorise' : 'charge',
    amountMinor,
    currency,
    requestKey: attemptId,
    processor: tenant.processor,
    reference: payment.next.reconciliationReference,
    initiator: 'merchant',
    ...(key?.key === undefined ? {} : { idempotencyKey: key.key }),
    cardFingerprint: method.fingerprint,
    card: method.card,
    paymentMethodId: method.id,
    mandateId: mandate.id,
    saves: false,
    sentAt: at,
  });
  const charge = chargeOf(mandate, { paymentId, intent, slot, at });
  const changes = new Changes(context)
    .also((tx) => holdMandate(tx, mandate))
    .also((tx) => takeCharge(tx, charge, looksAtUsage(mandate) ? usage.version : undefined))
    .session(session)
    .payment(payment)
    .also((tx) => insertAttempt(tx, attempt));
  addCardTry(changes, attempt, watched);
  if (key !== undefined) changes.also(key.keepUnfinished(sessionId));
  const unwatched = watched === undefined ? ({ unwatched: true } as const) : {};
  const now = { attempt, payment: payment.next, session: session.next, under: { mandate, charge }, ...unwatched };
  return { changes, now };
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

/** Sends a charge that was written, once, and records what came back. */
export async function sendCharge(
  context: Context,
  now: ChargeInFlight,
  method: PaymentMethod,
): Promise<ChargeInFlight> {
  const { mandate } = must(now.under, 'the mandate of a charge');
  const { networkTransactionId } = mandate;
  const { attempt } = now;
  const order: ChargeOrder = {
    money: { amountMinor: attempt.amountMinor, currency: attempt.currency },
    reference: attempt.reference,
    initiator: 'merchant',
    instrument: await instrumentFor(context, method),
    agreement: {
      use: 'subsequent',
      type: agreementOf(mandate.terms),
      ...(networkTransactionId === undefined ? {} : { networkTransactionId }),
    },
    authentication: 'none',
  };
  return sendAttempt(context, now, { order });
}

/** The processor's token where there is one, else the number from the vault. */
export async function instrumentFor(
  context: Context,
  method: PaymentMethod,
  securityCode?: string,
): Promise<PaymentInstrument> {
  const code = securityCode === undefined ? {} : { securityCode };
  if (method.processorToken !== undefined) return { type: 'token', token: method.processorToken, ...code };
  const cardId = must(method.cardId, 'the card of a method without a token');
  const sealed = must(await context.vault.open(context.tenant.id, cardId), 'the sealed card of a saved method');
  return {
    type: 'card',
    card: { number: sealed.number, expMonth: method.card.expMonth, expYear: method.card.expYear, ...code },
  };
}
