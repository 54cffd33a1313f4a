/**
 * Money and times as people read them, made on the server only. Amounts stay integers: the decimal text is built from
 * the digits and handed to `Intl` as text, so no float ever holds money. Digits are Latin and the calendar Gregorian
 * in every language, to match bank statements.
 */
import { exponentOf } from '../../domain/currencies.ts';
import type { Money } from '../../domain/money.ts';
import { type LocalDate, WEEKDAYS, type Weekday } from '../../lib/calendar.ts';
import type { Timestamp } from '../../lib/time.ts';

const NUMBERS_AND_CALENDAR = '-u-nu-latn-ca-gregory';

/** Currencies whose bare sign others use too, and the regions where the bare sign means them. */
const HOME_REGIONS: Readonly<Record<string, string>> = {
  USD: 'US PR EC SV',
  CAD: 'CA',
  AUD: 'AU',
  NZD: 'NZ',
  MXN: 'MX',
  ARS: 'AR',
  CLP: 'CL',
  COP: 'CO',
  SGD: 'SG',
  HKD: 'HK',
  TWD: 'TW',
  JPY: 'JP',
  CNY: 'CN',
  SEK: 'SE',
  NOK: 'NO',
  DKK: 'DK',
};

/** `amountMinor` as a decimal number without grouping: 2000 with exponent 2 is "20.00". */
export function decimalText(amountMinor: number, exponent: number): string {
  const digits = String(amountMinor).padStart(exponent + 1, '0');
  return exponent === 0 ? digits : `${digits.slice(0, -exponent)}.${digits.slice(-exponent)}`;
}

const formats = new Map<string, { format: Intl.NumberFormat; region: string }>();

/** "ZAR 199.00" in `en`; a bare $, ¥ or kr that is not the locale's own is followed by the code. */
export function moneyText(locale: string, money: Money): string {
  const digits = exponentOf(money.currency);
  const id = `${locale} ${money.currency}`;
  let made = formats.get(id);
  if (!made) {
    const format = new Intl.NumberFormat(locale + NUMBERS_AND_CALENDAR, {
      style: 'currency',
      currency: money.currency,
      currencyDisplay: 'symbol',
      minimumFractionDigits: digits,
      maximumFractionDigits: digits,
    });
    made = { format, region: new Intl.Locale(locale).maximize().region ?? '' };
    formats.set(id, made);
  }
  const { format, region } = made;
  const parts = format.formatToParts(decimalText(money.amountMinor, digits) as Intl.StringNumericLiteral);
  const text = parts.map((part) => part.value).join('');
  const sign = parts.find((part) => part.type === 'currency')?.value ?? '';
  const foreign = ['$', '¥', '￥', 'kr'].includes(sign) && !HOME_REGIONS[money.currency]?.includes(region);
  return foreign ? `${text} ${money.currency}` : text;
}

/** The currency's name: "South African Rand". */
export function currencyText(locale: string, currency: string): string {
  return new Intl.DisplayNames(regional(locale), { type: 'currency' }).of(currency) ?? currency;
}

/** A moment in full: "3 August 2026 at 14:32 UTC". */
export function momentText(locale: string, at: Timestamp, timeZone: string): string {
  return withZone(locale, at, dateFormat(locale, timeZone, 'moment'));
}

/** The time of day with the zone's name: "14:32 UTC"; with the date when `at` is not on the day of `now`. */
export function clockText(locale: string, at: Timestamp, view: { now: Timestamp; timeZone: string }): string {
  const day = dateFormat(locale, view.timeZone, 'day');
  const sameDay = day.format(at) === day.format(view.now);
  return sameDay
    ? withZone(locale, at, dateFormat(locale, view.timeZone, 'clock'))
    : momentText(locale, at, view.timeZone);
}

/** Languages whose data names distances from Greenwich wrongly: Yoruba has "WAT+2" for two hours, which is UTC+2. */
const WRONG_ZONES: Readonly<Record<string, RegExp>> = { yo: /^WAT(?=[+-]|$)/ };

