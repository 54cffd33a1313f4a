/** Every pattern of the mandate's English, limit by limit; the page is opened on Monday, 3 August 2026. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { CheckoutView } from '../../src/app/checkout-door.ts';
import { DEFAULT_CHECKOUT_SETTINGS } from '../../src/domain/checkout-settings.ts';
import type { MandateTerms } from '../../src/domain/mandate-terms.ts';
import type { Adjustment, PeriodLimit, Recurrence } from '../../src/domain/schedule.ts';
import { type MandateRow, shownTerms } from '../../src/web/checkout/terms.ts';
import { choosePhrases } from '../../src/web/i18n/locales.ts';
import { agreed, viewWith } from './fixtures.ts';

type Facts = Parameters<typeof agreed>[1];
type Said = string | readonly string[];

/** The lines of one section, without the no-break spaces of amounts. */
function linesOf(
  section: MandateRow['section'],
  terms: Partial<MandateTerms>,
  facts: Facts & Partial<CheckoutView> = {},
) {
  const { subscription, amountMinor, ...view } = facts;
  const mandate = agreed(terms, {
    ...(subscription && { subscription }),
    ...(amountMinor !== undefined && { amountMinor }),
  });
  const money = { amountMinor: amountMinor ?? 24900, currency: 'ZAR' };
  const whole = viewWith({ type: 'first_in_series', saving: 'mandate', money, ...view, mandate });
  const row = shownTerms(whole, choosePhrases({})).rows.find((one) => one.section === section);
  return (row?.text ?? '').replaceAll('\u00a0', ' ').split('\n');
}

function say(
  section: MandateRow['section'],
  cases: readonly [Partial<MandateTerms>, Said, (Facts & Partial<CheckoutView>)?][],
) {
  for (const [terms, said, facts] of cases) {
    assert.deepEqual(linesOf(section, terms, facts), typeof said === 'string' ? [said] : said, JSON.stringify(terms));
  }
}

const upTo = { amount: { minMinor: 1, maxMinor: 50000 } };
const subscription = { scheduledTime: '00:00', dunning: { retryDays: [1], onExhausted: 'continue' as const } };

function limit(over: Partial<PeriodLimit>): Partial<MandateTerms> {
  return { ...upTo, periodLimits: [{ period: 'month', window: { mode: 'calendar' }, ...over }] };
}

test('who may charge, and for what', () => {
  say('who', [[upTo, 'Karoo Coffee Roasters (Pty) Ltd may charge this card without asking you each time.']]);
  say('for', [[upTo, 'Coffee beans, 1 kg, Ethiopia Yirgacheffe']]);
  const { description: _, ...silent } = viewWith({ type: 'first_in_series', saving: 'mandate', mandate: agreed(upTo) });
  const row = shownTerms(silent, choosePhrases({})).rows.find(({ section }) => section === 'for');
  assert.equal(row?.text, 'Payments to Karoo Coffee');
});

test('how much one charge is', () => {
  say('how_much', [
    [{ amount: { exactMinor: 19900 } }, 'ZAR 199.00 each time'],
    [upTo, 'Up to ZAR 500.00 each time'],
    [{ amount: { minMinor: 5000, maxMinor: 50000 } }, 'Between ZAR 50.00 and ZAR 500.00 each time'],
    [{ amount: { minMinor: 5000, maxMinor: 5000 } }, 'ZAR 50.00 each time'],
    [{ amount: { minMinor: 1 } }, ['Any amount Karoo Coffee asks for: no limit was set', 'In South African Rand']],
    [{ amount: { minMinor: 5000 } }, 'ZAR 50.00 or more each time: no upper limit was set'],
    [
      { ...upTo, type: 'scheduled', recurrence: { type: 'daily', intervalCount: 1 } },
      ['ZAR 199.00 each time to begin with', 'Up to ZAR 500.00 each time'],
      { subscription: { ...subscription, amountMinor: 19900 } },
    ],
  ]);
});

test('what a period allows', () => {
  const said = (over: Partial<PeriodLimit>, text: string) =>
    say('how_much', [[limit(over), ['Up to ZAR 500.00 each time', text]]]);
  said({ maxAmountMinor: 200000, maxCount: 4 }, 'At most ZAR 2,000.00 and 4 payments a month');
  said({ maxCount: 1 }, 'At most 1 payment a month');
  said({ period: 'day', maxCount: 2 }, 'At most 2 payments a day');
  said({ period: 'week', maxCount: 2 }, 'At most 2 payments a week (Monday to Sunday)');
  said({ period: 'year', maxAmountMinor: 200000 }, 'At most ZAR 2,000.00 a year');
  const cycle = (period: PeriodLimit['period'], anchor?: Extract<PeriodLimit['window'], { mode: 'cycle' }>['anchor']) =>
    ({ period, maxCount: 2, window: { mode: 'cycle', ...(anchor && { anchor }) } }) as const;
  said(cycle('week'), 'At most 2 payments a week, counted from Monday');
  said(cycle('week', { type: 'day_of_week', day: 'thu' }), 'At most 2 payments a week, counted from Thursday');
  said(cycle('month'), 'At most 2 payments a month, counted from the 3rd');
  said(
    cycle('month', { type: 'day_of_month', day: 31 }),
    'At most 2 payments a month, counted from the 31st (or the last day of a shorter month)',
  );
  said(cycle('year'), 'At most 2 payments a year, counted from 3 August');
  said(
    cycle('year', { type: 'day_of_year', month: 2, day: 29 }),
    'At most 2 payments a year, counted from 29 February (28 February in other years)',
  );
});

