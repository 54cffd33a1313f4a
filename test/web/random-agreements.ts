/** What payers could be asked to agree to, by chance: all kinds of mandates, every limit there is, with and without subscription. */
import type { Agreement } from '../../src/domain/mandate-dates.ts';
import type { AmountRule, InstalmentTerms, MandateTerms, SubscriptionTerms } from '../../src/domain/mandate-terms.ts';
import type { PeriodLimit } from '../../src/domain/schedule.ts';
import { addDays, type LocalDate, localDateOf, WEEKDAYS } from '../../src/lib/calendar.ts';
import { MINUTE, plus, type Timestamp } from '../../src/lib/time.ts';
import { randomLimit, randomRule } from '../domain/random-rules.ts';
import type { Draws } from '../simulation/seeded-world/draws.ts';

export interface RandomAgreement extends Agreement {
  /** When the page is read and the first payment made. */
  at: Timestamp;
  firstPaidMinor: number;
}

const ZONES = [
  'UTC',
  'Africa/Johannesburg',
  'Europe/Berlin',
  'America/New_York',
  'Asia/Kolkata',
  'Australia/Lord_Howe',
  'Pacific/Kiritimati',
  'Africa/Cairo',
];
const CURRENCIES = ['ZAR', 'USD', 'JPY', 'KWD', 'SEK'];
const START = Date.UTC(2026, 0, 1) as Timestamp;

export function randomAgreement(draws: Draws): RandomAgreement {
  const at = plus(START, draws.below(4 * 366 * 24 * 60) * MINUTE);
  const frame = { at, timeZone: draws.pick(ZONES), firstPaidMinor: draws.chance(0.3) ? 0 : money(draws) };
  const today = localDateOf(at, frame.timeZone);
  const type = draws.pick(['on_demand', 'scheduled', 'installment'] as const);
  const validity = randomPeriod(draws, { from: today });
  const base = { currency: draws.pick(CURRENCIES), timeZone: frame.timeZone, ...validity };
  const terms: MandateTerms =
    type === 'installment'
      ? {
          type,
          ...base,
          periodLimits: [],
          ...randomTries(draws),
          ...randomInstalments(draws, today, frame.firstPaidMinor),
        }
      : { type, ...base, ...randomLimits(draws), ...randomTries(draws), ...randomRecurrence(draws, type) };
  const subscribed = (type !== 'on_demand' || terms.recurrence !== undefined) && draws.chance(0.5);
  const subscription = subscribed ? { subscription: randomSubscription(draws, terms, today) } : {};
  return { terms, ...subscription, at, firstPaidMinor: frame.firstPaidMinor };
}

function money(draws: Draws): number {
  return draws.pick([1, 2, 999, 1000, 24900, draws.between(1, 10_000_000), draws.between(1, 999_999_999)]);
}

function sometimes<T extends object>(draws: Draws, probability: number, make: () => T): T | Record<string, never> {
  return draws.chance(probability) ? make() : {};
}

function randomPeriod(draws: Draws, { from, to }: { from: LocalDate; to?: LocalDate }) {
  const latest = (date: LocalDate): LocalDate => (to !== undefined && date > to ? to : date);
  const startDate = latest(addDays(from, draws.below(90)));
  return {
    ...sometimes(draws, 0.4, () => ({ startDate })),
    ...sometimes(draws, 0.4, () => ({ endDate: latest(addDays(startDate, draws.below(900))) })),
  };
}

function randomAmount(draws: Draws): AmountRule {
  const minMinor = draws.chance(0.5) ? 1 : money(draws);
  const kind = draws.pick(['exact', 'max', 'max', 'none'] as const);
  if (kind === 'exact') return { exactMinor: money(draws) };
  return kind === 'max' ? { minMinor, maxMinor: minMinor + draws.pick([0, 1, money(draws)]) } : { minMinor };
}

