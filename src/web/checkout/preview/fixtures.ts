/**
 * One made-up page for every state, every part and every banner that the checkout can show. A new state does not compile without
 * one here; a test finds parts and banners of the templates that have none.
 */
import type { CheckoutView, KeptForm, Situation } from '../../../app/checkout-door.ts';
import type { NextAction } from '../../../domain/next-action.ts';
import type { PaymentMethodType } from '../../../domain/payment-method-types.ts';
import { DAY, HOUR, MINUTE, plus, SECOND } from '../../../lib/time.ts';
import type { PageState } from '../state.ts';
import {
  ATTEMPT_ID,
  agreedNow,
  declinedFor,
  madeUpView,
  monthlyBox,
  type PreviewWish,
  paidWith,
  SAVED_METHODS,
  SHOWN_AT,
  SHOWN_SETTINGS,
  VISA,
} from './views.ts';

/** Values of `data-part` in the templates. */
export const PARTS = [
  'another_card',
  'cancel',
  'frame',
  'full_page',
  'kept_card',
  'language',
  'leave',
  'mandate',
  'mandate_consent',
  'method_fields',
  'more_time',
  'new_card',
  'payer_email',
  'refunded',
  'remove_saved',
  'removed_card',
  'save_consent',
  'saved_methods',
  'summary',
  'test_panel',
  'used_card',
] as const;

/** Values of `data-banner`. */
export const BANNERS = ['decline', 'error_summary', 'expiring', 'notice', 'offline', 'test'] as const;

/** Pages worth seeing that no state, part or banner names. */
const MORE = ['receipt', 'paid_again', 'agree_free', 'save_box', 'reserve', 'declined_method', 'long_words'] as const;

export type PreviewName = PageState | (typeof PARTS)[number] | (typeof BANNERS)[number] | (typeof MORE)[number];

/** What stands behind a page: a session's view, or nothing where nothing may be told. */
export type Fixture =
  | { view: CheckoutView; kept?: KeptForm; receipt?: true; marked?: true }
  | { without: 'not_found' | 'problem' };

type Recipe = (wish: PreviewWish) => Fixture;

const page =
  (over: (wish: PreviewWish) => Partial<CheckoutView>, kept?: KeptForm): Recipe =>
  (wish) => ({ view: madeUpView(wish, over(wish)), ...(kept && { kept }) });

const plain = (over: Partial<CheckoutView>, kept?: KeptForm): Recipe => page(() => over, kept);

/** Other methods are paid with their own; a card has none of these screens. */
const acting = (
  kind: Exclude<PaymentMethodType, 'card'>,
  facts: { action: (wish: PreviewWish) => Exclude<NextAction, { type: 'three_ds' }>; forMs: number; mayLeave: boolean },
): Recipe =>
  page((wish) => ({
    situation: {
      kind: 'action',
      attemptId: ATTEMPT_ID,
      since: plus(SHOWN_AT, -20 * SECOND),
      action: facts.action(wish),
      ...paidWith(kind),
      expiresAt: plus(SHOWN_AT, facts.forMs),
      mayLeave: facts.mayLeave,
    },
  }));

const done = (
  outcome: 'paid' | 'reserved' | 'verified',
  ageMs: number,
  method?: PaymentMethodType,
): Extract<Situation, { kind: 'completed' }> => ({
  kind: 'completed',
  outcome,
  at: plus(SHOWN_AT, -ageMs),
  ...paidWith(outcome === 'paid' ? method : 'card'),
  reference: 'TND-7F3K-92QX',
  ...(outcome === 'reserved' && { reservedUntil: plus(SHOWN_AT, 7 * DAY) }),
});

const choose: Recipe = (wish) => {
  const view = madeUpView(wish);
  return wish.method === undefined ? { view } : { view, kept: { values: { payment_method: wish.method }, errors: [] } };
};

const series = (over: Partial<CheckoutView> = {}): Partial<CheckoutView> => ({
  type: 'first_in_series',
  saving: 'mandate',
  description: 'Monthly coffee box',
  methods: [],
  mandate: monthlyBox(),
  ...over,
});

const declined = page(({ method }) => ({
  situation: declinedFor(method === undefined || method === 'card' ? 'funds' : 'bank', {
    sameCardAllowed: true,
    method,
  }),
  ...((method ?? 'card') === 'card' && { keptCard: { ...VISA, askExpiry: false } }),
}));

