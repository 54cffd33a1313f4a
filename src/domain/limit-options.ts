/** Reads the limits of `mandate_options` that look at more than one charge: windows, distance, days of the week, tries. */
import { WEEKDAYS } from '../lib/calendar.ts';
import {
  type Field,
  fieldsOf,
  integer,
  isSent,
  itemsOf,
  MONEY,
  note,
  present,
  type Range,
  required,
  sound,
  variantOf,
  word,
} from './field-reader.ts';
import type { MandateTerms, Spacing } from './mandate-terms.ts';
import { inMonth, monthOf } from './recurrence-options.ts';
import type { CycleAnchor, PeriodLimit } from './schedule.ts';

export const PERIODS = ['day', 'week', 'month', 'year'] as const;
export const MAX_LIMITS = 4;
export const MAX_COUNT: Range = { min: 1, max: 1000 };

/** How far charges can be kept apart. */
export const SPACING = {
  hour: { min: 1, max: 720 },
  day: { min: 1, max: 365 },
  week: { min: 1, max: 52 },
  month: { min: 1, max: 24 },
} as const satisfies Record<Spacing['unit'], Range>;

export const RETRY_ATTEMPTS: Range = { min: 1, max: 15 };
export const RETRY_HOURS: Range = { min: 1, max: 720 };

/**
 * One limit or a list of them. A limit below what one charge may be (`chargeMinor`, where that is known) could never be reached:
 * the two contradict each other.
 */
export function readPeriodLimits(field: Field, chargeMinor: number | undefined): PeriodLimit[] {
  const limits = Array.isArray(field.value) ? (itemsOf(field, { min: 1, max: MAX_LIMITS }) ?? []) : [field];
  const seen = new Set<string>();
  const read: PeriodLimit[] = [];
  for (const one of limits) {
    const limit = periodLimit(one, chargeMinor);
    if (limit === undefined) continue;
    const kind = `${limit.period} ${limit.window.mode}`;
    if (seen.has(kind)) note(one, 'duplicate', 'There is a limit of this period and mode before.');
    seen.add(kind);
    read.push(limit);
  }
  return read;
}

function periodLimit(field: Field, chargeMinor: number | undefined): PeriodLimit | undefined {
  return sound(field, () => {
    const fields = fieldsOf(field, ['period', 'max_count', 'max_amount', 'window']);
    if (fields === undefined) return undefined;
    const period = word(required(fields.period), PERIODS);
    const maxCount = integer(fields.max_count, MAX_COUNT);
    const maxAmountMinor = integer(fields.max_amount, MONEY);
    if (!isSent(fields.max_count) && !isSent(fields.max_amount))
      note(field, 'required', 'A limit needs max_count, max_amount or both.');
    if (maxAmountMinor !== undefined && chargeMinor !== undefined && maxAmountMinor < chargeMinor)
      note(fields.max_amount, 'conflict', `Less than one charge may be: amount allows ${chargeMinor}.`);
    const window = windowOf(fields.window, period);
    return period && present<PeriodLimit>({ period, maxCount, maxAmountMinor, window });
  });
}

function windowOf(field: Field, period: PeriodLimit['period'] | undefined): PeriodLimit['window'] {
  const fields = fieldsOf(field, ['mode', 'anchor']);
  if (fields === undefined) return { mode: 'calendar' };
  const mode = word(required(fields.mode), ['calendar', 'cycle']);
  if (mode === 'cycle' && period === 'day') note(fields.mode, 'not_applicable', 'A day has no other beginning.');
  else if (mode === 'calendar' && isSent(fields.anchor))
    note(fields.anchor, 'not_applicable', 'Only windows of mode cycle have an anchor.');
  else if (mode === 'cycle') return present<PeriodLimit['window']>({ mode, anchor: anchorOf(fields.anchor, period) });
  return { mode: 'calendar' };
}

const ANCHORS = { week: 'day_of_week', month: 'day_of_month', year: 'day_of_year' } as const;
const DAYS: Range = { min: 1, max: 31 };

function anchorOf(field: Field, period: PeriodLimit['period'] | undefined): CycleAnchor | undefined {
  return sound(field, () => {
    const kinds = { day_of_week: ['day'], day_of_month: ['day'], day_of_year: ['month', 'day'] } as const;
    const fitting = period === undefined || period === 'day' ? undefined : ANCHORS[period];
    const anchor = variantOf(field, fitting === undefined ? kinds : { [fitting]: kinds[fitting] });
    if (anchor === undefined) return undefined;
    const { type, fields } = anchor as { type: CycleAnchor['type']; fields: Record<'day' | 'month', Field> };
    const day = required(fields.day);
    if (type === 'day_of_week') return { type, day: word(day, WEEKDAYS) ?? 'mon' };
    const number = integer(day, DAYS) ?? 1;
    if (type === 'day_of_month') return { type, day: number };
    const month = monthOf(fields.month);
    return month === undefined ? undefined : { type, month, day: inMonth(day, { month, day: number }) };
  });
}

/** `spacing`: the least distance between two charges. */
export function readSpacing(field: Field): Spacing | undefined {
  return sound(field, () => {
    const interval = fieldsOf(field, ['min_interval']);
    const fields = interval && fieldsOf(required(interval.min_interval), ['unit', 'count']);
    if (fields === undefined) return undefined;
    const unit = word(required(fields.unit), ['hour', 'day', 'week', 'month']);
    const count = integer(required(fields.count), unit === undefined ? SPACING.hour : SPACING[unit]);
    return unit && count ? { unit, count } : undefined;
  });
}

/** `retry`: how often one charge may be tried, the first try included, and how soon again. */
export function readRetry(field: Field): MandateTerms['retry'] | undefined {
  return sound(field, () => {
    const fields = fieldsOf(field, ['max_attempts', 'min_interval_hours']);
    if (fields === undefined) return undefined;
    if (!isSent(fields.max_attempts) && !isSent(fields.min_interval_hours))
      note(field, 'required', 'It needs max_attempts, min_interval_hours or both.');
    return present<NonNullable<MandateTerms['retry']>>({
      maxAttempts: integer(fields.max_attempts, RETRY_ATTEMPTS),
      minIntervalHours: integer(fields.min_interval_hours, RETRY_HOURS),
    });
  });
}
