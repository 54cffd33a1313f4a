/**
 * The rules about trying again: how often and how soon one charge is tried, and that nothing is tried while nobody knows what became
 * of the same charge.
 */
import { startOfDay } from '../lib/calendar.ts';
import { DAY, HOUR, plus, type Timestamp, toIso } from '../lib/time.ts';
import type { Situation } from './mandate-rules.ts';
import { givenUpOn } from './mandate-rules-slot.ts';
import type { MandateUsage } from './mandate-usage.ts';
import type { Violation } from './violation.ts';

const KEPT: readonly Violation[] = [];

/** Without a date or an instalment, declines of one amount belong together for so long. */
const CHAIN_MS = 30 * DAY;

type Try = MandateUsage['recent'][number];

export function fewEnoughTries(situation: Situation): readonly Violation[] {
  const { retry } = situation.facts.mandate.terms;
  if (retry === undefined) return KEPT;
  const tries = triesOf(situation);
  if (tries.length === 0) return KEPT;
  const broken: Violation[] = [];
  const { maxAttempts: limit, minIntervalHours } = retry;
  const used = tries.length;
  if (limit !== undefined && used >= limit) {
    // Once so many are too old to belong to it, one more is within the limit.
    const from = isBound(situation) ? 'never' : plus(tries[limit - 1]!.startedAt, CHAIN_MS);
    const detail = `One charge is tried at most ${times(limit)}: ${times(used)} so far.${notBefore(from)}`;
    broken.push({ pointer: '', code: 'retry_attempts_exceeded', detail, limit, used, mayHoldFrom: from });
  }
  const last = tries[0]!.startedAt;
  if (minIntervalHours !== undefined && situation.at < plus(last, minIntervalHours * HOUR)) {
    const from = plus(last, minIntervalHours * HOUR);
    const detail = `Tries are ${minIntervalHours} hours apart, and the last was at ${toIso(last)}.${notBefore(from)}`;
    broken.push({ pointer: '', code: 'retry_too_soon', detail, mayHoldFrom: unlessGivenUp(situation, from) });
  }
  return broken;
}

/** The tries that belong to the charge, newest first. What succeeded and was taken back is no try of what comes after it. */
function triesOf({ facts, asked, at, slot }: Situation): readonly Try[] {
  const { recent } = facts.usage;
  const { occurrence, instalment } = slot;
  if (occurrence !== undefined) return recent.filter((one) => one.occurrence === occurrence && isTry(one));
  if (instalment !== undefined) return recent.filter((one) => one.instalment === instalment && isTry(one));
  if (facts.mandate.terms.type !== 'on_demand') return [];
  const lastCounted = recent.findIndex(({ state }) => state === 'counted');
  const since = lastCounted === -1 ? recent : recent.slice(0, lastCounted);
  return since.filter(
    (one) => one.declined && one.amountMinor === asked.amountMinor && plus(one.startedAt, CHAIN_MS) > at,
  );
}

function isTry({ state, declined }: Try): boolean {
  return declined || state === 'open';
}

/** True for a charge that is for one date or one instalment. */
function isBound({ slot }: Situation): boolean {
  return slot.occurrence !== undefined || slot.instalment !== undefined;
}

/** A merchant's charge for a date that is given up before then is for another date, which was not tried yet. */
function unlessGivenUp({ facts, asked, slot }: Situation, from: Timestamp): Timestamp {
  if (slot.occurrence === undefined || asked.dueDate !== undefined) return from;
  const moved = givenUpOn(slot.occurrence, facts);
  if (moved === undefined) return from;
  const movedAt = startOfDay(moved, facts.mandate.terms.timeZone);
  return movedAt < from ? movedAt : from;
}

/** Nobody knows whether the same charge succeeded: trying again could take the money twice. */
export function nothingUnknown({ facts, asked, slot }: Situation): readonly Violation[] {
  const { unknown } = facts.usage;
  if (unknown.length === 0) return KEPT;
  const { occurrence, instalment } = slot;
  const { type } = facts.mandate.terms;
  const same = unknown.some((one) => {
    if (occurrence !== undefined) return one.occurrence === occurrence;
    if (instalment !== undefined) return one.instalment === instalment;
    return type === 'on_demand' && one.amountMinor === asked.amountMinor;
  });
  if (!same) return KEPT;
  const what = occurrence ?? (instalment === undefined ? 'this amount' : `instalment ${instalment}`);
  const detail = `Nobody knows yet whether a charge for ${what} succeeded: wait until its payment has an end.`;
  return [{ pointer: '', code: 'open_attempt_unknown', detail, mayHoldFrom: 'unknown' }];
}

function times(count: number): string {
  return count === 1 ? 'once' : `${count} times`;
}

function notBefore(from: Timestamp | 'never'): string {
  return from === 'never' ? '' : ` Not before ${toIso(from)}.`;
}
