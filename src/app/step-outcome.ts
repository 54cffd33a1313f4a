/**
 * What an outcome does to a capture, void or refund and to its payment. Builds the changes and commits nothing: `settle.ts`
 * decides when.
 */
import { type AttemptDecline, holdAttempt, nextAskAt, settleAttempt } from '../domain/attempt.ts';
import { declineSpec } from '../domain/decline.ts';
import { entryOfSuccess } from '../domain/ledger.ts';
import { flagPayment, type PaymentError } from '../domain/payment.ts';
import { failStep, type StepKind, succeedStep } from '../domain/payment-steps.ts';
import { failRefund, type Refund, succeedRefund } from '../domain/refund.ts';
import { unreachable } from '../lib/assert.ts';
import type { Timestamp } from '../lib/time.ts';
import type { Outcome } from '../processors/processor.ts';
import { saveAttempt } from '../store/attempts.ts';
import { finishIdempotencyKey } from '../store/idempotency.ts';
import { insertLedgerEntry } from '../store/ledger.ts';
import { renderPayment } from '../wire/payment.ts';
import { renderRefund } from '../wire/refund.ts';
import { Changes } from './apply.ts';
import { recountCharge } from './charge-end.ts';
import type { Context } from './context.ts';
import type { Answer } from './idempotency.ts';
import { type Recorded, type StepInFlight, stepOf } from './in-flight.ts';
import { unknownAttempt } from './unknown.ts';

type Of<K extends Outcome['kind']> = Extract<Outcome, { kind: K }>;

/** The changes that `learned.outcome` brings. */
export async function stepChanges(
  context: Context,
  now: StepInFlight,
  learned: { outcome: Outcome; provableAt?: Timestamp },
): Promise<Recorded<StepInFlight>> {
  const { outcome } = learned;
  switch (outcome.kind) {
    case 'approved':
      return succeeded(context, now, outcome);
    case 'declined':
      return failed(context, now, outcome);
    case 'pending':
      return pending(context, now, outcome);
    case 'action_required':
      return unknown(context, now, { outcome: unexpectedAction(now, outcome) });
    case 'unknown':
      return unknown(context, now, { outcome, ...(learned.provableAt && { provableAt: learned.provableAt }) });
    default:
      return unreachable(outcome);
  }
}

/** 200 with the payment, or 201 with the refund: how the merchant's request is answered, whatever became of the step. */
export function stepAnswer(context: Context, { attempt, payment, refund }: StepInFlight): Answer {
  return attempt.kind === 'refund' && refund !== undefined
    ? { status: 201, body: JSON.stringify(renderRefund(refund)) }
    : { status: 200, body: JSON.stringify(renderPayment(payment, context.tenant)) };
}

async function succeeded(
  context: Context,
  now: StepInFlight,
  approved: Of<'approved'>,
): Promise<Recorded<StepInFlight>> {
  const { at } = context;
  const attempt = settleAttempt(now.attempt, 'succeeded', { processorRef: approved.ref }, at);
  const payment = succeedStep(now.payment, stepOf(now), at);
  const refund = now.refund && succeedRefund(now.refund, at);
  const changes = new Changes(context).payment(payment);
  if (refund !== undefined) changes.refund(refund);
  const entry = entryOfSuccess(attempt, at);
  if (entry !== undefined) changes.also((tx) => insertLedgerEntry(tx, entry));
  if (attempt.kind === 'void') await recountCharge(context, changes, { payment: payment.next, byCall: true });
  return recorded(context, changes, { ...now, attempt, payment: payment.next }, refund?.next);
}

function failed(context: Context, now: StepInFlight, declined: Of<'declined'>): Recorded<StepInFlight> {
  const { at } = context;
  const ref = declined.ref === undefined ? {} : { processorRef: declined.ref };
  const attempt = settleAttempt(now.attempt, 'declined', { decline: declineOf(declined), ...ref }, at);
  const payment = failStep(now.payment, stepOf(now), stepError(now.attempt.kind, declined, { at }), at);
  const refund = now.refund && failRefund(now.refund, declined.code, at);
  const changes = new Changes(context).payment(payment);
  if (refund !== undefined) changes.refund(refund);
  return recorded(context, changes, { ...now, attempt, payment: payment.next }, refund?.next);
}

