/**
 * What a payer agrees to, in one normalised form: made from the merchant's `mandate_options` when the session is created, shown
 * on the page, stored with the mandate, and enforced on every later charge. There is no second copy of a limit anywhere.
 */
import type { LocalDate, Weekday } from '../lib/calendar.ts';
import type { PeriodLimit, Recurrence } from './schedule.ts';

export type MandateType = 'on_demand' | 'scheduled' | 'installment';

/** Of one charge, minor units. `maxMinor` absent: no ceiling. */
export type AmountRule = { readonly exactMinor: number } | { readonly minMinor: number; readonly maxMinor?: number };

export interface Spacing {
  unit: 'hour' | 'day' | 'week' | 'month';
  count: number;
}

/** The instalments after the first payment, as the merchant described them. */
export type InstalmentTerms =
  | { type: 'periodic'; amountMinor: number; recurrence: Recurrence; maxOccurrences: number }
  | { type: 'fixed'; items: readonly { amountMinor: number; dueDate: LocalDate }[] };

/** One instalment as it is due: dates and amounts are fixed when the mandate begins. */
export interface Instalment {
  /** 1, 2, … */
  number: number;
  dueDate: LocalDate;
  amountMinor: number;
}

export interface MandateTerms {
  type: MandateType;
  currency: string;
  /** Absent for `installment`: its rows say the amounts. */
  amount?: AmountRule;
  /** Required for `scheduled`; on `on_demand` shown to the payer and used by a subscription. */
  recurrence?: Recurrence;
  /** The validity period: the first and the last local date on which a charge may be made. */
  startDate?: LocalDate;
  endDate?: LocalDate;
  /** How many charges may count. */
  maxOccurrences?: number;
  periodLimits: readonly PeriodLimit[];
  spacing?: Spacing;
  allowedDays?: readonly Weekday[];
  retry?: { maxAttempts?: number; minIntervalHours?: number };
  /** `installment` only: the first payment and all instalments together. */
  totalAmountMinor?: number;
  instalmentTerms?: InstalmentTerms;
  /** IANA, canonical; fixed for life. */
  timeZone: string;
}

/** What the payer agreed to be charged by itself: made from `subscription_options`. Cadence and zone are the mandate's. */
export interface SubscriptionTerms {
  /** Absent for `installment`. */
  amountMinor?: number;
  startDate?: LocalDate;
  endDate?: LocalDate;
  /** `HH:MM` in the mandate's zone. */
  scheduledTime: string;
  dunning: Dunning;
}

export interface Dunning {
  /** Days after the due date on which a declined charge is tried again; rising. */
  retryDays: readonly number[];
  onExhausted: 'continue' | 'pause' | 'cancel';
}

/** True when neither the amount of a charge nor a period limit sets a maximum. */
export function isUnlimited(terms: Pick<MandateTerms, 'type' | 'amount' | 'periodLimits'>): boolean {
  if (terms.type === 'installment') return false;
  const { amount } = terms;
  const capped = amount !== undefined && ('exactMinor' in amount || amount.maxMinor !== undefined);
  return !capped && !terms.periodLimits.some((limit) => limit.maxAmountMinor !== undefined);
}

/** The most one charge may be by the amount alone, minor units; undefined without a ceiling. */
export function maxAmountOf(terms: Pick<MandateTerms, 'amount'>): number | undefined {
  const { amount } = terms;
  if (amount === undefined) return undefined;
  return 'exactMinor' in amount ? amount.exactMinor : amount.maxMinor;
}

/** The terms of a first_in_series session that says nothing: up to its own amount each time; without an amount no ceiling. */
export function defaultTerms(session: { amountMinor: number; currency: string; timeZone: string }): MandateTerms {
  const { amountMinor, currency, timeZone } = session;
  const amount = amountMinor > 0 ? { minMinor: 1, maxMinor: amountMinor } : { minMinor: 1 };
  return { type: 'on_demand', currency, amount, periodLimits: [], timeZone };
}
