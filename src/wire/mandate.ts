/** The public face of a mandate. */
import { Type } from '@sinclair/typebox';
import type { Mandate } from '../domain/mandate.ts';
import { toIso } from '../lib/time.ts';
import { Amount, Currency, Id, Instant, MetadataSchema, Mode, open, optional, words } from './schema.ts';

export const MandateSchema = open(
  'Mandate',
  {
    id: Id('mnd', 'The mandate.'),
    mode: Mode(),
    status: words(['active', 'revoked', 'ended'], 'The last two are final.'),
    status_reason: optional(Type.String({ description: 'Why it is no longer active.' })),
    type: words(['on_demand'], 'When charges may come.'),
    customer_id: Id('cus', 'Who agreed.'),
    payment_method_id: Id('pmt', 'What is charged.'),
    payment_session_id: Id('ps', 'The session in which the payer agreed.'),
    initial_payment_id: Id('pay', 'The first payment of the series.'),
    currency: Currency(),
    amount: Type.Object({ min: Amount('The least per charge.', 1), max: optional(Amount('The most per charge.', 1)) }),
    unlimited: optional(Type.Boolean({ description: 'True when no maximum was set; left out otherwise.' })),
    description: optional(Type.String()),
    external_reference: optional(Type.String()),
    metadata: optional(MetadataSchema),
    created_at: Instant('When the first payment succeeded.'),
    updated_at: Instant('When it last changed.'),
    revoked_at: optional(Instant('When it was revoked.')),
    ended_at: optional(Instant('When it ended.')),
  },
  'What a payer agreed may be charged without them.',
);

export function renderMandate(mandate: Mandate, options: { mode: 'test' | 'live' }) {
  return {
    id: mandate.id,
    mode: options.mode,
    status: mandate.status,
    status_reason: mandate.statusReason,
    type: mandate.type,
    customer_id: mandate.customerId,
    payment_method_id: mandate.paymentMethodId,
    payment_session_id: mandate.sessionId,
    initial_payment_id: mandate.paymentId,
    currency: mandate.currency,
    amount: { min: mandate.minAmountMinor, max: mandate.maxAmountMinor },
    unlimited: mandate.maxAmountMinor === undefined ? true : undefined,
    description: mandate.description,
    external_reference: mandate.externalReference,
    metadata: mandate.metadata,
    created_at: toIso(mandate.createdAt),
    updated_at: toIso(mandate.updatedAt),
    revoked_at: mandate.revokedAt && toIso(mandate.revokedAt),
    ended_at: mandate.endedAt && toIso(mandate.endedAt),
  };
}
