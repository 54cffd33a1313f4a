/**
 * An oracle for the rules of mandates: each asked of one moment, from the plain list of charges and a table of days, with the
 * runtime's own names of local dates. It knows no windows, sums or jumps, and finds the next allowed moment by walking to it in
 * half hours.
 */

import type { Mandate } from '../../src/domain/mandate.ts';
import type { AskedCharge } from '../../src/domain/mandate-rules.ts';
import type { TenantSettings } from '../../src/domain/settings.ts';
import type { ViolationCode } from '../../src/domain/violation.ts';
import type { LocalDate } from '../../src/lib/calendar.ts';
import { CODES } from './broken-rules.ts';
import { beginsWindow, DAYS, type Day, dayOf, isOccurrence } from './day-table.ts';
import type { Past } from './rule-facts.ts';

export interface OracleCase {
  mandate: Mandate;
  /** Oldest first. */
  charges: readonly Past[];
  asked: AskedCharge;
  now: number;
  settings: TenantSettings;
  /** `YYYY-MM`. */
  cardGoodTo: string;
  /** Of this amount with this card. */
  declines: readonly { at: number; waitUntil?: number }[];
}

export interface Broken {
  code: ViolationCode;
  /** Time alone does not mend it. */
  hopeless: boolean;
}

export const HALF_HOUR = 1_800_000;
const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const NAMES = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'];

const formats = new Map<string, Intl.DateTimeFormat>();
const names = new Map<string, Map<number, LocalDate>>();

/** What a calendar in that zone shows, by the runtime. */
export function dateIn(zone: string, at: number): LocalDate {
  const known = names.get(zone) ?? new Map<number, LocalDate>();
  names.set(zone, known);
  const found = known.get(at);
  if (found !== undefined) return found;
  const parts = { year: 'numeric', month: '2-digit', day: '2-digit' } as const;
  const format = formats.get(zone) ?? new Intl.DateTimeFormat('en-CA', { timeZone: zone, ...parts });
  formats.set(zone, format);
  const date = format.format(at);
  known.set(at, date);
  return date;
}

function monthsLater(day: Day, months: number): LocalDate {
  const month = day.year * 12 + day.month - 1 + months;
  const first = dayOf(`${Math.floor(month / 12)}-${String((month % 12) + 1).padStart(2, '0')}-01`);
  return DAYS[first.number + Math.min(day.day, first.monthLength) - 1]!.text;
}

