/**
 * Recurrences and windows: which local dates a rule names, and which days a limit counts together. Dates only; the two places
 * where instants come in are in `lib/calendar`. Every question jumps to the unit that holds the wanted date, so a rule of thirty
 * years answers as fast as one of a month. Bank holidays are not known: a weekday is Monday to Friday.
 */
import {
  addDays,
  clampedDate,
  daysBetween,
  earlier,
  type LocalDate,
  later,
  partsOf,
  WEEKDAYS,
  type Weekday,
  weekdayNumberOf,
} from '../lib/calendar.ts';

export type Adjustment = 'none' | 'next_weekday' | 'previous_weekday' | 'nearest_weekday';

export type Recurrence =
  | { type: 'daily'; intervalCount: number }
  /** Without `days`: the anchor's weekday. */
  | { type: 'weekly'; intervalCount: number; days?: readonly Weekday[] }
  /** Without `on`: the anchor's day. */
  | { type: 'monthly'; intervalCount: number; on?: DayOfMonth | NthDay }
  /** Without `on`: the anchor's month and day. */
  | { type: 'yearly'; intervalCount: number; on?: DayOfYear | (NthDay & { month: number }) };

/** Days 1 to 31, and -1 for the last. */
export interface DayOfMonth {
  type: 'day_of_month';
  days: readonly number[];
  adjustment: Adjustment;
}
/** `ordinal` 1 to 4, and -1 for the last. */
export interface NthDay {
  type: 'nth_day_of_month';
  ordinal: number;
  weekday: Weekday;
}
export interface DayOfYear {
  type: 'day_of_year';
  month: number;
  day: number;
  adjustment: Adjustment;
}

export interface PeriodLimit {
  period: 'day' | 'week' | 'month' | 'year';
  maxCount?: number;
  maxAmountMinor?: number;
  window: { mode: 'calendar' } | { mode: 'cycle'; anchor?: CycleAnchor };
}

export type CycleAnchor =
  | { type: 'day_of_week'; day: Weekday }
  | { type: 'day_of_month'; day: number }
  | { type: 'day_of_year'; month: number; day: number };

/** Where a recurrence begins and ends. */
export interface Frame {
  /** What units and missing days count from. */
  anchor: LocalDate;
  /** The day of the first payment: no occurrence falls on it or before. */
  first: LocalDate;
  /** The last day, if there is one. */
  end?: LocalDate;
}

/** The days that one period limit counts together, both included. */
export interface Window {
  start: LocalDate;
  end: LocalDate;
}

/** A day that a rule names, and where it falls once weekends are avoided. */
interface Named {
  nominal: LocalDate;
  date: LocalDate;
}

/** A rule laid over the calendar: days, weeks, months or years counted from the anchor's, which is 0. */
interface Units {
  /** The unit that holds the date, whether the rule uses that unit or not. */
  unitOf(date: LocalDate): number;
  /** What the rule names in that unit. No date lies in another unit, also after adjustment. */
  namedIn(unit: number): readonly Named[];
}

/** Instead of no end, which no date can be compared with; far from the last year that four digits can write. */
const FOREVER = '9999-11-30';

/** The dates that the rule yields, from `from` on if given, each later than the one before. Without an end it goes on. */
export function* occurrences(rule: Recurrence, frame: Frame, from?: LocalDate): Generator<LocalDate, void, void> {
  const units = unitsOf(rule, frame.anchor);
  const earliest = earliestOf(frame);
  const begin = from === undefined ? earliest : later(from, earliest);
  const end = frame.end ?? FOREVER;
  const last = units.unitOf(end);
  for (let unit = eligible(rule, units.unitOf(begin)); unit <= last; unit += rule.intervalCount)
    for (const date of within(units.namedIn(unit), earliest, end)) if (date >= begin) yield date;
}

/** The first occurrence after that date; undefined when there is none before the end. */
export function nextOccurrence(rule: Recurrence, frame: Frame, after: LocalDate): LocalDate | undefined {
  for (const date of occurrences(rule, frame, addDays(after, 1))) return date;
  return undefined;
}

/** The last occurrence on that date or before it; undefined when there is none yet. */
export function newestOccurrence(rule: Recurrence, frame: Frame, notAfter: LocalDate): LocalDate | undefined {
  const units = unitsOf(rule, frame.anchor);
  const earliest = earliestOf(frame);
  const end = frame.end ?? FOREVER;
  const latest = earlier(notAfter, end);
  const oldest = eligible(rule, units.unitOf(earliest));
  for (let unit = eligible(rule, units.unitOf(latest)); unit >= oldest; unit -= rule.intervalCount) {
    const newest = within(units.namedIn(unit), earliest, end).findLast((date) => date <= latest);
    if (newest !== undefined) return newest;
  }
  return undefined;
}

/** The earliest date that can be an occurrence: not before the anchor, and after the day of the first payment. */
function earliestOf(frame: Frame): LocalDate {
  return later(frame.anchor, addDays(frame.first, 1));
}

/** The newest unit that the rule uses, up to the given one. */
function eligible(rule: Recurrence, unit: number): number {
  return Math.floor(unit / rule.intervalCount) * rule.intervalCount;
}

