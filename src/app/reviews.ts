/** Closing a review: the processor is asked once more, then a person's word is written down for good, with who said it. */
import { type Attempt, isOpen } from '../domain/attempt.ts';
import { isRejection, Rejected } from '../domain/errors.ts';
import { type Payment, unflagPayment } from '../domain/payment.ts';
import { judgeResolution, type Resolution, type ResolveRequest } from '../domain/resolution.ts';
import { must } from '../lib/assert.ts';
import type { Outcome } from '../processors/processor.ts';
import { findAttempt } from '../store/attempts.ts';
import { Stale } from '../store/database.ts';
import { insertResolution, listResolutions } from '../store/resolutions.ts';
import { renderPayment } from '../wire/payment.ts';
import { Changes } from './apply.ts';
import { askAbout, askAgain } from './asking.ts';
import type { Context } from './context.ts';
import { type Answer, type IdempotentRequest, type KeyWriter, once } from './idempotency.ts';
import { loadInFlight } from './in-flight.ts';
import type { Actor } from './new-session.ts';
import { getPayment } from './payments.ts';
import { outcomeChanges } from './settle.ts';
import { BY_A_PERSON } from './step-outcome.ts';

/** Closes the review of a payment, at most once for the request's key. Answers 200 with the payment. Throws Rejected with 404 or 409. */
export function resolvePayment(
  context: Context,
  actor: Actor,
  on: { paymentId: string; request: ResolveRequest; idempotency: IdempotentRequest | undefined },
) {
  const shown = (payment: Payment): Answer => ({
    status: 200,
    body: JSON.stringify(renderPayment(payment, context.tenant)),
  });
  return once(context, on.idempotency, {
    work: (key) => resolve(context, actor, { ...on, key, shown }),
    report: async () => shown(await getPayment(context, on.paymentId)),
  });
}

/** Every closed review of a payment, oldest first. */
export async function resolutionsOfPayment(context: Context, paymentId: string): Promise<Resolution[]> {
  await getPayment(context, paymentId);
  return listResolutions(context.database, context.tenant.id, paymentId);
}

const TRIES = 20;

interface Resolving {
  paymentId: string;
  request: ResolveRequest;
  key: KeyWriter;
  shown(payment: Payment): Answer;
}

async function resolve(context: Context, actor: Actor, on: Resolving): Promise<Answer> {
  const { review } = await getPayment(context, on.paymentId);
  // By now it may know, or what its word could not undo then can be undone: its word comes before a person's.
  if (review?.attemptId !== undefined) {
    await askAgain(context, review.attemptId);
    await askAbout(context, review.attemptId);
  }
  for (let tries = 1; ; tries++) {
    try {
      return await decide(context, actor, on);
    } catch (error) {
      if (!(error instanceof Stale) || tries === TRIES) throw error;
    }
  }
}

async function decide(context: Context, actor: Actor, on: Resolving): Promise<Answer> {
  const payment = await getPayment(context, on.paymentId);
  const attemptId = payment.review?.attemptId;
  const attempt =
    attemptId === undefined ? undefined : await findAttempt(context.database, context.tenant.id, attemptId);
  const judged = judgeResolution(payment, attempt, on.request);
  if (isRejection(judged)) throw new Rejected(judged);
  const resolution: Resolution = {
    tenantId: context.tenant.id,
    id: context.system.ids.next('res'),
    paymentId: payment.id,
    ...(judged.does === 'record' ? { outcome: judged.outcome } : {}),
    note: on.request.note,
    review: judged.review,
    resolvedBy: actor.keyId,
    createdAt: context.at,
  };
  if (judged.does === 'close') {
    const closed = unflagPayment(payment, context.at);
    const answer = on.shown(closed.next);
    await new Changes(context)
      .payment(closed)
      .also((tx) => insertResolution(tx, resolution))
      .also(on.key.keep(answer))
      .commit();
    return answer;
  }
  return record(context, on, { attempt: must(attempt, 'the attempt in doubt'), resolution });
}

/**
 * The attempt gets the end that the person named, as if the processor had said it; beside it stands who said so. Not through
 * `recordOutcome`: a word that comes too late is judged anew, never held against the end as a contradiction.
 */
async function record(
  context: Context,
  on: Resolving,
  { attempt, resolution }: { attempt: Attempt; resolution: Resolution },
): Promise<Answer> {
  const now = must(await loadInFlight(context, attempt.id), 'the attempt in doubt');
  if (!isOpen(now.attempt)) throw new Stale('the attempt in doubt has just got its end');
  const { changes, next } = await outcomeChanges(context, now, { outcome: outcomeOf(attempt, on.request) });
  const answer = on.shown(next.payment);
  await changes
    .also((tx) => insertResolution(tx, resolution))
    .also(on.key.keep(answer))
    .commit();
  context.nudge.tap(`session:${attempt.sessionId}`);
  return answer;
}

function outcomeOf(attempt: Attempt, request: ResolveRequest): Outcome {
  if (request.outcome === 'succeeded') {
    return { kind: 'approved', ref: request.processorReference ?? attempt.processorRef ?? attempt.requestKey };
  }
  return { kind: 'declined', stage: 'processor', code: 'processing_error', raw: { reason: BY_A_PERSON } };
}
