/**
 * What an outcome does to attempt, payment and session, and who else has to be told in the same transaction: what a first success
 * begins, the mandate and the subscription of a charge, and what is known about the card. Commits nothing: `settle.ts` decides when.
 */
import { type Attempt, holdAttempt, nextAskAt, settleAttempt } from '../domain/attempt.ts';
import type { PaymentMethod } from '../domain/customer.ts';
import type { Decision } from '../domain/errors.ts';
import { entryOfSuccess } from '../domain/ledger.ts';
import {
  type CardDetails,
  failPaymentAttempt,
  flagPayment,
  holdPayment,
  type Payment,
  succeedPayment,
} from '../domain/payment.ts';
import { completeSession, failSessionAttempt } from '../domain/session.ts';
import { HOUR, MINUTE, plus, SECOND, type Timestamp } from '../lib/time.ts';
import type { CardFacts, Outcome } from '../processors/processor.ts';
import { saveAttempt } from '../store/attempts.ts';
import { finishIdempotencyKey } from '../store/idempotency.ts';
import { insertLedgerEntry } from '../store/ledger.ts';
import { renderSession } from '../wire/session.ts';
import { Changes } from './apply.ts';
import { declineAftermath, successAftermath } from './card-aftermath.ts';
import { countCharge, moveCharge } from './charge-end.ts';
import { brakeChanges } from './checkout-brakes.ts';
import type { Context } from './context.ts';
import { beginWithSuccess } from './first-success.ts';
import type { ChargeInFlight, Recorded } from './in-flight.ts';
import { paymentErrorOf } from './payment-error.ts';
import { chargeDeclined, chargeSucceeded } from './subscription-outcome.ts';
import { unknownAttempt } from './unknown.ts';

/** Read beforehand, only when a success would save the card. */
export interface SavingFacts {
  /** While the payer was at the bank. */
  customerDeleted?: boolean;
  method?: PaymentMethod | undefined;
}

type Of<K extends Outcome['kind']> = Extract<Outcome, { kind: K }>;

/** The payer's bank said yes: everything the session promised becomes true in one transaction. */
export async function approvedChanges(
  context: Context,
  now: ChargeInFlight,
  approved: Of<'approved'>,
  saving: SavingFacts,
): Promise<Recorded<ChargeInFlight>> {
  const { attempt, payment, session } = now;
  const { at } = context;
  const changes = new Changes(context);
  const card = attempt.card && withFacts(attempt.card, approved.card);
  const begun =
    attempt.saves && card !== undefined
      ? await beginWithSuccess(context, changes, { now, approved, saving, card })
      : undefined;
  const used = attempt.paymentMethodId === undefined ? {} : { paymentMethodId: attempt.paymentMethodId };
  const ids = begun ?? used;
  const success = {
    ...ids,
    ...(card === undefined ? {} : { card }),
    ...(approved.expiresAt !== undefined && attempt.kind === 'authorise'
      ? { authorisationExpiresAt: approved.expiresAt }
      : {}),
  };
  const outcome =
    attempt.kind === 'verify' ? 'payment_method_verified' : attempt.kind === 'authorise' ? 'reserved' : 'paid';
  const completed = completeSession(session, { outcome, ...ids }, at);
  const settled = settleAttempt(
    attempt,
    'succeeded',
    { processorRef: approved.ref, ...(card ? { card } : {}), ...ids },
    at,
  );
  const succeeded = succeedPayment(payment, success, at);
  changes.payment(succeeded).session(completed);
  const entry = entryOfSuccess(settled, at);
  if (entry !== undefined) changes.also((tx) => insertLedgerEntry(tx, entry));
  const next = { ...now, attempt: settled, payment: succeeded.next, session: completed.next };
  const end = await countCharge(context, changes, next);
  await successAftermath(context, changes, { now: next, approved, ended: end?.next });
  await chargeSucceeded(context, changes, { now: next, end });
  return recorded(context, changes, next);
}

/** The end was a no, or a proof that nothing was ever charged. */
export async function declinedChanges(
  context: Context,
  now: ChargeInFlight,
  declined: Of<'declined'>,
): Promise<Recorded<ChargeInFlight>> {
  const { attempt, payment, session } = now;
  const { at } = context;
  const error = await paymentErrorOf(context, now, declined);
  const failed = failSessionAttempt(session, error, at);
  const decline = {
    code: declined.code,
    class: error.class,
    stage: declined.stage,
    ...declined.raw,
    ...(error.retry.allowed ? {} : { final: true }),
  };
  const patch = { decline, ...(declined.ref === undefined ? {} : { processorRef: declined.ref }) };
  const unpaid = failPaymentAttempt(payment, error, at);
  const changes = new Changes(context).payment(unpaid).session(failed);
  const settled = settleAttempt(attempt, 'declined', patch, at);
  const next = { ...now, attempt: settled, payment: unpaid.next, session: failed.next };
  // The mandates first, then what was used of them: charges lock them in this order, too.
  const { mandate } = await declineAftermath(context, changes, { now: next, declined });
  moveCharge(changes, now, { kind: declined.stage === 'not_sent' ? 'not_sent' : 'declined' });
  await chargeDeclined(context, changes, { now: next, declined, mandate });
  return recorded(context, changes, next);
}

