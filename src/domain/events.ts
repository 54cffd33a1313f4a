/** The catalogue of events: every type, when it happens, and which object its data shows. */

export type ObjectKind =
  | 'payment_session'
  | 'payment'
  | 'refund'
  | 'customer'
  | 'payment_method'
  | 'mandate'
  | 'subscription'
  | 'webhook_endpoint';

export interface EventSpec {
  data: ObjectKind;
  when: string;
}

export const EVENTS = {
  'payment_session.created': { data: 'payment_session', when: 'A session was created.' },
  'payment_session.updated': {
    data: 'payment_session',
    when: 'Status, outcome or a field set by the merchant changed after creation.',
  },
  'payment_session.completed': {
    data: 'payment_session',
    when: 'A session reached its end with a result; beside `updated`.',
  },
  'payment_session.expired': { data: 'payment_session', when: 'The time to pay ran out; beside `updated`.' },
  'payment_session.cancelled': {
    data: 'payment_session',
    when: 'Merchant or payer cancelled the session; beside `updated`.',
  },
  'payment.attempt_failed': {
    data: 'payment',
    when: 'One attempt was declined or failed; captures, voids and refunds are attempts too.',
  },
  'payment.succeeded': { data: 'payment', when: 'The payment was paid, authorised or its card verified.' },
  'payment.failed': { data: 'payment', when: 'The payment has failed for good.' },
  'payment.captured': { data: 'payment', when: 'A capture succeeded.' },
  'payment.voided': {
    data: 'payment',
    when: 'What was still reserved was released: by a void, or because the authorisation ran out.',
  },
  'payment.refunded': { data: 'payment', when: 'A refund succeeded.' },
  'payment.review_needed': {
    data: 'payment',
    when: "The processor's truth could not be learned, or it contradicts itself.",
  },
  'payment.review_resolved': {
    data: 'payment',
    when: 'Nobody has to look any more: the truth was learned after all, or a person closed the review.',
  },
  'refund.created': { data: 'refund', when: 'A refund was accepted and is on its way.' },
  'refund.updated': { data: 'refund', when: 'A refund succeeded or failed.' },
  'mandate.activated': { data: 'mandate', when: 'The first payment of a series succeeded and the mandate began.' },
  'mandate.updated': { data: 'mandate', when: 'Charges were stopped for now (`charge_hold`), or may go on again.' },
  'mandate.revoked': { data: 'mandate', when: 'The mandate was revoked; nothing more is charged under it.' },
  'mandate.ended': { data: 'mandate', when: 'The last day has passed, or everything agreed was charged.' },
  'subscription.created': { data: 'subscription', when: 'The first payment succeeded and the subscription began.' },
  'subscription.updated': { data: 'subscription', when: 'Anything about it changed, so also after each due date.' },
  'subscription.payment_failed': {
    data: 'subscription',
    when: 'A try was declined, or a due date was skipped, missed or given up; `current_charge` says which.',
  },
  'subscription.ended': { data: 'subscription', when: 'It ended or was cancelled: nothing more is charged by itself.' },
  'customer.created': { data: 'customer', when: 'A customer was created.' },
  'customer.updated': { data: 'customer', when: 'A customer changed.' },
  'customer.deleted': { data: 'customer', when: 'A customer was deleted.' },
  'payment_method.saved': { data: 'payment_method', when: 'A payment method was saved.' },
  'payment_method.updated': { data: 'payment_method', when: 'A saved payment method changed.' },
  'payment_method.removed': { data: 'payment_method', when: 'A saved payment method was removed.' },
  'webhook_endpoint.created': { data: 'webhook_endpoint', when: 'A webhook endpoint was added.' },
  'webhook_endpoint.updated': { data: 'webhook_endpoint', when: 'A webhook endpoint changed.' },
  'webhook_endpoint.deleted': { data: 'webhook_endpoint', when: 'A webhook endpoint was deleted.' },
  'webhook_endpoint.ping': { data: 'webhook_endpoint', when: 'A ping was asked for; it goes to that endpoint alone.' },
  'webhook_endpoint.disabled': {
    data: 'webhook_endpoint',
    when: 'Failures or a 410 answer switched the endpoint off.',
  },
} as const satisfies Record<string, EventSpec>;

export type EventType = keyof typeof EVENTS;

export const EVENT_TYPES = Object.keys(EVENTS) as EventType[];

/** An event on its way into the database, in the same transaction as the change it reports. */
export interface EventDraft {
  type: EventType;
  objectId: string;
  objectVersion: number;
  /** The rendered object as JSON text; stored and sent byte for byte. */
  data: string;
}
