/** Captures, voids and refunds: decided on one read, written as an attempt, sent once, answered with what is known. */
import { type Attempt, createAttempt } from '../domain/attempt.ts';
import { isRejection, missing, Rejected, type Rejection } from '../domain/errors.ts';
import { entryOfLapse } from '../domain/ledger.ts';
import type { Payment } from '../domain/payment.ts';
import {
  beginStep,
  lapseAuthorisation,
  planCapture,
  planRefund,
  planVoid,
  reservedMinor,
  type Step,
  type StepKind,
} from '../domain/payment-steps.ts';
import { createRefund, type RefundReason } from '../domain/refund.ts';
import type { Metadata } from '../domain/session.ts';
import { must } from '../lib/assert.ts';
import type { StepOrder } from '../processors/processor.ts';
import { insertAttempt } from '../store/attempts.ts';
import { Stale, Taken } from '../store/database.ts';
import { insertLedgerEntry } from '../store/ledger.ts';
import { findStepFacts, type StepFacts } from '../store/payment-steps.ts';
import { findPayment } from '../store/payments.ts';
import { findRefund } from '../store/refunds.ts';
import { renderPayment } from '../wire/payment.ts';
import { renderRefund } from '../wire/refund.ts';
import { answerInTime } from './answer-in-time.ts';
import { Changes } from './apply.ts';
import { recountCharge } from './charge-end.ts';
import type { Context } from './context.ts';
import { type Answer, type IdempotentRequest, type KeyWriter, once } from './idempotency.ts';
import type { StepInFlight } from './in-flight.ts';
import { sendStep } from './settle.ts';
import { stepAnswer } from './step-outcome.ts';

/** What a merchant asks for. Without an amount: all that remains. */
export interface StepAsked {
  /** Minor units, at least 1. */
  amountMinor?: number | undefined;
  externalReference?: string | undefined;
  metadata?: Metadata | undefined;
  reason?: RefundReason | undefined;
}

/**
 * Captures, voids or refunds, at most once for the request's key. Answers 200 with the payment, for a refund 201 with the
 * refund, declined and open ones included. Throws Rejected with 404 or 409, nothing written and nothing sent.
 */
export function takeStep(
  context: Context,
  kind: StepKind,
  on: { paymentId: string; asked: StepAsked; idempotency: IdempotentRequest | undefined },
) {
  return once(context, on.idempotency, {
    work: (key) => stepOnce(context, kind, { ...on, key }),
    report: (resourceId) => report(context, resourceId),
  });
}

/** Every failed try means that another step of this payment was faster, so a crowd gets through. */
const TRIES = 100;

async function stepOnce(
  context: Context,
  kind: StepKind,
  on: { paymentId: string; asked: StepAsked; key: KeyWriter },
): Promise<Answer> {
  for (let tries = 1; ; tries++) {
    const facts = await findStepFacts(context.database, context.tenant.id, on.paymentId);
    if (facts === undefined) throw new Rejected(missing('payment_not_found'));
    const step = plan(context, kind, { facts, amountMinor: on.asked.amountMinor });
    if (isRejection(step)) throw new Rejected(step);
    const intent = writeIntent(context, { facts, step, asked: on.asked, key: on.key });
    try {
      await intent.changes.commit();
    } catch (error) {
      if (wasOvertaken(error) && tries < TRIES) continue;
      throw error;
    }
    return answerInTime(context, on.key, {
      begun: intent.now,
      ended: sendStep(context, intent.now, orderFor(facts, step, on.asked.reason)),
      answer: (now) => stepAnswer(context, now),
    });
  }
}

/** Another step of this payment was written between our reading and our writing: look again and decide again. */
function wasOvertaken(error: unknown): boolean {
  return error instanceof Stale || (error instanceof Taken && error.constraint === 'attempts_one_open');
}

function plan(
  context: Context,
  kind: StepKind,
  { facts, amountMinor }: { facts: StepFacts; amountMinor: number | undefined },
): Step | Rejection {
  const { payment, stepOpen } = facts;
  if (kind === 'capture') return planCapture(payment, { amountMinor, stepOpen }, context.at);
  return kind === 'void' ? planVoid(payment, { stepOpen }, context.at) : planRefund(payment, { amountMinor });
}

