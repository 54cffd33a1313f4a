/** Mandates, what was charged under them and what is asked now, by chance: mostly things that only time has to mend. */
import type { Mandate } from '../../src/domain/mandate.ts';
import type { AskedCharge, RuleFacts } from '../../src/domain/mandate-rules.ts';
import type { MandateTerms, Spacing } from '../../src/domain/mandate-terms.ts';
import { newestOccurrence, occurrences } from '../../src/domain/schedule.ts';
import { DEFAULT_SETTINGS } from '../../src/domain/settings.ts';
import { addDays, localDateOf, startOfDay, WEEKDAYS } from '../../src/lib/calendar.ts';
import { DAY, HOUR, plus, type Timestamp } from '../../src/lib/time.ts';
import type { Draws } from '../simulation/seeded-world/draws.ts';
import { HALF_HOUR, type OracleCase } from './charge-oracle.ts';
import { randomLimit, randomRule } from './random-rules.ts';
import { factsOf, instant, mandateOf, type Past } from './rule-facts.ts';

const ZONES = [
  'UTC',
  'Africa/Johannesburg',
  'Europe/Berlin',
  'America/New_York',
  'Asia/Kolkata',
  'Australia/Lord_Howe',
];
const AMOUNTS = [1_000, 2_000];

export interface RandomCharge extends OracleCase {
  now: Timestamp;
  facts: RuleFacts;
}

export function randomCharge(draws: Draws): RandomCharge {
  const type = draws.pick(['on_demand', 'on_demand', 'scheduled', 'scheduled', 'installment'] as const);
  const zone = draws.pick(ZONES);
  const now = plus(instant('2026-01-01T00:00:00Z'), draws.below(400 * 48) * HALF_HOUR);
  const firstPaidAt = plus(now, -draws.between(1, draws.chance(0.8) ? 90 * 48 : 800 * 48) * HALF_HOUR);
  const mandate = randomMandate(draws, { type, zone, now, firstPaidAt });
  const charges = randomPast(draws, mandate, now);
  const asked = randomAsked(draws, { mandate, charges, now });
  const { declines, card } = randomCard(draws, { asked, now });
  const retryCaps = { ...DEFAULT_SETTINGS.retryCaps, visa30d: 3 };
  const settings = { ...DEFAULT_SETTINGS, retryCaps, catchUpDays: draws.pick([1, 5, 35]) };
  const facts = factsOf(mandate, charges, { card, settings });
  const cardGoodTo = `${card.expYear}-${String(card.expMonth).padStart(2, '0')}`;
  return { mandate, charges, asked, now, settings, cardGoodTo, declines, facts };
}

interface Frame {
  type: MandateTerms['type'];
  zone: string;
  now: Timestamp;
  firstPaidAt: Timestamp;
}

function randomMandate(draws: Draws, { type, zone, now, firstPaidAt }: Frame): Mandate {
  const today = localDateOf(now, zone);
  const { amount: _, ...base } = mandateOf().terms;
  const start = draws.chance(0.15) ? { startDate: addDays(today, draws.between(-3, 10)) } : {};
  const end = draws.chance(0.15)
    ? { endDate: addDays(start.startDate ?? today, draws.between(start.startDate ? 0 : -1, 60)) }
    : {};
  const more = {
    firstPaidAt,
    firstPaidMinor: draws.chance(0.5) ? 0 : 3_000,
    ...(end.endDate === undefined ? {} : { endsAt: startOfDay(addDays(end.endDate, 1), zone) }),
    ...(draws.chance(0.01) ? { chargeHold: { rule: 'house.needs_customer', since: now, liftedBy: HOLD } } : {}),
  };
  const terms = { ...base, type, timeZone: zone, ...start, ...end, ...daysAndRetry(draws) };
  if (type === 'installment') {
    const instalments = randomInstalments(draws, addDays(localDateOf(firstPaidAt, zone), 1));
    const totalAmountMinor = instalments.reduce((sum, one) => sum + one.amountMinor, more.firstPaidMinor);
    return mandateOf({}, { ...more, ...datesOf(terms, more), terms: { ...terms, totalAmountMinor }, instalments });
  }
  const limited = { ...terms, amount: { minMinor: 1 }, ...limitsOf(draws) };
  const scheduled = type === 'scheduled' ? { ...limited, recurrence: randomRule(draws) } : limited;
  return mandateOf({}, { ...more, ...datesOf(scheduled, more), terms: scheduled });
}

const HOLD = 'customer_present_success' as const;

function datesOf(terms: Pick<MandateTerms, 'timeZone' | 'startDate'>, { firstPaidAt }: { firstPaidAt: Timestamp }) {
  const firstDate = localDateOf(firstPaidAt, terms.timeZone);
  return { firstDate, anchorDate: terms.startDate ?? firstDate };
}

function daysAndRetry(draws: Draws): Partial<MandateTerms> {
  const allowedDays = WEEKDAYS.filter(() => draws.chance(0.4));
  const retry = {
    ...(draws.chance(0.6) ? { maxAttempts: draws.between(1, 3) } : {}),
    ...(draws.chance(0.6) ? { minIntervalHours: draws.pick([1, 24, 100, 720]) } : {}),
  };
  return {
    ...(draws.chance(0.4) && allowedDays.length > 0 ? { allowedDays } : {}),
    ...(draws.chance(0.5) && Object.keys(retry).length > 0 ? { retry } : {}),
  };
}

