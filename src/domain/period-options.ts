/** Reads a period of local dates: `validity_period` of a mandate, `active_period` of a subscription. Both ends may be left open. */
import type { LocalDate } from '../lib/calendar.ts';
import { type Field, fieldsOf, localDate, note, present, sound } from './field-reader.ts';

/** The first and the last day, both included. */
export interface Period {
  startDate?: LocalDate;
  endDate?: LocalDate;
}

/** Years from today that a period may reach. */
export const LONGEST_YEARS = 30;

/** No bounds where they are not known, because what sets them is wrong. */
export interface PeriodBounds {
  /** The first date allowed, and the last. */
  from: LocalDate | undefined;
  to: LocalDate | undefined;
}

/** The period; empty where none was sent, undefined where something in it is wrong. */
export function readPeriod(field: Field, { from, to }: PeriodBounds): Period | undefined {
  return sound(field, () => {
    const fields = fieldsOf(field, ['start_date', 'end_date']);
    if (fields === undefined) return {};
    const startDate = localDate(fields.start_date);
    const endDate = localDate(fields.end_date);
    if (startDate !== undefined) within(fields.start_date, startDate, { from, to });
    if (endDate !== undefined) {
      const reachesBack = startDate !== undefined && endDate < startDate;
      if (reachesBack) note(fields.end_date, 'out_of_range', 'It lies before start_date.');
      else within(fields.end_date, endDate, { from, to });
    }
    return present<Period>({ startDate, endDate });
  });
}

function within(field: Field, date: LocalDate, { from, to }: PeriodBounds): void {
  if (from !== undefined && date < from) note(field, 'out_of_range', `Not before ${from}.`);
  if (to !== undefined && date > to) note(field, 'out_of_range', `Not after ${to}.`);
}
