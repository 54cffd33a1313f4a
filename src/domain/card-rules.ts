/**
 * What banks and card networks have said about a card, and what they forbid because of it: blocks, waits and caps. Bound to the
 * card's fingerprint, so that saving the card again, or as another customer, changes nothing.
 */
import type { Timestamp } from '../lib/time.ts';
import type { RetryCaps } from './settings.ts';
import type { Violation } from './violation.ts';

/** A decline that counts, or an attempt under way that is counted as one until its end is known. */
export interface CardDecline {
  attemptId: string;
  at: Timestamp;
  open: boolean;
  amountMinor: number;
  currency: string;
  /** The scheme in lower case. */
  network: string;
  code?: string;
  response?: string;
  advice?: string;
  waitUntil?: Timestamp;
}

/** The id of a row of `blocks` in the network rules, and the answer that set it. */
export interface CardBlock {
  rule: string;
  since: Timestamp;
  attemptId: string;
  code: string;
}

/** What is known about a card that a bank declined in the last 30 days, or that is blocked. */
export interface WatchedCard {
  /** Of the row that serialises attempts with this card. */
  version: number;
  blocks: readonly CardBlock[];
  declines: readonly CardDecline[];
}

export interface CardTry {
  /** The scheme in lower case. */
  network: string;
  amountMinor: number;
  currency: string;
  initiator: 'customer' | 'merchant';
  /** True for the payment that starts a series. */
  startsSeries: boolean;
}

/** Every rule that forbids this try at `at`; empty for a card nobody watches. */
export function brokenCardRules(
  _card: WatchedCard | undefined,
  _asked: CardTry,
  _when: { at: Timestamp; caps: RetryCaps },
): Violation[] {
  return [];
}