test('no limit is only said where no period sets one', () => {
  const periodLimits: PeriodLimit[] = [{ period: 'month', maxAmountMinor: 200000, window: { mode: 'calendar' } }];
  say('how_much', [
    [
      { amount: { minMinor: 1 }, periodLimits },
      ['Any amount Karoo Coffee asks for, limited as follows:', 'At most ZAR 2,000.00 a month'],
    ],
    [
      { amount: { minMinor: 5000 }, periodLimits },
      ['ZAR 50.00 or more each time, limited as follows:', 'At most ZAR 2,000.00 a month'],
    ],
  ]);
});

const ZONE = 'Dates follow South Africa Standard Time';

test('when a scheduled mandate charges', () => {
  const said = (recurrence: Recurrence, ...texts: string[]) =>
    say('when', [[{ ...upTo, type: 'scheduled', recurrence }, [...texts, ZONE]]]);
  const days = (list: number[], adjustment: Adjustment = 'none') =>
    ({ type: 'day_of_month', days: list, adjustment }) as const;
  const nth = (ordinal: number, weekday: 'tue' | 'fri') => ({ type: 'nth_day_of_month', ordinal, weekday }) as const;
  said({ type: 'daily', intervalCount: 1 }, 'Every day, from 4 August 2026');
  said({ type: 'daily', intervalCount: 10 }, 'Every 10 days, from 13 August 2026');
  said({ type: 'weekly', intervalCount: 1 }, 'Every week on Monday, from 10 August 2026');
  said(
    { type: 'weekly', intervalCount: 2, days: ['thu', 'mon', 'tue'] },
    'Every 2 weeks on Monday, Tuesday and Thursday, from 4 August 2026',
  );
  said({ type: 'monthly', intervalCount: 1, on: days([1]) }, 'Every month on the 1st, from 1 September 2026');
  said({ type: 'monthly', intervalCount: 3 }, 'Every 3 months on the 3rd, from 3 November 2026');
  said(
    { type: 'monthly', intervalCount: 1, on: days([-1, 22, 11]) },
    'Every month on the 11th, the 22nd and the last day, from 11 August 2026',
  );
  said(
    { type: 'monthly', intervalCount: 1, on: days([31], 'nearest_weekday') },
    'Every month on the 31st (or the last day of a shorter month), from 31 August 2026',
    'A date on a weekend moves to the nearest weekday, but stays in its month',
  );
  said(
    { type: 'monthly', intervalCount: 1, on: days([15], 'next_weekday') },
    'Every month on the 15th, from 17 August 2026',
    'A date on a weekend moves to the next weekday, but stays in its month',
  );
  said(
    { type: 'monthly', intervalCount: 1, on: nth(-1, 'fri') },
    'Every month on the last Friday, from 28 August 2026',
  );
  said(
    { type: 'monthly', intervalCount: 2, on: nth(2, 'tue') },
    'Every 2 months on the second Tuesday, from 11 August 2026',
  );
  said({ type: 'yearly', intervalCount: 1 }, 'Every year on 3 August, from 3 August 2027');
  said(
    {
      type: 'yearly',
      intervalCount: 2,
      on: { type: 'day_of_year', month: 2, day: 29, adjustment: 'previous_weekday' },
    },
    'Every 2 years on 29 February (28 February in other years), from 29 February 2028',
    'A date on a weekend moves to the weekday before, but stays in its month',
  );
  said(
    { type: 'yearly', intervalCount: 1, on: { type: 'day_of_year', month: 2, day: -1, adjustment: 'none' } },
    'Every year on the last day of February, from 28 February 2027',
  );
  said(
    { type: 'yearly', intervalCount: 1, on: { ...nth(4, 'tue'), month: 11 } },
    'Every year on the fourth Tuesday of November, from 24 November 2026',
  );
});

