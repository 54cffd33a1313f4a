/**
 * A made-up shop's session as the application would describe it, and the pieces that situations of it are made of. Always the
 * same moment and the same ids, so that two pictures of one page are equal.
 */
import type { CardView, CheckoutView, MandateView, SavedMethodView, Situation } from '../../../app/checkout-door.ts';
import type { BrandView } from '../../../domain/branding.ts';
import { DEFAULT_BRAND } from '../../../domain/branding-defaults.ts';
import type { DeclineClassOnPage } from '../../../domain/checkout.ts';
import { DEFAULT_CHECKOUT_SETTINGS } from '../../../domain/checkout-settings.ts';
import { firstOccurrenceOf, mandateDates } from '../../../domain/mandate-dates.ts';
import type { MandateTerms, SubscriptionTerms } from '../../../domain/mandate-terms.ts';
import type { OtherMethodDetails, PaymentMethodType } from '../../../domain/payment-method-types.ts';
import { DAY, plus, SECOND, type Timestamp } from '../../../lib/time.ts';

/** The moment of every made-up page. */
export const SHOWN_AT = Date.UTC(2026, 7, 3, 12, 2, 0) as Timestamp;

const CHECKOUT_ID = `ckt_${'Ab3'.repeat(8)}`;
export const ATTEMPT_ID = 'att_0000000000000000000000a1';

export const VISA: CardView = { scheme: 'visa', last4: '4242', expMonth: 12, expYear: 2029 };

/** How the made-up shop's pages behave. */
export const SHOWN_SETTINGS = { ...DEFAULT_CHECKOUT_SETTINGS, timeZone: 'Africa/Johannesburg' };

/** What a preview may differ in from another. */
export interface PreviewWish {
  /** Where forms and links of the page lead, without a slash at the end: an absolute address. */
  address: string;
  brand?: BrandView;
  merchant?: Pick<CheckoutView['merchant'], 'displayName' | 'legalName'>;
  /** What the payer chose or paid with. */
  method?: PaymentMethodType;
}

/** A plain session of a coffee shop with every way to pay, changed by `over`. */
export function madeUpView(wish: PreviewWish, over: Partial<CheckoutView> = {}): CheckoutView {
  const brand = wish.brand ?? DEFAULT_BRAND;
  const { displayName, legalName, statementName, support } = brand.set;
  const named = {
    displayName: displayName ?? wish.merchant?.displayName ?? 'Karoo Coffee',
    legalName: legalName ?? wish.merchant?.legalName ?? 'Karoo Coffee Roasters (Pty) Ltd',
  };
  return {
    checkoutId: CHECKOUT_ID,
    sessionId: 'ps_0000000000000000000000aa',
    version: 3,
    mode: 'live',
    now: SHOWN_AT,
    type: 'one_time',
    money: { amountMinor: 24900, currency: 'ZAR' },
    description: 'Coffee beans, 1 kg, Ethiopia Yirgacheffe',
    merchant: {
      ...named,
      support: support ?? { email: 'help@karoo.example', phone: '+27 21 555 0100' },
      statementName: statementName ?? 'KAROO COFFEE',
    },
    captureMethod: 'automatic',
    saving: 'never',
    expiresAt: plus(SHOWN_AT, DAY),
    moreTimeAllowed: true,
    savedMethods: [],
    cardsOffered: true,
    methods: [
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
    ],
    leftOut: [],
    brand,
    settings: SHOWN_SETTINGS,
    returnUrl: `${wish.address}/return`,
    situation: { kind: 'open' },
    ...over,
  };
}

/** What is agreed to on a page that is opened at {@link SHOWN_AT}. */
export function agreedNow(
  terms: Partial<MandateTerms>,
  facts: { subscription?: SubscriptionTerms; amountMinor?: number } = {},
): MandateView {
  const { subscription, amountMinor = 24900 } = facts;
  const whole = {
    terms: { type: 'on_demand' as const, currency: 'ZAR', periodLimits: [], timeZone: 'Africa/Johannesburg', ...terms },
    ...(subscription && { subscription }),
  };
  const dates = mandateDates(whole, { at: SHOWN_AT, amountMinor });
  const firstOccurrence = firstOccurrenceOf(whole, dates);
  return { ...whole, ...dates, ...(firstOccurrence !== undefined && { firstOccurrence }) };
}

/** The same amount each month, for a year. */
export function monthlyBox(): MandateView {
  return agreedNow(
    {
      type: 'scheduled',
      amount: { exactMinor: 24900 },
      recurrence: { type: 'monthly', intervalCount: 1, on: { type: 'day_of_month', days: [1], adjustment: 'none' } },
      endDate: '2027-11-30',
      maxOccurrences: 12,
    },
    {
      subscription: {
        amountMinor: 24900,
        scheduledTime: '09:30',
        dunning: { retryDays: [1, 3], onExhausted: 'pause' },
      },
    },
  );
}

/** Three cards: one to use, one that an agreement charges, one that is out of date. */
export const SAVED_METHODS: SavedMethodView[] = [
  { ...VISA, id: 'pmt_0000000000000000000000a1', expired: false, removable: true, closed: false },
  {
    ...{ scheme: 'mastercard', last4: '4444', expMonth: 5, expYear: 2028 },
    ...{ id: 'pmt_0000000000000000000000a2', expired: false, removable: false, closed: false },
  },
  {
    ...{ scheme: 'amex', last4: '0005', expMonth: 3, expYear: 2025 },
    ...{ id: 'pmt_0000000000000000000000a3', expired: true, removable: true, closed: false },
  },
];

/** What a page says of the way that was chosen: a card, or details of another method. */
export function paidWith(method: PaymentMethodType | undefined): { card?: CardView; method?: OtherMethodDetails } {
  switch (method) {
    case undefined:
    case 'card':
      return { card: VISA };
    case 'pay_by_bank':
      return { method: { type: method, bank: 'prompt' } };
    case 'mobile_money':
      return { method: { type: method, phoneEnding: '89' } };
    default:
      return { method: { type: method } };
  }
}

/** A try that the bank refused a moment ago. */
export function declinedFor(
  className: DeclineClassOnPage,
  facts: { sameCardAllowed: boolean; method?: PaymentMethodType | undefined },
): Situation {
  return {
    kind: 'declined',
    class: className,
    ...paidWith(facts.method),
    sameCardAllowed: facts.sameCardAllowed,
    nothingCharged: true,
    at: plus(SHOWN_AT, -5 * SECOND),
  };
}
