/** What may meet a payment: the cards that payers type, by what their banks do, and the faults of the processor. */
import { passesLuhn } from '../../../src/lib/luhn.ts';
import type { Draws } from './draws.ts';
import type { Fault } from './stage.ts';

export interface CardFate {
  name: string;
  weight: number;
  number(draws: Draws): string;
}

/** `PPPPPP FF RRR AA 0…0 C`: the sandbox's families of cards, in which any case can be typed. */
function familyCard(family: string, code = '000', advice = '00'): string {
  const digits = `400000${family}${code}${advice}00`;
  return withCheckDigit(digits.slice(0, 15));
}

function withCheckDigit(digits: string): string {
  for (let check = 0; check <= 9; check++) if (passesLuhn(digits + check)) return digits + check;
  throw new Error('one of ten digits passes');
}

const of = (name: string, weight: number, number: string | ((draws: Draws) => string)): CardFate => ({
  name,
  weight,
  number: typeof number === 'string' ? () => number : number,
});

export const CARD_FATES: readonly CardFate[] = [
  of('approves', 30, (draws) => withCheckDigit(`40000094${String(draws.below(10_000_000)).padStart(7, '0')}`)),
  of('approves, typed before', 8, '4242424242424242'),
  of('insufficient funds', 5, familyCard('99', '051')),
  of('do not honour', 3, familyCard('99', '005')),
  of('stolen', 2, familyCard('99', '043')),
  of('wrong code', 2, familyCard('99', '937')),
  of('asks for a challenge', 12, familyCard('96', '000')),
  of('challenge, then no funds', 3, familyCard('96', '051')),
  of('frictionless', 3, familyCard('93', '001')),
  of('authentication refused', 2, familyCard('93', '005')),
  of('challenge nobody answers', 2, familyCard('93', '007')),
  of('declines later charges', 3, familyCard('97', '051')),
  of('capture refused', 3, familyCard('95', '001')),
  of('capture fails later', 4, familyCard('95', '002')),
  of('void refused', 3, familyCard('95', '003')),
  of('refund refused', 3, familyCard('95', '004')),
  of('refund pending', 5, familyCard('95', '005')),
  of('refund pending, fails', 4, familyCard('95', '006')),
  of('refund fails later', 4, familyCard('95', '007')),
  of('authorisation lasts an hour', 4, familyCard('95', '008')),
  of('no test card', 1, withCheckDigit('400000880000000')),
];

interface FaultFate extends Fault {
  weight: number;
  /** The caller never gets an answer: the world ends the wait. */
  silent?: true;
  /** No fault of the processor: it cannot be reached at all. */
  unreachable?: true;
}

/** What may go wrong around the next call that moves money. */
export const CALL_FAULTS: readonly FaultFate[] = [
  { weight: 10, kind: 'answer_lost' },
  { weight: 5, kind: 'http_500_after_charge' },
  { weight: 3, kind: 'http_500_before' },
  { weight: 3, kind: 'http_503_before' },
  { weight: 3, kind: 'http_502_page' },
  { weight: 2, kind: 'rate_limited' },
  { weight: 3, kind: 'reset_request' },
  { weight: 3, kind: 'malformed' },
  { weight: 3, kind: 'truncated' },
  { weight: 1, kind: 'oversized' },
  { weight: 4, kind: 'wrong_amount' },
  { weight: 2, kind: 'wrong_currency' },
  { weight: 2, kind: 'wrong_reference' },
  { weight: 2, kind: 'wrong_status' },
  { weight: 2, kind: 'other_charge' },
  { weight: 2, kind: 'missing_field' },
  { weight: 1, kind: 'redirect' },
  { weight: 4, kind: 'processed_late', params: { s: 30 }, silent: true },
  { weight: 4, kind: 'unreachable', unreachable: true },
];

/** What the bank may decide beside what the card says; charges only. */
export const CHARGE_FAULTS: readonly FaultFate[] = [
  { weight: 3, kind: 'decline', params: { code: '51' } },
  { weight: 3, kind: 'pending', params: { s: 10, end: 'approved' } },
  { weight: 3, kind: 'pending', params: { s: 3600, end: 'declined' } },
  { weight: 2, kind: 'partial_approval', params: { percent: 50 } },
];

/** The same for captures, voids and refunds. */
export const STEP_FAULTS: readonly FaultFate[] = [
  { weight: 3, kind: 'refuse_step' },
  { weight: 4, kind: 'fail_step_later', params: { s: 10 } },
];

/** What may become of the notifications of a step. */
export const NOTICE_FAULTS: readonly FaultFate[] = [
  { weight: 6, kind: 'lost_notification', times: 3 },
  { weight: 3, kind: 'duplicate_notification', params: { n: 3 } },
  { weight: 3, kind: 'late_notification', params: { s: 3600 } },
  { weight: 2, kind: 'reordered', params: { s: 5 } },
  { weight: 3, kind: 'contradictory_notification' },
  { weight: 2, kind: 'wrong_amount_notification' },
  { weight: 1, kind: 'unknown_notification' },
  { weight: 1, kind: 'forged_notification' },
  { weight: 1, kind: 'old_notification' },
  { weight: 1, kind: 'malformed_notification' },
];

/** What may become of questions about one request key. No lies: of two ends told in turn nobody can know the true one. */
export const LOOKUP_FAULTS: readonly FaultFate[] = [
  { weight: 4, kind: 'not_found_for', params: { s: 30 } },
  { weight: 4, kind: 'lookup_error', times: 2 },
  { weight: 3, kind: 'lookup_stale', params: { s: 30 } },
];

export type { FaultFate };
