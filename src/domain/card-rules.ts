/**
 * What banks and card networks have said about a card, and what they forbid because of it: blocks, waits and caps. Bound to the
 * card's fingerprint, so that saving the card again, or as another customer, changes nothing.
 */
import { DAY, HOUR, plus, type Timestamp, toIso } from '../lib/time.ts';
import { adviceRow, blockRow, type CapRow, capRows } from './network-rules.ts';
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

/** A card is watched for this long after its last decline: no window and no wait is longer. */
export const WATCHED_FOR_MS = 30 * DAY;

interface When {
  at: Timestamp;
  caps: RetryCaps;
}

/** Every rule that forbids this try at `at`: blocks, then waits, then caps; a network's rule before the house's. */
export function brokenCardRules(card: WatchedCard | undefined, asked: CardTry, when: When): Violation[] {
  if (card === undefined) return [];
  return [
    ...brokenBlocks(card, asked, when.at),
    ...brokenWaits(card, asked, when.at),
    ...brokenCaps(card, asked, when),
  ];
}

/** The blocks that stand, a network's before the house's. */
export function blocksInOrder({ blocks }: Pick<WatchedCard, 'blocks'>): CardBlock[] {
  return [...blocks].sort((a, b) => Number(isHouse(a.rule)) - Number(isHouse(b.rule)) || a.since - b.since);
}

function brokenBlocks(card: WatchedCard, asked: CardTry, at: Timestamp): Violation[] {
  return blocksInOrder(card).flatMap((block) => {
    // A block outlives the row that set it: only an operator lifts it.
    const row = blockRow(block.rule, dateOf(at)) ?? blockRow(block.rule, dateOf(block.since));
    const heldUntil = closedUntil(row?.customer_present ?? 'never', asked, block.since);
    if (heldUntil !== 'never' && heldUntil <= at) return [];
    const code = heldUntil === 'never' ? 'network_rule_never' : 'network_rule_wait';
    const end = heldUntil === 'never' ? 'Use another card.' : `Not before ${toIso(heldUntil)}.`;
    const violation: Violation = {
      pointer: '',
      code,
      detail: `The bank's answer ${block.code} of ${toIso(block.since)} closed this card (${named(block.rule, row)}). ${end}`,
      rule: block.rule,
      liftedBy: 'operator',
      mayHoldFrom: heldUntil,
    };
    return [withDate(violation, row?.effective_from)];
  });
}

/** Until when a block closes the card for this try; in the past when it does not. */
function closedUntil(
  present: 'never' | 'one_time_only' | 'after_24h',
  asked: CardTry,
  since: Timestamp,
): Timestamp | 'never' {
  if (asked.initiator === 'merchant' || present === 'never') return 'never';
  if (present === 'after_24h') return plus(since, DAY);
  return asked.startsSeries ? 'never' : since;
}

/** A network's advice to wait binds the same amount with the same card; of several the longest is told. */
function brokenWaits(card: WatchedCard, asked: CardTry, at: Timestamp): Violation[] {
  const [longest] = card.declines
    .filter((decline) => sameAmount(decline, asked) && (decline.waitUntil ?? at) > at)
    .sort((a, b) => (b.waitUntil as number) - (a.waitUntil as number));
  if (longest?.waitUntil === undefined) return [];
  const { network, advice, waitUntil } = longest;
  const row = adviceRow({ network, advice, on: dateOf(longest.at) });
  const rule = row?.rule ?? `${network}.advice_wait`;
  const violation: Violation = {
    pointer: '',
    code: 'network_rule_wait',
    detail: `The network's advice ${advice} asks to wait with this amount until ${toIso(waitUntil)} (${named(rule, row)}).`,
    rule,
    mayHoldFrom: waitUntil,
  };
  return [withDate(violation, row?.effective_from)];
}

function brokenCaps(card: WatchedCard, asked: CardTry, { at, caps }: When): Violation[] {
  return capRows(asked.network, dateOf(at)).flatMap((row) => {
    const windowMs = row.window.count * (row.window.unit === 'hour' ? HOUR : DAY);
    const whole = row.key.includes('amount');
    const counted = card.declines
      .filter((decline) => plus(decline.at, windowMs) > at && (!whole || sameAmount(decline, asked)))
      .map((decline) => decline.at)
      .sort((a, b) => a - b);
    const limit = limitOf(row, caps);
    if (counted.length < limit) return [];
    const what = whole ? 'this amount with this card' : 'this card';
    const window = row.window.unit === 'hour' ? `${row.window.count} hours` : `${row.window.count} days`;
    const violation: Violation = {
      pointer: '',
      code: 'network_rule_cap',
      detail: `Banks declined ${what} ${counted.length} times in ${window}; the limit is ${limit} (${named(row.id, row)}).`,
      limit,
      used: counted.length,
      rule: row.id,
      // Once so many have left the window, one more is within the limit.
      mayHoldFrom: plus(counted[counted.length - limit] as Timestamp, windowMs),
    };
    return [withDate(violation, row.effective_from)];
  });
}

/** What the tenant set, inside the range that the rule allows. */
function limitOf(row: CapRow, caps: RetryCaps): number {
  const set = SETTINGS[row.setting ?? ''];
  if (set === undefined || row.setting_range === null) return row.limit;
  const [least, most] = row.setting_range as [number, number];
  return Math.min(most, Math.max(least, caps[set]));
}

/** The data's names of the settings. */
const SETTINGS: Readonly<Record<string, keyof RetryCaps | undefined>> = {
  'retry_caps.visa_30d': 'visa30d',
  'retry_caps.mastercard_24h': 'mastercard24h',
  'retry_caps.mastercard_30d': 'mastercard30d',
  'retry_caps.other_30d': 'other30d',
};

function sameAmount(decline: CardDecline, asked: CardTry): boolean {
  return decline.amountMinor === asked.amountMinor && decline.currency === asked.currency;
}

function isHouse(rule: string): boolean {
  return rule.startsWith('house.');
}

/** The date whose rules hold: networks publish dates without a zone, and we read them as UTC. */
function dateOf(at: Timestamp): string {
  return toIso(at).slice(0, 10);
}

function named(rule: string, row: { effective_from: string | null } | undefined): string {
  const since = row?.effective_from;
  return since ? `rule ${rule}, in force since ${since}` : `rule ${rule}`;
}

function withDate(violation: Violation, since: string | null | undefined): Violation {
  return since ? { ...violation, ruleEffectiveFrom: since } : violation;
}