const threeDs = page(({ address }) => ({
  situation: {
    kind: 'three_ds',
    attemptId: ATTEMPT_ID,
    acsUrl: `${address}/bank`,
    creq: 'eyJ0aHJlZURTU2VydmVyVHJhbnNJRCI6IjEifQ',
    expiresAt: plus(SHOWN_AT, 10 * MINUTE),
  },
}));

const paid = page(({ method }) => ({ situation: done('paid', 0, method) }));
const saved = plain({ savedMethods: SAVED_METHODS });
const kept = plain({
  situation: declinedFor('security_code', { sameCardAllowed: true }),
  keptCard: { ...VISA, askExpiry: false },
});
const agreement = plain(series());
const lastHalfHour = plain({ expiresAt: plus(SHOWN_AT, 20 * MINUTE) });

const STATES: Readonly<Record<PageState, Recipe>> = {
  choose,
  declined,
  declined_other: plain({
    situation: declinedFor('expired', { sameCardAllowed: false }),
    savedMethods: SAVED_METHODS.map((method, i) => (i === 0 ? { ...method, closed: true } : method)),
  }),
  too_many_tries: plain({ situation: { kind: 'too_many_tries', at: SHOWN_AT }, cardsOffered: false }),
  processing: plain({
    situation: { kind: 'processing', attemptId: ATTEMPT_ID, since: plus(SHOWN_AT, -12 * SECOND) },
  }),
  checking: plain({ situation: { kind: 'unknown', attemptId: ATTEMPT_ID, since: plus(SHOWN_AT, -3 * MINUTE) } }),
  three_ds: threeDs,
  redirect: acting('pay_by_bank', {
    action: ({ address }) => ({ type: 'redirect', url: `${address}/bank`, method: 'GET', bankName: 'Prompt Bank' }),
    forMs: 15 * MINUTE,
    mayLeave: true,
  }),
  qr_code: acting('wallet_qr', {
    action: ({ address }) => ({
      type: 'qr_code',
      payload: 'tender-wallet:pay?code=PREVIEW7F3K92QX&amount=249.00&currency=ZAR',
      copyText: 'PREV-7F3K-92QX-0249',
      deepLink: `${address}/bank`,
    }),
    forMs: 15 * MINUTE,
    mayLeave: true,
  }),
  await_approval: acting('mobile_money', {
    action: () => ({ type: 'await_approval', appName: 'Mobile Money', destination: '89' }),
    forMs: 3 * MINUTE,
    mayLeave: false,
  }),
  voucher: acting('voucher', {
    action: () => ({ type: 'voucher', code: '9000 1234 5678 9010', payAt: 'Corner Shop', steps: [] }),
    forMs: 3 * DAY,
    mayLeave: true,
  }),
  bank_transfer: acting('voucher', {
    action: () => ({
      type: 'bank_transfer_details',
      lines: [
        { label: 'Account holder', value: 'Karoo Coffee Roasters (Pty) Ltd' },
        { label: 'Bank', value: 'Prompt Bank' },
        { label: 'Account', value: '62 000 111 22' },
      ],
      reference: 'TND-7F3K-92QX',
    }),
    forMs: 3 * DAY,
    mayLeave: true,
  }),
  on_its_way: plain({
    situation: { kind: 'on_its_way', attemptId: ATTEMPT_ID, since: SHOWN_AT, expectBy: plus(SHOWN_AT, DAY) },
  }),
  paid,
  reserved: plain({ captureMethod: 'manual', situation: done('reserved', 0) }),
  verified: plain({
    money: { amountMinor: 0, currency: 'ZAR' },
    saving: 'always',
    situation: done('verified', 0),
  }),
  expired: plain({ situation: { kind: 'expired', at: SHOWN_AT, lastTryDeclined: false, nothingCharged: true } }),
  cancelled: plain({ situation: { kind: 'cancelled', by: 'payer', at: plus(SHOWN_AT, -HOUR) } }),
  not_found: () => ({ without: 'not_found' }),
  not_available: plain({ unavailable: 'no_method' }),
  problem: () => ({ without: 'problem' }),
};