/** The payer has to do something first. */
export function actionChanges(
  context: Context,
  now: ChargeInFlight,
  action: Of<'action_required'>,
): Recorded<ChargeInFlight> {
  const { attempt, payment, session } = now;
  const { at } = context;
  const held = holdAttempt(attempt, 'action_required', {
    ...nextLook(attempt, action.expiresAt, at),
    processorRef: action.ref,
    nextAction: action.action,
    actionExpiresAt: action.expiresAt,
    ...(attempt.card ? { card: withFacts(attempt.card, action.card) } : {}),
  });
  const waiting = holdPayment(payment, 'pending_action', at);
  return recorded(context, new Changes(context).payment(waiting), {
    ...now,
    attempt: held,
    payment: waiting.next,
    session,
  });
}

/**
 * When to look after a payer who has something to do: each minute, and the longer it may take the more rarely; right after the deadline;
 * and on the schedule of unknown ends where the processor has not noticed the deadline.
 */
function nextLook(attempt: Attempt, expiresAt: Timestamp, at: Timestamp): { nextSyncAt: Timestamp; syncCount: number } {
  const { syncCount } = attempt;
  const deadline = plus(expiresAt, SECOND);
  if (deadline <= at) return { nextSyncAt: nextAskAt(syncCount, at), syncCount: syncCount + 1 };
  const pauseMs = Math.min(HOUR, Math.max(MINUTE, (at - attempt.sentAt) / 15));
  return { nextSyncAt: Math.min(deadline, plus(at, Math.round(pauseMs))) as Timestamp, syncCount };
}

/** The processor has it and will tell later. */
export function pendingChanges(
  context: Context,
  now: ChargeInFlight,
  pending: Of<'pending'>,
): Recorded<ChargeInFlight> {
  const { attempt, payment, session } = now;
  const { expectBy } = pending;
  const syncCount = attempt.syncCount + 1;
  // What the payer had to do is done.
  const { nextAction: _, actionExpiresAt: __, ...rest } = attempt;
  const held = holdAttempt(rest, 'pending', {
    nextSyncAt: nextAskAt(syncCount, context.at),
    syncCount,
    processorRef: pending.ref,
    ...(expectBy === undefined ? {} : { actionExpiresAt: expectBy }),
  });
  const waiting = holdPayment(payment, 'processing', context.at);
  const changes = new Changes(context).payment(waiting);
  moveCharge(changes, now, { kind: 'open' });
  return recorded(context, changes, { ...now, attempt: held, payment: waiting.next, session });
}

/** Nobody knows: neither payer nor merchant is told of an end. */
export function unknownChanges(
  context: Context,
  now: ChargeInFlight,
  unknown: Of<'unknown'>,
  provableAt?: Timestamp,
): Recorded<ChargeInFlight> {
  const { payment, session } = now;
  const { attempt, doubt } = unknownAttempt(context, now.attempt, { outcome: unknown, provableAt });
  const waiting = holdPayment(payment, 'processing', context.at);
  const shown: Decision<Payment> =
    doubt !== undefined && payment.review === undefined
      ? {
          next: { ...flagPayment(payment, doubt, context.at).next, status: waiting.next.status },
          events: ['payment.review_needed'],
        }
      : waiting;
  const changes = new Changes(context).payment(shown);
  moveCharge(changes, now, { kind: 'unknown' });
  return recorded(context, changes, { ...now, attempt, payment: shown.next, session });
}

/** The merchant's request that began this attempt gets its answer with the first thing known about it. */
function recorded(context: Context, changes: Changes, next: ChargeInFlight): Recorded<ChargeInFlight> {
  const { attempt, session } = next;
  changes.also((tx) => saveAttempt(tx, attempt));
  brakeChanges(context, changes, attempt);
  const key = attempt.idempotencyKey;
  if (key !== undefined) {
    const body = JSON.stringify(
      renderSession(session, { mode: context.tenant.mode, checkoutUrl: context.checkoutUrl }),
    );
    changes.also((tx) => finishIdempotencyKey(tx, { tenantId: context.tenant.id, key, answer: { status: 201, body } }));
  }
  return { changes, next };
}

function withFacts(card: CardDetails, facts: CardFacts | undefined): CardDetails {
  if (facts === undefined) return card;
  return {
    ...card,
    ...(facts.type === undefined ? {} : { type: facts.type }),
    ...(facts.country === undefined ? {} : { country: facts.country }),
  };
}