function writeIntent(
  context: Context,
  on: { facts: StepFacts; step: Step; asked: StepAsked; key: KeyWriter },
): { changes: Changes; now: StepInFlight } {
  const { step, asked, key } = on;
  const { payment } = on.facts;
  const attempt = attemptFor(context, on);
  const begun = beginStep(payment, step);
  const changes = new Changes(context).payment(begun).also((tx) => insertAttempt(tx, attempt));
  if (step.kind !== 'refund') {
    return { changes: changes.also(key.keepUnfinished(payment.id)), now: { attempt, payment: begun.next } };
  }
  const refund = createRefund({
    tenantId: payment.tenantId,
    id: context.system.ids.next('re'),
    paymentId: payment.id,
    attemptId: attempt.id,
    amountMinor: step.amountMinor,
    currency: payment.currency,
    ...(asked.reason === undefined ? {} : { reason: asked.reason }),
    ...(asked.metadata === undefined ? {} : { metadata: asked.metadata }),
    createdAt: context.at,
  });
  changes.refund(refund).also(key.keepUnfinished(refund.next.id));
  return { changes, now: { attempt, payment: begun.next, refund: refund.next } };
}

function attemptFor(
  context: Context,
  { facts, step, asked, key }: { facts: StepFacts; step: Step; asked: StepAsked; key: KeyWriter },
): Attempt & { kind: StepKind } {
  const { payment } = facts;
  const attemptId = context.system.ids.next('att');
  const attempt = createAttempt({
    tenantId: payment.tenantId,
    id: attemptId,
    sessionId: payment.sessionId,
    paymentId: payment.id,
    kind: step.kind,
    amountMinor: step.amountMinor,
    currency: payment.currency,
    requestKey: attemptId,
    processor: chargeOf(facts).processor,
    reference: payment.reconciliationReference,
    initiator: 'merchant',
    ...(key.key === undefined ? {} : { idempotencyKey: key.key }),
    ...(asked.externalReference === undefined ? {} : { externalReference: asked.externalReference }),
    ...(step.kind === 'capture' && asked.metadata !== undefined ? { metadata: asked.metadata } : {}),
    saves: false,
    sentAt: context.at,
  });
  return { ...attempt, kind: step.kind };
}

function chargeOf(facts: StepFacts) {
  return must(facts.charge, 'the attempt by which a payment succeeded');
}

function orderFor(facts: StepFacts, step: Step, reason: RefundReason | undefined): StepOrder {
  const { payment } = facts;
  const charge = chargeOf(facts);
  return {
    chargeRef: charge.processorRef,
    charge: { amountMinor: charge.amountMinor, currency: payment.currency },
    reference: payment.reconciliationReference,
    money: { amountMinor: step.amountMinor, currency: payment.currency },
    ...(reason === undefined ? {} : { reason }),
  };
}

/** What became of a request whose process died: its payment or refund as it stands. */
async function report(context: Context, resourceId: string): Promise<Answer> {
  const { database, tenant } = context;
  if (resourceId.startsWith('re_')) {
    const refund = must(await findRefund(database, tenant.id, resourceId), 'a refund that was written');
    return { status: 201, body: JSON.stringify(renderRefund(refund)) };
  }
  const payment = must(await findPayment(database, tenant.id, resourceId), 'the payment of a step');
  return { status: 200, body: JSON.stringify(renderPayment(payment, tenant)) };
}

/** Lets an authorisation that has run out fall back to the payer. Does nothing when it no longer is so. */
export async function lapse(context: Context, paymentId: string): Promise<Payment | undefined> {
  const facts = await findStepFacts(context.database, context.tenant.id, paymentId);
  if (facts === undefined || facts.stepOpen) return undefined;
  const { payment } = facts;
  const { lapseDueAt } = payment;
  if (lapseDueAt === undefined || context.at < lapseDueAt) return undefined;
  const { attemptId } = chargeOf(facts);
  const authorisation = { tenantId: payment.tenantId, paymentId, id: attemptId, currency: payment.currency };
  const entry = entryOfLapse(authorisation, reservedMinor(payment), context.at);
  const lapsed = lapseAuthorisation(payment, context.at);
  const changes = new Changes(context).payment(lapsed).also((tx) => insertLedgerEntry(tx, entry));
  await recountCharge(context, changes, { payment: lapsed.next, byCall: false });
  await changes.commit();
  return lapsed.next;
}
