/** Instalments: what `installment` takes and what it does not, their sums and their dates. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Asked, judges, readingOf } from './series-reading.ts';

const MONTHLY = { type: 'monthly' };
const three = { type: 'periodic', amount: 3_334, recurrence: MONTHLY, max_occurrences: 3 };

function periodic(session: number, more: object = {}, terms: object = {}): Asked {
  const mandate = { type: 'installment', total_amount: 10_000, terms: { ...three, ...terms }, ...more };
  return { amount: session, mandate };
}

function fixed(items: unknown, more: object = {}): Asked {
  return {
    amount: 1_000,
    mandate: { type: 'installment', total_amount: 10_000, terms: { type: 'fixed', items }, ...more },
  };
}

const ITEMS = [
  { amount: 4_000, due_date: '2026-01-16' },
  { amount: 5_000, due_date: '2026-03-01' },
];
const TOTAL = 'm/total_amount conflict';

test('instalments are kept as they were described; they have no limits of a charge', () => {
  assert.deepEqual(readingOf(periodic(1_000)).terms.mandate, {
    type: 'installment',
    currency: 'ZAR',
    periodLimits: [],
    timeZone: 'UTC',
    totalAmountMinor: 10_000,
    instalmentTerms: {
      type: 'periodic',
      amountMinor: 3_334,
      recurrence: { type: 'monthly', intervalCount: 1 },
      maxOccurrences: 3,
    },
  });
  assert.deepEqual(readingOf(fixed(ITEMS)).terms.mandate?.instalmentTerms, {
    type: 'fixed',
    items: [
      { amountMinor: 4_000, dueDate: '2026-01-16' },
      { amountMinor: 5_000, dueDate: '2026-03-01' },
    ],
  });
});

judges([
  [
    'instalments need their total and terms',
    { mandate: { type: 'installment' } },
    ['m/terms required', 'm/total_amount required'],
  ],
  [
    'the limits of other mandates do not belong to instalments',
    periodic(1_000, { amount: 5, recurrence: MONTHLY, max_occurrences: 3, period_limits: [], spacing: 7 }),
    ['amount', 'recurrence', 'max_occurrences', 'period_limits', 'spacing'].map((name) => `m/${name} not_applicable`),
  ],
  [
    'days, tries and a period do',
    periodic(1_000, { allowed_days: ['mon'], retry: { max_attempts: 2 }, validity_period: {} }),
    [],
  ],
  [
    'total and terms belong to no other mandate',
    { mandate: { total_amount: 5, terms: 7 } },
    ['m/total_amount not_applicable', 'm/terms not_applicable'],
  ],
  ['the last instalment may be smaller', periodic(1_000), []],
  ['a first payment of 0 leaves everything to the instalments', periodic(0), []],
  ['the instalments have to reach the total', periodic(0, {}, { amount: 3_333 }), [TOTAL]],
  ['all of them have to be needed', periodic(3_332), [TOTAL]],
  ['the last one is at least 1', periodic(3_331), []],
  ['a first payment above the total is a conflict', periodic(20_000), [TOTAL]],
  ['the total is 1 or more', periodic(1_000, { total_amount: 0 }), ['m/total_amount out_of_range']],
  [
    'there are at most 120 instalments',
    periodic(1_000, {}, { max_occurrences: 121 }),
    ['m/terms/max_occurrences out_of_range'],
  ],
  [
    'periodic terms need all of their fields',
    { mandate: { type: 'installment', total_amount: 5, terms: { type: 'periodic' } } },
    ['m/terms/amount required', 'm/terms/max_occurrences required', 'm/terms/recurrence required'],
  ],
  ['terms need a type', { mandate: { type: 'installment', total_amount: 5, terms: {} } }, ['m/terms/type required']],
  ['terms are of two types', periodic(1_000, {}, { type: 'balloon' }), ['m/terms/type invalid_value']],
  [
    'a rule of instalments is judged like any',
    periodic(1_000, {}, { recurrence: { type: 'weekly', on: {} } }),
    ['m/terms/recurrence/on/days required'],
  ],
  [
    'its days have to meet the allowed ones',
    periodic(1_000, { allowed_days: ['sat'] }, { recurrence: { type: 'weekly', on: { days: ['mon'] } } }),
    ['m/allowed_days conflict'],
  ],
  [
    'days that do not meet and sums that do not match are told together',
    periodic(0, { allowed_days: ['sat'] }, { amount: 1, recurrence: { type: 'weekly', on: { days: ['mon'] } } }),
    ['m/allowed_days conflict', TOTAL],
  ],
  [
    'a period without any date of the rule is a conflict',
    periodic(1_000, { validity_period: { end_date: '2026-02-14' } }),
    ['m/terms/recurrence conflict'],
  ],
  [
    'so is one that the last instalment would miss',
    periodic(1_000, { validity_period: { end_date: '2026-04-14' } }),
    ['m/terms/max_occurrences conflict'],
  ],
  ['and not one that ends with it', periodic(1_000, { validity_period: { end_date: '2026-04-15' } }), []],
]);

const due = (...dates: unknown[]) => dates.map((due_date, i) => ({ amount: i === 0 ? 4_000 : 5_000, due_date }));
judges([
  ['items and first payment make the total', fixed(ITEMS), []],
  ['items that do not are a conflict', fixed(ITEMS, { total_amount: 10_001 }), [TOTAL]],
  [
    'an item is due tomorrow at the earliest',
    fixed(due('2026-01-15', '2026-02-01')),
    ['m/terms/items/0/due_date conflict'],
  ],
  ['dates rise', fixed(due('2026-02-02', '2026-02-01')), ['m/terms/items/1/due_date conflict']],
  ['and never stand still', fixed(due('2026-02-02', '2026-02-02')), ['m/terms/items/1/due_date conflict']],
  ['a date is one of the calendar', fixed(due('2026-02-30', '2026-03-01')), ['m/terms/items/0/due_date invalid_value']],
  ['a date lies within 30 years', fixed(due('2026-02-02', '2056-01-16')), ['m/terms/items/1/due_date out_of_range']],
  ['a date may be the last of the period', fixed(ITEMS, { validity_period: { end_date: '2026-03-01' } }), []],
  [
    'a date after the period could never be charged',
    fixed(ITEMS, { validity_period: { end_date: '2026-02-28' } }),
    ['m/terms/items/1/due_date conflict'],
  ],
  [
    'an item needs amount and date',
    fixed([{}]),
    ['m/terms/items/0/amount required', 'm/terms/items/0/due_date required'],
  ],
  ['an item is 1 or more', fixed([{ amount: 0, due_date: '2026-02-02' }]), ['m/terms/items/0/amount out_of_range']],
  ['fixed terms need items', fixed(undefined), ['m/terms/items required']],
  ['no item is no list', fixed([]), ['m/terms/items out_of_range']],
  ['items that are no list are refused', fixed({}), ['m/terms/items invalid_type']],
  [
    'items have no rule',
    fixed(ITEMS, { terms: { type: 'fixed', items: ITEMS, recurrence: MONTHLY } }),
    ['m/terms/recurrence unknown_field'],
  ],
]);
