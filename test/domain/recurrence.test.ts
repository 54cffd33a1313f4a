/**
 * Recurrences, example by example: D is the day of the first payment, a start date is the anchor where there is one. The days
 * are in 2026 unless a year is written. The oracle next door compares ten thousand more with a plain table of days.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  type Adjustment,
  type Frame,
  newestOccurrence,
  nextOccurrence,
  occurrences,
  type Recurrence,
} from '../../src/domain/schedule.ts';
import { addDays, type LocalDate, type Weekday } from '../../src/lib/calendar.ts';

const daily = (intervalCount = 1): Recurrence => ({ type: 'daily', intervalCount });
const weekly = (intervalCount = 1, days?: Weekday[]): Recurrence =>
  days === undefined ? { type: 'weekly', intervalCount } : { type: 'weekly', intervalCount, days };
const monthly = (intervalCount = 1): Recurrence => ({ type: 'monthly', intervalCount });
const yearly = (intervalCount = 1): Recurrence => ({ type: 'yearly', intervalCount });
const onDays = (days: number[], adjustment: Adjustment = 'none', intervalCount = 1): Recurrence => ({
  type: 'monthly',
  intervalCount,
  on: { type: 'day_of_month', days, adjustment },
});
const nth = (ordinal: number, weekday: Weekday): Recurrence => ({
  type: 'monthly',
  intervalCount: 1,
  on: { type: 'nth_day_of_month', ordinal, weekday },
});
const leapDay: Recurrence = {
  type: 'yearly',
  intervalCount: 1,
  on: { type: 'day_of_year', month: 2, day: 29, adjustment: 'none' },
};
const thanksgiving: Recurrence = {
  type: 'yearly',
  intervalCount: 1,
  on: { type: 'nth_day_of_month', month: 11, ordinal: 4, weekday: 'thu' },
};

/** `2 Jan`, `31 Mar 2028`. */
function dateFrom(text: string): LocalDate {
  const [day, month, year = '2026'] = text.split(' ');
  const place = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'].indexOf(month!);
  assert.ok(place >= 0, text);
  return `${year}-${String(place + 1).padStart(2, '0')}-${day!.padStart(2, '0')}`;
}

function firstOf(rule: Recurrence, frame: Frame, count: number, from?: LocalDate): LocalDate[] {
  const found: LocalDate[] = [];
  for (const date of occurrences(rule, frame, from)) if (found.push(date) === count) break;
  return found;
}

interface Row {
  promise: string;
  rule: Recurrence;
  /** The day of the first payment. */
  first: string;
  start?: string;
  end?: string;
  dates: string[];
}

