/**
 * Reads `terms` and `total_amount` of an instalment mandate. They describe the instalments after the first payment, which counts
 * toward the total; so the sums are judged against the session's amount, and again whenever that changes.
 */
import type { LocalDate } from '../lib/calendar.ts';
import {
  type Field,
  fieldsOf,
  integer,
  itemsOf,
  localDate,
  MONEY,
  note,
  present,
  required,
  sound,
  variantOf,
} from './field-reader.ts';
import { instalmentsSumTo } from './instalments.ts';
import type { InstalmentTerms } from './mandate-terms.ts';
import { readRecurrence } from './recurrence-options.ts';

export const MAX_INSTALMENTS = 120;

/** What the dates and sums are judged against; undefined where it is not known, because it is wrong itself. */
export interface InstalmentBounds {
  sessionMinor: number | undefined;
  today: LocalDate | undefined;
  /** The last date that a validity period may have at all. */
  horizon: LocalDate | undefined;
  endDate: LocalDate | undefined;
}

/** Total and terms, each where it is sound by itself; that they do not sum up is noted. */
export function readInstalments(
  fields: Record<'terms' | 'total_amount', Field>,
  bounds: InstalmentBounds,
): { instalmentTerms?: InstalmentTerms; totalAmountMinor?: number } {
  const totalAmountMinor = integer(required(fields.total_amount), MONEY);
  const instalmentTerms = readTerms(required(fields.terms), bounds);
  const { sessionMinor } = bounds;
  if (totalAmountMinor !== undefined && instalmentTerms !== undefined && sessionMinor !== undefined) {
    const sum = instalmentsSumTo(instalmentTerms, totalAmountMinor - sessionMinor);
    if (!sum) note(fields.total_amount, 'conflict', SUMS[instalmentTerms.type]);
  }
  return present({ instalmentTerms, totalAmountMinor });
}

const SUMS = {
  fixed: 'The session amount and the items of terms have to sum to it.',
  periodic:
    'After the session amount, every instalment of terms but the last has to be whole, and the last has to be more than 0.',
} as const satisfies Record<InstalmentTerms['type'], string>;

function readTerms(field: Field, bounds: InstalmentBounds): InstalmentTerms | undefined {
  return sound(field, () => {
    const terms = variantOf(field, { periodic: ['amount', 'recurrence', 'max_occurrences'], fixed: ['items'] });
    if (terms === undefined) return undefined;
    if (terms.type === 'fixed') return { type: 'fixed', items: readItems(required(terms.fields.items), bounds) };
    const { amount, recurrence, max_occurrences: count } = terms.fields;
    const amountMinor = integer(required(amount), MONEY);
    const rule = readRecurrence(required(recurrence));
    const maxOccurrences = integer(required(count), { min: 1, max: MAX_INSTALMENTS });
    if (amountMinor === undefined || rule === undefined || maxOccurrences === undefined) return undefined;
    return { type: 'periodic', amountMinor, recurrence: rule, maxOccurrences };
  });
}

type Item = { amountMinor: number; dueDate: LocalDate };

/** Each after today and after the one before, and none that could never be charged. */
function readItems(field: Field, bounds: InstalmentBounds): Item[] {
  const items: Item[] = [];
  let after = bounds.today;
  for (const item of itemsOf(field, { min: 1, max: MAX_INSTALMENTS }) ?? []) {
    const fields = fieldsOf(item, ['amount', 'due_date']);
    if (fields === undefined) continue;
    const amountMinor = integer(required(fields.amount), MONEY);
    const dueDate = localDate(required(fields.due_date));
    if (dueDate === undefined) continue;
    judgeDate(fields.due_date, { ...bounds, dueDate, after });
    if (after === undefined || dueDate > after) after = dueDate;
    if (amountMinor !== undefined) items.push({ amountMinor, dueDate });
  }
  return items;
}

function judgeDate(
  field: Field,
  judged: InstalmentBounds & { dueDate: LocalDate; after: LocalDate | undefined },
): void {
  const { dueDate, after, today, horizon, endDate } = judged;
  if (after !== undefined && dueDate <= after) {
    note(field, 'conflict', after === today ? 'Not after today.' : `Not after the due_date before it, ${after}.`);
  } else if (horizon !== undefined && dueDate > horizon) {
    note(field, 'out_of_range', `Not after ${horizon}.`);
  } else if (endDate !== undefined && dueDate > endDate) {
    note(field, 'conflict', `After validity_period.end_date, ${endDate}: it could never be charged.`);
  }
}