const TOLD: Readonly<Record<(typeof BANNERS)[number], Recipe>> = {
  decline: declined,
  error_summary: plain(
    { settings: { ...SHOWN_SETTINGS, nameOnCard: 'required' } },
    {
      values: { payment_method: 'card', card_expiry: '13/30', card_name: 'Zoë Dlamini' },
      errors: [
        { name: 'card_number', key: 'card_number.check' },
        { name: 'card_expiry', key: 'card_expiry.month' },
        { name: 'card_cvc', key: 'card_cvc.length', params: { n: '3' } },
      ],
    },
  ),
  expiring: plain({ expiresAt: plus(SHOWN_AT, 90 * SECOND) }),
  notice: plain({}, { values: {}, errors: [], notice: 'changed' }),
  offline: (wish) => ({ view: madeUpView(wish), marked: true }),
  test: plain({ mode: 'test' }),
};

const SHOWING: Readonly<Record<(typeof PARTS)[number], Recipe>> = {
  another_card: saved,
  cancel: choose,
  frame: threeDs,
  full_page: threeDs,
  kept_card: kept,
  language: choose,
  leave: STATES.voucher,
  mandate: agreement,
  mandate_consent: plain(series({ settings: { ...SHOWN_SETTINGS, mandateConsent: 'checkbox' } })),
  method_fields: (wish) => choose({ ...wish, method: 'pay_by_bank' }),
  more_time: lastHalfHour,
  new_card: choose,
  payer_email: plain({ settings: { ...SHOWN_SETTINGS, collectEmail: 'required' } }),
  refunded: (wish) => ({
    view: madeUpView(wish, { situation: { ...done('paid', HOUR), refundedMinor: 4900 } }),
    receipt: true,
  }),
  remove_saved: saved,
  removed_card: receiptOf('removed'),
  save_consent: plain({ saving: 'always' }),
  saved_methods: saved,
  summary: choose,
  test_panel: plain({ mode: 'test' }),
  used_card: receiptOf('saved'),
};

/** The receipt of a payment whose card was saved, and what became of that card. */
function receiptOf(state: 'saved' | 'removed'): Recipe {
  const usedCard = { ...VISA, id: 'pmt_0000000000000000000000a1', state };
  return (wish) => ({
    view: madeUpView(wish, { saving: 'always', situation: done('paid', HOUR), usedCard }),
    receipt: true,
  });
}

const OTHERS: Readonly<Record<(typeof MORE)[number], Recipe>> = {
  receipt: (wish) => ({
    view: madeUpView(wish, {
      ...series({ situation: done('paid', HOUR) }),
      mandate: { ...monthlyBox(), mandateId: 'mnd_0000000000000000000000a1' },
    }),
    receipt: true,
  }),
  paid_again: plain({ situation: done('paid', 3 * HOUR) }),
  agree_free: plain(
    series({ money: { amountMinor: 0, currency: 'ZAR' }, mandate: agreedNow({ amount: { minMinor: 1 } }) }),
  ),
  save_box: plain({ saving: 'prompt', settings: { ...SHOWN_SETTINGS, nameOnCard: 'optional' } }),
  reserve: plain({
    captureMethod: 'manual',
    methods: [],
    settings: { ...SHOWN_SETTINGS, nameOnCard: 'required' },
  }),
  declined_method: page(({ method = 'mobile_money' }) => ({
    situation: declinedFor('authentication_left', { sameCardAllowed: true, method }),
  })),
  long_words: plain({
    money: { amountMinor: 999_999_999_999, currency: 'KWD' },
    description: `${'Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft '.repeat(3)}${'x'.repeat(120)}`,
    merchant: { displayName: 'Rindfleischetikettierungsüberwachungsaufgabengesellschaft', legalName: 'R' },
  }),
};

const RECIPES: Readonly<Record<PreviewName, Recipe>> = { ...SHOWING, ...TOLD, ...OTHERS, ...STATES };

/** Every name that a preview can be asked for. */
export const PREVIEW_NAMES = Object.keys(RECIPES) as readonly PreviewName[];

export function isPreviewName(name: string): name is PreviewName {
  return Object.hasOwn(RECIPES, name);
}

/** The facts of a made-up page. */
export function fixtureOf(name: PreviewName, wish: PreviewWish): Fixture {
  return RECIPES[name](wish);
}
