/** `tender payments` and `tender refunds`, declared. */
import type { Option } from '../command.ts';
import { CREATED_OPTIONS, DATA_OPTION, filter, idOf, KEY_OPTION, LIST_OPTIONS, resource } from '../resource.ts';

const STATUSES = ['draft', 'initiating', 'pending_action', 'processing', 'succeeded', 'failed', 'cancelled', 'expired'];
const REASONS = ['duplicate', 'fraudulent', 'requested_by_customer', 'other'];
const PAYMENT = idOf('pay', 'a payment');

function partOf(what: string): Option {
  return {
    name: 'amount',
    value: 'MINOR',
    help: `a part, in minor units; default all that is ${what}`,
    body: 'amount',
    as: 'integer',
  };
}

export const payments = resource({
  name: 'payments',
  summary: 'show payments, capture, void and refund them',
  examples: [
    { line: 'tender payments list --status succeeded --limit 50' },
    { line: 'tender payments list --review needed', does: 'those whose truth could not be learned' },
    { line: 'tender payments get pay_…' },
    { line: 'tender payments attempts pay_…', does: 'what was sent to the bank, and its answers' },
    { line: 'tender payments capture pay_… --amount 1500', does: 'a part of what is reserved' },
    { line: 'tender payments void pay_…', does: 'release the rest' },
    { line: 'tender payments refund pay_… --amount 500 --reason requested_by_customer --idempotency-key return-77' },
  ],
  verbs: [
    {
      name: 'list',
      summary: 'payments, newest first',
      options: [
        filter('status', 'status', 'only of this status', STATUSES),
        filter('session', 'payment_session_id', 'only of this session'),
        filter('review', 'review', 'only those that a person has to look at, or not', ['needed', 'none']),
        filter('customer', 'customer_id', 'only of this customer'),
        filter('mandate', 'mandate_id', 'only under this mandate'),
        filter('subscription', 'subscription_id', 'only of this subscription'),
        filter('reference', 'external_reference', 'only with this number of yours'),
        ...CREATED_OPTIONS,
        ...LIST_OPTIONS,
      ],
      columns: ['id', 'status', 'amount', 'paid_amount', 'refunded_amount', 'external_reference', 'created_at'],
      ask: (tender, { query }) => tender.payments.list(query),
    },
    { name: 'get', summary: 'one payment', words: PAYMENT, ask: (tender, { id }) => tender.payments.get(id) },
    {
      name: 'attempts',
      summary: 'every try at the bank, oldest first',
      words: PAYMENT,
      columns: ['id', 'kind', 'status', 'amount', 'decline_code', 'created_at'],
      ask: (tender, { id }) => tender.payments.listAttempts(id),
    },
    {
      name: 'capture',
      summary: 'take all or a part of what is reserved',
      words: PAYMENT,
      options: [
        partOf('reserved'),
        { name: 'reference', value: 'TEXT', help: 'your number of it', body: 'external_reference' },
        DATA_OPTION,
        KEY_OPTION,
      ],
      ask: (tender, { id, body, call }) => tender.payments.capture(id, body, call),
    },
    {
      name: 'void',
      summary: 'release everything that is still reserved',
      words: PAYMENT,
      options: [KEY_OPTION],
      ask: (tender, { id, call }) => tender.payments.void(id, call),
    },
    {
      name: 'refund',
      summary: 'give back all or a part of what was paid',
      words: PAYMENT,
      options: [
        partOf('paid'),
        { name: 'reason', value: 'REASON', help: REASONS.join(', '), body: 'reason', choices: REASONS },
        DATA_OPTION,
        KEY_OPTION,
      ],
      ask: (tender, { id, body, call }) => tender.payments.refund(id, body, call),
    },
  ],
});

export const refunds = resource({
  name: 'refunds',
  summary: 'show refunds',
  examples: [{ line: 'tender refunds list --payment pay_…' }, { line: 'tender refunds get re_…' }],
  about: 'A refund is made with `tender payments refund`.',
  verbs: [
    {
      name: 'list',
      summary: 'refunds, newest first',
      options: [
        filter('payment', 'payment_id', 'only of this payment'),
        filter('status', 'status', 'only of this status', ['pending', 'succeeded', 'failed']),
        ...CREATED_OPTIONS,
        ...LIST_OPTIONS,
      ],
      columns: ['id', 'status', 'amount', 'payment_id', 'reason', 'created_at'],
      ask: (tender, { query }) => tender.refunds.list(query),
    },
    {
      name: 'get',
      summary: 'one refund',
      words: idOf('re', 'a refund'),
      ask: (tender, { id }) => tender.refunds.get(id),
    },
  ],
});