const ROWS: Record<string, Row> = {
  C1: {
    promise: 'monthly from 31 January falls on the last day of shorter months and returns to the 31st',
    rule: monthly(),
    first: '31 Jan',
    dates: ['28 Feb', '31 Mar', '30 Apr', '31 May', '30 Jun'],
  },
  C2: {
    promise: 'monthly from 31 December meets 29 February in a leap year',
    rule: monthly(),
    first: '31 Dec 2027',
    dates: ['31 Jan 2028', '29 Feb 2028', '31 Mar 2028'],
  },
  C3: {
    promise: 'day 31 may come later in the month of the first payment',
    rule: onDays([31]),
    first: '15 Jan',
    dates: ['31 Jan', '28 Feb', '31 Mar', '30 Apr'],
  },
  C4: {
    promise: 'day -1 is the last of every month',
    rule: onDays([-1]),
    first: '31 Jan',
    dates: ['28 Feb', '31 Mar', '30 Apr'],
  },
  C5: {
    promise: 'days that a short month merges are one occurrence',
    rule: onDays([29, 30, 31]),
    first: '31 Jan',
    dates: ['28 Feb', '29 Mar', '30 Mar', '31 Mar', '29 Apr'],
  },
  C6: {
    promise: 'day 1 begins with the month after the first payment',
    rule: onDays([1]),
    first: '20 Jan',
    dates: ['1 Feb', '1 Mar'],
  },
  C7: {
    promise: 'every 3 months counts from the month of the anchor',
    rule: onDays([1], 'none', 3),
    first: '20 Jan',
    dates: ['1 Apr', '1 Jul', '1 Oct'],
  },
  C8: {
    promise: 'every 3 months from 30 November is clamped in February alone',
    rule: monthly(3),
    first: '30 Nov 2025',
    dates: ['28 Feb', '30 May', '30 Aug', '30 Nov'],
  },
  C9: {
    promise: 'every 6 months from 31 August is clamped in February, by a day less in a leap year',
    rule: monthly(6),
    first: '31 Aug',
    dates: ['28 Feb 2027', '31 Aug 2027', '29 Feb 2028'],
  },
  C10: {
    promise: 'yearly from 29 February falls on the 28th until the next leap year',
    rule: yearly(),
    first: '29 Feb 2028',
    dates: ['28 Feb 2029', '28 Feb 2030', '28 Feb 2031', '29 Feb 2032'],
  },
  C11: {
    promise: 'yearly on 29 February falls on the last of every February',
    rule: leapDay,
    first: '1 Jun',
    dates: ['28 Feb 2027', '29 Feb 2028', '28 Feb 2029'],
  },
  C12: {
    promise: 'every 2 years skips the year between',
    rule: yearly(2),
    first: '1 Jul',
    dates: ['1 Jul 2028', '1 Jul 2030', '1 Jul 2032'],
  },
  C13: {
    promise: 'the last Friday is the fourth or the fifth',
    rule: nth(-1, 'fri'),
    first: '30 Jan',
    dates: ['27 Feb', '27 Mar', '24 Apr', '29 May'],
  },
  C14: {
    promise: 'the second Tuesday is not charged on the day of the first payment',
    rule: nth(2, 'tue'),
    first: '13 Jan',
    dates: ['10 Feb', '10 Mar', '14 Apr'],
  },
  C15: {
    promise: 'the fourth Thursday of November moves within its week each year',
    rule: thanksgiving,
    first: '1 Jun',
    dates: ['26 Nov', '25 Nov 2027', '23 Nov 2028'],
  },
  C16: {
    promise: 'every 2 weeks keeps the weekday of the anchor',
    rule: weekly(2),
    first: '7 Jan',
    dates: ['21 Jan', '4 Feb', '18 Feb', '4 Mar'],
  },
  C17: {
    promise: 'every 2 weeks on two days takes what is left of the first week',
    rule: weekly(2, ['mon', 'thu']),
    first: '7 Jan',
    dates: ['8 Jan', '19 Jan', '22 Jan', '2 Feb', '5 Feb'],
  },
  C18: {
    promise: 'a Sunday belongs to the week that began the Monday before',
    rule: weekly(2, ['mon']),
    first: '11 Jan',
    dates: ['19 Jan', '2 Feb', '16 Feb'],
  },
  C19: {
    promise: 'a start date is the anchor and may itself be charged',
    rule: weekly(2, ['mon']),
    start: '12 Jan',
    first: '7 Jan',
    dates: ['12 Jan', '26 Jan', '9 Feb'],
  },
  C20: {
    promise: 'every 10 days counts days, whatever the months',
    rule: daily(10),
    first: '25 Feb',
    dates: ['7 Mar', '17 Mar', '27 Mar'],
  },
  C21: {
    promise: 'monthly takes the day of its start date, not of the first payment',
    rule: monthly(),
    start: '1 Mar',
    first: '20 Jan',
    dates: ['1 Mar', '1 Apr', '1 May'],
  },
  C22: {
    promise: 'next_weekday moves a Sunday to Monday',
    rule: onDays([15], 'next_weekday'),
    first: '20 Jan',
    dates: ['16 Feb', '16 Mar'],
  },
  C23: {
    promise: 'nearest_weekday goes to Monday where Friday lies in the month before',
    rule: onDays([1], 'nearest_weekday'),
    first: '10 Jul',
    dates: ['3 Aug', '1 Sep', '1 Oct', '2 Nov'],
  },
  C24: {
    promise: 'nearest_weekday moves a last day to the Friday before',
    rule: onDays([31], 'nearest_weekday'),
    first: '10 Jan',
    dates: ['30 Jan', '27 Feb', '31 Mar', '30 Apr', '29 May'],
  },
  C25: {
    promise: 'next_weekday goes to Friday where Monday lies in the month after',
    rule: onDays([31], 'next_weekday'),
    first: '10 Jan',
    dates: ['30 Jan', '27 Feb', '31 Mar'],
  },
  C26: {
    promise: 'previous_weekday goes to Monday where Friday lies in the month before',
    rule: onDays([1], 'previous_weekday'),
    first: '10 Jan',
    dates: ['2 Feb', '2 Mar', '1 Apr'],
  },
  C27: {
    promise: 'nearest_weekday moves a Saturday to Friday and a Sunday to Monday',
    rule: onDays([15], 'nearest_weekday'),
    first: '20 Jul',
    dates: ['14 Aug', '15 Sep', '15 Oct', '16 Nov'],
  },
  C28: {
    promise: 'two days that move to the same one are one occurrence',
    rule: onDays([1, 2], 'nearest_weekday'),
    first: '31 Jul',
    dates: ['3 Aug', '1 Sep', '2 Sep'],
  },
  C29: {
    promise: 'a day that the first payment was made on is not charged the day after because it moved',
    rule: onDays([1], 'nearest_weekday'),
    first: '1 Mar',
    dates: ['1 Apr', '1 May'],
  },
  C30: {
    promise: 'a date that moves back to the day of the first payment is not charged',
    rule: onDays([31], 'previous_weekday'),
    first: '30 Jan',
    dates: ['27 Feb', '31 Mar'],
  },
  C31: {
    promise: 'a date that moves past the end is none',
    rule: onDays([1], 'nearest_weekday'),
    start: '1 Aug',
    end: '2 Aug',
    first: '10 Jul',
    dates: [],
  },
  C32: {
    promise: 'weekly keeps the weekday of the anchor, Sundays too',
    rule: weekly(),
    first: '1 Mar',
    dates: ['8 Mar', '15 Mar', '22 Mar'],
  },
};

for (const [name, row] of Object.entries(ROWS)) {
  test(`${name}: ${row.promise}`, () => {
    const first = dateFrom(row.first);
    const anchor = row.start === undefined ? first : dateFrom(row.start);
    const frame = { anchor, first, ...(row.end === undefined ? {} : { end: dateFrom(row.end) }) };
    const expected = row.dates.map(dateFrom);
    assert.deepEqual(firstOf(row.rule, frame, Math.max(expected.length, 1)), expected);
    for (const [place, date] of expected.entries()) {
      const before = expected[place - 1];
      assert.equal(nextOccurrence(row.rule, frame, before ?? first), date);
      assert.equal(newestOccurrence(row.rule, frame, date), date);
      assert.equal(newestOccurrence(row.rule, frame, addDays(date, -1)), before);
    }
  });
}
