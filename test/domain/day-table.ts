/**
 * An oracle for dates that uses no date library: a table of days counted from a Wednesday, 1 January 2020, and for each rule a
 * predicate on one day. Slow and plain, and made of nothing that the program is made of.
 */
import type { Adjustment, CycleAnchor, Frame, PeriodLimit, Recurrence } from '../../src/domain/schedule.ts';

export interface Day {
  /** Its place in the table. */
  number: number;
  text: string;
  year: number;
  month: number;
  day: number;
  /** How many days its month has. */
  monthLength: number;
  /** 0 for Monday. */
  weekday: number;
}

const NAMES = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'];
const FIRST_YEAR = 2020;
/** Past 2100, which is no leap year. */
const LAST_YEAR = 2112;
const WEDNESDAY = 2;

function lengthOf(month: number, year: number): number {
  if (month === 2) return (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0 ? 29 : 28;
  return [4, 6, 9, 11].includes(month) ? 30 : 31;
}

export const DAYS: readonly Day[] = everyDay();
const numbers = new Map(DAYS.map((day) => [day.text, day.number]));

function everyDay(): Day[] {
  const days: Day[] = [];
  for (let year = FIRST_YEAR; year <= LAST_YEAR; year++)
    for (let month = 1; month <= 12; month++)
      for (let day = 1; day <= lengthOf(month, year); day++) {
        const number = days.length;
        const text = [year, month, day].map((part) => String(part).padStart(2, '0')).join('-');
        const monthLength = lengthOf(month, year);
        days.push({ number, text, year, month, day, monthLength, weekday: (WEDNESDAY + number) % 7 });
      }
  return days;
}

export function dayOf(text: string): Day {
  const number = numbers.get(text);
  if (number === undefined) throw new Error(`${text} is not in the table of days`);
  return DAYS[number]!;
}

/** Monday-first weeks counted from the one that holds the Wednesday. */
function weekOf(day: Day): number {
  return Math.floor((day.number + WEDNESDAY) / 7);
}

/** Whether that day of the month is what `wanted` (1 to 31, or -1) means in it. */
function isDayOfMonth(day: Day, wanted: number): boolean {
  return day.day === wanted || (day.day === day.monthLength && (wanted === -1 || wanted > day.monthLength));
}

function isNthDay(day: Day, on: { ordinal: number; weekday: string }): boolean {
  if (NAMES[day.weekday] !== on.weekday) return false;
  return on.ordinal === -1 ? day.day + 7 > day.monthLength : Math.ceil(day.day / 7) === on.ordinal;
}

/** Whether the rule names the day, before weekends are avoided and whatever the frame. */
function isNamed(rule: Recurrence, anchor: Day, day: Day): boolean {
  const every = (units: number) => units % rule.intervalCount === 0;
  switch (rule.type) {
    case 'daily':
      return every(day.number - anchor.number);
    case 'weekly':
      return (
        every(weekOf(day) - weekOf(anchor)) &&
        (rule.days ?? [NAMES[anchor.weekday]]).some((d) => d === NAMES[day.weekday])
      );
    case 'monthly':
      if (!every((day.year - anchor.year) * 12 + day.month - anchor.month)) return false;
      if (rule.on === undefined) return isDayOfMonth(day, anchor.day);
      return rule.on.type === 'day_of_month'
        ? rule.on.days.some((wanted) => isDayOfMonth(day, wanted))
        : isNthDay(day, rule.on);
    case 'yearly':
      if (!every(day.year - anchor.year)) return false;
      if (rule.on === undefined) return day.month === anchor.month && isDayOfMonth(day, anchor.day);
      if (day.month !== rule.on.month) return false;
      return rule.on.type === 'day_of_year' ? isDayOfMonth(day, rule.on.day) : isNthDay(day, rule.on);
  }
}

/** How far a Saturday and a Sunday move, and how far when that would leave the month. */
const MOVES: Record<Adjustment, { sat: [number, number]; sun: [number, number] }> = {
  none: { sat: [0, 0], sun: [0, 0] },
  next_weekday: { sat: [2, -1], sun: [1, -2] },
  previous_weekday: { sat: [-1, 2], sun: [-2, 1] },
  nearest_weekday: { sat: [-1, 2], sun: [1, -2] },
};

function movedFrom(day: Day, adjustment: Adjustment): Day | undefined {
  if (day.weekday < 5) return day;
  const [wanted, otherwise] = MOVES[adjustment][day.weekday === 5 ? 'sat' : 'sun'];
  const there = DAYS[day.number + wanted];
  return there?.month === day.month ? there : DAYS[day.number + otherwise];
}

/** Whether the rule yields the day: some day that it names, within the frame, moves there or stays there. */
export function isOccurrence(rule: Recurrence, frame: Frame, day: Day): boolean {
  const fits = ({ text }: Day) => text >= frame.anchor && text > frame.first && (frame.end ?? '9999') >= text;
  if (!fits(day)) return false;
  const anchor = dayOf(frame.anchor);
  const on = rule.type === 'monthly' || rule.type === 'yearly' ? rule.on : undefined;
  const adjustment = on !== undefined && 'adjustment' in on ? on.adjustment : 'none';
  if (adjustment === 'none') return isNamed(rule, anchor, day);
  return [-2, -1, 0, 1, 2].some((away) => {
    const source = DAYS[day.number + away];
    return (
      source !== undefined && movedFrom(source, adjustment) === day && fits(source) && isNamed(rule, anchor, source)
    );
  });
}

/** Whether a window of the limit begins on the day. */
export function beginsWindow(limit: PeriodLimit, anchor: Day, day: Day): boolean {
  const { period, window } = limit;
  if (period === 'day') return true;
  if (window.mode === 'calendar')
    return period === 'week' ? day.weekday === 0 : day.day === 1 && (period === 'month' || day.month === 1);
  const on: CycleAnchor | undefined = window.anchor;
  if (period === 'week') return NAMES[day.weekday] === (on?.type === 'day_of_week' ? on.day : NAMES[anchor.weekday]);
  if (period === 'month') return isDayOfMonth(day, on?.type === 'day_of_month' ? on.day : anchor.day);
  const yearly = on?.type === 'day_of_year' ? on : anchor;
  return day.month === yearly.month && isDayOfMonth(day, yearly.day);
}
