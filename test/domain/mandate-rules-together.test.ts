/** Rules broken together: all of them are told, nothing else is, and always in one order. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { evaluate } from '../../src/domain/mandate-rules.ts';
import type { ViolationCode } from '../../src/domain/violation.ts';
import { BREAKERS, breaking, CODES, canBreakTogether, NOW } from './broken-rules.ts';
import { codesOf } from './rule-facts.ts';

function toldFor(codes: readonly ViolationCode[]): string[] {
  const { facts, asked } = breaking(codes);
  return codesOf(evaluate(facts, asked, NOW));
}

test('the charge that the others are made from breaks no rule', () => {
  assert.deepEqual(toldFor([]), []);
  assert.equal(CODES.length, 25);
});

test('each code alone is told alone, and every two together are told both, in order', () => {
  let pairs = 0;
  for (const [place, first] of CODES.entries()) {
    assert.deepEqual(toldFor([first]), [first]);
    for (const second of CODES.slice(place + 1)) {
      if (!canBreakTogether([first, second])) continue;
      pairs++;
      assert.deepEqual(toldFor([first, second]), [first, second]);
      assert.deepEqual(toldFor([second, first]), [first, second]);
    }
  }
  assert.equal(pairs, 300 - 8);
});

test('any number of rules broken together are all told, in order, whatever was broken first', () => {
  const sets = fc.shuffledSubarray(Object.keys(BREAKERS) as ViolationCode[]).filter(canBreakTogether);
  fc.assert(
    fc.property(sets, (codes) => {
      assert.deepEqual(
        toldFor(codes),
        CODES.filter((code) => codes.includes(code)),
      );
    }),
    { numRuns: 1_000 },
  );
});

test('the next allowed instant is told exactly when nothing but time has to change', () => {
  const sets = fc.subarray(Object.keys(BREAKERS) as ViolationCode[], { minLength: 1, maxLength: 4 });
  fc.assert(
    fc.property(sets.filter(canBreakTogether), (codes) => {
      const { facts, asked } = breaking(codes);
      const { nextAllowedAt, violations } = evaluate(facts, asked, NOW);
      const hopeless = violations.some(({ mayHoldFrom }) => typeof mayHoldFrom === 'string');
      assert.equal(nextAllowedAt === undefined, hopeless);
      if (nextAllowedAt === undefined) return;
      assert.ok(nextAllowedAt > NOW);
      assert.deepEqual(codesOf(evaluate(facts, asked, nextAllowedAt)), []);
    }),
    { numRuns: 1_000 },
  );
});
