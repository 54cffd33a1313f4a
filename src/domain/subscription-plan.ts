/**
 * When a subscription charges: its dates come from what the payer agreed to, with a time of day in the zone of the mandate. Instants
 * are made from dates here and nowhere else, so a change of clocks moves an hour and never a day.
 */
import { addDays, earlier, instantOf, type LocalDate, localDateOf, startOfDay } from '../lib/calendar.ts';
import type { Timestamp } from '../lib/time.ts';
import type { Mandate } from './mandate.ts';
import type { Dunning, Instalment, SubscriptionTerms } from './mandate-terms.ts';
import { occurrences, type Recurrence } from './schedule.ts';

export interface SubscriptionPlan {
  /** Either the mandate's recurrence, or its instalments as they were written down. */
  recurrence?: Recurrence;
  instalments?: readonly Instalment[];
  /** What the recurrence counts from, and the day of the first payment: every due date is later. */
  anchorDate: LocalDate;
  firstDate: LocalDate;
  timeZone: string;
  /** `HH:MM`. */
  scheduledTime: string;
  /** The active period. */
  startDate?: LocalDate;
  endDate?: LocalDate;
  dunning: Dunning;
}

export interface DueDate {
  date: LocalDate;
  at: Timestamp;
}

/** The plan of a subscription under the mandate that its first payment created. */
export function planOf(mandate: Mandate, terms: SubscriptionTerms): SubscriptionPlan {
  const { anchorDate, firstDate, instalments } = mandate;
  const { recurrence, timeZone } = mandate.terms;
  const ends = [terms.endDate, mandate.terms.endDate].filter((date) => date !== undefined);
  const endDate = ends.length === 0 ? undefined : ends.reduce(earlier);
  const { scheduledTime, dunning, startDate } = terms;
  return {
    ...(instalments === undefined
      ? recurrence && { recurrence }
      : { instalments: instalments.filter(({ dueDate }) => endDate === undefined || dueDate <= endDate) }),
    ...{ anchorDate, firstDate, timeZone, scheduledTime, dunning },
    ...(startDate === undefined ? {} : { startDate }),
    ...(endDate === undefined ? {} : { endDate }),
  };
}

/** The due date at its time of day. */
export function dueOn(plan: SubscriptionPlan, date: LocalDate): DueDate {
  return { date, at: instantOf(date, plan.scheduledTime, plan.timeZone) };
}

/** The first due date after that one. */
export function dueAfterDate(plan: SubscriptionPlan, date: LocalDate): DueDate | undefined {
  for (const next of datesOf(plan, addDays(date, 1))) return dueOn(plan, next);
  return undefined;
}

/** The first due date whose time comes after `at`. */
export function dueAfter(plan: SubscriptionPlan, at: Timestamp): DueDate | undefined {
  for (const date of datesOf(plan, localDateOf(at, plan.timeZone))) {
    const due = dueOn(plan, date);
    if (due.at > at) return due;
  }
  return undefined;
}

/** The start of the local day after the last one. */
export function planEndsAt({ endDate, timeZone }: SubscriptionPlan): Timestamp | undefined {
  return endDate === undefined ? undefined : startOfDay(addDays(endDate, 1), timeZone);
}

/** The next time of day at which the plan charges, after `at`. */
export function nextScheduledTime({ timeZone, scheduledTime }: SubscriptionPlan, at: Timestamp): Timestamp {
  const today = localDateOf(at, timeZone);
  const now = instantOf(today, scheduledTime, timeZone);
  return now > at ? now : instantOf(addDays(today, 1), scheduledTime, timeZone);
}

/** The instalment that falls due on that date. */
export function instalmentOn({ instalments }: SubscriptionPlan, date: LocalDate): Instalment | undefined {
  return instalments?.find(({ dueDate }) => dueDate === date);
}

/**
 * When the next instalment is collected, once those in `paid` are: the lowest that is left on its own day, but at most one a day. `at`
 * is when one was paid.
 */
export function nextInstalment(plan: SubscriptionPlan, paid: ReadonlySet<number>, at: Timestamp): DueDate | undefined {
  const next = plan.instalments?.find(({ number }) => !paid.has(number));
  if (next === undefined) return undefined;
  const due = dueOn(plan, next.dueDate);
  const tomorrow = addDays(localDateOf(at, plan.timeZone), 1);
  const soonest = instantOf(tomorrow, plan.scheduledTime, plan.timeZone);
  return due.at >= soonest ? due : { date: due.date, at: soonest };
}

function* datesOf(plan: SubscriptionPlan, from: LocalDate): Generator<LocalDate, void, void> {
  const { recurrence, instalments, anchorDate, firstDate, endDate } = plan;
  if (instalments !== undefined) {
    for (const { dueDate } of instalments) if (dueDate >= from) yield dueDate;
  } else if (recurrence !== undefined) {
    const frame = { anchor: anchorDate, first: firstDate, ...(endDate === undefined ? {} : { end: endDate }) };
    yield* occurrences(recurrence, frame, from);
  }
}