function limitsOf(draws: Draws): Pick<MandateTerms, 'periodLimits'> & Partial<MandateTerms> {
  const periodLimits = Array.from({ length: draws.pick([0, 0, 1, 1, 2]) }, () => {
    const { period, window } = randomLimit(draws);
    return {
      period,
      window,
      ...(draws.chance(0.7) ? { maxCount: draws.between(1, 4) } : { maxAmountMinor: draws.between(2, 6) * 1_000 }),
    };
  });
  const units: Spacing['unit'][] = ['hour', 'day', 'week', 'month'];
  const unit = draws.pick(units);
  const count = draws.between(1, unit === 'hour' ? 100 : unit === 'day' ? 20 : 3);
  return {
    periodLimits,
    ...(draws.chance(0.4) ? { spacing: { unit, count } } : {}),
    ...(draws.chance(0.1) ? { maxOccurrences: draws.between(3, 8) } : {}),
  };
}

function randomInstalments(draws: Draws, first: string) {
  let dueDate = addDays(first, draws.below(60));
  return Array.from({ length: draws.between(2, 5) }, (_, place) => {
    const one = { number: place + 1, dueDate, amountMinor: draws.pick(AMOUNTS) };
    dueDate = addDays(dueDate, draws.between(1, 40));
    return one;
  });
}

/** Charges as they could have come about: dates and instalments in turn, each taken once. */
function randomPast(draws: Draws, mandate: Mandate, now: Timestamp): Past[] {
  const { type } = mandate.terms;
  const steps = Math.floor((now - mandate.firstPaidAt) / HALF_HOUR);
  const near = draws.chance(0.7) ? Math.min(steps, 40 * 48) : steps;
  const times = new Set(
    Array.from({ length: draws.between(0, 7) }, () => draws.between(1, draws.chance(0.3) ? Math.min(near, 100) : near)),
  );
  const bad = draws.chance(0.3);
  const charges: Past[] = [];
  for (const before of [...times].sort((a, b) => b - a)) {
    const at = plus(now, -before * HALF_HOUR);
    const plain = { at, amountMinor: draws.pick(AMOUNTS), ...(bad && draws.chance(0.9) ? DECLINED : randomEnd(draws)) };
    if (type === 'on_demand') charges.push(plain);
    if (type === 'scheduled') {
      const occurrence = randomOccurrence(draws, mandate, { charges, at });
      if (occurrence !== undefined) charges.push({ ...plain, occurrence });
    }
    if (type === 'installment') {
      const next = mandate.instalments?.find(
        ({ number }) => !charges.some((c) => c.instalment === number && isTaking(c)),
      );
      const last = charges.at(-1);
      if (next !== undefined && last?.state !== 'open')
        charges.push({ ...plain, amountMinor: next.amountMinor, instalment: next.number });
    }
  }
  return charges;
}

const DECLINED = { state: 'released', declined: true } as const;

function isTaking({ state }: Past): boolean {
  return state !== 'released';
}

function randomEnd(draws: Draws): Pick<Past, 'state' | 'declined' | 'unknown'> {
  const chance = draws.below(100);
  if (chance < 55) return { state: 'counted' };
  if (chance < 62) return { state: 'open', unknown: draws.chance(0.1) };
  return { state: 'released', declined: chance < 96 };
}

function randomOccurrence(draws: Draws, mandate: Mandate, past: { charges: readonly Past[]; at: Timestamp }) {
  const { terms, anchorDate: anchor, firstDate: first } = mandate;
  const date = localDateOf(past.at, terms.timeZone);
  const frame = { anchor, first, ...(terms.endDate === undefined ? {} : { end: terms.endDate }) };
  const free: string[] = [];
  const newest = newestOccurrence(terms.recurrence!, frame, date);
  for (const one of occurrences(terms.recurrence!, frame, addDays(date, -40))) {
    if (one > date) break;
    if (!past.charges.some((c) => c.occurrence === one && isTaking(c))) free.push(one);
  }
  if (newest !== undefined && draws.chance(0.6) && free.includes(newest)) return newest;
  return free.length === 0 ? undefined : draws.pick(free);
}

function randomAsked(draws: Draws, of: { mandate: Mandate; charges: readonly Past[]; now: Timestamp }): AskedCharge {
  const { mandate, charges, now } = of;
  const { terms } = mandate;
  const next = mandate.instalments?.find(
    ({ number }) => !charges.some((c) => c.instalment === number && c.state === 'counted'),
  );
  const amountMinor = next !== undefined && draws.chance(0.9) ? next.amountMinor : draws.pick(AMOUNTS);
  const asked = { amountMinor, currency: terms.currency };
  if (terms.type === 'installment' || !draws.chance(0.1)) return asked;
  const named = randomOccurrence(
    draws,
    { ...mandate, terms: { recurrence: EVERY_DAY, ...terms } },
    { charges, at: now },
  );
  return named === undefined ? asked : { ...asked, dueDate: named };
}

const EVERY_DAY = { type: 'daily', intervalCount: 1 } as const;

function randomCard(draws: Draws, { asked, now }: { asked: AskedCharge; now: Timestamp }) {
  const expires = draws.chance(0.05) ? new Date(now + draws.between(-40, 60) * DAY) : new Date(Date.UTC(2060, 0));
  const card = { scheme: 'visa', expMonth: expires.getUTCMonth() + 1, expYear: expires.getUTCFullYear() };
  if (!draws.chance(0.25)) return { card, declines: [] };
  const declines = Array.from({ length: draws.between(1, 5) }, (_, number) => {
    const at = plus(now, -draws.between(1, 35 * 48) * HALF_HOUR);
    const wait = draws.chance(0.3) ? { waitUntil: plus(at, draws.pick([1, 24, 240]) * HOUR), advice: '24' } : {};
    return { attemptId: `att_${number}`, at, open: false, ...asked, network: 'visa', response: '51', ...wait };
  });
  return { card: { ...card, watched: { version: 1, blocks: [], declines } }, declines };
}
