/** Whether a mandate allows a charge: one function per rule, every broken rule reported, in the order of the catalogue. Pure. */
import type { LocalDate } from '../lib/calendar.ts';
import type { Timestamp } from '../lib/time.ts';
import type { WatchedCard } from './card-rules.ts';
import type { Mandate } from './mandate.ts';
import type { MandateUsage } from './mandate-usage.ts';
import type { Window } from './schedule.ts';
import type { TenantSettings } from './settings.ts';
import type { Violation } from './violation.ts';

export interface AskedCharge {
  amountMinor: number;
  currency: string;
  /** Named by the scheduler: the due date that the charge is for. */
  dueDate?: LocalDate;
}

/** Everything a charge is decided on. */
export interface RuleFacts {
  mandate: Mandate;
  usage: MandateUsage;
  /** Of the first payment of the series: not a charge, but distance and the instalment total look at it. */
  firstPayment: { amountMinor: number; at: Timestamp };
  card: { scheme: string; expMonth: number; expYear: number; watched?: WatchedCard };
  settings: TenantSettings;
}

/** What a charge takes of the limits if it is made. */
export interface Slot {
  effectiveDate: LocalDate;
  occurrence?: LocalDate;
  instalment?: number;
  /** One for each period limit, in the order of the terms. */
  windows: readonly Window[];
}

export interface Evaluation {
  violations: readonly Violation[];
  /** The first instant at which nothing forbids it; absent when that is not known, never, or beyond five years. */
  nextAllowedAt?: Timestamp;
  slot: Slot;
}

/** Holds a charge against every rule at `at`. */
export declare function evaluate(facts: RuleFacts, asked: AskedCharge, at: Timestamp): Evaluation;
