/**
 * Whether a mandate allows a charge: one function per rule, every broken rule reported, always in one order. Pure: what the rules
 * look at comes in as facts, also the time. The rules themselves are in `mandate-rules-*.ts`, by subject.
 */
import { addYears, type LocalDate, localDateOf } from '../lib/calendar.ts';
import { type Timestamp, toIso } from '../lib/time.ts';
import type { WatchedCard } from './card-rules.ts';
import { isInForce, type Mandate } from './mandate.ts';
import { amountAllowed, currencyAgreed, totalLeft } from './mandate-rules-amounts.ts';
import { amountLeftInPeriods, countLeft, countLeftInPeriods, instalmentDue } from './mandate-rules-capacity.ts';
import { cardNotExpired, cardRulesKept, notOnHold } from './mandate-rules-card.ts';
import { fewEnoughTries, nothingUnknown } from './mandate-rules-retry.ts';
import { slotOf } from './mandate-rules-slot.ts';
import { dayAllowed, farEnoughApart, occurrenceDue, withinValidity } from './mandate-rules-time.ts';
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

/** A charge asked for at one instant, and what it would take: what every rule is given. */
export interface Situation {
  facts: RuleFacts;
  asked: AskedCharge;
  at: Timestamp;
  /** The local date of `at` in the mandate's zone. */
  today: LocalDate;
  slot: Slot;
}

/** What one rule says: nothing, or each way in which it is broken. */
export type Rule = (situation: Situation) => readonly Violation[];

/** In this order they are reported. */
const RULES: readonly Rule[] = [
  mandateActive,
  currencyAgreed,
  amountAllowed,
  withinValidity,
  occurrenceDue,
  countLeft,
  countLeftInPeriods,
  amountLeftInPeriods,
  farEnoughApart,
  dayAllowed,
  instalmentDue,
  totalLeft,
  fewEnoughTries,
  nothingUnknown,
  cardNotExpired,
  notOnHold,
  cardRulesKept,
];

const YEARS_AHEAD = 5;

/** Holds a charge against every rule at `at`. An allowed one is next allowed at `at` itself. */
export function evaluate(facts: RuleFacts, asked: AskedCharge, at: Timestamp): Evaluation {
  const now = situationAt(facts, asked, at);
  const violations = brokenIn(now);
  const { slot } = now;
  if (violations.length === 0) return { violations, nextAllowedAt: at, slot };
  const nextAllowedAt = nextAllowed(now, violations);
  return nextAllowedAt === undefined ? { violations, slot } : { violations, nextAllowedAt, slot };
}

function situationAt(facts: RuleFacts, asked: AskedCharge, at: Timestamp): Situation {
  const today = localDateOf(at, facts.mandate.terms.timeZone);
  return { facts, asked, at, today, slot: slotOf(facts, asked, today) };
}

function brokenIn(situation: Situation): readonly Violation[] {
  let broken: Violation[] | undefined;
  for (const rule of RULES) {
    const violations = rule(situation);
    if (violations.length > 0) broken = broken === undefined ? [...violations] : [...broken, ...violations];
  }
  return broken ?? NOTHING_BROKEN;
}

const NOTHING_BROKEN: readonly Violation[] = [];

/**
 * The first instant at which nothing is broken. Each rule says from when it may hold again, and is broken at every instant before, so
 * nothing is skipped by going on at the latest of them.
 *
 * It ends: what a rule names is later than the instant it was asked about, and is either the start of a local day, of which there
 * are fewer than two thousand in five years, or one of a few instants that usage and card bring along (the last charge plus an
 * interval, the end of a wait, a decline that leaves its window). Each is visited once at most.
 */
function nextAllowed(now: Situation, violations: readonly Violation[]): Timestamp | undefined {
  const { facts, asked } = now;
  const horizon = addYears(now.today, YEARS_AHEAD);
  let at = now.at;
  for (let broken = violations; broken.length > 0; ) {
    const latest = latestOf(broken);
    // A clock that is set back over midnight would show yesterday's date after today's start: nothing is promised for it.
    if (latest === undefined || latest <= at) return undefined;
    at = latest;
    const then = situationAt(facts, asked, at);
    if (then.today > horizon) return undefined;
    broken = brokenIn(then);
  }
  return at;
}

/** Undefined when time alone does not help one of them. */
function latestOf(violations: readonly Violation[]): Timestamp | undefined {
  let latest: Timestamp | undefined;
  for (const { mayHoldFrom } of violations) {
    if (mayHoldFrom === 'never' || mayHoldFrom === 'unknown') return undefined;
    if (latest === undefined || mayHoldFrom > latest) latest = mayHoldFrom;
  }
  return latest;
}

function mandateActive({ facts: { mandate }, at }: Situation): readonly Violation[] {
  if (isInForce(mandate, at)) return NOTHING_BROKEN;
  const detail =
    mandate.status === 'revoked'
      ? `The mandate was revoked${said(' on ', mandate.revokedAt)} (${mandate.statusReason}).`
      : `The mandate ended${said(' on ', mandate.endedAt ?? mandate.endsAt)} (${mandate.statusReason ?? 'expired'}).`;
  return [
    {
      pointer: '/options/mandate_id',
      code: 'mandate_not_active',
      detail: `${detail} A new first_in_series session makes a new one.`,
      mayHoldFrom: 'never',
    },
  ];
}

function said(word: string, at: Timestamp | undefined): string {
  return at === undefined ? '' : `${word}${toIso(at)}`;
}
