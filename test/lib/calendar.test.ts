/** Local dates: which texts are one, which names are a zone, and the instants at which clocks show a date and a time. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  addDays,
  addMonths,
  addYears,
  canonicalTimeZone,
  daysBetween,
  earlier,
  instantOf,
  isLocalDate,
  lastDayOfMonth,
  later,
  localDateOf,
  localTimeOf,
  startOfDay,
  weekdayOf,
} from '../../src/lib/calendar.ts';
import { fromIso, type Timestamp, toIso } from '../../src/lib/time.ts';
import { DAYS } from '../domain/day-table.ts';

const at = (text: string): Timestamp => fromIso(`${text}:00Z`)!;

test('Z1: the first of February begins in Johannesburg two hours before it does in UTC', () => {
  assert.equal(instantOf('2026-02-01', '00:00', 'Africa/Johannesburg'), at('2026-01-31T22:00'));
  assert.equal(startOfDay('2026-02-01', 'Africa/Johannesburg'), at('2026-01-31T22:00'));
});

test('Z2: 02:30 in Berlin, left out in March, is 03:30', () => {
  const moved = instantOf('2026-03-29', '02:30', 'Europe/Berlin');
  assert.equal(toIso(moved), '2026-03-29T01:30:00.000Z');
  assert.equal(localTimeOf(moved, 'Europe/Berlin'), '03:30');
});

test('Z3: 02:30 in Berlin, shown twice in October, is the first', () => {
  assert.equal(instantOf('2026-10-25', '02:30', 'Europe/Berlin'), at('2026-10-25T00:30'));
});

test('Z4: 02:30 in New York, left out in March, is 03:30', () => {
  const moved = instantOf('2026-03-08', '02:30', 'America/New_York');
  assert.equal(toIso(moved), '2026-03-08T07:30:00.000Z');
  assert.equal(localTimeOf(moved, 'America/New_York'), '03:30');
});

test('Z5: 01:30 in New York, shown twice in November, is the first', () => {
  assert.equal(instantOf('2026-11-01', '01:30', 'America/New_York'), at('2026-11-01T05:30'));
});

test('Z6: midnight in Cairo, left out in April, is 01:00, and the day begins there', () => {
  const moved = instantOf('2026-04-24', '00:00', 'Africa/Cairo');
  assert.equal(toIso(moved), '2026-04-23T22:00:00.000Z');
  assert.equal(localTimeOf(moved, 'Africa/Cairo'), '01:00');
  assert.equal(startOfDay('2026-04-24', 'Africa/Cairo'), moved);
});

test('Z7: 02:15 on Lord Howe Island, left out in October, is 02:45, because clocks there move by half an hour', () => {
  const moved = instantOf('2026-10-04', '02:15', 'Australia/Lord_Howe');
  assert.equal(toIso(moved), '2026-10-03T15:45:00.000Z');
  assert.equal(localTimeOf(moved, 'Australia/Lord_Howe'), '02:45');
});

test('Z8: Kiritimati is in February while UTC is on the morning of 31 January', () => {
  assert.equal(localDateOf(at('2026-01-31T10:30'), 'Pacific/Kiritimati'), '2026-02-01');
});

test('Z9: New York is in January while UTC is on the morning of 1 February', () => {
  assert.equal(localDateOf(at('2026-02-01T04:30'), 'America/New_York'), '2026-01-31');
});

test('a day that a zone left out begins and ends at the instant of the next one', () => {
  // Samoa crossed the date line: 29 December 2011 was followed by the 31st.
  const zone = 'Pacific/Apia';
  assert.equal(startOfDay('2011-12-30', zone), startOfDay('2011-12-31', zone));
  assert.equal(localDateOf(startOfDay('2011-12-30', zone), zone), '2011-12-31');
  assert.equal(localDateOf((startOfDay('2011-12-31', zone) - 1) as Timestamp, zone), '2011-12-29');
});

test('a local date is ten characters that name a day of the calendar', () => {
  for (const text of ['2026-02-28', '2028-02-29', '2000-02-29', '0001-01-01', '9999-12-31'])
    assert.equal(isLocalDate(text), true, text);
  for (const text of [
    '2026-02-30',
    '2026-02-29',
    '2100-02-29',
    '2026-04-31',
    '2026-00-10',
    '2026-13-01',
    '2026-01-00',
    '2026-01-32',
    '2026-1-1',
    '20260101',
    '2026-W05-1',
    '2026-01-01T00:00',
    '2026-01-01Z',
    '+002026-01-01',
    '-000001-01-01',
    '2026-01-01[u-ca=gregory]',
    ' 2026-01-01',
    '2026-01-01\n',
    '２０２６-01-01',
    '31 Jan 2026',
    '',
  ])
    assert.equal(isLocalDate(text), false, JSON.stringify(text));
});

test('a zone is stored under one name, whatever its spelling or its old name', () => {
  const names = {
    UTC: ['UTC', 'utc', 'Etc/UTC', 'GMT', 'Zulu'],
    'Africa/Johannesburg': ['Africa/Johannesburg', 'africa/johannesburg', 'AFRICA/JOHANNESBURG'],
    'Asia/Kolkata': ['Asia/Kolkata', 'Asia/Calcutta', 'asia/calcutta'],
    'Europe/Kyiv': ['Europe/Kyiv', 'Europe/Kiev'],
    'America/Argentina/Buenos_Aires': ['America/Buenos_Aires', 'America/Argentina/Buenos_Aires'],
    'America/New_York': ['US/Eastern', 'EST5EDT'],
    'Etc/GMT+5': ['Etc/GMT+5', 'etc/gmt+5'],
  };
  for (const [name, spellings] of Object.entries(names))
    for (const spelling of spellings) assert.equal(canonicalTimeZone(spelling), name, spelling);
});

test('every zone that the runtime lists has a name that names itself', () => {
  const zones = Intl.supportedValuesOf('timeZone');
  assert.ok(zones.length > 400);
  const now = at('2026-06-01T12:00');
  for (const zone of zones) {
    const name = canonicalTimeZone(zone);
    assert.ok(name !== undefined, zone);
    assert.equal(canonicalTimeZone(name), name);
    assert.equal(localTimeOf(now, name), localTimeOf(now, zone));
  }
});

test('offsets, abbreviations that only the runtime knows, and anything else are no zone', () => {
  for (const text of [
    '+02:00',
    '-05:00',
    '+02',
    'UTC+1',
    'GMT+2',
    'Z',
    'PST',
    'JST',
    'IST',
    'SystemV/EST5',
    'Europe/Atlantis',
    'Europe',
    'Europe/Berlin ',
    'Europe/Berlin[u-ca=iso8601]',
    '2026-01-01T00:00[Europe/Berlin]',
    'Etc/Unknown',
    'local',
    '',
  ])
    assert.equal(canonicalTimeZone(text), undefined, JSON.stringify(text));
});

test('days, weekdays and last days agree with a plain table of days', () => {
  for (const [number, day] of DAYS.entries()) {
    assert.equal(weekdayOf(day.text), ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'][day.weekday], day.text);
    assert.equal(addDays(DAYS[0]!.text, number), day.text);
    assert.equal(daysBetween(DAYS[0]!.text, day.text), number);
    assert.equal(lastDayOfMonth(day.text), DAYS[number - day.day + day.monthLength]!.text);
    assert.equal(isLocalDate(day.text), true);
  }
  assert.equal(addDays('2020-01-01', -1), '2019-12-31');
  assert.equal(daysBetween('2026-03-01', '2026-02-28'), -1);
});

test('months and years later is the same day, or the last of a shorter month', () => {
  assert.equal(addMonths('2026-01-31', 1), '2026-02-28');
  assert.equal(addMonths('2027-12-31', 2), '2028-02-29');
  assert.equal(addMonths('2026-03-31', -1), '2026-02-28');
  assert.equal(addYears('2028-02-29', 1), '2029-02-28');
  assert.equal(addYears('2028-02-29', 4), '2032-02-29');
  const day = fc.nat(DAYS.length - 1).map((number) => DAYS[number]!);
  fc.assert(
    fc.property(day, day, (from, to) => {
      const moved = addMonths(from.text, (to.year - from.year) * 12 + to.month - from.month);
      const month = DAYS[to.number - to.day + Math.min(from.day, to.monthLength)]!;
      assert.equal(moved, month.text);
      assert.equal(later(from.text, to.text), from.number > to.number ? from.text : to.text);
      assert.equal(earlier(from.text, to.text), from.number < to.number ? from.text : to.text);
    }),
    { numRuns: 500 },
  );
});
