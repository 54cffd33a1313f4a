/** How a person closes a review: what they may say, and what is kept of it. */
import type { Timestamp } from '../lib/time.ts';
import { type Attempt, isOpen } from './attempt.ts';
import { type Rejection, reject } from './errors.ts';
import type { Payment, Review } from './payment.ts';

export type ResolvedOutcome = 'succeeded' | 'failed';

/** What an operator says. */
export interface ResolveRequest {
  note: string;
  /** The end of the attempt in doubt. */
  outcome?: ResolvedOutcome | undefined;
  /** The processor's id of what succeeded. */
  processorReference?: string | undefined;
}

/** What is kept for good. */
export interface Resolution {
  tenantId: string;
  id: string;
  paymentId: string;
  /** Given to the attempt; absent where its end was known already. */
  outcome?: ResolvedOutcome;
  note: string;
  /** The review as it stood. */
  review: Review;
  /** The API key that said it. */
  resolvedBy: string;
  createdAt: Timestamp;
}

/**
 * What a person's word does. `record`: the attempt is open and gets the end they name. `close`: its end is known, and the
 * review ends. A word that contradicts what the processor has told us by now is refused: the processor's stands.
 */
export function judgeResolution(
  payment: Payment,
  attempt: Attempt | undefined,
  request: ResolveRequest,
): { does: 'record'; outcome: ResolvedOutcome; review: Review } | { does: 'close'; review: Review } | Rejection {
  const { review } = payment;
  if (review === undefined)
    return reject('payment_not_in_review', `This payment is ${payment.status} and needs nobody to look at it.`);
  if (attempt !== undefined && isOpen(attempt)) {
    if (request.outcome === undefined) {
      return reject(
        'review_outcome_mismatch',
        `The ${attempt.kind} ${attempt.id} has no end yet: ask the processor about ${attempt.requestKey} and say \`outcome\`.`,
      );
    }
    return needsReference(attempt, request) ?? { does: 'record', outcome: request.outcome, review };
  }
  const known = attempt?.status === 'succeeded' ? 'succeeded' : 'failed';
  if (request.outcome !== undefined && attempt !== undefined && request.outcome !== known) {
    return reject(
      'review_outcome_mismatch',
      `The ${attempt.kind} ${attempt.id} has ended: the processor says ${known}.`,
    );
  }
  return { does: 'close', review };
}

/** What is to be captured or refunded later is named to the processor by its own id. */
function needsReference(attempt: Attempt, request: ResolveRequest): Rejection | undefined {
  const begins = attempt.kind === 'charge' || attempt.kind === 'authorise' || attempt.kind === 'verify';
  if (request.outcome !== 'succeeded' || !begins) return undefined;
  if (attempt.processorRef !== undefined || request.processorReference !== undefined) return undefined;
  const detail = 'Say the processor’s id of what succeeded: without it nothing could be captured or refunded later.';
  return reject('review_outcome_mismatch', detail, {
    errors: [{ pointer: '/processor_reference', code: 'required', detail }],
  });
}
