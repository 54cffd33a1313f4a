/**
 * Reads `mandate_options`: what a payer is to agree to, from the merchant's JSON into the one normal form that is shown, stored and
 * enforced. What it says together with `subscription_options` is judged in `series-options.ts`.
 */
import { addYears, canonicalTimeZone, type LocalDate, localDateOf } from '../lib/calendar.ts';
import type { Timestamp } from '../lib/time.ts';
import {
  type Field,
  fieldsOf,
  integer,
  isSent,
  MONEY,
  note,
  present,
  type Range,
  required,
  sound,
  text,
  word,
} from './field-reader.ts';
import { readInstalments } from './instalment-options.ts';
import { readPeriodLimits, readRetry, readSpacing } from './limit-options.ts';
import { type AmountRule, isUnlimited, type MandateTerms, type MandateType, maxAmountOf } from './mandate-terms.ts';
import { LONGEST_YEARS, type Period, readPeriod } from './period-options.ts';
import { readRecurrence, readWeekdays } from './recurrence-options.ts';
import type { PeriodLimit } from './schedule.ts';
import type { TenantSettings } from './settings.ts';

export const MANDATE_TYPES = ['on_demand', 'scheduled', 'installment'] as const satisfies readonly MandateType[];
export const MAX_OCCURRENCES: Range = { min: 1, max: 10_000 };

/** Every field but `replaces_mandate_id`, which stands alone. */
export const MANDATE_FIELDS = [
  ...['type', 'amount', 'recurrence', 'validity_period', 'max_occurrences', 'period_limits', 'spacing'],
  ...['allowed_days', 'retry', 'total_amount', 'terms', 'time_zone'],
] as const;

/** Of the session and its tenant. Amount and currency are undefined where they are wrong themselves. */
export interface SeriesFacts {
  amountMinor: number | undefined;
  currency: string | undefined;
  at: Timestamp;
  settings: TenantSettings;
}

/** What could be read: whatever is wrong, or rests on something wrong, is left out. */
export type MandateDraft = Partial<Omit<MandateTerms, 'startDate' | 'endDate'>> & {
  /** The local date in the mandate's zone, and the last that a period may have. */
  today?: LocalDate;
  horizon?: LocalDate;
  /** Empty where none was sent. */
  validity?: Period;
  subscribed: boolean;
};

type Fields = Record<(typeof MANDATE_FIELDS)[number], Field>;

/** Reads the whole group; `subscribed` when the session asks for a subscription too. */
export function readMandateOptions(field: Field, facts: SeriesFacts, subscribed: boolean): MandateDraft {
  const group = fieldsOf(isSent(field) ? field : { ...field, value: {} }, [...MANDATE_FIELDS, 'replaces_mandate_id']);
  if (group === undefined) return { subscribed };
  const type = isSent(group.type) ? word(group.type, MANDATE_TYPES) : 'on_demand';
  const fields = applicable(group, type);
  const timeZone = readTimeZone(fields.time_zone, facts.settings);
  const today = timeZone === undefined ? undefined : localDateOf(facts.at, timeZone);
  const horizon = today === undefined ? undefined : addYears(today, LONGEST_YEARS);
  const validity = readPeriod(fields.validity_period, { from: today, to: horizon });
  const amount = readAmount(fields.amount, { ...facts, type, bare: !isSent(field) });
  const periodLimits = readLimits(fields, { amount, type, settings: facts.settings });
  const draft = present<MandateDraft>({
    ...{ subscribed, type, currency: facts.currency, amount, periodLimits, timeZone, today, horizon, validity },
    recurrence: readRule(fields.recurrence, { type, subscribed }),
    maxOccurrences: integer(fields.max_occurrences, MAX_OCCURRENCES),
    spacing: readSpacing(fields.spacing),
    allowedDays: readWeekdays(fields.allowed_days),
    retry: readRetry(fields.retry),
    ...(type === 'installment'
      ? readInstalments(fields, { sessionMinor: facts.amountMinor, today, horizon, endDate: validity?.endDate })
      : {}),
  });
  judgeDays(fields, draft);
  return draft;
}

const OF_INSTALMENTS = ['total_amount', 'terms'] as const;
const NOT_OF_INSTALMENTS = ['amount', 'recurrence', 'max_occurrences', 'period_limits', 'spacing'] as const;

