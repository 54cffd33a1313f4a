/** Charges as merchants meet them, each with the instants the limits work out to. Johannesburg is two hours ahead all year. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { evaluate } from '../../src/domain/mandate-rules.ts';
import type { PeriodLimit } from '../../src/domain/schedule.ts';
import { factsOf, instant, judged, mandateOf, type Past } from './rule-facts.ts';

const twiceAMonth: PeriodLimit = { period: 'month', maxCount: 2, window: { mode: 'calendar' } };
const onceAMonth: PeriodLimit = { ...twiceAMonth, maxCount: 1 };

const fifthAndTwentieth: Past[] = [
  { at: instant('2026-01-05T10:00:00Z'), amountMinor: 5_000 },
  { at: instant('2026-01-20T10:00:00Z'), amountMinor: 5_000 },
];

test('two a month: a third waits for the first of the next, and never when its amount is above the maximum', () => {
  const facts = factsOf(mandateOf({ periodLimits: [twiceAMonth] }), fifthAndTwentieth);
  assert.deepEqual(judged(facts, {}, '2026-01-25T10:00:00Z'), ['period_count_exceeded', '2026-01-31T22:00Z']);
  assert.deepEqual(judged(facts, { amountMinor: 25_000 }, '2026-01-25T10:00:00Z'), [
    'amount_above_max',
    'period_count_exceeded',
    undefined,
  ]);
});

test('the next instant is one at which every rule agrees: a full month, then a Sunday, then fourteen days of distance', () => {
  const terms = { periodLimits: [twiceAMonth], allowedDays: ['mon', 'tue', 'wed', 'thu', 'fri'] } as const;
  const weekdays = factsOf(mandateOf(terms), fifthAndTwentieth);
  assert.deepEqual(judged(weekdays, {}, '2026-01-25T10:00:00Z'), [
    'period_count_exceeded',
    'day_not_allowed',
    '2026-02-01T22:00Z',
  ]);
  const spaced = factsOf(mandateOf({ ...terms, spacing: { unit: 'day', count: 14 } }), fifthAndTwentieth);
  assert.deepEqual(judged(spaced, {}, '2026-01-25T10:00:00Z'), [
    'period_count_exceeded',
    'too_soon',
    'day_not_allowed',
    '2026-02-02T22:00Z',
  ]);
});

test('a late date is still charged while it is the newest', () => {
  const on = { type: 'day_of_year', month: 7, day: 1, adjustment: 'none' } as const;
  const yearly = mandateOf({ type: 'scheduled', recurrence: { type: 'yearly', intervalCount: 1, on } });
  const { violations, slot } = evaluate(
    factsOf(yearly),
    { amountMinor: 5_000, currency: 'ZAR' },
    instant('2026-08-20T10:00:00Z'),
  );
  assert.deepEqual([violations, slot], [[], { effectiveDate: '2026-07-01', occurrence: '2026-07-01', windows: [] }]);
});

test('two charges on one day are for the oldest date that waits, then for the next; a third is not due', () => {
  const on = { type: 'day_of_month', days: [1], adjustment: 'none' } as const;
  const monthly = mandateOf(
    { type: 'scheduled', recurrence: { type: 'monthly', intervalCount: 1, on } },
    { firstPaidAt: instant('2025-12-10T08:00:00Z') },
  );
  const charges: Past[] = [];
  const taken: (string | undefined)[] = [];
  for (const minute of [10, 20]) {
    const at = instant(`2026-02-03T10:${minute}:00Z`);
    const { violations, slot } = evaluate(factsOf(monthly, charges), { amountMinor: 5_000, currency: 'ZAR' }, at);
    assert.deepEqual(violations, []);
    taken.push(slot.occurrence);
    charges.push({ at, amountMinor: 5_000, occurrence: slot.occurrence! });
  }
  assert.deepEqual(taken, ['2026-01-01', '2026-02-01']);
  assert.deepEqual(judged(factsOf(monthly, charges), {}, '2026-02-03T10:30:00Z'), [
    'schedule_not_due',
    '2026-02-28T22:00Z',
  ]);
});

test('a schedule is charged from the start of its date, once', () => {
  const on = { type: 'day_of_month', days: [31], adjustment: 'none' } as const;
  const lastDay = mandateOf(
    { type: 'scheduled', recurrence: { type: 'monthly', intervalCount: 1, on } },
    { firstPaidAt: instant('2026-01-15T08:00:00Z') },
  );
  assert.deepEqual(judged(factsOf(lastDay), {}, '2026-01-30T10:00:00Z'), ['schedule_not_due', '2026-01-30T22:00Z']);
  assert.deepEqual(judged(factsOf(lastDay), {}, '2026-01-31T10:00:00Z'), []);
  const charged = [{ at: instant('2026-01-31T10:00:00Z'), amountMinor: 5_000, occurrence: '2026-01-31' }];
  assert.deepEqual(judged(factsOf(lastDay, charged), {}, '2026-01-31T11:00:00Z'), [
    'schedule_not_due',
    '2026-02-27T22:00Z',
  ]);
});

test("a charge counts in the window of the date it is for: January's, collected in February, leaves February free", () => {
  const on = { type: 'day_of_month', days: [28], adjustment: 'none' } as const;
  const recurrence = { type: 'monthly', intervalCount: 1, on } as const;
  for (const type of ['scheduled', 'on_demand'] as const) {
    const mandate = mandateOf({ type, recurrence, periodLimits: [onceAMonth] });
    const collected = { at: instant('2026-02-02T10:00:00Z'), amountMinor: 5_000, occurrence: '2026-01-28' };
    assert.deepEqual(judged(factsOf(mandate), { dueDate: '2026-01-28' }, '2026-02-02T10:00:00Z'), []);
    assert.deepEqual(judged(factsOf(mandate, [collected]), { dueDate: '2026-02-28' }, '2026-02-28T10:00:00Z'), []);
  }
});

test('distance in days counts local dates over a change of clocks, in hours it is elapsed time, in months it is clamped', () => {
  const spaced = (spacing: { unit: 'hour' | 'day' | 'month'; count: number }, last: string, asked: string) => {
    const mandate = mandateOf({ timeZone: 'Europe/Berlin', spacing });
    return judged(factsOf(mandate, [{ at: instant(last), amountMinor: 5_000 }]), {}, asked);
  };
  // The last charge was at 23:30, an hour before midnight of the day on which clocks are set forward.
  assert.deepEqual(spaced({ unit: 'day', count: 1 }, '2026-03-28T22:30:00Z', '2026-03-28T22:45:00Z'), [
    'too_soon',
    '2026-03-28T23:00Z',
  ]);
  assert.deepEqual(spaced({ unit: 'day', count: 1 }, '2026-03-28T22:30:00Z', '2026-03-28T23:00:00Z'), []);
  assert.deepEqual(spaced({ unit: 'hour', count: 24 }, '2026-03-28T11:00:00Z', '2026-03-29T10:30:00Z'), [
    'too_soon',
    '2026-03-29T11:00Z',
  ]);
  assert.deepEqual(spaced({ unit: 'month', count: 1 }, '2026-01-31T11:00:00Z', '2026-02-10T11:00:00Z'), [
    'too_soon',
    '2026-02-27T23:00Z',
  ]);
});

test('the first payment takes nothing of a count: both of two a month are left after it', () => {
  const mandate = mandateOf({ periodLimits: [twiceAMonth] }, { firstPaidAt: instant('2026-01-10T08:00:00Z') });
  assert.deepEqual(judged(factsOf(mandate), {}, '2026-01-11T10:00:00Z'), []);
  const eleventh = { at: instant('2026-01-11T10:00:00Z'), amountMinor: 5_000 };
  assert.deepEqual(judged(factsOf(mandate, [eleventh]), {}, '2026-01-12T10:00:00Z'), []);
  const twelfth = { at: instant('2026-01-12T10:00:00Z'), amountMinor: 5_000 };
  assert.deepEqual(judged(factsOf(mandate, [eleventh, twelfth]), {}, '2026-01-13T10:00:00Z'), [
    'period_count_exceeded',
    '2026-01-31T22:00Z',
  ]);
});
