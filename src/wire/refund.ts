/** The public face of refunds. */
import { Type } from '@sinclair/typebox';
import { REFUND_REASONS, type Refund } from '../domain/refund.ts';
import { toIso } from '../lib/time.ts';
import { Amount, Currency, Id, Instant, MetadataSchema, open, optional, words } from './schema.ts';

export const RefundSchema = open(
  'Refund',
  {
    id: Id('re', 'The refund.'),
    payment_id: Id('pay', 'The payment it gives back.'),
    attempt_id: Id('att', 'The attempt that asked the processor for it; its ledger entries bear this id too.'),
    amount: Amount('What is given back.'),
    currency: Currency(),
    reason: optional(words(REFUND_REASONS, 'Why, as you said.')),
    status: words(
      ['pending', 'succeeded', 'failed'],
      '`pending` keeps its amount reserved. A bank may let a succeeded refund fail days later.',
    ),
    failure_code: optional(
      Type.String({
        description: 'A decline code once it failed; `processor_unavailable` when it never reached the processor.',
      }),
    ),
    metadata: optional(MetadataSchema),
    created_at: Instant('When it was accepted.'),
    updated_at: Instant('When it last changed.'),
  },
  'Money given back to the payer, or on its way, or refused.',
);

export function renderRefund(refund: Refund) {
  return {
    id: refund.id,
    payment_id: refund.paymentId,
    attempt_id: refund.attemptId,
    amount: refund.amountMinor,
    currency: refund.currency,
    reason: refund.reason,
    status: refund.status,
    failure_code: refund.failureCode,
    metadata: refund.metadata,
    created_at: toIso(refund.createdAt),
    updated_at: toIso(refund.updatedAt),
  };
}
