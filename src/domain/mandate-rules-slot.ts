/**
 * What a charge would take if it were made on a local date: which occurrence or instalment it is for, the date that counts for
 * its limits, and their windows. Decided before the rules look, so that all of them speak of the same thing.
 */
import { addDays, daysBetween, type LocalDate, later } from '../lib/calendar.ts';
import type { Mandate } from './mandate.ts';
import type { AskedCharge, RuleFacts, Slot } from './mandate-rules.ts';
import type { Instalment } from './mandate-terms.ts';
import type { MandateUsage } from './mandate-usage.ts';
import { type Frame, newestOccurrence, nextOccurrence, occurrences, type Recurrence, windowOf } from './schedule.ts';

/** The dates of a mandate's own recurrence. */
interface Dates {
  rule: Recurrence;
  frame: Frame;
}

/** What the charge is for: the due date that was named, else what a merchant's own charge takes. */
export function slotOf(facts: RuleFacts, asked: AskedCharge, today: LocalDate): Slot {
  const { mandate, usage } = facts;
  const { dueDate } = asked;
  if (mandate.terms.type === 'installment') {
    const instalment = lowestUnpaid(mandate, usage);
    const effectiveDate = instalment?.dueDate ?? dueDate ?? today;
    const slot = { effectiveDate, windows: windowsOf(mandate, effectiveDate) };
    return instalment === undefined ? slot : { ...slot, instalment: instalment.number };
  }
  const dates = scheduledDates(mandate);
  const occurrence = dates && (dueDate ?? oldestUsable(dates, facts, today));
  const effectiveDate = occurrence ?? dueDate ?? today;
  const slot = { effectiveDate, windows: windowsOf(mandate, effectiveDate) };
  return occurrence === undefined ? slot : { ...slot, occurrence };
}

function windowsOf({ terms, anchorDate }: Mandate, date: LocalDate): Slot['windows'] {
  return terms.periodLimits.map((limit) => windowOf(limit, anchorDate, date));
}

/** The dates on which a `scheduled` mandate may be charged; undefined for the other types, whose charges are bound to none. */
export function scheduledDates({ terms, anchorDate, firstDate }: Mandate): Dates | undefined {
  if (terms.type !== 'scheduled' || terms.recurrence === undefined) return undefined;
  const end = terms.endDate === undefined ? {} : { end: terms.endDate };
  return { rule: terms.recurrence, frame: { anchor: anchorDate, first: firstDate, ...end } };
}

/** The instalment that is paid next; an open one too, until it is known to be paid. Undefined when all are. */
export function lowestUnpaid({ instalments = [] }: Mandate, usage: MandateUsage): Instalment | undefined {
  return instalments.find(({ number }) => stateOf(usage, number) !== 'counted');
}

export function stateOf({ instalments }: MandateUsage, number: number): 'open' | 'counted' | undefined {
  return instalments.find((one) => one.number === number)?.state;
}

/** The oldest date that still waits for its charge: the newest that has come, or one late by at most the days of the setting. */
function oldestUsable(dates: Dates, { usage, settings }: RuleFacts, today: LocalDate): LocalDate | undefined {
  const { rule, frame } = dates;
  const used = usage.usedOccurrences;
  let some = false;
  for (const date of occurrences(rule, frame, addDays(today, -settings.catchUpDays))) {
    if (date > today) break;
    if (!used.includes(date)) return date;
    some = true;
  }
  if (some) return undefined;
  const newest = newestOccurrence(rule, frame, today);
  return newest === undefined || used.includes(newest) ? undefined : newest;
}

/** Why a due date that was named cannot be charged: it is none, has not come, is taken, or is too late while a newer one has come. */
export type Unusable = 'no_occurrence' | 'future' | 'taken' | 'late';

export function whyUnusable(dueDate: LocalDate, facts: RuleFacts, today: LocalDate): Unusable | undefined {
  const dates = scheduledDates(facts.mandate);
  if (dates === undefined) return undefined;
  const { rule, frame } = dates;
  if (newestOccurrence(rule, frame, dueDate) !== dueDate) return 'no_occurrence';
  if (dueDate > today) return 'future';
  if (facts.usage.usedOccurrences.includes(dueDate)) return 'taken';
  const late = daysBetween(dueDate, today) > facts.settings.catchUpDays;
  return late && newestOccurrence(rule, frame, today) !== dueDate ? 'late' : undefined;
}

/** The next date of a `scheduled` mandate after that one. */
export function occurrenceAfter(mandate: Mandate, date: LocalDate): LocalDate | undefined {
  const dates = scheduledDates(mandate);
  return dates && nextOccurrence(dates.rule, dates.frame, date);
}

/**
 * The first local date on which a merchant's charge is for another occurrence, if nothing is charged until then: the one it is for
 * now is too late by then, and a newer one has come. Undefined when that never happens.
 */
export function givenUpOn(occurrence: LocalDate, { mandate, settings }: RuleFacts): LocalDate | undefined {
  const newer = occurrenceAfter(mandate, occurrence);
  return newer && later(newer, addDays(occurrence, settings.catchUpDays + 1));
}
