/** Charging without the payer: a next_in_series session, held against its mandate before anything is created or sent. */
import { createAttempt } from '../domain/attempt.ts';
import type { PaymentMethod } from '../domain/customer.ts';
import { isRejection, missing, Rejected, type Rejection, reject } from '../domain/errors.ts';
import { chooseMandate, type Mandate, refuseCharge } from '../domain/mandate.ts';
import { createPayment } from '../domain/payment.ts';
import { createSession } from '../domain/session.ts';
import type { SessionRequest } from '../domain/session-request.ts';
import { must } from '../lib/assert.ts';
import type { ChargeOrder, PaymentInstrument } from '../processors/processor.ts';
import { insertAttempt } from '../store/attempts.ts';
import { Stale } from '../store/database.ts';
import { type ChargeFacts, findChargeFacts, holdMandate } from '../store/mandates.ts';
import { answerInTime } from './answer-in-time.ts';
import { Changes } from './apply.ts';
import type { Context } from './context.ts';
import type { Answer, KeyWriter } from './idempotency.ts';
import type { ChargeInFlight } from './in-flight.ts';
import { type Actor, created, sessionFacts } from './new-session.ts';
import { sendAttempt } from './settle.ts';

const TRIES = 20;

interface Asked {
  request: SessionRequest;
  key: KeyWriter;
}

/** Creates and charges. Throws Rejected with 404, 409 or 422, with nothing created and nothing sent. */
export async function chargeSeries(context: Context, actor: Actor, asked: Asked): Promise<Answer> {
  for (let tries = 1; ; tries++) {
    const { method, mandate } = await allowed(context, asked.request);
    const intent = writeIntent(context, actor, { ...asked, method, mandate });
    try {
      await intent.changes.commit();
    } catch (error) {
      // The mandate changed in between, a revocation most likely: look again and decide again.
      if (error instanceof Stale && tries < TRIES) continue;
      throw error;
    }
    const order = await orderFor(context, { now: intent.now, method, mandate });
    return answerInTime(context, asked.key, {
      begun: intent.now,
      ended: sendAttempt(context, intent.now, { order }),
      answer: ({ session }) => created(context, session),
    });
  }
}

/** Customer, method and mandate of the charge, or every reason why not. */
async function allowed(
  context: Context,
  request: SessionRequest,
): Promise<{ method: PaymentMethod; mandate: Mandate }> {
  const customerId = must(request.customerId, 'customer_id of a charge');
  const paymentMethodId = must(request.paymentMethodId, 'payment_method_id of a charge');
  const key = { tenantId: context.tenant.id, customerId, paymentMethodId, mandateId: request.mandateId };
  const facts = await findChargeFacts(context.database, key);
  const method = usable(facts, customerId);
  if (isRejection(method)) throw new Rejected(method);
  const mandate = chosen(facts.mandates, request);
  if (isRejection(mandate)) throw new Rejected(mandate);
  const { expMonth, expYear } = method.card;
  const refusal = refuseCharge(
    mandate,
    { amountMinor: request.amountMinor, currency: request.currency, expMonth, expYear },
    context.at,
  );
  if (refusal !== undefined) throw new Rejected(refusal);
  return { method, mandate };
}

function usable(facts: ChargeFacts, customerId: string): PaymentMethod | Rejection {
  if (!facts.customerExists) return missing('customer_not_found');
  const { method } = facts;
  if (method === undefined) return missing('payment_method_not_found');
  if (method.customerId !== customerId) {
    return reject('payment_method_mismatch', 'This payment method belongs to another customer.', {
      errors: [{ pointer: '/options/payment_method_id', code: 'conflict', detail: 'It belongs to another customer.' }],
    });
  }
  if (method.status === 'removed') return reject('payment_method_not_usable', 'This payment method was removed.');
  if (method.usage === 'customer_present') {
    return reject(
      'payment_method_not_usable',
      'Only its payer can use this payment method: it was not saved by a first_in_series session.',
    );
  }
  return method;
}

