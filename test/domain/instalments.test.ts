/** Instalments: amounts that sum to the total, dates that rise and never fall on the day of the first payment. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { instalmentsOf, instalmentsSumTo } from '../../src/domain/instalments.ts';
import type { InstalmentTerms, MandateTerms } from '../../src/domain/mandate-terms.ts';
import { Bug } from '../../src/lib/assert.ts';
import { addDays } from '../../src/lib/calendar.ts';

function termsOf(instalmentTerms: InstalmentTerms, totalAmountMinor: number): MandateTerms {
  return {
    type: 'installment',
    currency: 'ZAR',
    periodLimits: [],
    totalAmountMinor,
    instalmentTerms,
    timeZone: 'Africa/Johannesburg',
  };
}

const threeMonths = (amountMinor: number): InstalmentTerms => ({
  type: 'periodic',
  amountMinor,
  recurrence: { type: 'monthly', intervalCount: 1 },
  maxOccurrences: 3,
});
const JANUARY = { firstDate: '2026-01-31', anchorDate: '2026-01-31' };

test('E7: 2 500 at once and three times 2 500 fall on the last days of February, March and April', () => {
  assert.deepEqual(instalmentsOf(termsOf(threeMonths(2_500), 10_000), { firstPaymentMinor: 2_500, ...JANUARY }), [
    { number: 1, dueDate: '2026-02-28', amountMinor: 2_500 },
    { number: 2, dueDate: '2026-03-31', amountMinor: 2_500 },
    { number: 3, dueDate: '2026-04-30', amountMinor: 2_500 },
  ]);
});

test('E7: with nothing at once, the last of three instalments takes the remainder', () => {
  const rows = instalmentsOf(termsOf(threeMonths(3_334), 10_000), { firstPaymentMinor: 0, ...JANUARY });
  assert.deepEqual(
    rows.map((row) => row.amountMinor),
    [3_334, 3_334, 3_332],
  );
});

test('E7: the first payment lowers what the last instalment takes', () => {
  const rows = instalmentsOf(termsOf(threeMonths(3_334), 10_000), { firstPaymentMinor: 1_000, ...JANUARY });
  assert.deepEqual(
    rows.map((row) => row.amountMinor),
    [3_334, 3_334, 2_332],
  );
});

test('a first payment made later than agreed pushes fixed dates to the days after it, one each', () => {
  const items = [
    { amountMinor: 100, dueDate: '2026-02-01' },
    { amountMinor: 200, dueDate: '2026-02-02' },
    { amountMinor: 300, dueDate: '2026-02-20' },
  ];
  const facts = { firstPaymentMinor: 400, firstDate: '2026-02-05', anchorDate: '2026-02-05' };
  assert.deepEqual(instalmentsOf(termsOf({ type: 'fixed', items }, 1_000), facts), [
    { number: 1, dueDate: '2026-02-06', amountMinor: 100 },
    { number: 2, dueDate: '2026-02-07', amountMinor: 200 },
    { number: 3, dueDate: '2026-02-20', amountMinor: 300 },
  ]);
});

test('amounts that cannot sum to the rest are told before anybody agrees, and a bug after', () => {
  const terms = threeMonths(3_334);
  assert.equal(instalmentsSumTo(terms, 10_002), true);
  assert.equal(instalmentsSumTo(terms, 10_003), false);
  assert.equal(instalmentsSumTo(terms, 6_669), true);
  assert.equal(instalmentsSumTo(terms, 6_668), false);
  assert.equal(instalmentsSumTo({ type: 'fixed', items: [{ amountMinor: 5, dueDate: '2026-02-01' }] }, 5), true);
  assert.equal(instalmentsSumTo({ type: 'fixed', items: [{ amountMinor: 5, dueDate: '2026-02-01' }] }, 6), false);
  assert.throws(() => instalmentsOf(termsOf(terms, 20_000), { firstPaymentMinor: 0, ...JANUARY }), Bug);
});

test('whatever the amounts and dates, instalments are above zero, sum with the first payment to the total, and rise', () => {
  const fixed = fc
    .array(fc.record({ amountMinor: fc.integer({ min: 1, max: 9_999 }), gap: fc.integer({ min: 1, max: 40 }) }), {
      minLength: 1,
      maxLength: 120,
    })
    .map((steps): InstalmentTerms => {
      let dueDate = '2026-01-01';
      return {
        type: 'fixed',
        items: steps.map(({ amountMinor, gap }) => {
          dueDate = addDays(dueDate, gap);
          return { amountMinor, dueDate };
        }),
      };
    });
  const periodic = fc
    .tuple(fc.integer({ min: 1, max: 9_999 }), fc.integer({ min: 1, max: 120 }), fc.integer({ min: 1, max: 24 }))
    .map(
      ([amountMinor, maxOccurrences, intervalCount]): InstalmentTerms => ({
        type: 'periodic',
        amountMinor,
        recurrence: { type: 'monthly', intervalCount },
        maxOccurrences,
      }),
    );
  const first = fc.record({ minor: fc.nat(9_999), day: fc.nat(60), shortfall: fc.nat() });
  fc.assert(
    fc.property(fc.oneof(fixed, periodic), first, (terms, { minor, day, shortfall }) => {
      const restMinor =
        terms.type === 'fixed'
          ? terms.items.reduce((sum, item) => sum + item.amountMinor, 0)
          : terms.maxOccurrences * terms.amountMinor - (shortfall % terms.amountMinor);
      const firstDate = addDays('2026-01-01', day);
      const facts = { firstPaymentMinor: minor, firstDate, anchorDate: firstDate };
      const rows = instalmentsOf(termsOf(terms, minor + restMinor), facts);
      assert.equal(rows.length, terms.type === 'fixed' ? terms.items.length : terms.maxOccurrences);
      assert.equal(
        rows.reduce((sum, row) => sum + row.amountMinor, minor),
        minor + restMinor,
      );
      let before = firstDate;
      for (const [place, row] of rows.entries()) {
        assert.equal(row.number, place + 1);
        assert.ok(row.amountMinor > 0);
        assert.ok(row.dueDate > before, `${row.dueDate} is not after ${before}`);
        before = row.dueDate;
      }
    }),
  );
});
