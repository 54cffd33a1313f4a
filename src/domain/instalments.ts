/**
 * The rows of an instalment mandate: which amounts fall due on which dates. They are made once, from the terms and the day of
 * the first payment, and written with the mandate; nothing computes them anew later.
 */
import { assert } from '../lib/assert.ts';
import { addDays, type LocalDate, later } from '../lib/calendar.ts';
import type { Instalment, InstalmentTerms, MandateTerms } from './mandate-terms.ts';
import { type Frame, occurrences } from './schedule.ts';

export interface InstalmentFacts {
  /** Counts toward the total; minor units, 0 when the first payment only verified the card. */
  firstPaymentMinor: number;
  /** The local date of the first payment. */
  firstDate: LocalDate;
  anchorDate: LocalDate;
}

/**
 * The instalments after the first payment, in order; amounts in minor units. Number i falls on the latest of its own date, the
 * day after the first payment, and the day after number i−1. The amounts and the first payment sum to the total.
 */
export function instalmentsOf(terms: MandateTerms, facts: InstalmentFacts): Instalment[] {
  const { instalmentTerms, totalAmountMinor } = terms;
  assert(instalmentTerms !== undefined && totalAmountMinor !== undefined, 'instalments of another type of mandate');
  const restMinor = totalAmountMinor - facts.firstPaymentMinor;
  const amounts = amountsOf(instalmentTerms, restMinor);
  const frame = { anchor: facts.anchorDate, first: facts.firstDate };
  let earliest = addDays(facts.firstDate, 1);
  return datesOf(instalmentTerms, frame).map((own, place) => {
    const dueDate = later(own, earliest);
    earliest = addDays(dueDate, 1);
    return { number: place + 1, dueDate, amountMinor: amounts[place]! };
  });
}

/** True when the instalments can take exactly that rest, minor units: what validation asks before anybody agrees. */
export function instalmentsSumTo(terms: InstalmentTerms, restMinor: number): boolean {
  if (terms.type === 'fixed') return terms.items.reduce((sum, item) => sum + item.amountMinor, 0) === restMinor;
  const { amountMinor, maxOccurrences } = terms;
  return (maxOccurrences - 1) * amountMinor < restMinor && restMinor <= maxOccurrences * amountMinor;
}

/** Equal amounts leave the remainder to the last instalment. */
function amountsOf(terms: InstalmentTerms, restMinor: number): number[] {
  assert(instalmentsSumTo(terms, restMinor), 'instalments that do not sum to the total');
  if (terms.type === 'fixed') return terms.items.map((item) => item.amountMinor);
  const { amountMinor, maxOccurrences } = terms;
  const amounts = Array.from({ length: maxOccurrences - 1 }, () => amountMinor);
  return [...amounts, restMinor - (maxOccurrences - 1) * amountMinor];
}

function datesOf(terms: InstalmentTerms, frame: Frame): LocalDate[] {
  if (terms.type === 'fixed') return terms.items.map((item) => item.dueDate);
  const dates: LocalDate[] = [];
  for (const date of occurrences(terms.recurrence, frame)) {
    dates.push(date);
    if (dates.length === terms.maxOccurrences) break;
  }
  return dates;
}
