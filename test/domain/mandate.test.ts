/** The rules that every charge without the payer is held against. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { isRejection } from '../../src/domain/errors.ts';
import { chooseMandate, defaultTerms, type MandateCharge, refuseCharge } from '../../src/domain/mandate.ts';
import type { Timestamp } from '../../src/lib/time.ts';
import { mandateIn, NOW } from './money-objects.ts';

const charge: MandateCharge = { amountMinor: 10_000, currency: 'ZAR', expMonth: 12, expYear: 2030 };
const broken = (more: Partial<MandateCharge>, at = NOW) =>
  (refuseCharge(mandateIn('active'), { ...charge, ...more }, at)?.errors ?? []).map((error) => error.code);

test('a charge within the terms is allowed', () => {
  assert.equal(refuseCharge(mandateIn('active'), charge, NOW), undefined);
});

test('every broken rule is named at once, each with its field', () => {
  assert.deepEqual(broken({ amountMinor: 0 }), ['amount_below_min']);
  assert.deepEqual(broken({ amountMinor: 20_001 }), ['amount_above_max']);
  assert.deepEqual(broken({ currency: 'EUR', amountMinor: 20_001, expYear: 2020 }), [
    'currency_mismatch',
    'amount_above_max',
    'card_expired',
  ]);
});

test('nothing is charged under a mandate that is not active, whatever the sum', () => {
  for (const status of ['revoked', 'ended'] as const)
    assert.equal(refuseCharge(mandateIn(status), charge, NOW)?.rejected, 'mandate_not_active');
});

test('a card is good until the last millisecond of its month in UTC', () => {
  const end = Date.UTC(2027, 0, 1) as Timestamp;
  assert.deepEqual(broken({ expMonth: 12, expYear: 2026 }, (end - 1) as Timestamp), []);
  assert.deepEqual(broken({ expMonth: 12, expYear: 2026 }, end), ['card_expired']);
});

test('without further terms a series may charge up to its first amount each time, and any sum after an empty one', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 999_999_999_999 }),
      fc.integer({ min: 1, max: 999_999_999_999 }),
      (first, next) => {
        const mandate = mandateIn('active', { ...defaultTerms({ amountMinor: first, currency: 'ZAR' }) });
        const refused = refuseCharge(mandate, { ...charge, amountMinor: next }, NOW) !== undefined;
        assert.equal(refused, next > first);
      },
    ),
  );
  const { maxAmountMinor: _, ...noLimit } = mandateIn('active');
  assert.equal(
    refuseCharge({ ...noLimit, ...defaultTerms({ amountMinor: 0, currency: 'ZAR' }) }, charge, NOW),
    undefined,
  );
});

test('the mandate of a charge that names none: the only one that fits, or a reason', () => {
  const choice = (mandates: Parameters<typeof chooseMandate>[0], currency = 'ZAR') => {
    const found = chooseMandate(mandates, currency);
    return isRejection(found) ? found.rejected : found.id;
  };
  const active = mandateIn('active');
  const euro = mandateIn('active', { id: 'mnd_2', currency: 'EUR' });
  const revoked = mandateIn('revoked', { id: 'mnd_3' });
  assert.equal(choice([active, euro, revoked]), 'mnd_1');
  assert.equal(choice([active, euro, revoked], 'EUR'), 'mnd_2');
  assert.equal(choice([active, mandateIn('active', { id: 'mnd_4' })]), 'mandate_ambiguous');
  assert.equal(choice([euro]), 'mandate_violation');
  assert.equal(choice([revoked]), 'mandate_not_active');
  assert.equal(choice([]), 'payment_method_not_usable');
});
