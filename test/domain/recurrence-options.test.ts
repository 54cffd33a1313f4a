/** `recurrence`: each kind of rule with its defaults and the borders of its numbers, and rules that name no date. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Asked, judges, readingOf } from './series-reading.ts';

const rule = (recurrence: unknown, more: object = {}): Asked => ({ mandate: { recurrence, ...more } });
const on = (type: string, value: unknown) => rule({ type, on: value });
const R = 'm/recurrence';

const ruleOf = (recurrence: unknown) => {
  const { problems, terms } = readingOf(rule(recurrence));
  assert.deepEqual(problems, []);
  return terms.mandate?.recurrence;
};

test('a rule is every one of its units, and nothing is adjusted, unless said', () => {
  for (const type of ['daily', 'weekly', 'monthly', 'yearly'])
    assert.deepEqual(ruleOf({ type }), { type, intervalCount: 1 });
  const adjustment = 'none';
  assert.deepEqual(ruleOf({ type: 'monthly', interval_count: 3, on: { type: 'day_of_month', days: [31, -1] } }), {
    type: 'monthly',
    intervalCount: 3,
    on: { type: 'day_of_month', days: [31, -1], adjustment },
  });
  assert.deepEqual(ruleOf({ type: 'yearly', on: { type: 'day_of_year', month: 2, day: 29 } }), {
    type: 'yearly',
    intervalCount: 1,
    on: { type: 'day_of_year', month: 2, day: 29, adjustment },
  });
});

test('days of the week need no type, and an n-th weekday has its month only in a year', () => {
  const weekly = { type: 'weekly', intervalCount: 1, days: ['mon', 'thu'] };
  assert.deepEqual(ruleOf({ type: 'weekly', on: { days: ['mon', 'thu'] } }), weekly);
  assert.deepEqual(ruleOf({ type: 'weekly', on: { type: 'day_of_week', days: ['mon', 'thu'] } }), weekly);
  const nth = { type: 'nth_day_of_month', ordinal: -1, weekday: 'fri' };
  assert.deepEqual(ruleOf({ type: 'monthly', on: nth }), { type: 'monthly', intervalCount: 1, on: nth });
  const thanksgiving = { ...nth, ordinal: 4, weekday: 'thu', month: 11 };
  assert.deepEqual(ruleOf({ type: 'yearly', on: thanksgiving }), {
    type: 'yearly',
    intervalCount: 1,
    on: thanksgiving,
  });
});

for (const [type, most] of [
  ['daily', 366],
  ['weekly', 52],
  ['monthly', 24],
  ['yearly', 5],
] as const) {
  judges([
    [`${type} is every 1 to ${most}`, rule({ type, interval_count: most }), []],
    [
      `${type} is not every ${most + 1}`,
      rule({ type, interval_count: most + 1 }),
      [`${R}/interval_count out_of_range`],
    ],
    [`${type} is not every 0`, rule({ type, interval_count: 0 }), [`${R}/interval_count out_of_range`]],
  ]);
}

judges([
  ['a rule needs a type', rule({}), [`${R}/type required`]],
  ['hourly is no rule', rule({ type: 'hourly' }), [`${R}/type invalid_value`]],
  ['a rule that is no object is refused', rule('monthly'), [`${R} invalid_type`]],
  [
    'a rule has no adjustment beside on',
    rule({ type: 'monthly', adjustment: 'none' }),
    [`${R}/adjustment unknown_field`],
  ],
  ['daily takes no days', on('daily', { days: [1] }), [`${R}/on not_applicable`]],
  ['weekly needs its days', on('weekly', {}), [`${R}/on/days required`]],
  [
    'weekly takes no day of the month',
    on('weekly', { type: 'day_of_month', days: ['mon'] }),
    [`${R}/on/type invalid_value`],
  ],
  ['weekly takes each day once', on('weekly', { days: ['mon', 'tue', 'mon'] }), [`${R}/on/days/2 duplicate`]],
  ['weekly takes days by their short names', on('weekly', { days: ['mon', 1] }), [`${R}/on/days/1 invalid_type`]],
  ['monthly needs to know which kind of day', on('monthly', { days: [1] }), [`${R}/on/type required`]],
  [
    'monthly takes no day of the year',
    on('monthly', { type: 'day_of_year', day: 1 }),
    [`${R}/on/day unknown_field`, `${R}/on/type invalid_value`],
  ],
  ['monthly needs days', on('monthly', { type: 'day_of_month' }), [`${R}/on/days required`]],
  [
    'a day of the month is 1 to 31, or -1',
    on('monthly', { type: 'day_of_month', days: [0, 32, -2, 1.5, 31, -1] }),
    [
      `${R}/on/days/0 out_of_range`,
      `${R}/on/days/1 out_of_range`,
      `${R}/on/days/2 out_of_range`,
      `${R}/on/days/3 invalid_type`,
    ],
  ],
  ['the last day is taken once', on('monthly', { type: 'day_of_month', days: [-1, -1] }), [`${R}/on/days/1 duplicate`]],
  ['no day at all is no list', on('monthly', { type: 'day_of_month', days: [] }), [`${R}/on/days out_of_range`]],
  [
    'an adjustment is one of four',
    on('monthly', { type: 'day_of_month', days: [1], adjustment: 'next_business_day' }),
    [`${R}/on/adjustment invalid_value`],
  ],
  [
    'an n-th day needs ordinal and weekday',
    on('monthly', { type: 'nth_day_of_month' }),
    [`${R}/on/ordinal required`, `${R}/on/weekday required`],
  ],
  [
    'there is no fifth weekday',
    on('monthly', { type: 'nth_day_of_month', ordinal: 5, weekday: 'fri' }),
    [`${R}/on/ordinal out_of_range`],
  ],
  [
    'an n-th day is not adjusted',
    on('monthly', { type: 'nth_day_of_month', ordinal: 1, weekday: 'fri', adjustment: 'none' }),
    [`${R}/on/adjustment unknown_field`],
  ],
  [
    'a day of the year needs month and day',
    on('yearly', { type: 'day_of_year' }),
    [`${R}/on/day required`, `${R}/on/month required`],
  ],
  [
    'a day that its month never has is out of range',
    on('yearly', { type: 'day_of_year', month: 2, day: 30 }),
    [`${R}/on/day out_of_range`],
  ],
  ['April has 30 days', on('yearly', { type: 'day_of_year', month: 4, day: 31 }), [`${R}/on/day out_of_range`]],
  ['every month has a last day', on('yearly', { type: 'day_of_year', month: 4, day: -1 }), []],
  ['a year has 12 months', on('yearly', { type: 'day_of_year', month: 13, day: 31 }), [`${R}/on/month out_of_range`]],
  [
    'an n-th day of the year needs its month',
    on('yearly', { type: 'nth_day_of_month', ordinal: 1, weekday: 'mon' }),
    [`${R}/on/month required`],
  ],
]);

const until = (end_date: string, start_date?: string) => ({
  validity_period: { end_date, ...(start_date === undefined ? {} : { start_date }) },
});
const first = { type: 'monthly', on: { type: 'day_of_month', days: [1], adjustment: 'nearest_weekday' } };

// Today, the earliest day of a first payment, is 15 January 2026.
judges([
  [
    'a rule that names no date before the end is a conflict',
    rule({ type: 'monthly' }, until('2026-02-14')),
    [`${R} conflict`],
  ],
  ['one date is enough', rule({ type: 'monthly' }, until('2026-02-15')), []],
  ['the day of the first payment is none', rule({ type: 'daily' }, until('2026-01-15')), [`${R} conflict`]],
  ['a date that moves out of the period is none', rule(first, until('2026-08-02', '2026-08-01')), [`${R} conflict`]],
  ['and is one where the period holds the day it moved to', rule(first, until('2026-08-03', '2026-08-01')), []],
  [
    'the active period of the subscription is what counts',
    { mandate: { recurrence: { type: 'monthly' } }, subscription: { active_period: { end_date: '2026-02-14' } } },
    [`${R} conflict`],
  ],
  [
    'where a period is wrong, nothing is said about its dates',
    rule({ type: 'monthly' }, until('2026-02-14', 'soon')),
    ['m/validity_period/start_date invalid_value'],
  ],
]);
