/**
 * Windows of period limits, example by example, then by chance: they tile the calendar. The days are in 2026. Each run draws a
 * new seed and says it; `TENDER_SEED` replays one.
 */
import assert from 'node:assert/strict';
import { randomInt } from 'node:crypto';
import { test } from 'node:test';
import { type PeriodLimit, type Window, windowOf } from '../../src/domain/schedule.ts';
import { addDays, startOfDay } from '../../src/lib/calendar.ts';
import { HOUR, toIso } from '../../src/lib/time.ts';
import { drawsOf } from '../simulation/seeded-world/draws.ts';
import { beginsWindow, DAYS, type Day, dayOf } from './day-table.ts';
import { randomDay, randomLimit } from './random-rules.ts';

const LIMITS = 4_000;
const ANY = '2026-01-01';
const calendar = (period: PeriodLimit['period']): PeriodLimit => ({
  period,
  maxCount: 1,
  window: { mode: 'calendar' },
});

test('W1: a calendar month runs from its first day to its last', () => {
  assert.deepEqual(windowOf(calendar('month'), ANY, '2026-02-28'), { start: '2026-02-01', end: '2026-02-28' });
});

test('W2: a calendar week begins on Monday, so Sunday 1 March belongs to February’s last week', () => {
  assert.deepEqual(windowOf(calendar('week'), ANY, '2026-03-01'), { start: '2026-02-23', end: '2026-03-01' });
});

test('W3: a month that begins on the 15th ends on the 14th', () => {
  const limit: PeriodLimit = {
    period: 'month',
    maxCount: 1,
    window: { mode: 'cycle', anchor: { type: 'day_of_month', day: 15 } },
  };
  assert.deepEqual(windowOf(limit, ANY, '2026-02-14'), { start: '2026-01-15', end: '2026-02-14' });
  assert.deepEqual(windowOf(limit, ANY, '2026-02-15'), { start: '2026-02-15', end: '2026-03-14' });
});

test('W4: a month that begins on the 31st begins on the last day of a shorter one, each clamped by itself', () => {
  const limit: PeriodLimit = {
    period: 'month',
    maxCount: 1,
    window: { mode: 'cycle', anchor: { type: 'day_of_month', day: 31 } },
  };
  assert.deepEqual(windowOf(limit, ANY, '2026-02-27'), { start: '2026-01-31', end: '2026-02-27' });
  assert.deepEqual(windowOf(limit, ANY, '2026-02-28'), { start: '2026-02-28', end: '2026-03-30' });
});

test('W5: a week without an anchor of its own begins on the weekday of the mandate’s', () => {
  const limit: PeriodLimit = { period: 'week', maxCount: 1, window: { mode: 'cycle' } };
  assert.deepEqual(windowOf(limit, '2026-01-15', '2026-01-28'), { start: '2026-01-22', end: '2026-01-28' });
  assert.deepEqual(windowOf(limit, '2026-01-15', '2026-01-29'), { start: '2026-01-29', end: '2026-02-04' });
});

test('W6: a year from 29 February begins on the 28th where there is no 29th', () => {
  const limit: PeriodLimit = { period: 'year', maxCount: 1, window: { mode: 'cycle' } };
  assert.deepEqual(windowOf(limit, '2028-02-29', '2029-02-27'), { start: '2028-02-29', end: '2029-02-27' });
  assert.deepEqual(windowOf(limit, '2028-02-29', '2029-02-28'), { start: '2029-02-28', end: '2030-02-27' });
});

test('W7: a year from 1 July ends on 30 June', () => {
  const limit: PeriodLimit = {
    period: 'year',
    maxCount: 1,
    window: { mode: 'cycle', anchor: { type: 'day_of_year', month: 7, day: 1 } },
  };
  assert.deepEqual(windowOf(limit, ANY, '2026-06-30'), { start: '2025-07-01', end: '2026-06-30' });
});

/** The window's instants: from its beginning until the beginning of the next. */
function instantsOf({ start, end }: Window, zone: string): { from: string; until: string; hours: number } {
  const from = startOfDay(start, zone);
  const until = startOfDay(addDays(end, 1), zone);
  return { from: toIso(from), until: toIso(until), hours: (until - from) / HOUR };
}

test('W8: a day in Berlin has 23 hours in March and 25 in October when clocks change', () => {
  assert.deepEqual(instantsOf(windowOf(calendar('day'), ANY, '2026-03-29'), 'Europe/Berlin'), {
    from: '2026-03-28T23:00:00.000Z',
    until: '2026-03-29T22:00:00.000Z',
    hours: 23,
  });
  assert.deepEqual(instantsOf(windowOf(calendar('day'), ANY, '2026-10-25'), 'Europe/Berlin'), {
    from: '2026-10-24T22:00:00.000Z',
    until: '2026-10-25T23:00:00.000Z',
    hours: 25,
  });
});

test('W9: February in Johannesburg begins two hours before it does in UTC', () => {
  assert.deepEqual(instantsOf(windowOf(calendar('month'), ANY, '2026-02-10'), 'Africa/Johannesburg'), {
    from: '2026-01-31T22:00:00.000Z',
    until: '2026-02-28T22:00:00.000Z',
    hours: 28 * 24,
  });
});

test('every date lies in exactly one window of a limit, and each window begins the day after the one before ends', (t) => {
  const seed = process.env.TENDER_SEED ?? String(randomInt(1_000_000_000));
  const draws = drawsOf(`windows ${seed}`);
  const begun = performance.now();
  let windows = 0;
  for (let count = 0; count < LIMITS; count++) {
    const limit = randomLimit(draws);
    const anchor = randomDay(draws, DAYS.length);
    // The table must still hold the year before it, and the three after it.
    const date = DAYS[2 * 366 + draws.below(DAYS.length - 7 * 366)]!;
    const said = `TENDER_SEED=${seed}, limit ${count}: ${JSON.stringify({ limit, anchor: anchor.text, date: date.text })}`;
    let expected = windowByTable(limit, anchor, date);
    // The window that holds the date, then the next two: asked on their first and last day and one between.
    for (let step = 0; step < 3; step++) {
      const inside = DAYS[draws.between(dayOf(expected.start).number, dayOf(expected.end).number)]!;
      for (const asked of [expected.start, inside.text, expected.end])
        assert.deepEqual(windowOf(limit, anchor.text, asked), expected, said);
      windows++;
      expected = windowByTable(limit, anchor, DAYS[dayOf(expected.end).number + 1]!);
    }
  }
  const seconds = (performance.now() - begun) / 1000;
  t.diagnostic(`seed ${seed}: ${LIMITS} limits, ${windows} windows, ${seconds.toFixed(1)} s`);
});

/** Walks the table to the days on which windows begin, on either side. */
function windowByTable(limit: PeriodLimit, anchor: Day, date: Day): Window {
  let start = date.number;
  while (!beginsWindow(limit, anchor, DAYS[start]!)) start--;
  let end = date.number + 1;
  while (!beginsWindow(limit, anchor, DAYS[end]!)) end++;
  return { start: DAYS[start]!.text, end: DAYS[end - 1]!.text };
}
