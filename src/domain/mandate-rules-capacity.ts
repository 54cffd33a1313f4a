/**
 * The rules about what is left: charges of the mandate, charges and amounts of each period, and the instalment that is due. What is
 * under way counts as taken; what was given back is free again.
 */
import { addDays, startOfDay } from '../lib/calendar.ts';
import { type Timestamp, toIso } from '../lib/time.ts';
import type { Situation } from './mandate-rules.ts';
import { minor } from './mandate-rules-amounts.ts';
import { givenUpOn, lowestUnpaid, stateOf } from './mandate-rules-slot.ts';
import type { Instalment } from './mandate-terms.ts';
import type { Taken } from './mandate-usage.ts';
import type { PeriodLimit, Window } from './schedule.ts';
import type { Violation } from './violation.ts';

const KEPT: readonly Violation[] = [];

/** How many charges there may be in all. */
export function countLeft({ facts: { mandate, usage } }: Situation): readonly Violation[] {
  const { maxOccurrences: limit } = mandate.terms;
  const used = usage.counted.count + usage.open.count;
  if (limit === undefined || used < limit) return KEPT;
  const detail = `The mandate allows ${limit} charges: ${used} have been made or are under way.`;
  return [{ pointer: '', code: 'max_occurrences_reached', detail, limit, used, mayHoldFrom: 'unknown' }];
}

export function countLeftInPeriods(situation: Situation): readonly Violation[] {
  const { periodLimits } = situation.facts.mandate.terms;
  if (periodLimits.length === 0) return KEPT;
  return periodLimits.flatMap((period, place) => {
    const { maxCount: limit } = period;
    if (limit === undefined) return [];
    const { window, taken } = periodAt(situation, place);
    if (taken.count < limit) return [];
    const from = laterWindowFrom(situation, window);
    const allowed = limit === 1 ? 'One charge is' : `${limit} charges are`;
    const detail = `${allowed} allowed ${inWindow(period, window)}: ${taken.count} made or under way.${notBefore(from)}`;
    return [
      { pointer: '', code: 'period_count_exceeded' as const, detail, limit, used: taken.count, mayHoldFrom: from },
    ];
  });
}

export function amountLeftInPeriods(situation: Situation): readonly Violation[] {
  const { periodLimits, currency } = situation.facts.mandate.terms;
  if (periodLimits.length === 0) return KEPT;
  const { amountMinor } = situation.asked;
  return periodLimits.flatMap((period, place) => {
    const { maxAmountMinor: limit } = period;
    if (limit === undefined) return [];
    const { window, taken } = periodAt(situation, place);
    const used = taken.amountMinor;
    if (used + amountMinor <= limit) return [];
    const from = amountMinor > limit ? 'never' : laterWindowFrom(situation, window);
    const left = minor(Math.max(0, limit - used), currency);
    const detail = `Charges sum to at most ${minor(limit, currency)} ${inWindow(period, window)}: ${left} is left.${notBefore(from)}`;
    return [{ pointer: '/amount', code: 'period_amount_exceeded' as const, detail, limit, used, mayHoldFrom: from }];
  });
}

function periodAt({ facts, slot }: Situation, limit: number): { window: Window; taken: Taken } {
  const window = slot.windows[limit]!;
  const found = facts.usage.windows.find((one) => one.limit === limit && one.start === window.start);
  return { window, taken: found?.used ?? NOTHING };
}

const NOTHING: Taken = { count: 0, amountMinor: 0 };

/**
 * When a full window stops mattering. A charge for no date counts today, so that is when the window ends. One for a date counts on
 * that date whenever it is made: only giving the date up for a newer one helps, and a due date that was named stays.
 */
function laterWindowFrom({ facts, asked, slot }: Situation, window: Window): Timestamp | 'never' {
  if (asked.dueDate !== undefined || slot.instalment !== undefined) return 'never';
  const { timeZone } = facts.mandate.terms;
  if (slot.occurrence === undefined) return startOfDay(addDays(window.end, 1), timeZone);
  const moved = givenUpOn(slot.occurrence, facts);
  return moved === undefined ? 'never' : startOfDay(moved, timeZone);
}

function inWindow({ period }: PeriodLimit, { start, end }: Window): string {
  return start === end ? `a day (${start})` : `a ${period} (${start} to ${end})`;
}

function notBefore(from: Timestamp | 'never'): string {
  return from === 'never' ? '' : ` Not before ${toIso(from)}.`;
}

/** Instalments are paid one after another, each once and whole, none before its date. */
export function instalmentDue({ facts, asked, today }: Situation): readonly Violation[] {
  const { mandate, usage } = facts;
  const { terms, instalments } = mandate;
  if (terms.type !== 'installment' || instalments === undefined) return KEPT;
  const due = lowestUnpaid(mandate, usage);
  if (due === undefined) {
    const detail = 'Every instalment is paid.';
    return [{ pointer: '/amount', code: 'instalment_amount_mismatch', detail, mayHoldFrom: 'never' }];
  }
  const broken: Violation[] = [];
  if (today < due.dueDate) {
    const from = startOfDay(due.dueDate, terms.timeZone);
    const detail = `Instalment ${due.number} is due on ${due.dueDate} (${terms.timeZone}): not before ${toIso(from)}.`;
    broken.push({ pointer: '', code: 'instalment_not_due', detail, mayHoldFrom: from });
  }
  const whole = `Instalment ${due.number} is ${minor(due.amountMinor, terms.currency)}`;
  const later = instalments.filter(({ number }) => number > due.number && stateOf(usage, number) === undefined);
  const isOther = asked.dueDate !== undefined && asked.dueDate !== due.dueDate;
  if (stateOf(usage, due.number) === 'open') {
    broken.push(outOfOrder(`Instalment ${due.number} is under way: wait for its end.`));
  } else if (isOther || isAmountOf(later, due, asked.amountMinor)) {
    broken.push(outOfOrder(`${whole} and comes first.`));
  } else if (asked.amountMinor !== due.amountMinor) {
    const limit = due.amountMinor;
    const detail = `${whole}: no less and no more.`;
    broken.push({ pointer: '/amount', code: 'instalment_amount_mismatch', detail, limit, mayHoldFrom: 'never' });
  }
  return broken;
}

/** The amount is not that of the instalment that is due, but of a later one. */
function isAmountOf(later: readonly Instalment[], due: Instalment, amountMinor: number): boolean {
  return amountMinor !== due.amountMinor && later.some((one) => one.amountMinor === amountMinor);
}

function outOfOrder(detail: string): Violation {
  return { pointer: '/amount', code: 'instalment_out_of_order', detail, mayHoldFrom: 'unknown' };
}
