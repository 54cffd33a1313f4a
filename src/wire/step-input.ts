/** The bodies that capture and refund a payment, and that close a review. */
import { Type } from '@sinclair/typebox';
import { REFUND_REASONS } from '../domain/refund.ts';
import { Amount, closed, ExternalReferenceInput, MetadataInput, optional, words } from './schema.ts';

export const CaptureCreateSchema = closed(
  {
    amount: optional(Amount('What to capture; all that remains if left out.', 1)),
    external_reference: optional(ExternalReferenceInput),
    metadata: optional(MetadataInput),
  },
  { title: 'CaptureCreate', examples: [{}, { amount: 5_000, external_reference: 'parcel-1' }] },
);

export const RefundCreateSchema = closed(
  {
    amount: optional(Amount('What to give back; all that remains if left out.', 1)),
    reason: optional(words(REFUND_REASONS, 'Why; the processor is told too.')),
    metadata: optional(MetadataInput),
  },
  { title: 'RefundCreate', examples: [{}, { amount: 1_500, reason: 'requested_by_customer' }] },
);

export const ResolveSchema = closed(
  {
    note: Type.String({
      minLength: 1,
      maxLength: 1000,
      pattern: '\\S',
      description: 'What was found out, and from whom. Kept for good, with the key that said it.',
    }),
    outcome: optional(
      words(
        ['succeeded', 'failed'],
        'The end of the attempt in doubt, as the processor told you. Only while it is open.',
      ),
    ),
    processor_reference: optional(
      Type.String({
        pattern: '^[\\w.:-]{1,64}$',
        description:
          "The processor's id of the charge, from its own reports or dashboard; needed when a charge or authorisation succeeded and we never heard its id.",
      }),
    ),
  },
  {
    title: 'PaymentResolve',
    examples: [{ note: 'The processor confirmed by phone that nothing was charged.', outcome: 'failed' }],
  },
);