/** The processor has it and will tell later; what was reserved stays reserved. */
function pending(context: Context, now: StepInFlight, told: Of<'pending'>): Recorded<StepInFlight> {
  const syncCount = now.attempt.syncCount + 1;
  const attempt = holdAttempt(now.attempt, 'pending', {
    nextSyncAt: nextAskAt(syncCount, context.at),
    syncCount,
    processorRef: told.ref,
  });
  return recorded(context, new Changes(context), { ...now, attempt });
}

function unknown(
  context: Context,
  now: StepInFlight,
  learned: { outcome: Of<'unknown'>; provableAt?: Timestamp },
): Recorded<StepInFlight> {
  const { attempt, doubt } = unknownAttempt(context, now.attempt, learned);
  const changes = new Changes(context);
  if (doubt === undefined) return recorded(context, changes, { ...now, attempt });
  const flagged = flagPayment(now.payment, doubt, context.at);
  return recorded(context, changes.payment(flagged), { ...now, attempt, payment: flagged.next });
}

/** Nobody can act on a capture, void or refund: an answer that asks for it makes no sense. */
function unexpectedAction({ attempt }: StepInFlight, { action, ref }: Of<'action_required'>): Of<'unknown'> {
  const detail = `unexpected action ${action.type}`;
  const evidence = { operation: attempt.kind, latencyMs: 0, bytes: 0, detail };
  return { kind: 'unknown', why: 'contradiction', alarm: true, evidence, ref };
}

/** The merchant's request that began this attempt gets its answer with the first thing known about it. */
function recorded(
  context: Context,
  changes: Changes,
  now: Omit<StepInFlight, 'attempt'> & { attempt: Parameters<typeof saveAttempt>[1] },
  refund?: Refund,
): Recorded<StepInFlight> {
  const next = { ...now, ...(refund === undefined ? {} : { refund }) } as StepInFlight;
  changes.also((tx) => saveAttempt(tx, now.attempt));
  const key = now.attempt.idempotencyKey;
  if (key !== undefined) {
    const answer = stepAnswer(context, next);
    changes.also((tx) => finishIdempotencyKey(tx, { tenantId: context.tenant.id, key, answer }));
  }
  return { changes, next };
}

/** The decline as the attempt keeps it. */
export function declineOf(declined: Of<'declined'>): AttemptDecline {
  return { code: declined.code, class: declineSpec(declined.code).class, stage: declined.stage, ...declined.raw };
}

/**
 * Why a step did not succeed, or `tookBack`: has failed after it was reported as done. Worth repeating where nothing was sent
 * or the bank may change its mind; what the processor refuses by its rules it will refuse again.
 */
export function stepError(
  kind: StepKind,
  declined: Of<'declined'>,
  when: { at: Timestamp; tookBack?: boolean },
): PaymentError {
  const spec = declineSpec(declined.code);
  const mayChange = declined.stage === 'issuer' && spec.class.startsWith('soft');
  return {
    errorCode: declined.stage === 'not_sent' ? 'processor_unavailable' : 'payment_declined',
    declineCode: declined.code,
    class: spec.class,
    message: when.tookBack
      ? `The ${kind} was reported as done and has failed after all: the amounts are what they were before it.`
      : `${whoSaidNo(kind, declined)}: nothing was moved.`,
    retry: { allowed: declined.stage === 'not_sent' || mayChange },
    at: when.at,
  };
}

/** For the merchant: nobody is paying here, so the words for payers do not fit. */
function whoSaidNo(kind: StepKind, { stage, raw }: Of<'declined'>): string {
  if (raw.reason === BY_A_PERSON) return `A person found out that the ${kind} was not carried out`;
  if (stage === 'not_sent') return `The ${kind} did not reach the processor`;
  return stage === 'issuer' ? `The bank declined the ${kind}` : `The processor refused the ${kind}`;
}

/** The reason of an end that an operator named. */
export const BY_A_PERSON = 'resolved_by_operator';
