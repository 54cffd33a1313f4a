/** A rule that forbids a charge: what it is called, what it says, and when it may hold again. */
import type { Timestamp } from '../lib/time.ts';

export type ViolationCode =
  | 'mandate_not_active'
  | 'currency_mismatch'
  | 'amount_not_exact'
  | 'amount_below_min'
  | 'amount_above_max'
  | 'before_validity'
  | 'after_validity'
  | 'schedule_not_due'
  | 'max_occurrences_reached'
  | 'period_count_exceeded'
  | 'period_amount_exceeded'
  | 'too_soon'
  | 'day_not_allowed'
  | 'instalment_not_due'
  | 'instalment_out_of_order'
  | 'instalment_amount_mismatch'
  | 'total_amount_exceeded'
  | 'retry_attempts_exceeded'
  | 'retry_too_soon'
  | 'open_attempt_unknown'
  | 'card_expired'
  | 'charge_on_hold'
  | 'network_rule_never'
  | 'network_rule_wait'
  | 'network_rule_cap';

export interface Violation {
  /** JSON Pointer into the request; empty for the request as a whole. */
  pointer: string;
  code: ViolationCode;
  /** A sentence for people: what the rule is, and what to do. */
  detail: string;
  /** What the rule allows, and what is used of it already; counts, or minor units. */
  limit?: number;
  used?: number;
  /** The id of the hold, block or network rule behind it, since when it is in force (`YYYY-MM-DD`), and what lifts it. */
  rule?: string;
  ruleEffectiveFrom?: string;
  liftedBy?: string;
  /** The earliest instant at which this rule may allow the charge, if nothing else changes but the time. */
  mayHoldFrom: Timestamp | 'never' | 'unknown';
}
