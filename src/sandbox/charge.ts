/**
 * A charge as the sandbox remembers it and as it tells it. A record never changes: each change makes a new one with the
 * next version, and the book holds them all. Amounts are minor units, instants are milliseconds of the account's clock.
 */

import { type OtherMethod, renderMethod, renderMethodAction } from './other-methods.ts';

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

const TEXTS: Record<string, string> = {
  '00': 'Approved',
  '85': 'No reason to decline',
  '01': 'Refer to card issuer',
  '04': 'Pick up card',
  '05': 'Do not honor',
  '06': 'Error',
  '12': 'Invalid transaction',
  '13': 'Invalid amount',
  '14': 'Invalid card number',
  '15': 'No such issuer',
  '19': 'Re-enter transaction',
  '41': 'Lost card',
  '43': 'Stolen card',
  '46': 'Closed account',
  '51': 'Insufficient funds',
  '54': 'Expired card',
  '55': 'Incorrect PIN',
  '57': 'Transaction not permitted to cardholder',
  '59': 'Suspected fraud',
  '61': 'Exceeds amount limit',
  '62': 'Restricted card',
  '63': 'Security violation',
  '65': 'Exceeds frequency limit',
  '75': 'PIN tries exceeded',
  '79': 'Life cycle',
  '91': 'Issuer unavailable',
  '94': 'Duplicate transmission',
  '96': 'System malfunction',
  '1A': 'Additional authentication required',
  N7: 'Security code mismatch',
  R0: 'Stop payment order',
  R1: 'Revocation of authorisation',
  R3: 'Revocation of all authorisations',
};
const USE_A_TEST_CARD = 'Use a test card, never a real one';

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

/** The public form of a charge. `base` is the sandbox's own origin, for the addresses of its pages. */
export function renderCharge(charge: Charge, base: string): Record<string, unknown> {
  const money = (value: number) => ({ value, currency: charge.currency });
  const totals = totalsOf(charge);
  const { card } = charge;
  return {
    id: charge.id,
    request_key: charge.key,
    intent: charge.intent,
    amount: money(charge.value),
    reference: charge.reference,
    initiator: charge.initiator,
    created_at: iso(charge.created),
    version: charge.version,
    status: charge.status,
    ...(charge.reason !== undefined && { reason: charge.reason }),
    ...(charge.code !== undefined && { response: renderResponse(charge, charge.code) }),
    ...(charge.approved !== undefined && {
      approved_amount: money(totals.approved),
      authorized: money(totals.authorized),
      captured: money(totals.captured),
      released: money(totals.released),
      refunded: money(totals.refunded),
    }),
    ...(charge.method !== undefined && { method: renderMethod(charge.method) }),
    ...(charge.method !== undefined && charge.pending !== undefined && { expected_by: iso(charge.pending.due) }),
    ...(charge.authorized_until !== undefined && { authorization_expires_at: iso(charge.authorized_until) }),
    ...(charge.approval !== undefined && { approval_code: charge.approval }),
    ...(charge.ntid !== undefined && { network_transaction_id: charge.ntid }),
    ...(charge.token !== undefined && { token: charge.token }),
    ...(card !== undefined && { card: renderCard(card, charge.updated) }),
    ...(charge.auth !== undefined && {
      three_ds: {
        version: '2.2.0',
        status: charge.auth.status,
        ...(charge.auth.eci !== undefined && { eci: charge.auth.eci }),
        flow: charge.auth.flow,
        transaction_id: charge.auth.tx,
      },
    }),
    ...(charge.status === 'action_required' && charge.action && { action: renderAction(charge, charge.action, base) }),
    captures: renderSteps(charge, 'capture'),
    voids: renderSteps(charge, 'void'),
    refunds: renderSteps(charge, 'refund'),
  };
}

export function iso(at: number): string {
  return new Date(at).toISOString();
}

function renderResponse(charge: Charge, code: string): Record<string, string> {
  const text = charge.card === undefined && code === '14' ? USE_A_TEST_CARD : (TEXTS[code] ?? 'Declined');
  return { code, ...(charge.advice !== undefined && { advice: charge.advice }), text, cvc: charge.cvc };
}

function renderCard(card: CardOnFile, updated: Charge['updated']): Record<string, unknown> {
  return {
    schemes: card.schemes,
    type: card.type,
    country: card.country,
    bin: card.bin,
    last4: card.last4,
    exp_month: card.exp_month,
    exp_year: card.exp_year,
    ...(updated !== undefined && { updated }),
  };
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

function renderAction(charge: Charge, action: OpenAction, base: string): Record<string, unknown> {
  const { method } = charge;
  if (method !== undefined) {
    return { ...renderMethodAction(method, { page: action.page, base }), expires_at: iso(action.due) };
  }
  const page = `${base}/acs/${action.page}`;
  return {
    type: 'three_ds',
    ...(action.kind === 'method' && { method_url: `${page}/method` }),
    acs_url: page,
    creq: challengeRequest(action.page),
    expires_at: iso(action.due),
  };
}

/** The challenge request of EMV 3-D Secure in form only: base64url of a small JSON document. */
function challengeRequest(page: string): string {
  const message = {
    messageType: 'CReq',
    messageVersion: '2.2.0',
    acsTransID: page.slice(0, 16),
    challengeWindowSize: '05',
  };
  return Buffer.from(JSON.stringify(message)).toString('base64url');
}

const NO_STEPS: readonly unknown[] = [];

function renderSteps(charge: Charge, kind: StepKind): readonly unknown[] {
  if (charge.steps.length === 0) return NO_STEPS;
  return charge.steps
    .filter((step) => step.kind === kind)
    .map((step) => ({
      id: step.id,
      request_key: step.key,
      amount: { value: step.value, currency: charge.currency },
      status: step.status,
      ...(step.failure !== undefined && { failure: step.failure }),
      created_at: iso(step.created),
    }));
}