/** Both the day that was named and the day it became must lie within: a date may not be moved over either border. */
function within(named: readonly Named[], earliest: LocalDate, end: LocalDate): LocalDate[] {
  const kept = named.filter(
    ({ nominal, date }) => nominal >= earliest && date >= earliest && nominal <= end && date <= end,
  );
  return [...new Set(kept.map(({ date }) => date))].sort();
}

function unitsOf(rule: Recurrence, anchor: LocalDate): Units {
  if (rule.type === 'daily') {
    return {
      unitOf: (date) => daysBetween(anchor, date),
      namedIn: (unit) => [unmoved(addDays(anchor, unit))],
    };
  }
  if (rule.type === 'weekly') {
    const monday = addDays(anchor, -weekdayNumberOf(anchor));
    const places = rule.days?.map((day) => WEEKDAYS.indexOf(day)) ?? [weekdayNumberOf(anchor)];
    return {
      unitOf: (date) => Math.floor(daysBetween(monday, date) / 7),
      namedIn: (unit) => places.map((place) => unmoved(addDays(monday, unit * 7 + place))),
    };
  }
  const [year, month, day] = partsOf(anchor);
  if (rule.type === 'monthly') {
    const on = rule.on ?? { type: 'day_of_month', days: [day], adjustment: 'none' };
    return {
      unitOf: (date) => {
        const [ofYear, ofMonth] = partsOf(date);
        return (ofYear - year) * 12 + ofMonth - month;
      },
      namedIn: (unit) => {
        const months = year * 12 + month - 1 + unit;
        return namedInMonth(on, { year: Math.floor(months / 12), month: (months % 12) + 1 });
      },
    };
  }
  const on = rule.on ?? { type: 'day_of_year', month, day, adjustment: 'none' };
  return {
    unitOf: (date) => partsOf(date)[0] - year,
    namedIn: (unit) => namedInMonth(on, { year: year + unit, month: on.month }),
  };
}

interface Month {
  year: number;
  month: number;
}

function namedInMonth(on: DayOfMonth | DayOfYear | NthDay, month: Month): Named[] {
  if (on.type === 'nth_day_of_month') return [unmoved(nthDay(on, month))];
  const days = on.type === 'day_of_month' ? on.days : [on.day];
  return days.map((day) => {
    const nominal = clampedDate({ ...month, day });
    return { nominal, date: adjusted(nominal, on.adjustment) };
  });
}

function unmoved(date: LocalDate): Named {
  return { nominal: date, date };
}

function nthDay({ ordinal, weekday }: NthDay, month: Month): LocalDate {
  const place = WEEKDAYS.indexOf(weekday);
  if (ordinal === -1) {
    const last = clampedDate({ ...month, day: -1 });
    return addDays(last, -((weekdayNumberOf(last) - place + 7) % 7));
  }
  const first = clampedDate({ ...month, day: 1 });
  return addDays(first, ((place - weekdayNumberOf(first) + 7) % 7) + (ordinal - 1) * 7);
}

/** A Saturday or Sunday moves as named, but never into another month: then it goes the other way. */
function adjusted(nominal: LocalDate, adjustment: Adjustment): LocalDate {
  const place = weekdayNumberOf(nominal);
  if (adjustment === 'none' || place < 5) return nominal;
  const monday = addDays(nominal, 7 - place);
  const friday = addDays(nominal, 4 - place);
  const forward = adjustment === 'next_weekday' || (adjustment === 'nearest_weekday' && place === 6);
  const wanted = forward ? monday : friday;
  if (wanted.slice(0, 7) === nominal.slice(0, 7)) return wanted;
  return forward ? friday : monday;
}

/**
 * The days that the limit counts together with that date. A cycle runs from one anchor day to the day before the next, each
 * clamped by itself; where the limit names none, from the mandate's `anchor`.
 */
export function windowOf(limit: Pick<PeriodLimit, 'period' | 'window'>, anchor: LocalDate, date: LocalDate): Window {
  const { period, window } = limit;
  if (period === 'day') return { start: date, end: date };
  const named = window.mode === 'cycle' ? window.anchor : undefined;
  const from = window.mode === 'cycle' ? anchor : CALENDAR_ANCHOR;
  if (period === 'week') {
    const place = named?.type === 'day_of_week' ? WEEKDAYS.indexOf(named.day) : weekdayNumberOf(from);
    const start = addDays(date, -((weekdayNumberOf(date) - place + 7) % 7));
    return { start, end: addDays(start, 6) };
  }
  const [year, month] = partsOf(date);
  const [, anchorMonth, anchorDay] = partsOf(from);
  if (period === 'month') {
    const day = named?.type === 'day_of_month' ? named.day : anchorDay;
    const beginning = (months: number) => clampedDate({ year: Math.floor(months / 12), month: (months % 12) + 1, day });
    return windowFrom(beginning, year * 12 + month - 1, date);
  }
  const on = named?.type === 'day_of_year' ? named : { month: anchorMonth, day: anchorDay };
  return windowFrom((ofYear) => clampedDate({ year: ofYear, month: on.month, day: on.day }), year, date);
}

/** A Monday and the first of January: cycles from here are the weeks, months and years of the calendar. */
const CALENDAR_ANCHOR = '2018-01-01';

function windowFrom(beginning: (unit: number) => LocalDate, unit: number, date: LocalDate): Window {
  const start = beginning(unit);
  return start > date
    ? { start: beginning(unit - 1), end: addDays(start, -1) }
    : { start, end: addDays(beginning(unit + 1), -1) };
}
