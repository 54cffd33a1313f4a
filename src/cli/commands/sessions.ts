/** `tender sessions`, declared. */
import type { Option } from '../command.ts';
import { CREATED_OPTIONS, DATA_OPTION, filter, idOf, KEY_OPTION, LIST_OPTIONS, resource } from '../resource.ts';

const TYPES = ['one_time', 'first_in_series', 'next_in_series'];
const OUTCOMES = ['not_started', 'pending', 'paid', 'unpaid', 'reserved', 'payment_method_verified'];
const SESSION = idOf('ps', 'a payment session');

const PAGE_OPTIONS: readonly Option[] = [
  { name: 'qr', help: 'the page as a QR code, also where standard output is no terminal' },
  { name: 'open', help: 'open the page in the browser' },
];

const CREATE_OPTIONS: readonly Option[] = [
  { name: 'amount', value: 'MINOR', help: 'in minor units: 2000 is 20.00', body: 'amount', as: 'integer' },
  { name: 'currency', value: 'CODE', help: 'ISO 4217: ZAR, EUR, JPY', body: 'currency' },
  { name: 'type', value: 'TYPE', help: `${TYPES.join(', ')}; default one_time`, body: 'type', choices: TYPES },
  { name: 'description', value: 'TEXT', help: 'shown to the payer', body: 'description' },
  { name: 'reference', value: 'TEXT', help: 'your number of it (external_reference)', body: 'external_reference' },
  { name: 'metadata', value: 'NAME=VALUE', help: 'kept with it', body: 'metadata', as: 'pairs', repeats: true },
  { name: 'customer', value: 'ID', help: 'a customer you have', body: 'options.customer_id' },
  { name: 'customer-name', value: 'NAME', help: 'makes a customer', body: 'options.customer.name' },
  { name: 'customer-email', value: 'EMAIL', help: 'of that customer', body: 'options.customer.email' },
  { name: 'payment-method', value: 'ID', help: 'what to charge (next_in_series)', body: 'options.payment_method_id' },
  { name: 'mandate', value: 'ID', help: 'under which to charge (next_in_series)', body: 'options.mandate_id' },
  {
    name: 'return-url',
    value: 'URL',
    help: 'where the payer goes afterwards',
    body: 'options.checkout_options.return_url',
  },
  {
    name: 'save',
    value: 'WHEN',
    help: 'never, prompt or always: keep the payment method',
    body: 'options.checkout_options.save_payment_method',
    choices: ['never', 'prompt', 'always'],
  },
  {
    name: 'capture',
    value: 'HOW',
    help: 'automatic, or manual to reserve first (cards)',
    body: 'options.payment_method_options.card.capture_method',
    choices: ['automatic', 'manual'],
  },
  DATA_OPTION,
  KEY_OPTION,
  ...PAGE_OPTIONS,
];

export const sessions = resource({
  name: 'sessions',
  summary: 'create payment sessions, show them, cancel them',
  examples: [
    { line: 'tender sessions create --amount 2000 --currency ZAR', does: 'its page, also as a QR code' },
    { line: 'tender sessions create --amount 2000 --currency ZAR --open', does: 'and opens it in the browser' },
    { line: 'tender sessions create --data @session.json --idempotency-key order-1001 --json | jq -r .session_url' },
    { line: 'tender sessions list --status completed --limit 50' },
    { line: 'tender sessions get ps_…' },
    { line: 'tender sessions cancel ps_…' },
  ],
  verbs: [
    {
      name: 'create',
      summary: 'make a session, and print it with the address of its page',
      options: CREATE_OPTIONS,
      page: 'session_url',
      ask: (tender, { body, call }) => tender.paymentSessions.create(body, call),
    },
    {
      name: 'get',
      summary: 'one session',
      words: SESSION,
      options: PAGE_OPTIONS,
      page: 'session_url',
      ask: (tender, { id }) => tender.paymentSessions.get(id),
    },
    {
      name: 'list',
      summary: 'sessions, newest first',
      options: [
        filter('status', 'status', 'only of this status', ['active', 'completed', 'expired', 'cancelled']),
        filter('outcome', 'payment_outcome', 'only of this outcome', OUTCOMES),
        filter('type', 'type', 'only of this type', TYPES),
        filter('customer', 'customer_id', 'only of this customer'),
        filter('mandate', 'mandate_id', 'only under this mandate'),
        filter('subscription', 'subscription_id', 'only of this subscription'),
        filter('reference', 'external_reference', 'only with this number of yours'),
        ...CREATED_OPTIONS,
        ...LIST_OPTIONS,
      ],
      columns: ['id', 'status', 'payment_outcome', 'amount', 'type', 'external_reference', 'created_at'],
      ask: (tender, { query }) => tender.paymentSessions.list(query),
    },
    {
      name: 'cancel',
      summary: 'end a session that nobody paid; its page says so',
      words: SESSION,
      options: [KEY_OPTION],
      ask: (tender, { id, call }) => tender.paymentSessions.cancel(id, call),
    },
  ],
});
