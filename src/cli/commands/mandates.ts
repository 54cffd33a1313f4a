/** `tender mandates` and `tender subscriptions`, declared. */
import type { Option } from '../command.ts';
import { DATA_OPTION, filter, idOf, KEY_OPTION, LIST_OPTIONS, resource } from '../resource.ts';

const WHO = ['merchant_request', 'customer_request'];
const MANDATE = idOf('mnd', 'a mandate');
const SUBSCRIPTION = idOf('sub', 'a subscription');
const REASON: Option = { name: 'reason', value: 'REASON', help: WHO.join(' or '), body: 'reason', choices: WHO };

export const mandates = resource({
  name: 'mandates',
  summary: 'show mandates, ask what they allow, revoke them',
  examples: [
    { line: 'tender mandates list --customer cus_… --status active' },
    { line: 'tender mandates get mnd_…' },
    { line: 'tender mandates check mnd_… --amount 2000 --currency ZAR', does: 'would this charge be allowed?' },
    { line: 'tender mandates revoke mnd_… --reason customer_request' },
  ],
  verbs: [
    {
      name: 'list',
      summary: 'mandates, newest first',
      options: [
        filter('customer', 'customer_id', 'only of this customer'),
        filter('payment-method', 'payment_method_id', 'only on this payment method'),
        filter('status', 'status', 'only of this status', ['active', 'revoked', 'ended']),
        ...LIST_OPTIONS,
      ],
      columns: ['id', 'status', 'type', 'amount', 'currency', 'customer_id', 'payment_method_id', 'created_at'],
      ask: (tender, { query }) => tender.mandates.list(query),
    },
    { name: 'get', summary: 'one mandate', words: MANDATE, ask: (tender, { id }) => tender.mandates.get(id) },
    {
      name: 'check',
      summary: 'hold a charge against its rules, without charging',
      words: MANDATE,
      options: [
        { name: 'amount', value: 'MINOR', help: 'in minor units: 2000 is 20.00', body: 'amount', as: 'integer' },
        { name: 'currency', value: 'CODE', help: 'ISO 4217', body: 'currency' },
        { name: 'at', value: 'TIME', help: 'when; default now', body: 'at' },
        DATA_OPTION,
      ],
      ask: (tender, { id, body }) => tender.mandates.check(id, body),
    },
    {
      name: 'revoke',
      summary: 'end it for good: nothing is charged under it any more',
      words: MANDATE,
      options: [REASON, KEY_OPTION],
      ask: (tender, { id, body, call }) => tender.mandates.revoke(id, body, call),
    },
  ],
});

export const subscriptions = resource({
  name: 'subscriptions',
  summary: 'show subscriptions, pause, resume and cancel them',
  examples: [
    { line: 'tender subscriptions list --status past_due' },
    { line: 'tender subscriptions get sub_…' },
    { line: 'tender subscriptions charges sub_…', does: 'its due dates, and what became of each' },
    { line: 'tender subscriptions pause sub_…' },
    { line: 'tender subscriptions cancel sub_… --reason customer_request --revoke-mandate' },
  ],
  verbs: [
    {
      name: 'list',
      summary: 'subscriptions, newest first',
      options: [
        filter('customer', 'customer_id', 'only of this customer'),
        filter('mandate', 'mandate_id', 'only under this mandate'),
        filter('status', 'status', 'only of this status', ['active', 'past_due', 'paused', 'cancelled', 'ended']),
        ...LIST_OPTIONS,
      ],
      columns: ['id', 'status', 'amount', 'next_due_date', 'counts.paid', 'counts.unpaid', 'customer_id', 'created_at'],
      ask: (tender, { query }) => tender.subscriptions.list(query),
    },
    {
      name: 'get',
      summary: 'one subscription',
      words: SUBSCRIPTION,
      ask: (tender, { id }) => tender.subscriptions.get(id),
    },
    {
      name: 'charges',
      summary: 'its due dates so far, newest first',
      words: SUBSCRIPTION,
      options: LIST_OPTIONS,
      columns: ['due_date', 'status', 'amount', 'attempts', 'payment_session_id'],
      ask: (tender, { id }) => tender.subscriptions.listCharges(id),
    },
    {
      name: 'pause',
      summary: 'charge nothing until it is resumed',
      words: SUBSCRIPTION,
      options: [KEY_OPTION],
      ask: (tender, { id, call }) => tender.subscriptions.pause(id, call),
    },
    {
      name: 'resume',
      summary: 'go on with the next due date',
      words: SUBSCRIPTION,
      options: [KEY_OPTION],
      ask: (tender, { id, call }) => tender.subscriptions.resume(id, call),
    },
    {
      name: 'cancel',
      summary: 'end it, at once and for good',
      words: SUBSCRIPTION,
      options: [
        REASON,
        { name: 'revoke-mandate', help: 'and its mandate with it', body: 'revoke_mandate' },
        KEY_OPTION,
      ],
      ask: (tender, { id, body, call }) => tender.subscriptions.cancel(id, body, call),
    },
  ],
});
