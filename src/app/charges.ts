/** The merchant charges without the payer: a next_in_series session, held against its mandate before anything is created or sent. */
import { refusalOf } from '../domain/charge-refusal.ts';
import type { PaymentMethod } from '../domain/customer.ts';
import { isRejection, missing, Rejected, type Rejection, reject } from '../domain/errors.ts';
import { chooseMandate, type Mandate } from '../domain/mandate.ts';
import type { Slot } from '../domain/mandate-rules.ts';
import type { SessionRequest } from '../domain/session-request.ts';
import { must } from '../lib/assert.ts';
import { type ChargeFacts, findChargeFacts } from '../store/charge-facts.ts';
import { Stale, Taken } from '../store/database.ts';
import { answerInTime } from './answer-in-time.ts';
import { type ChargeIntent, chargeChanges } from './charge-intent.ts';
import { type Chargeable, judge, reachOf } from './charge-judgement.ts';
import { sendCharge } from './charge-sending.ts';
import type { Context } from './context.ts';
import type { Answer, KeyWriter } from './idempotency.ts';
import { type Actor, created } from './new-session.ts';

/** Every failed try means that another charge of the mandate was faster, so a crowd of them gets through or is refused. */
const TRIES = 500;

interface Asked {
  request: SessionRequest;
  key: KeyWriter;
}

/** Creates and charges. Throws Rejected with 404, 409 or 422, with nothing created and nothing sent. */
export async function chargeSeries(context: Context, actor: Actor, asked: Asked): Promise<Answer> {
  const { request, key } = asked;
  for (let tries = 1; ; tries++) {
    const { slot, ...chargeable } = await allowed(context, request);
    const { changes, now } = chargeChanges(context, chargeable, { intent: intentOf(request, actor), slot, key });
    try {
      await changes.commit();
    } catch (error) {
      // Mandate, usage or card changed in between: look again and decide again.
      if (isOvertaken(error) && tries < TRIES) continue;
      throw error;
    }
    return answerInTime(context, key, {
      begun: now,
      ended: sendCharge(context, now, chargeable.method),
      answer: ({ session }) => created(context, session),
    });
  }
}

/** Another writer was faster with what this charge was decided on, or with the occurrence or instalment it wanted. */
export function isOvertaken(error: unknown): boolean {
  return error instanceof Stale || (error instanceof Taken && error.constraint.startsWith('mandate_charges_one_per_'));
}

function intentOf(request: SessionRequest, actor: Actor): ChargeIntent {
  const { amountMinor, currency, description, externalReference, metadata, options } = request;
  return {
    amountMinor,
    currency,
    captureMethod: options.captureMethod,
    ...(description === undefined ? {} : { description }),
    ...(externalReference === undefined ? {} : { externalReference }),
    ...(metadata === undefined ? {} : { metadata }),
    createdBy: actor.keyId,
  };
}

/** Customer, method, mandate and what the charge takes of it, or every reason why not. */
async function allowed(context: Context, request: SessionRequest): Promise<Chargeable & { slot: Slot }> {
  const customerId = must(request.customerId, 'customer_id of a charge');
  const paymentMethodId = must(request.paymentMethodId, 'payment_method_id of a charge');
  const key = { tenantId: context.tenant.id, customerId, paymentMethodId, mandateId: request.mandateId };
  const facts = await findChargeFacts(context.database, { ...key, ...reachOf(context) });
  const method = usable(facts, customerId);
  if (isRejection(method)) throw new Rejected(method);
  const mandate = chosen(context, facts, request);
  if (isRejection(mandate)) throw new Rejected(mandate);
  const { usage } = must(
    facts.mandates.find((one) => one.mandate === mandate),
    'the usage of a mandate',
  );
  const { watched } = facts;
  const chargeable = { method, mandate, usage, ...(watched === undefined ? {} : { watched }) };
  const { amountMinor, currency } = request;
  const evaluation = judge(context, chargeable, { amountMinor, currency });
  const refusal = refusalOf(mandate, evaluation);
  if (refusal !== undefined) throw new Rejected(refusal);
  return { ...chargeable, slot: evaluation.slot };
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

function chosen(context: Context, facts: ChargeFacts, request: SessionRequest): Mandate | Rejection {
  const mandates = facts.mandates.map(({ mandate }) => mandate);
  if (request.mandateId === undefined) return chooseMandate(mandates, { currency: request.currency, at: context.at });
  const named = mandates.find((mandate) => mandate.id === request.mandateId);
  if (named === undefined || named.customerId !== request.customerId) {
    return missing('mandate_not_found');
  }
  if (named.paymentMethodId !== request.paymentMethodId) {
    const detail = `The mandate charges ${named.paymentMethodId}.`;
    return reject('payment_method_mismatch', 'This mandate is for another payment method.', {
      errors: [{ pointer: '/options/payment_method_id', code: 'conflict', detail }],
    });
  }
  return named;
}
