/** The public face of a closed review: who decided what about a payment, and why. */
import { Type } from '@sinclair/typebox';
import type { Resolution } from '../domain/resolution.ts';
import { toIso } from '../lib/time.ts';
import { ReviewSchema, renderReview } from './payment.ts';
import { Id, Instant, listOf, open, optional, words } from './schema.ts';

export const ResolutionSchema = open(
  'PaymentResolution',
  {
    id: Id('res', 'The resolution.'),
    payment_id: Id('pay', 'The payment.'),
    attempt_id: optional(Id('att', 'The attempt that was in doubt.')),
    outcome: optional(
      words(['succeeded', 'failed'], 'The end that was given to it; absent where it was known already.'),
    ),
    note: Type.String({ description: 'What was found out.' }),
    review: ReviewSchema,
    resolved_by: Type.String({ description: 'The id of the API key that said it.' }),
    created_at: Instant('When it was said.'),
  },
  'A review that a person closed. Never changed, never deleted.',
);

export const ResolutionListSchema = listOf(ResolutionSchema);

export function renderResolution(resolution: Resolution) {
  return {
    id: resolution.id,
    payment_id: resolution.paymentId,
    attempt_id: resolution.review.attemptId,
    outcome: resolution.outcome,
    note: resolution.note,
    review: renderReview(resolution.review),
    resolved_by: resolution.resolvedBy,
    created_at: toIso(resolution.createdAt),
  };
}