function chosen(mandates: readonly Mandate[], request: SessionRequest): Mandate | Rejection {
  if (request.mandateId === undefined) return chooseMandate(mandates, request.currency);
  const named = mandates.find((mandate) => mandate.id === request.mandateId);
  if (named === undefined || named.customerId !== request.customerId) {
    return missing('mandate_not_found');
  }
  if (named.paymentMethodId !== request.paymentMethodId) {
    return reject('payment_method_mismatch', 'This mandate is for another payment method.', {
      errors: [
        {
          pointer: '/options/payment_method_id',
          code: 'conflict',
          detail: `The mandate charges ${named.paymentMethodId}.`,
        },
      ],
    });
  }
  return named;
}

function writeIntent(
  context: Context,
  actor: Actor,
  { request, key, method, mandate }: Asked & { method: PaymentMethod; mandate: Mandate },
) {
  const { system, at } = context;
  const paymentId = system.ids.next('pay');
  const ids = { customerId: method.customerId, paymentMethodId: method.id, mandateId: mandate.id };
  const session = createSession({
    ...sessionFacts(context, actor, request),
    ...ids,
    paymentId,
    offersSavedMethods: false,
  });
  const { tenantId, id: sessionId, amountMinor, currency, externalReference, metadata } = session.next;
  const payment = createPayment({
    tenantId,
    id: paymentId,
    sessionId,
    intent: 'payment',
    initiator: 'merchant',
    captureMethod: request.options.captureMethod,
    amountMinor,
    currency,
    ...(externalReference === undefined ? {} : { externalReference }),
    ...(metadata === undefined ? {} : { metadata }),
    ...ids,
    card: method.card,
    reconciliationReference: reference(paymentId),
    createdAt: at,
  });
  const attemptId = system.ids.next('att');
  const attempt = createAttempt({
    tenantId,
    id: attemptId,
    sessionId,
    paymentId,
    kind: request.options.captureMethod === 'manual' ? 'authorise' : 'charge',
    amountMinor,
    currency,
    requestKey: attemptId,
    processor: context.tenant.processor,
    reference: payment.next.reconciliationReference,
    initiator: 'merchant',
    ...(key.key === undefined ? {} : { idempotencyKey: key.key }),
    cardFingerprint: method.fingerprint,
    card: method.card,
    paymentMethodId: method.id,
    mandateId: mandate.id,
    saves: false,
    sentAt: at,
  });
  const changes = new Changes(context)
    .also((tx) => holdMandate(tx, mandate))
    .session(session)
    .payment(payment)
    .also((tx) => insertAttempt(tx, attempt))
    .also(key.keepUnfinished(sessionId));
  return { changes, now: { attempt, payment: payment.next, session: session.next } satisfies ChargeInFlight };
}

/** What the processor's reports show: the payment's id is unique for ever and says where to look. */
export function reference(paymentId: string): string {
  return paymentId;
}

async function orderFor(
  context: Context,
  facts: { now: ChargeInFlight; method: PaymentMethod; mandate: Mandate },
): Promise<ChargeOrder> {
  const { attempt } = facts.now;
  const { networkTransactionId } = facts.mandate;
  return {
    money: { amountMinor: attempt.amountMinor, currency: attempt.currency },
    reference: attempt.reference,
    initiator: 'merchant',
    instrument: await instrumentFor(context, facts.method),
    agreement: {
      use: 'subsequent',
      type: 'unscheduled',
      ...(networkTransactionId === undefined ? {} : { networkTransactionId }),
    },
    authentication: 'none',
  };
}

/** The processor's token where there is one, else the number from the vault. */
export async function instrumentFor(
  context: Context,
  method: PaymentMethod,
  securityCode?: string,
): Promise<PaymentInstrument> {
  const code = securityCode === undefined ? {} : { securityCode };
  if (method.processorToken !== undefined) return { type: 'token', token: method.processorToken, ...code };
  const sealed = must(await context.vault.open(context.tenant.id, method.cardId), 'the sealed card of a saved method');
  return {
    type: 'card',
    card: { number: sealed.number, expMonth: method.card.expMonth, expYear: method.card.expYear, ...code },
  };
}
