/**
 * Fifty zones over twenty years. The oracle reads from the runtime only how clocks stand at an instant, finds every change of
 * them, and from these works out when days begin and which instant a clock's reading means.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { addDays, canonicalTimeZone, instantOf, localDateOf, localTimeOf, startOfDay } from '../../src/lib/calendar.ts';
import { DAY, HOUR, MINUTE, type Timestamp } from '../../src/lib/time.ts';

const ZONES = [
  ...['UTC', 'Africa/Johannesburg', 'Africa/Cairo', 'Africa/Casablanca', 'Africa/El_Aaiun', 'Africa/Lagos'],
  ...['Africa/Khartoum', 'Africa/Juba', 'Africa/Sao_Tome', 'Africa/Tripoli', 'Africa/Windhoek', 'America/Adak'],
  ...[
    'America/Asuncion',
    'America/Bogota',
    'America/Caracas',
    'America/Chicago',
    'America/Havana',
    'America/Mexico_City',
  ],
  ...['America/New_York', 'America/Nuuk', 'America/Punta_Arenas', 'America/Santiago', 'America/Sao_Paulo'],
  ...['America/Scoresbysund', 'America/St_Johns', 'Antarctica/Casey', 'Antarctica/Macquarie', 'Antarctica/Troll'],
  ...['Asia/Amman', 'Asia/Beirut', 'Asia/Damascus', 'Asia/Gaza', 'Asia/Jerusalem', 'Asia/Kathmandu', 'Asia/Kolkata'],
  ...['Asia/Pyongyang', 'Asia/Tehran', 'Asia/Ulaanbaatar', 'Atlantic/Azores', 'Australia/Eucla', 'Australia/Lord_Howe'],
  ...['Australia/Sydney', 'Europe/Berlin', 'Europe/Dublin', 'Europe/Istanbul', 'Europe/Volgograd', 'Pacific/Chatham'],
  ...['Pacific/Easter', 'Pacific/Kiritimati', 'Pacific/Norfolk'],
];
const FIRST_DATE = '2015-01-01';
const DATES = 20 * 365 + 5;
const BEGIN = Date.parse(FIRST_DATE);

/** A time without changes: from when until when, and how far local clocks are ahead of UTC, milliseconds. */
interface Span {
  from: number;
  until: number;
  aheadMs: number;
}

/** Every change of the clocks within the years, to the second. Two changes less than five days apart would be missed. */
function spansOf(zone: string): Span[] {
  const format = new Intl.DateTimeFormat('sv-SE', { timeZone: zone, dateStyle: 'short', timeStyle: 'medium' });
  const ahead = (at: number) => Date.parse(`${format.format(at).replace(' ', 'T')}Z`) - at;
  const end = BEGIN + (DATES + 30) * DAY;
  const spans: Span[] = [];
  let from = BEGIN - 30 * DAY;
  for (let at = from; at < end; at += 5 * DAY) {
    const aheadMs = ahead(at);
    if (ahead(at + 5 * DAY) === aheadMs) continue;
    let [before, after] = [at, at + 5 * DAY];
    while (after - before > 1_000) {
      const between = before + Math.floor((after - before) / 2_000) * 1_000;
      if (ahead(between) === aheadMs) before = between;
      else after = between;
    }
    spans.push({ from, until: after, aheadMs });
    from = after;
  }
  return [...spans, { from, until: end, aheadMs: ahead(end) }];
}

/** The instants in the span at which clocks read from `local` until `local + lengthMs`; none when they never do. */
function shown(span: Span, local: number, lengthMs: number): { from: number; until: number } | undefined {
  const from = Math.max(span.from, local - span.aheadMs);
  const until = Math.min(span.until, local - span.aheadMs + lengthMs);
  return from < until ? { from, until } : undefined;
}

/** When clocks read `local`: the first time, or for a time that was left out, as far past the gap as it lies in the gap. */
function instantByTable(spans: readonly Span[], local: number): number {
  const once = spans.find((span) => shown(span, local, 1));
  if (once !== undefined) return local - once.aheadMs;
  const gap = spans.findIndex((span) => span.from + span.aheadMs > local);
  return local - spans[gap - 1]!.aheadMs;
}

const text = (local: number) => new Date(local).toISOString();

function checkDays(zone: string, spans: readonly Span[]): void {
  let around = 0;
  let until: number | undefined;
  for (let number = 0; number < DATES; number++) {
    const local = BEGIN + number * DAY;
    while (spans[around]!.until + spans[around]!.aheadMs <= local - DAY) around++;
    const date = text(local).slice(0, 10);
    const start = startOfDay(date, zone);
    if (until !== undefined) assert.equal(start, until, `${zone} ${date} begins when the day before ends`);
    // The day is one piece of the time line, also where clocks change within it.
    until = start;
    for (const part of spans.slice(around, around + 3).flatMap((span) => shown(span, local, DAY) ?? [])) {
      assert.equal(part.from, until, `${zone} ${date} has no gap and no overlap`);
      until = part.until;
    }
  }
}

function checkChange(zone: string, spans: readonly Span[], change: Span): void {
  const noon = Math.floor((change.from + change.aheadMs) / DAY) * DAY;
  for (const away of [-1, 0, 1, 2]) {
    const date = text(noon + away * DAY).slice(0, 10);
    const start = startOfDay(date, zone);
    assert.equal(localDateOf(start, zone), date, zone);
    assert.equal(localDateOf((start - 1) as Timestamp, zone), addDays(date, -1), zone);
  }
  const middle = Math.floor((change.from + change.aheadMs) / (15 * MINUTE)) * 15 * MINUTE;
  for (let local = middle - 4 * HOUR; local <= middle + 4 * HOUR; local += 15 * MINUTE) {
    const [date, time] = [text(local).slice(0, 10), text(local).slice(11, 16)];
    const expected = instantByTable(spans, local);
    assert.equal(instantOf(date, time, zone), expected, `${zone} ${date} ${time}`);
    const span = spans.find(({ from, until }) => from <= expected && expected < until)!;
    assert.equal(localTimeOf(expected as Timestamp, zone), text(expected + span.aheadMs).slice(11, 16));
  }
}

test('in fifty zones, over every change of clocks of twenty years, days tile the time line and each reading has its instant', (t) => {
  assert.equal(new Set(ZONES).size, 50);
  const begun = performance.now();
  let changes = 0;
  for (const zone of ZONES) {
    assert.equal(canonicalTimeZone(zone), zone);
    const spans = spansOf(zone);
    checkDays(zone, spans);
    for (const change of spans.slice(1)) checkChange(zone, spans, change);
    changes += spans.length - 1;
  }
  const seconds = (performance.now() - begun) / 1000;
  t.diagnostic(
    `${ZONES.length} zones, ${changes} changes of clocks, ${DATES * ZONES.length} days, ${seconds.toFixed(1)} s`,
  );
  assert.ok(changes > 800, `only ${changes} changes of clocks were found`);
});
