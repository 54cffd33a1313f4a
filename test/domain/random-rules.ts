/** Recurrences, frames and limits by chance: every kind, every option, borders more often than chance would have them. */
import type {
  Adjustment,
  CycleAnchor,
  DayOfMonth,
  Frame,
  NthDay,
  PeriodLimit,
  Recurrence,
} from '../../src/domain/schedule.ts';
import { WEEKDAYS, type Weekday } from '../../src/lib/calendar.ts';
import type { Draws } from '../simulation/seeded-world/draws.ts';
import { DAYS, type Day } from './day-table.ts';

const ADJUSTMENTS: readonly Adjustment[] = ['none', 'next_weekday', 'previous_weekday', 'nearest_weekday'];
const MONTHS = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12];
const DAYS_OF_MONTH = [...Array.from({ length: 31 }, (_, place) => place + 1), -1];
/** The days on which months and weekends bite. */
const EDGES = [1, 2, 28, 29, 30, 31, -1];

/** Years of history that show each kind: about a dozen dates of most rules. */
const YEARS = { daily: 1, weekly: 2, monthly: 4, yearly: 14 };

function some<T>(draws: Draws, list: readonly T[], most: number): T[] {
  const left = [...list];
  const count = draws.between(1, Math.min(most, list.length));
  return Array.from({ length: count }, () => left.splice(draws.below(left.length), 1)[0]!);
}

function interval(draws: Draws, most: number): number {
  return draws.chance(0.5) ? 1 : draws.between(1, draws.chance(0.5) ? Math.min(most, 6) : most);
}

function nthDay(draws: Draws): NthDay {
  return { type: 'nth_day_of_month', ordinal: draws.pick([1, 2, 3, 4, -1]), weekday: draws.pick(WEEKDAYS) };
}

function dayOfMonth(draws: Draws): DayOfMonth {
  const days = some(draws, draws.chance(0.6) ? EDGES : DAYS_OF_MONTH, draws.chance(0.1) ? 31 : 4);
  return { type: 'day_of_month', days, adjustment: draws.pick(ADJUSTMENTS) };
}

function dayOfYear(draws: Draws): { type: 'day_of_year'; month: number; day: number } {
  const month = draws.chance(0.3) ? 2 : draws.pick(MONTHS);
  const most = month === 2 ? 29 : [4, 6, 9, 11].includes(month) ? 30 : 31;
  const day = draws.pick(draws.chance(0.5) ? EDGES : DAYS_OF_MONTH);
  return { type: 'day_of_year', month, day: Math.min(day, most) };
}

export function randomRule(draws: Draws): Recurrence {
  const plain = draws.chance(0.25);
  switch (draws.pick(['daily', 'weekly', 'monthly', 'monthly', 'yearly'] as const)) {
    case 'daily':
      return { type: 'daily', intervalCount: interval(draws, 366) };
    case 'weekly': {
      const rule = { type: 'weekly', intervalCount: interval(draws, 52) } as const;
      return plain ? rule : { ...rule, days: some<Weekday>(draws, WEEKDAYS, 7) };
    }
    case 'monthly': {
      const rule = { type: 'monthly', intervalCount: interval(draws, 24) } as const;
      return plain ? rule : { ...rule, on: draws.chance(0.3) ? nthDay(draws) : dayOfMonth(draws) };
    }
    case 'yearly': {
      const rule = { type: 'yearly', intervalCount: interval(draws, 5) } as const;
      if (plain) return rule;
      if (draws.chance(0.3)) return { ...rule, on: { ...nthDay(draws), month: draws.pick(MONTHS) } };
      return { ...rule, on: { ...dayOfYear(draws), adjustment: draws.pick(ADJUSTMENTS) } };
    }
  }
}

/** A first payment, sometimes a start before or after it, and an end that the table of days still holds. */
export function randomFrame(rule: Recurrence, draws: Draws): Frame & { end: string } {
  const first = randomDay(draws, DAYS.length - 20 * 366);
  const start = draws.chance(0.5) ? first : DAYS[Math.max(0, first.number + draws.between(-40, 120))]!;
  const end = DAYS[first.number + draws.below(Math.round(YEARS[rule.type] * 366))]!;
  return { anchor: start.text, first: first.text, end: end.text };
}

/** One of the first `limit` days of the table, the last of months more often. */
export function randomDay(draws: Draws, limit: number): Day {
  const day = DAYS[draws.below(limit)]!;
  const last = DAYS[day.number - day.day + day.monthLength]!;
  return draws.chance(0.25) && last.number < limit ? last : day;
}

export function randomLimit(draws: Draws): PeriodLimit {
  const period = draws.pick(['day', 'week', 'month', 'year'] as const);
  if (period === 'day' || draws.chance(0.3)) return { period, maxCount: 1, window: { mode: 'calendar' } };
  if (draws.chance(0.4)) return { period, maxCount: 1, window: { mode: 'cycle' } };
  return { period, maxCount: 1, window: { mode: 'cycle', anchor: randomAnchor(period, draws) } };
}

function randomAnchor(period: 'week' | 'month' | 'year', draws: Draws): CycleAnchor {
  if (period === 'week') return { type: 'day_of_week', day: draws.pick(WEEKDAYS) };
  if (period === 'month')
    return { type: 'day_of_month', day: draws.chance(0.5) ? draws.between(28, 31) : draws.between(1, 31) };
  const { month, day } = dayOfYear(draws);
  return { type: 'day_of_year', month, day: day === -1 ? 28 : day };
}