export function oracleFor(one: OracleCase) {
  const { mandate, charges, asked, settings } = one;
  const { terms } = mandate;
  const zone = terms.timeZone;
  const taking = charges.filter(({ state }) => state !== 'released');
  const frame = { anchor: mandate.anchorDate, first: mandate.firstDate, end: terms.endDate ?? '2111-12-31' };
  const occurs = memo((n) => terms.type === 'scheduled' && isOccurrence(terms.recurrence!, frame, DAYS[n]!));
  const begins = terms.periodLimits.map((limit) =>
    memo((n) => beginsWindow(limit, dayOf(mandate.anchorDate), DAYS[n]!)),
  );
  const beginning = (limit: number, date: LocalDate) => {
    let n = dayOf(date).number;
    while (!begins[limit]!(n)) n--;
    return n;
  };
  const isTaken = (date: LocalDate) => taking.some(({ occurrence }) => occurrence === date);
  const firstNumber = dayOf(mandate.firstDate).number;
  /** The newest date that has come. */
  const newestOn = (today: Day) => {
    for (let n = today.number; n > firstNumber; n--) if (occurs(n)) return n;
    return undefined;
  };
  const comesAfter = (n: number) => {
    const last = Math.min(dayOf(frame.end).number, n + 12 * 366);
    for (let next = n + 1; next <= last; next++) if (occurs(next)) return true;
    return false;
  };
  const isUsable = (n: number, today: Day) =>
    n <= today.number &&
    occurs(n) &&
    !isTaken(DAYS[n]!.text) &&
    (newestOn(today) === n || today.number - n <= settings.catchUpDays);
  const unpaid = mandate.instalments?.find(
    ({ number }) => !charges.some((paid) => paid.instalment === number && (paid.state ?? 'counted') === 'counted'),
  );
  const isOpen = (number: number) => taking.some((paid) => paid.instalment === number && paid.state === 'open');

  const occurrenceOn = (today: Day): LocalDate | undefined => {
    if (terms.type !== 'scheduled') return undefined;
    if (asked.dueDate !== undefined) return asked.dueDate;
    for (let n = firstNumber + 1; n <= today.number; n++) if (occurs(n) && isUsable(n, today)) return DAYS[n]!.text;
    return undefined;
  };

  function scheduleOn(today: Day): Broken[] {
    if (terms.type !== 'scheduled') return [];
    if (asked.dueDate !== undefined) {
      const n = dayOf(asked.dueDate).number;
      return isUsable(n, today) ? [] : [{ code: 'schedule_not_due', hopeless: !(occurs(n) && n > today.number) }];
    }
    if (occurrenceOn(today) !== undefined) return [];
    return [{ code: 'schedule_not_due', hopeless: !comesAfter(today.number) }];
  }

  function periodsOn(today: Day): Broken[] {
    const occurrence = occurrenceOn(today);
    const date = occurrence ?? asked.dueDate ?? today.text;
    const stays = asked.dueDate !== undefined || (occurrence !== undefined && !comesAfter(dayOf(occurrence).number));
    return terms.periodLimits.flatMap(({ maxCount, maxAmountMinor }, limit) => {
      const window = beginning(limit, date);
      const inside = taking.filter((c) => beginning(limit, c.occurrence ?? dateIn(zone, c.at)) === window);
      const sum = inside.reduce((total, c) => total + c.amountMinor, 0);
      const broken: Broken[] = [];
      if (maxCount !== undefined && inside.length + 1 > maxCount)
        broken.push({ code: 'period_count_exceeded', hopeless: stays });
      if (maxAmountMinor !== undefined && sum + asked.amountMinor > maxAmountMinor)
        broken.push({ code: 'period_amount_exceeded', hopeless: stays || asked.amountMinor > maxAmountMinor });
      return broken;
    });
  }

  function instalmentsOn(today: Day): Broken[] {
    if (mandate.instalments === undefined) return [];
    if (unpaid === undefined) return [{ code: 'instalment_amount_mismatch', hopeless: true }];
    const { number, dueDate, amountMinor } = unpaid;
    const broken: Broken[] = today.text < dueDate ? [{ code: 'instalment_not_due', hopeless: false }] : [];
    const differs = asked.amountMinor !== amountMinor;
    const isLater = mandate.instalments.some((row) => row.number > number && row.amountMinor === asked.amountMinor);
    if (isOpen(number) || (differs && isLater)) broken.push({ code: 'instalment_out_of_order', hopeless: true });
    else if (differs) broken.push({ code: 'instalment_amount_mismatch', hopeless: true });
    return broken;
  }

  function spacedAt(today: Day, at: number): Broken[] {
    if (terms.spacing === undefined) return [];
    const { unit, count } = terms.spacing;
    const paidAt = mandate.firstPaidMinor > 0 ? [mandate.firstPaidAt as number] : [];
    const near = [...paidAt, ...taking.map((c) => c.at)].some((last) => {
      if (unit === 'hour') return at - last < count * HOUR;
      const day = dayOf(dateIn(zone, last));
      if (unit === 'month') return today.text < monthsLater(day, count);
      return today.number - day.number < (unit === 'week' ? 7 * count : count);
    });
    return near ? [{ code: 'too_soon', hopeless: false }] : [];
  }

  function retriesAt(today: Day, at: number): Broken[] {
    if (terms.retry === undefined) return [];
    const { maxAttempts = 1_000, minIntervalHours = 0 } = terms.retry;
    const occurrence = occurrenceOn(today);
    const bound = occurrence !== undefined || unpaid !== undefined;
    let chain: Past[] = [];
    for (const c of charges) {
      const tried = c.declined === true || c.state === 'open';
      if (occurrence !== undefined) chain.push(...(tried && c.occurrence === occurrence ? [c] : []));
      else if (unpaid !== undefined) chain.push(...(tried && c.instalment === unpaid.number ? [c] : []));
      else if (terms.type !== 'on_demand') break;
      else if ((c.state ?? 'counted') === 'counted') chain = [];
      else if (c.declined && c.amountMinor === asked.amountMinor && at - c.at < 30 * DAY) chain.push(c);
    }
    const broken: Broken[] = [];
    if (chain.length >= maxAttempts) broken.push({ code: 'retry_attempts_exceeded', hopeless: bound });
    if (chain.some((c) => at - c.at < minIntervalHours * HOUR))
      broken.push({ code: 'retry_too_soon', hopeless: false });
    return broken;
  }

  function unknownOn(today: Day): Broken[] {
    const occurrence = occurrenceOn(today);
    const found = charges.some((c) => {
      if (!c.unknown) return false;
      if (terms.type === 'scheduled') return occurrence !== undefined && c.occurrence === occurrence;
      if (terms.type === 'installment') return unpaid !== undefined && c.instalment === unpaid.number;
      return c.amountMinor === asked.amountMinor;
    });
    return found ? [{ code: 'open_attempt_unknown', hopeless: true }] : [];
  }

  function brokenAt(at: number): Broken[] {
    const today = dayOf(dateIn(zone, at));
    const is = (code: ViolationCode, hopeless: boolean, broken: boolean): Broken[] =>
      broken ? [{ code, hopeless }] : [];
    const taken = taking.reduce((sum, c) => sum + c.amountMinor, mandate.firstPaidMinor);
    const over = terms.endDate !== undefined && today.text > terms.endDate;
    const recent = one.declines.filter((decline) => at - decline.at < 30 * DAY);
    const { allowedDays, startDate, maxOccurrences, totalAmountMinor } = terms;
    const broken = [
      ...is('mandate_not_active', true, over),
      ...is('before_validity', false, startDate !== undefined && today.text < startDate),
      ...is('after_validity', true, over),
      ...scheduleOn(today),
      ...is('max_occurrences_reached', true, maxOccurrences !== undefined && taking.length >= maxOccurrences),
      ...periodsOn(today),
      ...spacedAt(today, at),
      ...is('day_not_allowed', false, allowedDays?.every((day) => day !== NAMES[today.weekday]) ?? false),
      ...instalmentsOn(today),
      ...is(
        'total_amount_exceeded',
        true,
        totalAmountMinor !== undefined && taken + asked.amountMinor > totalAmountMinor,
      ),
      ...retriesAt(today, at),
      ...unknownOn(today),
      ...is('card_expired', true, today.text.slice(0, 7) > one.cardGoodTo),
      ...is('charge_on_hold', true, mandate.chargeHold !== undefined),
      ...is(
        'network_rule_wait',
        false,
        one.declines.some(({ waitUntil = 0 }) => at < waitUntil),
      ),
      ...is('network_rule_cap', false, recent.length >= settings.retryCaps.visa30d),
    ];
    return broken.sort((a, b) => CODES.indexOf(a.code) - CODES.indexOf(b.code));
  }

  /**
   * The first half hour at which nothing is broken; `never` where time does not help or five years pass. `doubtful` when, on the way,
   * a date was tried too often and then given up: whether it is met depends on where one looks.
   */
  function walk(): { at: number | 'never'; doubtful: boolean } {
    const [year, ...rest] = dateIn(zone, one.now).split('-');
    const horizon = [Number(year) + 5, ...rest].join('-');
    let doubtful = false;
    for (let at = one.now; dateIn(zone, at) <= horizon; at += HALF_HOUR) {
      const broken = brokenAt(at);
      if (broken.length === 0) return { at, doubtful };
      if (broken.some(({ hopeless }) => hopeless)) {
        if (at === one.now || broken.some(({ code, hopeless }) => hopeless && code !== 'retry_attempts_exceeded'))
          return { at: 'never', doubtful };
        doubtful = true;
      }
      at = skipped(at, broken);
    }
    return { at: 'never', doubtful };
  }

  /** The last half hour of the day, when what is broken is broken all day. */
  function skipped(at: number, broken: readonly Broken[]): number {
    const allDay =
      broken.some(({ code }) => ALL_DAY.has(code)) || (broken.some(isSpaced) && terms.spacing?.unit !== 'hour');
    if (!allDay) return at;
    const today = dateIn(zone, at);
    let last = at;
    while (dateIn(zone, last + HALF_HOUR) === today) last += HALF_HOUR;
    return last;
  }

  return { brokenAt, walk };
}

function isSpaced({ code }: Broken): boolean {
  return code === 'too_soon';
}

const ALL_DAY: ReadonlySet<ViolationCode> = new Set([
  'before_validity',
  'schedule_not_due',
  'period_count_exceeded',
  'period_amount_exceeded',
  'day_not_allowed',
  'instalment_not_due',
]);

function memo(ask: (n: number) => boolean): (n: number) => boolean {
  const known: (boolean | undefined)[] = [];
  return (n) => {
    const found = known[n];
    if (found !== undefined) return found;
    const answer = ask(n);
    known[n] = answer;
    return answer;
  };
}