function randomLimits(draws: Draws): Pick<MandateTerms, 'amount' | 'periodLimits'> & Partial<MandateTerms> {
  return {
    amount: randomAmount(draws),
    periodLimits: draws.chance(0.4) ? [] : Array.from({ length: draws.between(1, 4) }, () => randomPeriodLimit(draws)),
    ...sometimes(draws, 0.3, () => ({ maxOccurrences: draws.pick([1, 2, 12, draws.between(1, 10_000)]) })),
    ...sometimes(draws, 0.3, () => {
      const unit = draws.pick(['hour', 'day', 'week', 'month'] as const);
      return { spacing: { unit, count: draws.chance(0.4) ? 1 : draws.between(1, 24) } };
    }),
    ...sometimes(draws, 0.3, () => ({ allowedDays: randomDays(draws) })),
  };
}

function randomDays(draws: Draws): MandateTerms['allowedDays'] & object {
  const days = WEEKDAYS.filter(() => draws.chance(0.5));
  const chosen = days.length === 0 ? [draws.pick(WEEKDAYS)] : [...days];
  return draws.chance(0.5) ? chosen : chosen.reverse();
}

function randomPeriodLimit(draws: Draws): PeriodLimit {
  const { period, window } = randomLimit(draws);
  const maxCount = draws.pick([1, 2, 3, draws.between(1, 1000)]);
  const maxAmountMinor = money(draws);
  const said = draws.pick(['count', 'amount', 'both'] as const);
  return {
    period,
    window,
    ...(said === 'amount' ? {} : { maxCount }),
    ...(said === 'count' ? {} : { maxAmountMinor }),
  };
}

function randomTries(draws: Draws): Pick<MandateTerms, 'retry'> {
  if (draws.chance(0.7)) return {};
  const maxAttempts = draws.between(1, 15);
  const minIntervalHours = draws.pick([1, 24, draws.between(1, 720)]);
  return { retry: draws.pick([{ maxAttempts }, { minIntervalHours }, { maxAttempts, minIntervalHours }]) };
}

function randomRecurrence(draws: Draws, type: 'on_demand' | 'scheduled'): Pick<MandateTerms, 'recurrence'> {
  return type === 'scheduled' || draws.chance(0.4) ? { recurrence: randomRule(draws) } : {};
}

function randomInstalments(
  draws: Draws,
  today: LocalDate,
  firstPaidMinor: number,
): { totalAmountMinor: number; instalmentTerms: InstalmentTerms } {
  const count = draws.pick([1, 2, 3, 8, 9, draws.between(1, 24), 120]);
  if (draws.chance(0.5)) {
    let dueDate = today;
    const items = Array.from({ length: count }, () => {
      dueDate = addDays(dueDate, draws.between(1, 40));
      return { amountMinor: money(draws), dueDate };
    });
    const rest = items.reduce((sum, { amountMinor }) => sum + amountMinor, 0);
    return { totalAmountMinor: firstPaidMinor + rest, instalmentTerms: { type: 'fixed', items } };
  }
  const amountMinor = money(draws);
  const rest = (count - 1) * amountMinor + draws.between(1, amountMinor);
  // A hundred and twenty times every five years is not what anybody agrees to, nor what four digits of a year can write.
  const rule = count > 24 ? ({ type: 'monthly', intervalCount: 1 } as const) : randomRule(draws);
  const recurrence = { ...rule, intervalCount: Math.min(rule.intervalCount, 12) };
  return {
    totalAmountMinor: firstPaidMinor + rest,
    instalmentTerms: { type: 'periodic', amountMinor, recurrence, maxOccurrences: count },
  };
}

function randomSubscription(draws: Draws, terms: MandateTerms, today: LocalDate): SubscriptionTerms {
  const { amount } = terms;
  const fits =
    amount === undefined ? {} : { amountMinor: 'exactMinor' in amount ? amount.exactMinor : amount.minMinor };
  const period = randomPeriod(draws, {
    from: terms.startDate ?? today,
    ...(terms.endDate === undefined ? {} : { to: terms.endDate }),
  });
  return {
    ...fits,
    ...(terms.startDate === undefined ? {} : { startDate: terms.startDate }),
    ...(terms.endDate === undefined ? {} : { endDate: terms.endDate }),
    ...period,
    scheduledTime: draws.pick(['00:00', '09:30', '23:59']),
    dunning: { retryDays: draws.pick([[], [1, 3, 5, 7]]), onExhausted: draws.pick(['continue', 'pause', 'cancel']) },
  };
}
