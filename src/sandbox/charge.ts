/**
 * A charge as the sandbox remembers it. A record never changes: each change makes a new one with the
 * next version, and the book holds them all. Amounts are minor units, instants are milliseconds of the account's clock.
 */

import type { OtherMethod } from './other-methods.ts';

export type Intent = 'charge' | 'authorize' | 'verify';
export type Operation = Intent | 'capture' | 'void' | 'refund' | 'reversal';
export type StepKind = 'capture' | 'void' | 'refund';
export type Status = 'approved' | 'declined' | 'action_required' | 'pending' | 'reversed';
export type AgreementType = 'recurring' | 'instalment' | 'unscheduled' | 'card_on_file';
export type Reason =
  | 'authentication_failed'
  | 'authentication_rejected'
  | 'authentication_abandoned'
  | 'cancelled_by_payer'
  | 'action_expired'
  | 'reversed';

/** All that is kept of a card: enough for a saved card to behave, too little to pay with. */
export interface CardOnFile {
  schemes: readonly string[];
  type: string;
  country: string;
  bin: string;
  last4: string;
  exp_month: number;
  exp_year: number;
  /** Keyed and salted; says only whether two cards are the same. */
  hash: string;
  behaviour: string;
  response?: string;
  advice?: string;
  three_ds: string;
}

export interface Authentication {
  status: 'Y' | 'A' | 'N' | 'U' | 'R' | 'C';
  eci?: string;
  flow: 'frictionless' | 'challenge';
  tx: string;
}

/** What the payer has to do. `page` is the key in the page's address: 128 bits, or the code of a voucher. */
export interface OpenAction {
  page: string;
  kind: 'challenge' | 'method' | 'never_answered' | 'other';
  due: number;
  return_url: string;
  decision?: Decision;
  /** A phone that answers by itself: when, and how. It may be after the deadline. */
  answer?: { due: number; decision: Decision };
}

export type Decision =
  | 'approve'
  | 'decline'
  | 'unknown'
  | 'browser_checked'
  | 'wrong_pin'
  | 'no_money'
  | 'deadline'
  | 'pay_late'
  | 'reversed';

/** How an armed fault bends the bank's answer; seconds are the account's clock. */
export type BankFault =
  | { kind: 'decline'; code: string; advice?: string }
  | { kind: 'pending'; s: number; end: 'approved' | 'declined' }
  | { kind: 'partial_approval'; percent: number };

export interface Step {
  kind: StepKind;
  id: string;
  key: string;
  value: number;
  status: 'succeeded' | 'pending' | 'failed';
  failure?: string;
  created: number;
  /** When the step changes by itself, and into what. */
  due?: number;
  becomes?: 'succeeded' | 'failed';
}

export interface Charge {
  id: string;
  account: string;
  key: string;
  intent: Intent;
  value: number;
  currency: string;
  reference: string;
  initiator: 'customer' | 'merchant';
  use: 'none' | 'initial' | 'subsequent';
  series?: AgreementType;
  /** True when the card came as a token: a saved card. */
  saved?: true;
  card?: CardOnFile;
  /** Absent for cards and tokens. */
  method?: OtherMethod;
  cvc: 'match' | 'no_match' | 'not_given';
  /** False when the first payment of the series was not authenticated. Absent where that plays no part. */
  series_authenticated?: boolean;
  created: number;
  version: number;
  status: Status;
  reason?: Reason;
  code?: string;
  advice?: string;
  approval?: string;
  ntid?: string;
  token?: string;
  updated?: { exp_month?: number; exp_year?: number; last4?: string };
  auth?: Authentication;
  action?: OpenAction;
  /** What was reserved or taken; absent until approved. */
  approved?: number;
  /** When it was approved; kept for methods other than cards. */
  approved_at?: number;
  authorized_until?: number;
  released?: number;
  pending?: { due: number; end: 'approved' | 'declined'; code?: string };
  /** A fault of the decide stage; kept because the bank may be asked only once an action is over. */
  bank_fault?: BankFault;
  /** Closed by a reversal before anything was decided. */
  closed?: true;
  /** Kept beside the record and in lines of their own. */
  steps: readonly Step[];
}

export interface Totals {
  approved: number;
  authorized: number;
  captured: number;
  released: number;
  refunded: number;
}

/** Sums over a charge and its steps, minor units. Steps still pending count as done: their money is spoken for. */
export function totalsOf(charge: Charge): Totals {
  const approved = charge.approved ?? 0;
  let captured = charge.intent === 'charge' && charge.status !== 'reversed' ? approved : 0;
  let released = charge.status === 'reversed' ? approved : (charge.released ?? 0);
  let refunded = 0;
  for (const step of charge.steps) {
    if (step.status === 'failed') continue;
    if (step.kind === 'capture') captured += step.value;
    else if (step.kind === 'void') released += step.value;
    else refunded += step.value;
  }
  return { approved, authorized: charge.intent === 'verify' ? 0 : approved, captured, released, refunded };
}

export function iso(at: number): string {
  return new Date(at).toISOString();
}

/** What a fault is matched against, and a merchant calls it: `card` for tokens too. */
export function methodName(charge: Charge | undefined): string {
  return charge?.method?.type ?? 'card';
}

/** True while a phone will still answer by itself, in time or too late. */
export function isAwaitedAnswer({ action, status }: Charge): boolean {
  if (action?.answer === undefined) return false;
  return status === 'action_required' || (action.decision === 'deadline' && action.answer.decision === 'pay_late');
}