test('when other charges may be made', () => {
  const monthly: Recurrence = { type: 'monthly', intervalCount: 1 };
  say('when', [
    [upTo, 'Whenever Karoo Coffee asks'],
    [
      { ...upTo, recurrence: monthly },
      ['Whenever Karoo Coffee asks', 'Every month on the 3rd as a rule, but not only then', ZONE],
    ],
    [
      { ...upTo, recurrence: monthly, timeZone: 'UTC' },
      [
        'Every month on the 3rd, from 3 September 2026',
        'Also whenever Karoo Coffee asks',
        'At 09:30, UTC',
        'A payment that fails may be tried again',
      ],
      { subscription: { ...subscription, amountMinor: 100, scheduledTime: '09:30' } },
    ],
    [
      { ...upTo, spacing: { unit: 'day', count: 7 }, allowedDays: ['fri', 'mon'] },
      ['Whenever Karoo Coffee asks', 'Not more often than every 7 days', 'Only on Monday and Friday', ZONE],
    ],
    [
      { ...upTo, spacing: { unit: 'hour', count: 1 } },
      ['Whenever Karoo Coffee asks', 'Not more often than every hour'],
    ],
    [
      { ...upTo, retry: { maxAttempts: 3, minIntervalHours: 24 } },
      [
        'Whenever Karoo Coffee asks',
        'A payment that fails is tried at most 3 times in all',
        'At least 24 hours between two tries of a payment',
      ],
    ],
    [{ ...upTo, retry: { maxAttempts: 1 } }, ['Whenever Karoo Coffee asks', 'A payment that fails is not tried again']],
  ]);
});

test('instalments: what in all, what when, and that the first payment is part of it', () => {
  const items = [
    { amountMinor: 2500, dueDate: '2026-09-01' },
    { amountMinor: 5000, dueDate: '2026-12-24' },
  ];
  const terms = { type: 'installment', totalAmountMinor: 10000, instalmentTerms: { type: 'fixed', items } } as const;
  const facts = { amountMinor: 2500 };
  say('how_much', [[terms, 'ZAR 100.00 in all', facts]]);
  say('when', [
    [terms, ['2 payments on these dates:', '1 September 2026: ZAR 25.00', '24 December 2026: ZAR 50.00', ZONE], facts],
  ]);
  say('until', [[terms, 'Until the last payment on 24 December 2026', facts]]);
  say('today', [[terms, ['ZAR 25.00 now', 'Part of the total above'], facts]]);
});

test('until when', () => {
  say('until', [
    [upTo, 'Until you cancel'],
    [{ ...upTo, endDate: '2027-11-30' }, 'Until 30 November 2027'],
    [{ ...upTo, maxOccurrences: 12 }, '12 payments'],
    [{ ...upTo, endDate: '2027-11-30', maxOccurrences: 1 }, ['Until 30 November 2027', '1 payment']],
    [{ ...upTo, startDate: '2026-12-01' }, ['Not before 1 December 2026', 'Until you cancel']],
    [
      { ...upTo, recurrence: { type: 'daily', intervalCount: 1 } },
      ['The planned payments end on 30 November 2027', 'Until you cancel'],
      { subscription: { ...subscription, amountMinor: 100, endDate: '2027-11-30' } },
    ],
  ]);
});

test('today: paid, reserved or nothing, and that limits do not count it', () => {
  say('today', [
    [upTo, 'ZAR 199.00 now', { amountMinor: 19900 }],
    [upTo, 'Nothing now', { amountMinor: 0 }],
    [upTo, 'ZAR 199.00 is reserved now and taken later', { amountMinor: 19900, captureMethod: 'manual' }],
    [{ ...upTo, maxOccurrences: 12 }, ['ZAR 249.00 now', 'Not counted in the limits above']],
    [limit({ maxCount: 1 }), ['ZAR 249.00 now', 'Not counted in the limits above']],
    [limit({ maxCount: 1 }), 'Nothing now', { amountMinor: 0 }],
  ]);
});

test('how to cancel, and what the merchant promises', () => {
  const merchant = { displayName: 'Karoo Coffee', legalName: 'Karoo' };
  say('cancel', [
    [upTo, 'Cancel at any time: help@karoo.example. No charge is made after that.'],
    [upTo, 'Cancel at any time with Karoo Coffee. No charge is made after that.', { merchant }],
    [
      upTo,
      [
        'Cancel at any time with Karoo Coffee. No charge is made after that.',
        'Karoo Coffee tells you at least 5 days before the amount or the dates change.',
      ],
      { merchant, settings: { ...DEFAULT_CHECKOUT_SETTINGS, noticeDays: 5 } },
    ],
  ]);
});

test('a long list of dates shows the first ones and folds the rest, and the text agreed to holds all', () => {
  const terms: Partial<MandateTerms> = {
    type: 'installment',
    totalAmountMinor: 121 * 24900,
    instalmentTerms: {
      type: 'periodic',
      amountMinor: 24900,
      recurrence: { type: 'monthly', intervalCount: 1 },
      maxOccurrences: 120,
    },
  };
  const lines = linesOf('when', terms);
  assert.equal(lines.filter((line) => line.endsWith(': ZAR 249.00')).length, 120);
  const view = viewWith({ type: 'first_in_series', saving: 'mandate', mandate: agreed(terms) });
  const shown = shownTerms(view, choosePhrases({})).rows.find(({ section }) => section === 'when')?.shown.text ?? '';
  const [first = '', rest = ''] = shown.split('<details>');
  assert.equal(first.match(/<li>/g)?.length, 6);
  assert.match(rest, /^<summary>Show 114 more dates<\/summary>\n<ol start="7">/);
  assert.equal(rest.match(/<li>/g)?.length, 114);
});
