/** The public face of customers and saved payment methods. */
import { Type } from '@sinclair/typebox';
import type { Customer, PaymentMethod } from '../domain/customer.ts';
import { toIso } from '../lib/time.ts';
import { Id, Instant, MetadataSchema, Mode, open, optional, words } from './schema.ts';

export const CustomerSchema = open(
  'Customer',
  {
    id: Id('cus', 'The customer.'),
    mode: Mode(),
    name: optional(Type.String()),
    email: optional(Type.String()),
    phone: optional(Type.String()),
    external_reference: optional(Type.String()),
    metadata: optional(MetadataSchema),
    deleted: optional(Type.Boolean({ description: 'Only in the event of its deletion.' })),
    created_at: Instant('When it was created.'),
    updated_at: Instant('When it last changed.'),
  },
  'Somebody who pays more than once.',
);

export function renderCustomer(customer: Customer, options: { mode: 'test' | 'live' }) {
  return {
    id: customer.id,
    mode: options.mode,
    name: customer.name,
    email: customer.email,
    phone: customer.phone,
    external_reference: customer.externalReference,
    metadata: customer.metadata,
    deleted: customer.deletedAt === undefined ? undefined : true,
    created_at: toIso(customer.createdAt),
    updated_at: toIso(customer.updatedAt),
  };
}

export const PaymentMethodSchema = open(
  'PaymentMethod',
  {
    id: Id('pmt', 'The payment method.'),
    customer_id: Id('cus', 'Whose it is.'),
    mode: Mode(),
    type: words(['card'], 'What kind.'),
    card: Type.Object({
      scheme: Type.String(),
      type: optional(Type.String()),
      bin: Type.String(),
      last4: Type.String(),
      exp_month: Type.Integer({ minimum: 1, maximum: 12 }),
      exp_year: Type.Integer(),
      fingerprint: Type.String({
        description:
          'The same card gives the same value within one tenant. After the issuer replaced the number, which only the processor knows then, it is the id of the method.',
      }),
    }),
    usage: words(
      ['customer_present', 'merchant_initiated'],
      'Who may charge it: the payer alone, or you under a mandate.',
    ),
    status: words(['active', 'removed'], 'A removed method cannot be used again.'),
    created_at: Instant('When it was saved.'),
    updated_at: Instant('When it last changed.'),
  },
  'A card saved for a customer.',
);

export function renderPaymentMethod(method: PaymentMethod, options: { mode: 'test' | 'live' }) {
  return {
    id: method.id,
    customer_id: method.customerId,
    mode: options.mode,
    type: method.type,
    card: {
      scheme: method.card.scheme,
      type: method.card.type,
      bin: method.card.bin,
      last4: method.card.last4,
      exp_month: method.card.expMonth,
      exp_year: method.card.expYear,
      fingerprint: method.fingerprint,
    },
    usage: method.usage,
    status: method.status,
    created_at: toIso(method.createdAt),
    updated_at: toIso(method.updatedAt),
  };
}
