/** Reads `recurrence`: the dates that a merchant describes, of charges (`mandate_options`) or of instalments (`terms`). */
import { lastDayOfMonth, partsOf, WEEKDAYS, type Weekday } from '../lib/calendar.ts';
import {
  distinctItems,
  type Field,
  fieldsOf,
  integer,
  isSent,
  note,
  present,
  type Range,
  required,
  sound,
  variantOf,
  word,
} from './field-reader.ts';
import type { Adjustment, DayOfMonth, DayOfYear, NthDay, Recurrence } from './schedule.ts';

/** How many days, weeks, months or years may lie between two dates. */
export const INTERVALS = {
  daily: { min: 1, max: 366 },
  weekly: { min: 1, max: 52 },
  monthly: { min: 1, max: 24 },
  yearly: { min: 1, max: 5 },
} as const satisfies Record<Recurrence['type'], Range>;

export const ADJUSTMENTS = ['none', 'next_weekday', 'previous_weekday', 'nearest_weekday'] as const;

export const WEEK: Range = { min: 1, max: 7 };
const MONTHS: Range = { min: 1, max: 12 };

const MEMBERS = ['interval_count', 'on'] as const;
const NTH_DAY = ['ordinal', 'weekday'] as const;

/** The rule with its defaults, or undefined when it is absent or anything in it is wrong. */
export function readRecurrence(field: Field): Recurrence | undefined {
  return sound(field, () => {
    const kinds = { daily: MEMBERS, weekly: MEMBERS, monthly: MEMBERS, yearly: MEMBERS };
    const recurrence = variantOf(field, kinds);
    if (recurrence === undefined) return undefined;
    const { type, fields } = recurrence;
    const intervalCount = integer(fields.interval_count, INTERVALS[type]) ?? 1;
    switch (type) {
      case 'daily':
        if (isSent(fields.on)) note(fields.on, 'not_applicable', 'A daily recurrence has no days to choose from.');
        return { type, intervalCount };
      case 'weekly':
        return present<Recurrence & { type: 'weekly' }>({ type, intervalCount, days: daysOfWeek(fields.on) });
      case 'monthly':
        return present<Recurrence & { type: 'monthly' }>({ type, intervalCount, on: onMonth(fields.on) });
      case 'yearly':
        return present<Recurrence & { type: 'yearly' }>({ type, intervalCount, on: onYear(fields.on) });
    }
  });
}

/** Several days of the week, none of them twice. */
export function readWeekdays(field: Field): Weekday[] | undefined {
  return distinctItems(field, WEEK, (item) => word(item, WEEKDAYS));
}

function daysOfWeek(on: Field): Weekday[] | undefined {
  const fields = fieldsOf(on, ['type', 'days']);
  if (fields === undefined) return undefined;
  word(fields.type, ['day_of_week']);
  return readWeekdays(required(fields.days));
}

function onMonth(on: Field): DayOfMonth | NthDay | undefined {
  return sound(on, () => {
    const kind = variantOf(on, { day_of_month: ['days', 'adjustment'], nth_day_of_month: NTH_DAY });
    if (kind === undefined) return undefined;
    if (kind.type === 'nth_day_of_month') return nthDay(kind.fields);
    const { days, adjustment } = kind.fields;
    return {
      type: 'day_of_month',
      days: distinctItems(required(days), { min: 1, max: 31 }, dayOfMonth) ?? [],
      adjustment: adjustmentOf(adjustment),
    };
  });
}

function onYear(on: Field): DayOfYear | (NthDay & { month: number }) | undefined {
  return sound(on, () => {
    const kind = variantOf(on, {
      day_of_year: ['month', 'day', 'adjustment'],
      nth_day_of_month: ['month', ...NTH_DAY],
    });
    if (kind === undefined) return undefined;
    const month = monthOf(kind.fields.month);
    if (kind.type === 'nth_day_of_month') return { ...nthDay(kind.fields), month: month ?? 1 };
    const { day, adjustment } = kind.fields;
    const type = 'day_of_year';
    return { type, month: month ?? 1, day: dayIn(day, month), adjustment: adjustmentOf(adjustment) };
  });
}

// What stands in for a missing value below is never used: a rule with a problem is answered as none.

function nthDay(fields: Record<'ordinal' | 'weekday', Field>): NthDay {
  return {
    type: 'nth_day_of_month',
    ordinal: countedFromEnd(required(fields.ordinal), 4) ?? 1,
    weekday: word(required(fields.weekday), WEEKDAYS) ?? 'mon',
  };
}

function adjustmentOf(field: Field): Adjustment {
  return word(field, ADJUSTMENTS) ?? 'none';
}

function dayOfMonth(item: Field): number | undefined {
  return countedFromEnd(item, 31);
}

function dayIn(day: Field, month: number | undefined): number {
  const value = countedFromEnd(required(day), 31) ?? 1;
  return month === undefined ? value : inMonth(day, { month, day: value });
}

/** 1 to `max`, or -1 for the last. */
function countedFromEnd(field: Field, max: number): number | undefined {
  if (field.value === -1) return -1;
  const { value } = field;
  if (typeof value === 'number' && Number.isInteger(value) && (value < 1 || value > max))
    return note(field, 'out_of_range', `From 1 to ${max}, or -1 for the last.`);
  return integer(field, { min: 1, max });
}

/** A month of the year, which has to be there. */
export function monthOf(field: Field): number | undefined {
  return integer(required(field), MONTHS);
}

/** The day, noted where that month never has it. 29 February is a day: in other years it is the 28th. */
export function inMonth(field: Field, { month, day }: { month: number; day: number }): number {
  const last = partsOf(lastDayOfMonth(`2028-${String(month).padStart(2, '0')}-01`))[2];
  if (day > last) note(field, 'out_of_range', `Month ${month} never has more than ${last} days.`);
  return day;
}