/** The fields that belong to the type; what does not is noted, and not read any further. */
function applicable(fields: Fields, type: MandateType | undefined): Fields {
  if (type === undefined) return fields;
  const foreign = type === 'installment' ? NOT_OF_INSTALMENTS : OF_INSTALMENTS;
  const left = { ...fields };
  for (const name of foreign) {
    if (isSent(fields[name]))
      note(fields[name], 'not_applicable', `This does not belong to a mandate of type ${type}.`);
    left[name] = { ...fields[name], value: undefined };
  }
  return left;
}

function readTimeZone(field: Field, settings: TenantSettings): string | undefined {
  const name = text(field);
  if (!isSent(field)) return settings.timeZone;
  if (name === undefined) return undefined;
  const detail = 'A time zone of the IANA database, such as Africa/Johannesburg; no offset.';
  return canonicalTimeZone(name) ?? note(field, 'invalid_value', detail);
}

/** `bare`: the merchant sent no mandate_options at all. */
type AmountFacts = SeriesFacts & { type: MandateType | undefined; bare: boolean };

/** What one charge may be. Without a word about it: up to the session's amount. */
function readAmount(field: Field, facts: AmountFacts): AmountRule | undefined {
  if (isSent(field)) return givenAmount(field);
  return facts.type === undefined || facts.type === 'installment' ? undefined : defaultAmount(field, facts);
}

function givenAmount(field: Field): AmountRule | undefined {
  if (typeof field.value === 'number') {
    const exactMinor = integer(field, MONEY);
    return exactMinor === undefined ? undefined : { exactMinor };
  }
  if (typeof field.value !== 'object' || field.value === null)
    return note(field, 'invalid_type', 'An integer, or an object with min, max or both.');
  return sound(field, () => {
    const fields = fieldsOf(field, ['min', 'max']);
    if (fields === undefined) return undefined;
    if (!isSent(fields.min) && !isSent(fields.max)) return note(field, 'required', 'It needs min, max or both.');
    const minMinor = integer(fields.min, MONEY) ?? 1;
    const maxMinor = integer(fields.max, MONEY);
    if (maxMinor !== undefined && minMinor > maxMinor) note(fields.min, 'conflict', `More than max, ${maxMinor}.`);
    return present<AmountRule & { minMinor: number }>({ minMinor, maxMinor });
  });
}

function defaultAmount(field: Field, { amountMinor, bare }: AmountFacts): AmountRule | undefined {
  if (amountMinor === undefined) return undefined;
  if (amountMinor > 0) return { minMinor: 1, maxMinor: amountMinor };
  if (bare) return { minMinor: 1 };
  return note(field, 'required', 'With a session amount of 0 nothing says how much may be charged: send an amount.');
}

type LimitFacts = { amount: AmountRule | undefined; type: MandateType | undefined; settings: TenantSettings };

/** The limits that are sound. An account may refuse mandates that neither they nor the amount of a charge put a ceiling on. */
function readLimits(fields: Fields, { amount, type, settings }: LimitFacts): PeriodLimit[] {
  const { problems } = fields.period_limits;
  const before = problems.length;
  const ceiling = amount && maxAmountOf({ amount });
  const limits = isSent(fields.period_limits) ? readPeriodLimits(fields.period_limits, ceiling) : [];
  const known = type !== undefined && amount !== undefined && problems.length === before;
  if (known && settings.unlimitedMandates === 'refuse' && isUnlimited({ type, amount, periodLimits: limits }))
    note(fields.amount, 'required', 'This account refuses mandates without a ceiling: send an amount with a max.');
  return limits;
}

function readRule(field: Field, { type, subscribed }: { type: MandateType | undefined; subscribed: boolean }) {
  if (type === 'scheduled') required(field, 'A scheduled mandate needs to say when charges are due.');
  else if (type === 'on_demand' && subscribed)
    required(field, 'A subscription needs to know when charges are due: subscription_options was sent.');
  return readRecurrence(field);
}

/** Days of the week on which nothing is ever due. */
function judgeDays(fields: Fields, draft: MandateDraft): void {
  const { allowedDays, instalmentTerms } = draft;
  const rule = instalmentTerms?.type === 'periodic' ? instalmentTerms.recurrence : draft.recurrence;
  if (allowedDays === undefined || rule?.type !== 'weekly' || rule.days === undefined) return;
  if (!rule.days.some((day) => allowedDays.includes(day)))
    note(fields.allowed_days, 'conflict', 'It has no day in common with recurrence.on.days.');
}
