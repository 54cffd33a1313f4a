/** The rules about when a charge may be made: the validity period, the dates of a schedule, distance, and days of the week. */
import { addDays, addMonths, type LocalDate, localDateOf, startOfDay, weekdayOf } from '../lib/calendar.ts';
import { HOUR, plus, type Timestamp, toIso } from '../lib/time.ts';
import type { Situation } from './mandate-rules.ts';
import { occurrenceAfter, type Unusable, whyUnusable } from './mandate-rules-slot.ts';
import type { Spacing } from './mandate-terms.ts';
import type { Violation } from './violation.ts';

const KEPT: readonly Violation[] = [];

export function withinValidity({ facts, today }: Situation): readonly Violation[] {
  const { startDate, endDate, timeZone } = facts.mandate.terms;
  if (startDate !== undefined && today < startDate) {
    const from = startOfDay(startDate, timeZone);
    const detail = `The mandate begins on ${startDate} (${timeZone}): not before ${toIso(from)}.`;
    return [{ pointer: '', code: 'before_validity', detail, mayHoldFrom: from }];
  }
  if (endDate !== undefined && today > endDate) {
    const detail = `The last day of the mandate was ${endDate} (${timeZone}).`;
    return [{ pointer: '', code: 'after_validity', detail, mayHoldFrom: 'never' }];
  }
  return KEPT;
}

/** A `scheduled` mandate is charged once for each of its dates, and only once that has come. */
export function occurrenceDue(situation: Situation): readonly Violation[] {
  const { facts, asked, slot, today } = situation;
  if (facts.mandate.terms.type !== 'scheduled') return KEPT;
  if (asked.dueDate !== undefined) {
    const why = whyUnusable(asked.dueDate, facts, today);
    return why === undefined ? KEPT : [dueDateUnusable(situation, asked.dueDate, why)];
  }
  if (slot.occurrence !== undefined) return KEPT;
  const { timeZone } = facts.mandate.terms;
  const next = occurrenceAfter(facts.mandate, today);
  if (next === undefined) {
    const detail = 'Every date of the schedule that has come is charged, or too long ago, and no other follows.';
    return [{ pointer: '', code: 'schedule_not_due', detail, mayHoldFrom: 'never' }];
  }
  const from = startOfDay(next, timeZone);
  const detail = `No date of the schedule waits for its charge. The next is ${next} (${timeZone}): not before ${toIso(from)}.`;
  return [{ pointer: '', code: 'schedule_not_due', detail, mayHoldFrom: from }];
}

/** A due date stays what it is: one that is taken is free again only if its charge fails or is voided. */
function dueDateUnusable({ facts }: Situation, dueDate: LocalDate, why: Unusable): Violation {
  const { timeZone } = facts.mandate.terms;
  const from = why === 'future' ? startOfDay(dueDate, timeZone) : why === 'taken' ? 'unknown' : 'never';
  const words: Record<Unusable, string> = {
    no_occurrence: 'is no date of the schedule',
    future: 'has not come yet',
    taken: 'is charged already, or its charge is under way',
    late: `is more than ${facts.settings.catchUpDays} days ago, and a newer date has come`,
  };
  return {
    pointer: '',
    code: 'schedule_not_due',
    detail: `${dueDate} ${words[why]} (${timeZone}).`,
    mayHoldFrom: from,
  };
}

/** The distance from the last charge, or from the first payment when that was more than a verification. */
export function farEnoughApart({ facts, at }: Situation): readonly Violation[] {
  const { mandate, usage, firstPayment } = facts;
  const { spacing, timeZone } = mandate.terms;
  if (spacing === undefined) return KEPT;
  const paidAt = firstPayment.amountMinor > 0 ? firstPayment.at : undefined;
  const last = usage.lastChargeAt ?? paidAt;
  if (last === undefined) return KEPT;
  const from = spacedFrom(last, spacing, timeZone);
  if (at >= from) return KEPT;
  const distance = spacing.count === 1 ? `a ${spacing.unit}` : `${spacing.count} ${spacing.unit}s`;
  const detail = `Charges are ${distance} apart, and the last was at ${toIso(last)}: not before ${toIso(from)}.`;
  return [{ pointer: '', code: 'too_soon', detail, mayHoldFrom: from }];
}

/** Hours are elapsed time; longer units count local dates, so that daylight saving moves nothing. */
function spacedFrom(last: Timestamp, { unit, count }: Spacing, zone: string): Timestamp {
  if (unit === 'hour') return plus(last, count * HOUR);
  const date = localDateOf(last, zone);
  const from = unit === 'month' ? addMonths(date, count) : addDays(date, unit === 'week' ? count * 7 : count);
  return startOfDay(from, zone);
}

export function dayAllowed({ facts, today }: Situation): readonly Violation[] {
  const { allowedDays, timeZone } = facts.mandate.terms;
  if (allowedDays === undefined || allowedDays.includes(weekdayOf(today))) return KEPT;
  let next = addDays(today, 1);
  while (!allowedDays.includes(weekdayOf(next))) next = addDays(next, 1);
  const from = startOfDay(next, timeZone);
  const detail = `Charges are made on ${allowedDays.join(', ')} (${timeZone}): not before ${toIso(from)}.`;
  return [{ pointer: '', code: 'day_not_allowed', detail, mayHoldFrom: from }];
}
