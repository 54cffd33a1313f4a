/** Every charge passes the rules while the mandate is held, so they have to be fast. Figures are printed; the bar is far below them. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { evaluate, type RuleFacts } from '../../src/domain/mandate-rules.ts';
import { HOUR, plus } from '../../src/lib/time.ts';
import { factsOf, instant, mandateOf, type Past } from './rule-facts.ts';

const NOW = instant('2026-03-31T10:00:00Z');

function perSecond(facts: RuleFacts): number {
  const asked = { amountMinor: 5_000, currency: 'ZAR' };
  const run = (count: number) => {
    // Another moment each time, so that nothing can be remembered.
    for (let i = 0; i < count; i++) evaluate(facts, asked, plus(NOW, i));
  };
  run(2_000);
  const begun = performance.now();
  const count = 5_000;
  run(count);
  return Math.round((count * 1_000) / (performance.now() - begun));
}

const march: Past[] = Array.from({ length: 20 }, (_, days) => ({
  at: plus(NOW, -(30 + days * 24) * HOUR),
  amountMinor: 100,
  state: days % 2 === 0 ? 'counted' : 'released',
  declined: days % 2 === 1,
}));

const limits = (['day', 'week', 'month', 'year'] as const).map((period) => ({
  period,
  maxCount: 1_000,
  maxAmountMinor: 1_000_000,
  window: period === 'day' ? ({ mode: 'calendar' } as const) : ({ mode: 'cycle' } as const),
}));

const rich = {
  startDate: '2025-01-11',
  endDate: '2030-01-01',
  maxOccurrences: 10_000,
  periodLimits: limits,
  spacing: { unit: 'hour', count: 1 },
  allowedDays: ['mon', 'tue', 'wed', 'thu', 'fri'],
  retry: { maxAttempts: 15, minIntervalHours: 1 },
} as const;

test('a charge is held against every rule in a fraction of what the rest of it takes', (t) => {
  const figures = {
    simple: perSecond(factsOf(mandateOf())),
    'every limit, four periods': perSecond(factsOf(mandateOf(rich), march)),
    'scheduled monthly': perSecond(
      factsOf(mandateOf({ type: 'scheduled', recurrence: { type: 'monthly', intervalCount: 1 } }), march),
    ),
    'refused, looking a month ahead': perSecond(
      factsOf(mandateOf({ periodLimits: [{ ...limits[2]!, maxCount: 1 }], allowedDays: ['sun'] }), march),
    ),
  };
  for (const [what, rate] of Object.entries(figures)) t.diagnostic(`${what}: ${rate} a second`);
  assert.ok(figures.simple > 20_000, 'a simple mandate');
  assert.ok(figures['every limit, four periods'] > 2_000, 'a rich mandate');
});
