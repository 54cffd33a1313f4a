/** The public face of a payment session. */
import { Type } from '@sinclair/typebox';
import type { Session } from '../domain/session.ts';
import { toIso } from '../lib/time.ts';
import { PaymentErrorSchema, renderPaymentError } from './payment-error.ts';
import { Amount, Currency, Id, Instant, MetadataSchema, Mode, open, optional, words } from './schema.ts';

export const SessionSchema = open(
  'PaymentSession',
  {
    id: Id('ps', 'The session.'),
    type: words(['one_time', 'first_in_series', 'next_in_series'], 'What kind of payment it is.'),
    status: words(['active', 'completed', 'expired', 'cancelled'], 'The last three are final.'),
    payment_outcome: words(
      ['not_started', 'pending', 'paid', 'unpaid', 'reserved', 'payment_method_verified'],
      'What became of the money. `paid`, `reserved` and `payment_method_verified` never change back.',
    ),
    payment_status: words(['paid', 'pending', 'unpaid'], 'Deprecated: use payment_outcome.', { deprecated: true }),
    amount: Amount('What is to be paid. 0 verifies and saves a card.'),
    currency: Currency(),
    mode: Mode(),
    description: optional(Type.String({ description: 'Shown to the payer.' })),
    external_reference: optional(Type.String({ description: 'Your own reference.' })),
    metadata: optional(MetadataSchema),
    customer_id: optional(Id('cus', 'Whose session it is, once known.')),
    payment_method_id: optional(Id('pmt', 'With customer_id the token for later next_in_series charges.')),
    mandate_id: optional(Id('mnd', 'The mandate a first_in_series success created, or the one charged.')),
    subscription_id: optional(Id('sub', 'The subscription it began, or that charged it.')),
    due_date: optional(
      Type.String({ format: 'date', description: 'The due date of the subscription it was charged for.' }),
    ),
    attempt_number: optional(Type.Integer({ minimum: 1, description: 'Which try of that due date.' })),
    instalment_number: optional(Type.Integer({ minimum: 1, description: 'The instalment it pays.' })),
    payment_id: optional(Id('pay', 'Once something was attempted.')),
    checkout_session_id: optional(Id('ckt', 'Whoever has it can open the page. Customer-present sessions only.')),
    session_url: optional(Type.String({ description: 'The hosted checkout page: send the payer there.' })),
    client_token: optional(
      Type.String({ description: 'Embedded presentation modes only: hand it to `Tender.checkout` on your page.' }),
    ),
    return_url: optional(Type.String({ description: 'Where the payer goes afterwards.' })),
    expires_at: optional(Instant('When the page closes; later if the payer asks for more time.')),
    last_payment_error: optional(PaymentErrorSchema),
    created_at: Instant('When it was created.'),
    updated_at: Instant('When it last changed.'),
  },
  'A payment session: one thing to be paid, at most once.',
);

const PAYMENT_STATUS = {
  not_started: 'unpaid',
  unpaid: 'unpaid',
  pending: 'pending',
  paid: 'paid',
  reserved: 'paid',
  payment_method_verified: 'paid',
} as const;

export interface RenderOptions {
  mode: 'test' | 'live';
  /** Origin of the checkout pages, without a slash at the end. */
  checkoutUrl: string;
  /** Of an embedded session, in answers alone: events are kept, and a token is not for keeping. */
  clientToken?: string | undefined;
}

/** The session as API answers and events show it. */
export function renderSession(session: Session, options: RenderOptions) {
  return {
    id: session.id,
    type: session.type,
    status: session.status,
    payment_outcome: session.paymentOutcome,
    payment_status: PAYMENT_STATUS[session.paymentOutcome],
    amount: session.amountMinor,
    currency: session.currency,
    mode: options.mode,
    description: session.description,
    external_reference: session.externalReference,
    metadata: session.metadata,
    customer_id: session.customerId,
    payment_method_id: session.paymentMethodId,
    mandate_id: session.mandateId,
    subscription_id: session.subscriptionId,
    due_date: session.dueDate,
    attempt_number: session.attemptNumber,
    instalment_number: session.instalmentNumber,
    payment_id: session.paymentId,
    checkout_session_id: session.checkoutId,
    session_url: session.checkoutId && `${options.checkoutUrl}/checkout/${session.checkoutId}`,
    client_token: options.clientToken,
    return_url: session.returnUrl,
    expires_at: session.expiresAt && toIso(session.expiresAt),
    last_payment_error: session.lastPaymentError && renderPaymentError(session.lastPaymentError),
    created_at: toIso(session.createdAt),
    updated_at: toIso(session.updatedAt),
  };
}

/** What a public key may see of a session it created: enough to send the payer on and to say how it went. */
export function renderPublicSession(session: Session, options: RenderOptions) {
  const whole = renderSession(session, options);
  return {
    id: whole.id,
    type: whole.type,
    status: whole.status,
    payment_outcome: whole.payment_outcome,
    payment_status: whole.payment_status,
    amount: whole.amount,
    currency: whole.currency,
    mode: whole.mode,
    description: whole.description,
    checkout_session_id: whole.checkout_session_id,
    session_url: whole.session_url,
    client_token: whole.client_token,
    return_url: whole.return_url,
    expires_at: whole.expires_at,
    created_at: whole.created_at,
    updated_at: whole.updated_at,
  };
}
