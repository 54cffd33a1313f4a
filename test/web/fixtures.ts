/**
 * Sessions in every state the page can show, as the application would describe them. Rendered through the real
 * templates by tests, by the browser matrix and by the screenshots.
 */

import type { CheckoutView, MandateView, Situation } from '../../src/app/checkout-door.ts';
import type { DeclineClassOnPage } from '../../src/domain/checkout.ts';
import { DEFAULT_CHECKOUT_SETTINGS } from '../../src/domain/checkout-settings.ts';
import { firstOccurrenceOf, mandateDates } from '../../src/domain/mandate-dates.ts';
import type { MandateTerms, SubscriptionTerms } from '../../src/domain/mandate-terms.ts';
import { DAY, HOUR, MINUTE, plus, SECOND } from '../../src/lib/time.ts';
import { METHOD_FIXTURES } from './method-fixtures.ts';
import { att, type Fixture, fixture, NOW, saved, threeSaved, visa } from './plain-view.ts';

export { METHODS } from './method-fixtures.ts';
export { CHECKOUT_ID, type Fixture, NOW, viewWith } from './plain-view.ts';

/** What is agreed to on a page that is opened at `NOW`. */
export function agreed(
  terms: Partial<MandateTerms>,
  facts: { subscription?: SubscriptionTerms; amountMinor?: number } = {},
): MandateView {
  const { subscription, amountMinor = 24900 } = facts;
  const whole = {
    terms: { type: 'on_demand' as const, currency: 'ZAR', periodLimits: [], timeZone: 'Africa/Johannesburg', ...terms },
    ...(subscription && { subscription }),
  };
  const dates = mandateDates(whole, { at: NOW, amountMinor });
  const firstOccurrence = firstOccurrenceOf(whole, dates);
  return { ...whole, ...dates, ...(firstOccurrence !== undefined && { firstOccurrence }) };
}

