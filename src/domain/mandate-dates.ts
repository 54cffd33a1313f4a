/**
 * Which dates a mandate has once its first payment succeeds at a certain moment. The page asks as if that moment were now, the
 * success asks again when it has come: one function, so that both mean the same dates.
 */
import { earlier, type LocalDate, localDateOf } from '../lib/calendar.ts';
import type { Timestamp } from '../lib/time.ts';
import { instalmentsOf } from './instalments.ts';
import type { Instalment, MandateTerms, SubscriptionTerms } from './mandate-terms.ts';
import { nextOccurrence } from './schedule.ts';

/** What a payer agrees to. */
export interface Agreement {
  terms: MandateTerms;
  /** Absent: nothing is charged but by the merchant's own calls. */
  subscription?: SubscriptionTerms;
}

export interface MandateDates {
  /** Of the first payment, in the mandate's zone. */
  firstDate: LocalDate;
  /** What recurrences and cycles count from. */
  anchorDate: LocalDate;
  /** `installment` only. */
  instalments?: readonly Instalment[];
}

/** The dates that follow from a first payment of `amountMinor` at that moment. */
export function mandateDates(agreed: Agreement, first: { at: Timestamp; amountMinor: number }): MandateDates {
  const { terms, subscription } = agreed;
  const firstDate = localDateOf(first.at, terms.timeZone);
  const anchorDate = subscription?.startDate ?? terms.startDate ?? firstDate;
  if (terms.type !== 'installment') return { firstDate, anchorDate };
  const instalments = instalmentsOf(terms, { firstPaymentMinor: first.amountMinor, firstDate, anchorDate });
  return { firstDate, anchorDate, instalments };
}

/** The first date of the recurrence after `after`, the first payment if absent; undefined where there is none. */
export function firstOccurrenceOf(
  agreed: Agreement,
  dates: MandateDates,
  after = dates.firstDate,
): LocalDate | undefined {
  const { terms, subscription } = agreed;
  if (terms.recurrence === undefined) return undefined;
  const frame = { anchor: dates.anchorDate, first: dates.firstDate, ...endOf(terms.endDate, subscription?.endDate) };
  return nextOccurrence(terms.recurrence, frame, after);
}

function endOf(mandate: LocalDate | undefined, subscription: LocalDate | undefined): { end?: LocalDate } {
  if (mandate !== undefined && subscription !== undefined) return { end: earlier(mandate, subscription) };
  const end = mandate ?? subscription;
  return end === undefined ? {} : { end };
}
