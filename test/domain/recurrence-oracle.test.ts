/**
 * Ten thousand random recurrences against a table of days. Each run draws a new seed and says it; `TENDER_SEED` replays one.
 */
import assert from 'node:assert/strict';
import { randomInt } from 'node:crypto';
import { test } from 'node:test';
import {
  type Frame,
  newestOccurrence,
  nextOccurrence,
  occurrences,
  type Recurrence,
} from '../../src/domain/schedule.ts';
import { addDays, type LocalDate } from '../../src/lib/calendar.ts';
import { type Draws, drawsOf } from '../simulation/seeded-world/draws.ts';
import { DAYS, dayOf, isOccurrence } from './day-table.ts';
import { randomDay, randomFrame, randomRule } from './random-rules.ts';

const RULES = 10_000;

/** The dates between first payment and end, each day asked for itself. */
function datesByTable(rule: Recurrence, frame: Frame & { end: string }): LocalDate[] {
  const days = DAYS.slice(dayOf(frame.first).number, dayOf(frame.end).number + 1);
  return days.filter((day) => isOccurrence(rule, frame, day)).map((day) => day.text);
}

/** Where the program and the table differ for that rule; undefined where they agree. */
function difference(rule: Recurrence, frame: Frame & { end: string }, draws: Draws): string | undefined {
  const expected = datesByTable(rule, frame);
  const found = [...occurrences(rule, frame)];
  const asked = randomDay(draws, DAYS.length - 366).text;
  const borders = draws.chance(0.5) && expected.length > 0 ? draws.pick(expected) : asked;
  const pairs: Record<string, [unknown, unknown]> = {
    occurrences: [found, expected],
    [`from ${borders}`]: [[...occurrences(rule, frame, borders)], expected.filter((date) => date >= borders)],
    [`next after ${borders}`]: [nextOccurrence(rule, frame, borders), expected.find((date) => date > borders)],
    [`newest on ${borders}`]: [newestOccurrence(rule, frame, borders), expected.findLast((date) => date <= borders)],
    'strictly rising': [found.findIndex((date, place) => place > 0 && date <= found[place - 1]!), -1],
  };
  for (const [what, [answer, wanted]] of Object.entries(pairs))
    if (JSON.stringify(answer) !== JSON.stringify(wanted))
      return `${what}: ${JSON.stringify(answer)} instead of ${JSON.stringify(wanted)} for ${JSON.stringify({ rule, frame })}`;
  return undefined;
}

test('ten thousand random rules yield the dates that a plain table of days yields, and no others', (t) => {
  const seed = process.env.TENDER_SEED ?? String(randomInt(1_000_000_000));
  const begun = performance.now();
  const draws = drawsOf(`recurrences ${seed}`);
  let dates = 0;
  for (let count = 0; count < RULES; count++) {
    const rule = randomRule(draws);
    const frame = randomFrame(rule, draws);
    const broken = difference(rule, frame, draws);
    assert.equal(broken, undefined, `TENDER_SEED=${seed}, rule ${count}: ${broken}`);
    dates += datesIn(rule, frame);
  }
  const seconds = (performance.now() - begun) / 1000;
  t.diagnostic(`seed ${seed}: ${RULES} rules, ${dates} dates, ${seconds.toFixed(1)} s`);
  assert.ok(dates > RULES * 5, 'the rules hardly yield a date: nothing was compared');
});

function datesIn(rule: Recurrence, frame: Frame): number {
  let count = 0;
  for (const _ of occurrences(rule, frame)) count++;
  return count;
}

test('the table notices a border moved by a day, an adjustment left out and an anchor moved by a day', () => {
  const mistakes: Record<string, (rule: Recurrence, frame: Frame) => [Recurrence, Frame]> = {
    'the day of the first payment is charged': (rule, frame) => [rule, { ...frame, first: addDays(frame.first, -1) }],
    'the day after the end is charged': (rule, frame) => [rule, { ...frame, end: addDays(frame.end!, 1) }],
    'weekends are not avoided': (rule, frame) => [unadjusted(rule), frame],
    'units count from the day after': (rule, frame) => [rule, { ...frame, anchor: addDays(frame.anchor, 1) }],
  };
  for (const [what, mistaken] of Object.entries(mistakes)) {
    const draws = drawsOf(what);
    const noticed = Array.from({ length: 300 }).some(() => {
      const rule = randomRule(draws);
      const frame = randomFrame(rule, draws);
      return [...occurrences(...mistaken(rule, frame))].join() !== datesByTable(rule, frame).join();
    });
    assert.ok(noticed, what);
  }
});

function unadjusted(rule: Recurrence): Recurrence {
  if (rule.type === 'monthly' && rule.on?.type === 'day_of_month')
    return { ...rule, on: { ...rule.on, adjustment: 'none' } };
  if (rule.type === 'yearly' && rule.on?.type === 'day_of_year')
    return { ...rule, on: { ...rule.on, adjustment: 'none' } };
  return rule;
}

test('a daily rule of thirty years answers a thousand times in the time that walking its history once would take', () => {
  const rule: Recurrence = { type: 'daily', intervalCount: 1 };
  const frame = { anchor: '1996-02-29', first: '1996-02-29' };
  const begun = performance.now();
  for (let count = 0; count < 1_000; count++) {
    assert.equal(nextOccurrence(rule, frame, '2026-02-28'), '2026-03-01');
    assert.equal(newestOccurrence(rule, frame, '2026-02-28'), '2026-02-28');
    assert.equal(occurrences(rule, frame, '2026-02-28').next().value, '2026-02-28');
  }
  const elapsedMs = performance.now() - begun;
  // Ten milliseconds on a quiet machine; three thousand walks over eleven thousand days are tens of seconds.
  assert.ok(elapsedMs < 1_000, `${elapsedMs} ms`);
});

test('nothing is yielded before the first date, and a rule without an end always has a next date', () => {
  const rule: Recurrence = { type: 'yearly', intervalCount: 5 };
  const frame = { anchor: '2026-01-31', first: '2026-01-31' };
  assert.equal(newestOccurrence(rule, frame, '2031-01-30'), undefined);
  assert.equal(newestOccurrence(rule, frame, '1999-01-01'), undefined);
  assert.equal(nextOccurrence(rule, frame, '1999-01-01'), '2031-01-31');
  assert.equal(nextOccurrence(rule, frame, '2031-01-31'), '2036-01-31');
  assert.equal(nextOccurrence(rule, { ...frame, end: '2036-01-30' }, '2031-01-31'), undefined);
});