function withZone(locale: string, at: Timestamp, format: Intl.DateTimeFormat): string {
  const wrong = WRONG_ZONES[locale];
  if (wrong === undefined) return format.format(at);
  const parts = format.formatToParts(at);
  return parts.map(({ type, value }) => (type === 'timeZoneName' ? value.replace(wrong, 'GMT') : value)).join('');
}

/** The date alone: "3 August 2026". */
export function dayText(locale: string, at: Timestamp, timeZone: string): string {
  return dateFormat(locale, timeZone, 'day').format(at);
}

/** A date of a calendar, in no zone: "1 December 2026". */
export function localDateText(locale: string, date: LocalDate): string {
  return dateFormat(locale, 'UTC', 'day').format(noonOf(date));
}

/** A day of every year: "1 July". */
export function yearDayText(locale: string, on: { month: number; day: number }): string {
  return dateFormat(locale, 'UTC', 'yearDay').format(Date.UTC(2024, on.month - 1, on.day, 12));
}

export function monthText(locale: string, month: number): string {
  return dateFormat(locale, 'UTC', 'month').format(Date.UTC(2024, month - 1, 1, 12));
}

export function weekdayText(locale: string, day: Weekday): string {
  // A Monday and the days after it.
  return dateFormat(locale, 'UTC', 'weekday').format(Date.UTC(2024, 0, 1 + WEEKDAYS.indexOf(day), 12));
}

/** Languages without names for zones, of which the runtime makes "DE time": English says which it is. */
const ZONES_UNKNOWN_IN: readonly string[] = ['st'];

/** The time that the zone keeps, by name, the same in summer and winter: "South Africa Standard Time". */
export function zoneText(locale: string, timeZone: string): string {
  if (timeZone === 'UTC') return 'UTC';
  const named = ZONES_UNKNOWN_IN.includes(locale) ? 'en' : locale;
  const parts = dateFormat(named, timeZone, 'zone').formatToParts(Date.UTC(2024, 0, 1, 12));
  return parts.find((part) => part.type === 'timeZoneName')?.value ?? timeZone;
}

/** The "and" where the runtime's is no use: it has none for Sesotho and takes the server's own, and forgets Yoruba's blank. */
const AND: Readonly<Record<string, string>> = { st: ' le ', yo: ' àti ' };

/** A list as the language writes it; in pieces, so that each may be marked up. */
export function listParts(locale: string, pieces: readonly string[]): { type: 'element' | 'literal'; value: string }[] {
  const and = AND[locale];
  if (and !== undefined) {
    return pieces.flatMap((value, place) => {
      const before = place === 0 ? [] : [{ type: 'literal' as const, value: place === pieces.length - 1 ? and : ', ' }];
      return [...before, { type: 'element' as const, value }];
    });
  }
  return new Intl.ListFormat(regional(locale), { style: 'long', type: 'conjunction' }).formatToParts(pieces);
}

/** Noon, so that no zone that is applied by mistake could show another day. */
function noonOf(date: LocalDate): number {
  return Date.parse(`${date}T12:00:00Z`);
}

/** English without a region means day before month here: the page is read all over the world. */
function regional(locale: string): string {
  return locale === 'en' ? 'en-GB' : locale;
}

const CLOCK = { hour: '2-digit', minute: '2-digit', hourCycle: 'h23', timeZoneName: 'short' } as const;
const DAY = { day: 'numeric', month: 'long', year: 'numeric' } as const;
const STYLES = {
  clock: CLOCK,
  day: DAY,
  moment: { ...DAY, ...CLOCK },
  yearDay: { day: 'numeric', month: 'long' },
  month: { month: 'long' },
  weekday: { weekday: 'long' },
  zone: { timeZoneName: 'longGeneric' },
} as const;
const dateFormats = new Map<string, Intl.DateTimeFormat>();

function dateFormat(locale: string, timeZone: string, style: keyof typeof STYLES): Intl.DateTimeFormat {
  const id = `${locale} ${timeZone} ${style}`;
  let format = dateFormats.get(id);
  if (!format) {
    format = new Intl.DateTimeFormat(regional(locale) + NUMBERS_AND_CALENDAR, { timeZone, ...STYLES[style] });
    dateFormats.set(id, format);
  }
  return format;
}
