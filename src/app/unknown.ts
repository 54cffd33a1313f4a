/**
 * An attempt of which nobody knows the end. Never "failed", never sent again: asked for on a schedule, and shown to people when
 * the schedule ends or when it smells.
 */
import { type Attempt, holdAttempt, isExhausted, nextAskAt } from '../domain/attempt.ts';
import type { Review } from '../domain/payment.ts';
import { type Timestamp, toIso } from '../lib/time.ts';
import type { UnknownOutcome } from '../processors/processor.ts';
import type { Context } from './context.ts';

const KEPT_EVIDENCE = 10;

/** The attempt as it goes on, asked about again at `provableAt` where that comes first; and what people have to know, if so. */
export function unknownAttempt<A extends Attempt>(
  context: Context,
  attempt: A,
  learned: { outcome: UnknownOutcome; provableAt?: Timestamp | undefined },
): { attempt: A; doubt?: Omit<Review, 'since'> } {
  const { at } = context;
  const { outcome, provableAt } = learned;
  const asked = attempt.status === 'sent' ? 0 : attempt.syncCount + 1;
  const onSchedule = nextAskAt(asked, at);
  const { latencyMs, ...evidence } = outcome.evidence;
  const seen = { at: toIso(at), why: outcome.why, ...evidence, latency_ms: Math.round(latencyMs) };
  const held = holdAttempt(attempt, 'unknown', {
    nextSyncAt: provableAt !== undefined && provableAt > at && provableAt < onSchedule ? provableAt : onSchedule,
    syncCount: asked,
    evidence: [...(attempt.evidence ?? []), seen].slice(-KEPT_EVIDENCE),
    ...(outcome.ref === undefined ? {} : { processorRef: outcome.ref }),
  }) as A;
  if (!outcome.alarm && !isExhausted(asked)) return { attempt: held };
  return { attempt: held, doubt: { reason: outcome.why, attemptId: attempt.id, evidence: held.evidence ?? [] } };
}
