/** `mandate_options`: what is taken, with its defaults, and what is refused, by place and code. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Timestamp } from '../../src/lib/time.ts';
import { type Asked, judges, problemsOf, readingOf } from './series-reading.ts';

const MANDATE = (mandate: unknown, more: Asked = {}): Asked => ({ mandate, ...more });
const MONTHLY = { type: 'monthly' };
const termsOf = (asked: Asked) => {
  const { problems, terms } = readingOf(asked);
  assert.deepEqual(problems, []);
  return terms.mandate;
};

const plain = { type: 'on_demand', currency: 'ZAR', periodLimits: [], timeZone: 'UTC' };

test('without a word about it, a charge may be up to the amount of the session', () => {
  const amount = { minMinor: 1, maxMinor: 20_000 };
  assert.deepEqual(termsOf({}), { ...plain, amount });
  assert.deepEqual(termsOf(MANDATE({})), { ...plain, amount });
  assert.deepEqual(termsOf({ amount: 1 })?.amount, { minMinor: 1, maxMinor: 1 });
  assert.deepEqual(termsOf(MANDATE({ max_occurrences: 3 })), { ...plain, amount, maxOccurrences: 3 });
});

test('a session of 0 without options makes a mandate without a ceiling; with options it has to say an amount', () => {
  assert.deepEqual(termsOf({ amount: 0 }), { ...plain, amount: { minMinor: 1 } });
  assert.deepEqual(problemsOf(MANDATE({}, { amount: 0 })), ['m/amount required']);
  const monthly = { type: 'scheduled', recurrence: MONTHLY };
  assert.deepEqual(problemsOf(MANDATE(monthly, { amount: 0 })), ['m/amount required']);
});

test('an amount is exact, or at least and at most; the least is 1 unless said', () => {
  assert.deepEqual(termsOf(MANDATE({ amount: 999_999_999_999 }))?.amount, { exactMinor: 999_999_999_999 });
  assert.deepEqual(termsOf(MANDATE({ amount: { max: 5 } }))?.amount, { minMinor: 1, maxMinor: 5 });
  assert.deepEqual(termsOf(MANDATE({ amount: { min: 5 } }, { amount: 0 }))?.amount, { minMinor: 5 });
  assert.deepEqual(termsOf(MANDATE({ amount: { min: 5, max: 5 } }))?.amount, { minMinor: 5, maxMinor: 5 });
});

const capped = { amount: { min: 1 }, period_limits: { period: 'month', max_amount: 5 } };
const REFUSE = { settings: { unlimitedMandates: 'refuse' as const } };

judges([
  ['a mandate type that is none is refused', MANDATE({ type: 'recurring' }), ['m/type invalid_value']],
  [
    'without a type that is known, no amount is missed',
    MANDATE({ type: 'x' }, { amount: 0 }),
    ['m/type invalid_value'],
  ],
  ['a mandate type that is no text is refused', MANDATE({ type: null }), ['m/type invalid_type']],
  ['an unknown field is named', MANDATE({ 'a/b': 1 }), ['m/a~1b unknown_field']],
  ['options that are no object are refused', MANDATE([]), ['m invalid_type']],
  ['options that are null are refused', MANDATE(null), ['m invalid_type']],
  ['an amount of 0 is out of range', MANDATE({ amount: 0 }), ['m/amount out_of_range']],
  ['an amount above the largest is out of range', MANDATE({ amount: 1e12 }), ['m/amount out_of_range']],
  ['a fraction is no amount', MANDATE({ amount: 0.5 }), ['m/amount invalid_type']],
  ['a text is no amount', MANDATE({ amount: '5' }), ['m/amount invalid_type']],
  ['an amount between nothing says nothing', MANDATE({ amount: {} }), ['m/amount required']],
  ['min above max is a conflict', MANDATE({ amount: { min: 6, max: 5 } }), ['m/amount/min conflict']],
  [
    'each end of an amount is judged by itself',
    MANDATE({ amount: { min: 0, max: '9', upto: 1 } }),
    ['m/amount/min out_of_range', 'm/amount/max invalid_type', 'm/amount/upto unknown_field'],
  ],
  ['an account may refuse the mandate without a ceiling', { amount: 0, ...REFUSE }, ['m/amount required']],
  ['nor does a min make a ceiling', MANDATE({ amount: { min: 5 } }, REFUSE), ['m/amount required']],
  ['a limit of a period is a ceiling', MANDATE(capped, REFUSE), []],
  ['the amount of the session is a ceiling', REFUSE, []],
  [
    'a limit of a count is none',
    MANDATE({ amount: { min: 1 }, period_limits: { period: 'day', max_count: 1 } }, REFUSE),
    ['m/amount required'],
  ],
]);

judges([
  ['a scheduled mandate needs a recurrence', MANDATE({ type: 'scheduled' }), ['m/recurrence required']],
  ['an on_demand mandate needs none', MANDATE({ type: 'on_demand' }), []],
  ['a subscription needs one', MANDATE({}, { subscription: {} }), ['m/recurrence required']],
  ['also where there are no mandate_options at all', { subscription: {} }, ['m/recurrence required']],
  ['the number of charges is 1 to 10 000', MANDATE({ max_occurrences: 10_001 }), ['m/max_occurrences out_of_range']],
  ['no charges are no mandate', MANDATE({ max_occurrences: 0 }), ['m/max_occurrences out_of_range']],
  ['the greatest number of charges is taken', MANDATE({ max_occurrences: 10_000 }), []],
]);

test('a time zone is kept under its canonical name, and is the one of the account where none is sent', () => {
  assert.equal(termsOf(MANDATE({ time_zone: 'africa/johannesburg' }))?.timeZone, 'Africa/Johannesburg');
  assert.equal(termsOf({ settings: { timeZone: 'Asia/Tokyo' } })?.timeZone, 'Asia/Tokyo');
});

judges([
  ['an offset is no time zone', MANDATE({ time_zone: '+02:00' }), ['m/time_zone invalid_value']],
  ['a zone that is not known is refused', MANDATE({ time_zone: 'Africa/Atlantis' }), ['m/time_zone invalid_value']],
  ['a zone that is no text is refused', MANDATE({ time_zone: 2 }), ['m/time_zone invalid_type']],
]);

const period = (start_date: unknown, end_date?: unknown, more: object = {}) =>
  MANDATE({ validity_period: { start_date, ...(end_date === undefined ? {} : { end_date }) }, ...more });
const START = 'm/validity_period/start_date';
const END = 'm/validity_period/end_date';

judges([
  ['a validity period may begin and end today', period('2026-01-15', '2026-01-15'), []],
  ['it may be empty', MANDATE({ validity_period: {} }), []],
  ['it may not begin yesterday', period('2026-01-14'), [`${START} out_of_range`]],
  ['it may not end before it begins', period('2026-02-02', '2026-02-01'), [`${END} out_of_range`]],
  ['it may not have ended', MANDATE({ validity_period: { end_date: '2026-01-14' } }), [`${END} out_of_range`]],
  ['it may end in 30 years', period('2026-01-15', '2056-01-15'), []],
  ['it may not end later', period('2026-01-15', '2056-01-16'), [`${END} out_of_range`]],
  ['nor begin later', period('2056-01-16'), [`${START} out_of_range`]],
  ['a day that no calendar has is refused', period('2026-02-29'), [`${START} invalid_value`]],
  ['an instant is no date', period('2026-02-01T00:00:00Z'), [`${START} invalid_value`]],
  ['a number is no date', period(20260201), [`${START} invalid_type`]],
  ['a period that is no object is refused', MANDATE({ validity_period: '2026' }), ['m/validity_period invalid_type']],
  ['today is that of the mandate: in Kiribati it is the 16th', inZone('Pacific/Kiritimati'), [`${START} out_of_range`]],
  ['and in Samoa still the 15th', inZone('Pacific/Pago_Pago'), []],
  [
    'where the zone is wrong, dates are not held against a day that is not known',
    inZone('X'),
    ['m/time_zone invalid_value'],
  ],
]);

function inZone(time_zone: string): Asked {
  return period('2026-01-15', undefined, { time_zone });
}

const limits = (period_limits: unknown, more: object = {}) => MANDATE({ period_limits, ...more });
const cycle = (period: string, anchor?: unknown) =>
  limits({ period, max_count: 1, window: { mode: 'cycle', ...(anchor === undefined ? {} : { anchor }) } });

test('one limit or several become a list, each with its window', () => {
  const window = { mode: 'calendar' };
  const one = { period: 'month', max_count: 2 };
  assert.deepEqual(termsOf(limits(one))?.periodLimits, [{ period: 'month', maxCount: 2, window }]);
  const anchor = { type: 'day_of_week', day: 'thu' };
  const several = [
    { ...one, window: { mode: 'calendar' } },
    { period: 'week', max_amount: 20_000, window: { mode: 'cycle', anchor } },
  ];
  assert.deepEqual(termsOf(limits(several))?.periodLimits, [
    { period: 'month', maxCount: 2, window },
    { period: 'week', maxAmountMinor: 20_000, window: { mode: 'cycle', anchor } },
  ]);
});

const AT = 'm/period_limits';
judges([
  ['a limit needs a period', limits({ max_count: 1 }), [`${AT}/period required`]],
  ['a limit needs a maximum', limits([{ period: 'day' }]), [`${AT}/0 required`]],
  ['an hour is no period', limits({ period: 'hour', max_count: 1 }), [`${AT}/period invalid_value`]],
  ['there are 1 to 4 limits', limits([]), [`${AT} out_of_range`]],
  [
    'five limits are too many',
    limits(['day', 'week', 'month', 'year', 'day'].map((one) => ({ period: one, max_count: 1 }))),
    [`${AT} out_of_range`],
  ],
  ['a limit that is no object is refused', limits([7]), [`${AT}/0 invalid_type`]],
  ['limits that are no list are refused', limits(7), [`${AT} invalid_type`]],
  [
    'the same period and mode twice is a duplicate',
    limits([
      { period: 'day', max_count: 1 },
      { period: 'week', max_count: 1 },
      { period: 'day', max_amount: 20_000, window: { mode: 'calendar' } },
    ]),
    [`${AT}/2 duplicate`],
  ],
  [
    'the same period in two modes is not',
    limits([
      { period: 'week', max_count: 1 },
      { period: 'week', max_count: 1, window: { mode: 'cycle' } },
    ]),
    [],
  ],
  ['a count is at most 1000', limits({ period: 'day', max_count: 1001 }), [`${AT}/max_count out_of_range`]],
  ['a count is at least 1', limits({ period: 'day', max_count: 0 }), [`${AT}/max_count out_of_range`]],
  [
    'a limit below the exact amount is a conflict',
    limits([{ period: 'day', max_amount: 499 }], { amount: 500 }),
    [`${AT}/0/max_amount conflict`],
  ],
  [
    'so is one below amount.max',
    limits({ period: 'day', max_amount: 499 }, { amount: { max: 500 } }),
    [`${AT}/max_amount conflict`],
  ],
  [
    'also where that was taken from the session',
    limits([
      { period: 'day', max_amount: 20_000 },
      { period: 'week', max_amount: 19_999 },
    ]),
    [`${AT}/1/max_amount conflict`],
  ],
  [
    'without a ceiling of the amount there is none to contradict',
    limits({ period: 'day', max_amount: 1 }, { amount: { min: 5 } }),
    [],
  ],
  ['a window needs a mode', limits({ period: 'day', max_count: 1, window: {} }), [`${AT}/window/mode required`]],
  [
    'a window slides in no other way',
    limits({ period: 'day', max_count: 1, window: { mode: 'rolling' } }),
    [`${AT}/window/mode invalid_value`],
  ],
  ['a day has no cycle', cycle('day'), [`${AT}/window/mode not_applicable`]],
  [
    'a calendar has no anchor',
    limits({ period: 'month', max_count: 1, window: { mode: 'calendar', anchor: {} } }),
    [`${AT}/window/anchor not_applicable`],
  ],
  ['a cycle without an anchor counts from the anchor of the mandate', cycle('year'), []],
  ['an anchor fits its period: the month', cycle('month', { type: 'day_of_month', day: 31 }), []],
  ['an anchor fits its period: the year', cycle('year', { type: 'day_of_year', month: 2, day: 29 }), []],
  [
    'an anchor of another period is refused',
    cycle('month', { type: 'day_of_week', day: 'mon' }),
    [`${AT}/window/anchor/type invalid_value`],
  ],
  ['an anchor needs a type', cycle('month', { day: 1 }), [`${AT}/window/anchor/type required`]],
  [
    'an anchor has no last day',
    cycle('month', { type: 'day_of_month', day: -1 }),
    [`${AT}/window/anchor/day out_of_range`],
  ],
  [
    'an anchor is a day that there is',
    cycle('year', { type: 'day_of_year', month: 2, day: 30 }),
    [`${AT}/window/anchor/day out_of_range`],
  ],
  [
    'an anchor of a year needs its month',
    cycle('year', { type: 'day_of_year', day: 30 }),
    [`${AT}/window/anchor/month required`],
  ],
]);

const spaced = (unit: unknown, count: unknown) => MANDATE({ spacing: { min_interval: { unit, count } } });
const COUNT = 'm/spacing/min_interval/count out_of_range';
judges([
  ['charges may be 720 hours apart', spaced('hour', 720), []],
  ['not 721 hours', spaced('hour', 721), [COUNT]],
  ['charges may be 365 days apart', spaced('day', 365), []],
  ['not 366 days', spaced('day', 366), [COUNT]],
  ['charges may be 52 weeks apart', spaced('week', 52), []],
  ['not 53 weeks', spaced('week', 53), [COUNT]],
  ['charges may be 24 months apart', spaced('month', 24), []],
  ['not 25 months', spaced('month', 25), [COUNT]],
  ['not 0 days', spaced('day', 0), [COUNT]],
  ['years are no unit of spacing', spaced('year', 1), ['m/spacing/min_interval/unit invalid_value']],
  ['spacing needs its interval', MANDATE({ spacing: {} }), ['m/spacing/min_interval required']],
  [
    'and the interval unit and count',
    MANDATE({ spacing: { min_interval: {} } }),
    ['m/spacing/min_interval/count required', 'm/spacing/min_interval/unit required'],
  ],
  ['a charge is tried up to 15 times', MANDATE({ retry: { max_attempts: 16 } }), ['m/retry/max_attempts out_of_range']],
  [
    'at most 720 hours apart',
    MANDATE({ retry: { min_interval_hours: 721 } }),
    ['m/retry/min_interval_hours out_of_range'],
  ],
  ['retry has to say something', MANDATE({ retry: {} }), ['m/retry required']],
  ['both ends of retry are taken', MANDATE({ retry: { max_attempts: 15, min_interval_hours: 720 } }), []],
  ['a day is allowed once', MANDATE({ allowed_days: ['mon', 'mon'] }), ['m/allowed_days/1 duplicate']],
  ['a day has its short name', MANDATE({ allowed_days: ['mon', 'Friday'] }), ['m/allowed_days/1 invalid_value']],
  ['no day at all is no list', MANDATE({ allowed_days: [] }), ['m/allowed_days out_of_range']],
  [
    'allowed days and the days of a weekly rule have to meet',
    MANDATE({ allowed_days: ['sat'], recurrence: { type: 'weekly', on: { days: ['mon', 'thu'] } } }),
    ['m/allowed_days conflict'],
  ],
  [
    'one day in common is enough',
    MANDATE({ allowed_days: ['thu'], recurrence: { type: 'weekly', on: { days: ['mon', 'thu'] } } }),
    [],
  ],
]);

test('spacing, allowed days and retry are kept as they were sent', () => {
  const { spacing, allowedDays, retry } = termsOf(
    MANDATE({
      spacing: { min_interval: { unit: 'week', count: 2 } },
      allowed_days: ['mon', 'fri'],
      retry: { max_attempts: 4 },
    }),
  )!;
  assert.deepEqual(
    { spacing, allowedDays, retry },
    {
      spacing: { unit: 'week', count: 2 },
      allowedDays: ['mon', 'fri'],
      retry: { maxAttempts: 4 },
    },
  );
});

test('everything wrong is told at once, also where one thing makes another impossible to judge', () => {
  const mandate = {
    type: 'weekly',
    amount: { min: 9, max: 8 },
    recurrence: { type: 'fortnightly' },
    validity_period: { start_date: '2020-01-01', until: 'x' },
    max_occurrences: '12',
    period_limits: [{ period: 'day' }, { max_count: 5000 }],
    spacing: 5,
    allowed_days: 'mon',
    retry: { max_attempts: 0 },
    time_zone: '',
    colour: 'red',
  };
  assert.deepEqual(problemsOf({ mandate, subscription: { amount: -1 } }), [
    'm/allowed_days invalid_type',
    'm/amount/min conflict',
    'm/colour unknown_field',
    'm/max_occurrences invalid_type',
    'm/period_limits/0 required',
    'm/period_limits/1/max_count out_of_range',
    'm/period_limits/1/period required',
    'm/recurrence/type invalid_value',
    'm/retry/max_attempts out_of_range',
    'm/spacing invalid_type',
    'm/time_zone invalid_value',
    'm/type invalid_value',
    'm/validity_period/until unknown_field',
    's/amount out_of_range',
  ]);
});

test('the page stays open until the end of the last day in the zone of the mandate', () => {
  const mandate = { validity_period: { end_date: '2026-01-15' }, time_zone: 'Africa/Johannesburg' };
  assert.equal(readingOf({ mandate }).endsAt, Date.UTC(2026, 0, 15, 22) as Timestamp);
  assert.equal(readingOf({}).endsAt, undefined);
});
