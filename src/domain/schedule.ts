/**
 * Recurrences and windows: which local dates a rule names, and which days a limit counts together. Dates only; the two places
 * where instants come in are in `lib/calendar`.
 */
import type { LocalDate, Weekday } from '../lib/calendar.ts';

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
