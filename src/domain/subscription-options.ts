/** Reads `subscription_options`: what we charge by ourselves under the mandate that is read before. */
import {
  type Field,
  fieldsOf,
  integer,
  isSent,
  itemsOf,
  MONEY,
  note,
  present,
  sound,
  text,
  word,
} from './field-reader.ts';
import type { MandateDraft, SeriesFacts } from './mandate-options.ts';
import type { AmountRule, Dunning, SubscriptionTerms } from './mandate-terms.ts';
import { type Period, readPeriod } from './period-options.ts';

export const ON_EXHAUSTED = ['continue', 'pause', 'cancel'] as const satisfies readonly Dunning['onExhausted'][];
export const MAX_RETRIES = 8;
export const RETRY_DAY = { min: 1, max: 30 };
export const TIME_OF_DAY = '^([01][0-9]|2[0-3]):[0-5][0-9]$';

const FIELDS = ['active_period', 'amount', 'scheduled_time', 'dunning'] as const;

/** What could be read. `active` is empty where neither group sent a period, undefined where the period is wrong. */
export interface SubscriptionDraft {
  active?: Period;
  terms: SubscriptionTerms;
}

/** The terms; undefined when none were asked for, or the group is no object. Problems are noted all the same. */
export function readSubscriptionOptions(
  field: Field,
  mandate: MandateDraft,
  facts: SeriesFacts,
): SubscriptionDraft | undefined {
  const fields = fieldsOf(field, FIELDS);
  if (fields === undefined) return undefined;
  const active = readActive(fields.active_period, mandate);
  const terms = present<SubscriptionTerms>({
    amountMinor: readAmount(fields.amount, mandate, facts),
    startDate: active?.startDate,
    endDate: active?.endDate,
    scheduledTime: readTime(fields.scheduled_time),
    dunning: readDunning(fields.dunning, facts.settings.dunning),
  });
  return present<SubscriptionDraft>({ active, terms });
}

/** Inside the validity period; what it leaves open is as there. */
function readActive(field: Field, { today, horizon, validity }: MandateDraft): Period | undefined {
  const start = validity?.startDate;
  const from = start !== undefined && today !== undefined && start > today ? start : today;
  const own = readPeriod(field, { from, to: validity?.endDate ?? horizon });
  return own === undefined || validity === undefined ? undefined : { ...validity, ...own };
}

/** Of each charge, minor units. It has to be one that the mandate allows. */
function readAmount(field: Field, mandate: MandateDraft, { amountMinor }: SeriesFacts): number | undefined {
  if (mandate.type === 'installment') {
    if (!isSent(field)) return undefined;
    return note(field, 'not_applicable', 'The instalments of the mandate say what is charged.');
  }
  const amount = isSent(field) ? integer(field, MONEY) : defaultAmount(mandate.amount, amountMinor);
  if (amount === undefined) {
    const nothing = !isSent(field) && mandate.amount !== undefined && amountMinor === 0;
    if (nothing) note(field, 'required', 'Neither an exact amount of the mandate nor the session says what to charge.');
    return undefined;
  }
  const broken = brokenLimit(amount, mandate);
  if (broken !== undefined) note(field, 'conflict', `${amount} is ${broken}.`);
  return amount;
}

function defaultAmount(rule: AmountRule | undefined, sessionMinor: number | undefined): number | undefined {
  if (rule === undefined) return undefined;
  if ('exactMinor' in rule) return rule.exactMinor;
  return sessionMinor === 0 ? undefined : sessionMinor;
}

/** The first limit of one charge that forbids the amount, in words. */
function brokenLimit(amount: number, { amount: rule, periodLimits = [] }: MandateDraft): string | undefined {
  if (rule !== undefined && 'exactMinor' in rule && amount !== rule.exactMinor)
    return `not the exact amount of mandate_options.amount, ${rule.exactMinor}`;
  if (rule !== undefined && 'minMinor' in rule) {
    const { minMinor, maxMinor } = rule;
    if (amount < minMinor) return `less than mandate_options.amount.min, ${minMinor}`;
    if (maxMinor !== undefined && amount > maxMinor) return `more than mandate_options.amount.max, ${maxMinor}`;
  }
  const limit = periodLimits.find(({ maxAmountMinor }) => maxAmountMinor !== undefined && amount > maxAmountMinor);
  return (
    limit && `more than max_amount of the mandate_options.period_limits of a ${limit.period}, ${limit.maxAmountMinor}`
  );
}

function readTime(field: Field): string {
  const time = text(field) ?? '00:00';
  if (!new RegExp(TIME_OF_DAY).test(time)) note(field, 'invalid_value', 'A time of day from 00:00 to 23:59.');
  return time;
}

/** What is absent is as `usual`. */
export function readDunning(field: Field, usual: Dunning): Dunning {
  const fields = fieldsOf(field, ['retry_days', 'on_exhausted']);
  if (fields === undefined) return usual;
  return {
    retryDays: readRetryDays(fields.retry_days) ?? usual.retryDays,
    onExhausted: word(fields.on_exhausted, ON_EXHAUSTED) ?? usual.onExhausted,
  };
}

function readRetryDays(field: Field): number[] | undefined {
  const items = itemsOf(field, { min: 0, max: MAX_RETRIES });
  if (items === undefined) return undefined;
  return sound(field, () => {
    const days: number[] = [];
    for (const item of items) {
      const day = integer(item, RETRY_DAY);
      if (day === undefined) continue;
      const last = days.at(-1);
      if (last !== undefined && day <= last) note(item, 'conflict', `Not more than the day before it, ${last}.`);
      days.push(day);
    }
    return days;
  });
}
