/** Facts for the rules of mandates: a mandate, what was charged under it, one charge at a time, and a card nobody complained about. */
import type { Mandate } from '../../src/domain/mandate.ts';
import { type AskedCharge, type Evaluation, evaluate, type RuleFacts } from '../../src/domain/mandate-rules.ts';
import type { MandateTerms } from '../../src/domain/mandate-terms.ts';
import type { MandateUsage, Taken } from '../../src/domain/mandate-usage.ts';
import { type Window, windowOf } from '../../src/domain/schedule.ts';
import { DEFAULT_SETTINGS } from '../../src/domain/settings.ts';
import { type LocalDate, localDateOf } from '../../src/lib/calendar.ts';
import { fromIso, type Timestamp, toIso } from '../../src/lib/time.ts';
import { mandateIn } from './money-objects.ts';

/** A charge that was made. Counted unless said otherwise; its effective date is its occurrence, else its local date. */
export interface Past {
  at: Timestamp;
  amountMinor: number;
  state?: 'open' | 'counted' | 'released';
  declined?: boolean;
  unknown?: boolean;
  occurrence?: LocalDate;
  instalment?: number;
}

export function instant(text: string): Timestamp {
  const at = fromIso(text);
  if (at === undefined) throw new Error(`${text} is no instant`);
  return at;
}

/** A mandate in ZAR and Johannesburg up to 20,000 a charge, first paid on 10 January 2025, changed by `terms` and `more`. */
export function mandateOf(terms: Partial<MandateTerms> = {}, more: Partial<Mandate> = {}): Mandate {
  const firstPaidAt = more.firstPaidAt ?? instant('2025-01-10T08:00:00Z');
  const timeZone = terms.timeZone ?? 'Africa/Johannesburg';
  const firstDate = localDateOf(firstPaidAt, timeZone);
  const plain = { type: 'on_demand', currency: 'ZAR', amount: { minMinor: 1, maxMinor: 20_000 } } as const;
  return mandateIn('active', {
    terms: { ...plain, periodLimits: [], ...terms, timeZone },
    firstPaidAt,
    firstDate,
    anchorDate: terms.startDate ?? firstDate,
    ...more,
  });
}

/** What the store would answer after these charges. */
export function usageOf({ terms, anchorDate }: Mandate, charges: readonly Past[]): MandateUsage {
  const newest = [...charges].sort((a, b) => b.at - a.at);
  const all = newest.map((one) => ({ state: 'counted' as const, declined: false, unknown: false, ...one }));
  const taking = all.filter(({ state }) => state !== 'released');
  const sum = (list: typeof all): Taken => ({
    count: list.length,
    amountMinor: list.reduce((total, one) => total + one.amountMinor, 0),
  });
  const windows = new Map<string, Window & { limit: number; used: Taken }>();
  for (const one of taking) {
    const date = one.occurrence ?? localDateOf(one.at, terms.timeZone);
    for (const [limit, period] of terms.periodLimits.entries()) {
      const window = windowOf(period, anchorDate, date);
      const { count, amountMinor } = windows.get(`${limit} ${window.start}`)?.used ?? { count: 0, amountMinor: 0 };
      const used = { count: count + 1, amountMinor: amountMinor + one.amountMinor };
      windows.set(`${limit} ${window.start}`, { limit, ...window, used });
    }
  }
  return {
    version: charges.length + 1,
    counted: sum(taking.filter(({ state }) => state === 'counted')),
    open: sum(taking.filter(({ state }) => state === 'open')),
    windows: [...windows.values()],
    ...(taking[0] === undefined ? {} : { lastChargeAt: taking[0].at }),
    usedOccurrences: taking.flatMap(({ occurrence }) => occurrence ?? []).sort((a, b) => (a < b ? 1 : -1)),
    instalments: taking.flatMap(({ instalment, state }) =>
      instalment === undefined ? [] : { number: instalment, state: state as 'open' | 'counted', paymentId: 'pay_2' },
    ),
    recent: all.map(({ at, ...one }) => ({ ...one, startedAt: at })),
    unknown: all.filter(({ unknown }) => unknown),
  };
}

/** Charges under this mandate, with a Visa card good for years. */
export function factsOf(mandate: Mandate, charges: readonly Past[] = [], more: Partial<RuleFacts> = {}): RuleFacts {
  return {
    mandate,
    usage: usageOf(mandate, charges),
    firstPayment: { amountMinor: mandate.firstPaidMinor, at: mandate.firstPaidAt },
    card: { scheme: 'visa', expMonth: 12, expYear: 2040 },
    settings: DEFAULT_SETTINGS,
    ...more,
  };
}

export function codesOf({ violations }: Evaluation): string[] {
  return violations.map(({ code }) => code);
}

/** The broken rules, and the next allowed instant where one of them is broken. */
export function judged(facts: RuleFacts, asked: Partial<AskedCharge>, at: string): (string | undefined)[] {
  const evaluation = evaluate(facts, { amountMinor: 5_000, currency: 'ZAR', ...asked }, instant(at));
  if (evaluation.violations.length === 0) return [];
  return [...codesOf(evaluation), evaluation.nextAllowedAt && shortIso(evaluation.nextAllowedAt)];
}

/** To the minute. */
export function shortIso(at: Timestamp): string {
  return `${toIso(at).slice(0, 16)}Z`;
}
