/**
 * Local dates, on the Temporal polyfill, which only this file imports. A local date is ISO text, so dates compare as text.
 * Instants enter twice: now becomes a local date, and a date with a time of day becomes an instant.
 *
 * Strictness, months, years and zones are Temporal's. Counting whole days and naming the weekday is done on the runtime's own
 * UTC dates, where every day has 24 hours: the same answer, measured at a sixth of the time, and it is what rules do most.
 */
import { Temporal } from 'temporal-polyfill';
import { assert } from './assert.ts';
import { DAY, type Timestamp } from './time.ts';

/** `YYYY-MM-DD`. */
export type LocalDate = string;

export const WEEKDAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const;
export type Weekday = (typeof WEEKDAYS)[number];

/** True for a date that exists, of the years 0000 to 9999: 2026-02-30 and 20260228 are none. */
export function isLocalDate(text: string): boolean {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return false;
  const [year, month, day] = partsOf(text);
  // Reading the text itself would throw on a bad one. Clamping it and looking whether anything moved costs no exception.
  if (month < 1 || month > 12 || day < 1) return false;
  return clampedDate({ year, month, day }) === text;
}

/** The date's year, month (1 to 12) and day. */
export function partsOf(date: LocalDate): [year: number, month: number, day: number] {
  return [Number(date.slice(0, 4)), Number(date.slice(5, 7)), Number(date.slice(8, 10))];
}

/** The day of that month (1 to 12), or the month's last where it has fewer days. -1 is the last day too. */
export function clampedDate(wanted: { year: number; month: number; day: number }): LocalDate {
  const { year, month, day } = wanted;
  return Temporal.PlainDate.from({ year, month, day: day === -1 ? 31 : day }).toString();
}

export function addDays(date: LocalDate, days: number): LocalDate {
  const text = new Date(Date.parse(date) + days * DAY).toISOString();
  assert(text.length === 24, 'a date beyond the year 9999');
  return text.slice(0, 10);
}

/** The same day so many months later; the last of the month where it has fewer days. */
export function addMonths(date: LocalDate, months: number): LocalDate {
  return Temporal.PlainDate.from(date).add({ months }).toString();
}

/** The same day so many years later; 29 February becomes 28 February where there is none. */
export function addYears(date: LocalDate, years: number): LocalDate {
  return Temporal.PlainDate.from(date).add({ years }).toString();
}

/** The one of the two dates that comes later. */
export function later(date: LocalDate, other: LocalDate): LocalDate {
  const isLater = date > other;
  return isLater ? date : other;
}

/** The one of the two dates that comes first. */
export function earlier(date: LocalDate, other: LocalDate): LocalDate {
  const isLater = date > other;
  return isLater ? other : date;
}

/** Whole days; negative when `to` is the earlier. */
export function daysBetween(from: LocalDate, to: LocalDate): number {
  return (Date.parse(to) - Date.parse(from)) / DAY;
}

export function weekdayOf(date: LocalDate): Weekday {
  return WEEKDAYS[weekdayNumberOf(date)]!;
}

/** 0 for Monday to 6 for Sunday: the place in `WEEKDAYS`. */
export function weekdayNumberOf(date: LocalDate): number {
  return (new Date(date).getUTCDay() + 6) % 7;
}

export function lastDayOfMonth(date: LocalDate): LocalDate {
  const [year, month] = partsOf(date);
  return clampedDate({ year, month, day: -1 });
}

/** The date that calendars in the zone show at that instant. */
export function localDateOf(at: Timestamp, zone: string): LocalDate {
  return zoned(at, zone).toPlainDate().toString();
}

/** The time of day that clocks in the zone show at that instant, `HH:MM`. */
export function localTimeOf(at: Timestamp, zone: string): string {
  return zoned(at, zone).toPlainTime().toString({ smallestUnit: 'minute' });
}

/** When clocks in the zone show that date and time (`HH:MM`). A time left out moves forward by the gap; of two, the first. */
export function instantOf(date: LocalDate, time: string, zone: string): Timestamp {
  const local = Temporal.PlainDateTime.from(`${date}T${time}`);
  return local.toZonedDateTime(zone, { disambiguation: 'compatible' }).epochMilliseconds as Timestamp;
}

/** The first instant of that date in the zone: midnight, or the end of the gap that swallows it. */
export function startOfDay(date: LocalDate, zone: string): Timestamp {
  return Temporal.PlainDate.from(date).toZonedDateTime(zone).epochMilliseconds as Timestamp;
}

function zoned(at: Timestamp, zone: string): Temporal.ZonedDateTime {
  return Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(zone);
}

/**
 * The one name under which a zone is stored; undefined for what is no zone of the IANA database: offsets such as `+02:00`, and
 * names that only this runtime knows, such as `PST`.
 */
export function canonicalTimeZone(text: string): string | undefined {
  if (canonicalNames.has(text)) return text;
  if (!/^[a-z][a-z0-9_+/-]*$/i.test(text) || /^systemv\//i.test(text)) return undefined;
  try {
    const { timeZoneId } = Temporal.Instant.fromEpochMilliseconds(0).toZonedDateTimeISO(text);
    const name = new Intl.DateTimeFormat('en', { timeZone: timeZoneId }).resolvedOptions().timeZone;
    const canonical = RENAMED[name] ?? name;
    canonicalNames.add(canonical);
    return canonical;
  } catch (error) {
    // The only way to ask whether a name is known is to use it.
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

/** Those met so far, at most as many as there are zones: asking the runtime takes forty times as long as anything else here. */
const canonicalNames = new Set<string>();

/** Zones that the IANA database renamed and ICU still answers by their first name (CLDR, `bcp47/timezone.xml`, `iana`). */
const RENAMED: Readonly<Record<string, string>> = {
  'Africa/Asmera': 'Africa/Asmara',
  'America/Buenos_Aires': 'America/Argentina/Buenos_Aires',
  'America/Catamarca': 'America/Argentina/Catamarca',
  'America/Coral_Harbour': 'America/Atikokan',
  'America/Cordoba': 'America/Argentina/Cordoba',
  'America/Godthab': 'America/Nuuk',
  'America/Indianapolis': 'America/Indiana/Indianapolis',
  'America/Jujuy': 'America/Argentina/Jujuy',
  'America/Louisville': 'America/Kentucky/Louisville',
  'America/Mendoza': 'America/Argentina/Mendoza',
  'Asia/Calcutta': 'Asia/Kolkata',
  'Asia/Katmandu': 'Asia/Kathmandu',
  'Asia/Rangoon': 'Asia/Yangon',
  'Asia/Saigon': 'Asia/Ho_Chi_Minh',
  'Atlantic/Faeroe': 'Atlantic/Faroe',
  'Europe/Kiev': 'Europe/Kyiv',
  'Pacific/Enderbury': 'Pacific/Kanton',
  'Pacific/Ponape': 'Pacific/Pohnpei',
  'Pacific/Truk': 'Pacific/Chuuk',
};
