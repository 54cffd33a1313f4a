/** Pages of the ways to pay beyond cards: the choice, what is done elsewhere, and how it ends. */
import type { CheckoutView, OfferedMethodView, Situation } from '../../src/app/checkout-door.ts';
import { DAY, MINUTE, plus, SECOND } from '../../src/lib/time.ts';
import { att, type Fixture, fixture, NOW, threeSaved } from './plain-view.ts';

/** A session that offers every way to pay. */
export const METHODS: readonly OfferedMethodView[] = [
  {
    type: 'pay_by_bank',
    choices: [
      { value: 'prompt', label: 'Prompt Bank' },
      { value: 'patient', label: 'Patient Bank' },
    ],
    down: false,
  },
  { type: 'wallet_qr', down: false },
  { type: 'mobile_money', down: false },
  { type: 'voucher', down: false },
];

/** What a payer has to do elsewhere. */
const acting = (
  action: Extract<Situation, { kind: 'action' }>['action'],
  over: Partial<Extract<Situation, { kind: 'action' }>> = {},
): Partial<CheckoutView> => ({
  methods: METHODS,
  situation: {
    kind: 'action',
    attemptId: att,
    since: plus(NOW, -20 * SECOND),
    action,
    expiresAt: plus(NOW, 15 * MINUTE),
    mayLeave: true,
    ...over,
  },
});

const redirect = {
  type: 'redirect',
  url: 'http://127.0.0.1:9/bank/1',
  method: 'GET',
  bankName: 'Prompt Bank',
} as const;

export const METHOD_FIXTURES: readonly Fixture[] = [
  fixture('choose-methods', 'choose', { methods: METHODS, savedMethods: threeSaved, saving: 'prompt' }),
  fixture('choose-methods-only', 'choose', { methods: METHODS, cardsOffered: false }),
  fixture('choose-method-down', 'choose', {
    methods: METHODS.map((method) => ({ ...method, down: method.type === 'wallet_qr' })),
  }),
  fixture(
    'error-method',
    'choose',
    { methods: METHODS },
    {
      values: { payment_method: 'mobile_money', mobile_money_phone: '082 123' },
      errors: [{ name: 'mobile_money_phone', key: 'mobile_money_phone.format' }],
    },
  ),
  fixture('declined-method', 'declined', {
    methods: METHODS,
    situation: {
      kind: 'declined',
      class: 'funds',
      method: { type: 'mobile_money', phoneEnding: '02' },
      sameCardAllowed: true,
      nothingCharged: true,
      at: NOW,
    },
  }),
  fixture('declined-method-down', 'declined_other', {
    methods: METHODS.map((method) => ({ ...method, down: method.type === 'wallet_qr' })),
    situation: {
      kind: 'declined',
      class: 'method_down',
      method: { type: 'wallet_qr' },
      sameCardAllowed: false,
      nothingCharged: true,
      at: NOW,
    },
  }),
  fixture('too-many-methods', 'too_many_tries', { methods: METHODS, situation: { kind: 'too_many_tries', at: NOW } }),
  fixture('redirect', 'redirect', acting(redirect)),
  fixture('redirect-post', 'redirect', acting({ ...redirect, method: 'POST', fields: { token: 'a<b' } })),
  fixture(
    'qr-code',
    'qr_code',
    acting({
      type: 'qr_code',
      payload: 'http://127.0.0.1:9/wallet/0123456789abcdef0123456789abcdef',
      copyText: 'http://127.0.0.1:9/wallet/0123456789abcdef0123456789abcdef',
      deepLink: 'http://127.0.0.1:9/wallet/0123456789abcdef0123456789abcdef',
    }),
  ),
  fixture(
    'await-approval',
    'await_approval',
    acting({ type: 'await_approval', appName: 'Mobile Money', destination: '89' }, { mayLeave: false }),
  ),
  fixture(
    'voucher',
    'voucher',
    acting(
      { type: 'voucher', code: '9000123456789010', payAt: 'Corner Shop', steps: [] },
      { expiresAt: plus(NOW, 3 * DAY) },
    ),
  ),
  fixture(
    'bank-transfer',
    'bank_transfer',
    acting({
      type: 'bank_transfer_details',
      lines: [
        { label: 'Account holder', value: 'Karoo Coffee Roasters (Pty) Ltd' },
        { label: 'Account', value: '62 000 111 22' },
      ],
      reference: 'TND-7F3K-92QX',
    }),
  ),
  fixture('paid-by-method', 'paid', {
    situation: {
      kind: 'completed',
      outcome: 'paid',
      at: NOW,
      method: { type: 'pay_by_bank', bank: 'prompt' },
      reference: 'TND-7F3K-92QX',
    },
  }),
];