/** A subscription: the same amount each month. */
const scheduled = (): MandateView =>
  agreed(
    {
      type: 'scheduled',
      amount: { exactMinor: 24900 },
      recurrence: {
        type: 'monthly',
        intervalCount: 1,
        on: { type: 'day_of_month', days: [1], adjustment: 'next_weekday' },
      },
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

/** Every limit there is on amounts, days and tries. */
const limited = (): MandateView =>
  agreed({
    amount: { minMinor: 5000, maxMinor: 50000 },
    periodLimits: [
      { period: 'week', maxCount: 2, window: { mode: 'calendar' } },
      { period: 'month', maxCount: 4, maxAmountMinor: 200000, window: { mode: 'calendar' } },
      {
        period: 'year',
        maxAmountMinor: 1200000,
        window: { mode: 'cycle', anchor: { type: 'day_of_year', month: 7, day: 1 } },
      },
    ],
    spacing: { unit: 'day', count: 2 },
    allowedDays: ['mon', 'tue', 'wed', 'thu', 'fri'],
    retry: { maxAttempts: 3, minIntervalHours: 24 },
    startDate: '2026-09-01',
    endDate: '2028-08-31',
    maxOccurrences: 40,
  });

/** The first payment and so many after it. */
const instalments = (count: number): MandateView =>
  agreed(
    {
      type: 'installment',
      totalAmountMinor: 249900 * (count + 1) - 100,
      instalmentTerms: {
        type: 'periodic',
        amountMinor: 249900,
        recurrence: { type: 'monthly', intervalCount: 1 },
        maxOccurrences: count,
      },
    },
    { amountMinor: 249900 },
  );

const mandate = (over: Partial<CheckoutView> = {}): Partial<CheckoutView> => ({
  type: 'first_in_series',
  saving: 'mandate',
  description: 'Monthly coffee box',
  mandate: agreed({ amount: { minMinor: 1, maxMinor: 24900 } }),
  ...over,
});

const declined = (className: DeclineClassOnPage, sameCardAllowed = true): Situation => ({
  kind: 'declined',
  class: className,
  card: visa,
  sameCardAllowed,
  nothingCharged: true,
  at: plus(NOW, -5 * SECOND),
});

const done = (outcome: 'paid' | 'reserved' | 'verified', ageMs = 0): Situation => ({
  kind: 'completed',
  outcome,
  at: plus(NOW, -ageMs),
  card: visa,
  reference: 'TND-7F3K-92QX',
  ...(outcome === 'reserved' && { reservedUntil: plus(NOW, 7 * DAY) }),
});

/** Every state, part and banner of the page, by name. */
export const FIXTURES: readonly Fixture[] = [
  fixture('choose', 'choose', {}),
  fixture('choose-live', 'choose', { mode: 'live' }),
  fixture('choose-long-words', 'choose', {
    money: { amountMinor: 999_999_999_999, currency: 'KWD' },
    description: `${'Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft '.repeat(3)}${'x'.repeat(120)}`,
    merchant: { displayName: 'Rindfleischetikettierungsüberwachungsaufgabengesellschaft', legalName: 'R' },
  }),
  fixture('choose-saved', 'choose', { savedMethods: threeSaved, saving: 'prompt' }),
  fixture('choose-save-box', 'choose', {
    saving: 'prompt',
    settings: { ...DEFAULT_CHECKOUT_SETTINGS, nameOnCard: 'optional' },
  }),
  fixture('choose-save-always', 'choose', { saving: 'always' }),
  fixture('choose-mandate', 'choose', mandate()),
  fixture('choose-mandate-free', 'choose', {
    ...mandate({ money: { amountMinor: 0, currency: 'ZAR' }, mandate: agreed({ amount: { minMinor: 1 } }) }),
  }),
  fixture('choose-mandate-scheduled', 'choose', mandate({ mandate: scheduled() })),
  fixture(
    'choose-mandate-limits',
    'choose',
    mandate({ mandate: limited(), settings: { ...DEFAULT_CHECKOUT_SETTINGS, noticeDays: 5 } }),
  ),
  fixture('choose-mandate-instalments', 'choose', {
    ...mandate({ mandate: instalments(3), description: 'Grinder, in four payments' }),
    money: { amountMinor: 249900, currency: 'ZAR' },
  }),
  fixture('choose-mandate-many', 'choose', {
    ...mandate({ mandate: instalments(120), description: 'Espresso machine, in 121 payments' }),
    money: { amountMinor: 249900, currency: 'ZAR' },
  }),
  fixture('choose-reserve', 'choose', {
    captureMethod: 'manual',
    settings: { ...DEFAULT_CHECKOUT_SETTINGS, nameOnCard: 'required' },
  }),
  fixture('choose-more-time', 'choose', { expiresAt: plus(NOW, 20 * MINUTE) }),
  fixture('choose-expiring', 'choose', { expiresAt: plus(NOW, 90 * SECOND) }),
  fixture('choose-time-is-fixed', 'choose', { expiresAt: plus(NOW, 20 * MINUTE), moreTimeAllowed: false }),
  fixture(
    'error-summary',
    'choose',
    { settings: { ...DEFAULT_CHECKOUT_SETTINGS, nameOnCard: 'required' } },
    {
      values: { payment_method: 'card', card_expiry: '13/30', card_name: 'Zoë Dlamini' },
      errors: [
        { name: 'card_number', key: 'card_number.check' },
        { name: 'card_expiry', key: 'card_expiry.month' },
        { name: 'card_cvc', key: 'card_cvc.length', params: { n: '3' } },
      ],
    },
  ),
  fixture(
    'error-two-cards',
    'choose',
    { savedMethods: threeSaved },
    {
      values: { payment_method: 'pmt_0000000000000000000000a1' },
      errors: [{ name: 'payment_method', key: 'payment_method.two_cards', params: { saved: 'Visa ending 4242' } }],
    },
  ),
  fixture('notice-stale', 'choose', {}, { values: {}, errors: [], notice: 'stale' }),
  fixture('notice-changed', 'choose', {}, { values: {}, errors: [], notice: 'changed' }),
  fixture('declined', 'declined', { situation: declined('funds'), keptCard: { ...visa, askExpiry: false } }),
  fixture('declined-code', 'declined', {
    situation: declined('security_code'),
    keptCard: { ...visa, askExpiry: false },
  }),
  fixture('declined-expiry', 'declined', {
    situation: declined('security_code'),
    keptCard: { ...visa, scheme: 'amex', last4: '0005', askExpiry: true },
  }),
  fixture('declined-other', 'declined_other', {
    situation: declined('expired', false),
    savedMethods: [saved({ closed: true }), saved({ id: 'pmt_0000000000000000000000a2', last4: '1881' })],
  }),
  fixture('too-many-tries', 'too_many_tries', { situation: { kind: 'too_many_tries', at: NOW } }),
  fixture('processing', 'processing', {
    situation: { kind: 'processing', attemptId: att, since: plus(NOW, -12 * SECOND) },
  }),
  fixture('checking', 'checking', { situation: { kind: 'unknown', attemptId: att, since: plus(NOW, -3 * MINUTE) } }),
  ...METHOD_FIXTURES,
  fixture('three-ds', 'three_ds', {
    situation: {
      kind: 'three_ds',
      attemptId: att,
      acsUrl: 'http://127.0.0.1:9/acs/1',
      creq: 'eyJ0aHJlZURTU2VydmVyVHJhbnNJRCI6IjEifQ',
      expiresAt: plus(NOW, 10 * MINUTE),
    },
  }),
  fixture('on-its-way', 'on_its_way', {
    situation: { kind: 'on_its_way', attemptId: att, since: NOW, expectBy: plus(NOW, DAY) },
  }),
  fixture('paid', 'paid', { situation: done('paid') }),
  fixture('paid-without-return', 'paid', omitReturn({ situation: done('paid') })),
  fixture('paid-again', 'paid', { situation: done('paid', 3 * HOUR) }),
  fixture('paid-mandate', 'paid', {
    ...mandate({ situation: done('paid', HOUR) }),
    mandate: { ...agreed({ amount: { minMinor: 1, maxMinor: 24900 } }), mandateId: 'mnd_0000000000000000000000a1' },
  }),
  fixture('paid-instalments', 'paid', {
    ...mandate({ situation: done('paid', HOUR), description: 'Grinder, in four payments' }),
    money: { amountMinor: 249900, currency: 'ZAR' },
    mandate: { ...instalments(3), mandateId: 'mnd_0000000000000000000000a2' },
  }),
  fixture('reserved', 'reserved', { captureMethod: 'manual', situation: done('reserved', HOUR) }),
  fixture('verified', 'verified', {
    money: { amountMinor: 0, currency: 'ZAR' },
    saving: 'always',
    situation: done('verified', HOUR),
  }),
  fixture('expired', 'expired', {
    situation: { kind: 'expired', at: NOW, lastTryDeclined: false, nothingCharged: true },
  }),
  fixture('expired-declined', 'expired', {
    situation: { kind: 'expired', at: NOW, lastTryDeclined: true, nothingCharged: true },
  }),
  fixture('cancelled-by-payer', 'cancelled', { situation: { kind: 'cancelled', by: 'payer', at: plus(NOW, -HOUR) } }),
  fixture('cancelled-by-merchant', 'cancelled', { situation: { kind: 'cancelled', by: 'merchant', at: NOW } }),
  fixture('not-available', 'not_available', { unavailable: 'no_method' }),
];

function omitReturn(over: Partial<CheckoutView>): Partial<CheckoutView> {
  return { ...over, returnUrl: undefined } as unknown as Partial<CheckoutView>;
}
