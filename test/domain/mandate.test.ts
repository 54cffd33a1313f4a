/** The life of a mandate, and which one a charge uses. The rules each charge is held against have files of their own. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isRejection } from '../../src/domain/errors.ts';
import { chooseMandate, endMandate, isInForce, revokeMandate } from '../../src/domain/mandate.ts';
import { defaultTerms, isUnlimited } from '../../src/domain/mandate-terms.ts';
import { HOUR, plus } from '../../src/lib/time.ts';
import { mandateIn, NOW } from './money-objects.ts';

const hold = { rule: 'house.needs_customer', since: NOW, liftedBy: 'customer_present_success' } as const;

test('without further terms a series may charge up to its first amount each time, and any sum after an empty one', () => {
  const zar = { currency: 'ZAR', timeZone: 'UTC' };
  assert.deepEqual(defaultTerms({ amountMinor: 5_000, ...zar }).amount, { minMinor: 1, maxMinor: 5_000 });
  assert.deepEqual(defaultTerms({ amountMinor: 0, ...zar }).amount, { minMinor: 1 });
  assert.equal(isUnlimited(defaultTerms({ amountMinor: 0, ...zar })), true);
  assert.equal(isUnlimited(defaultTerms({ amountMinor: 5_000, ...zar })), false);
});

test('a mandate that ends or is revoked is final, and its hold is gone', () => {
  const held = mandateIn('active', { chargeHold: hold });
  const ended = endMandate(held, 'expired', NOW);
  assert.deepEqual(
    [ended.next.status, ended.next.statusReason, ended.next.chargeHold, ended.events],
    [...['ended', 'expired', undefined], ['mandate.ended']],
  );
  const again = revokeMandate(ended.next, 'merchant_request', NOW);
  assert.equal(isRejection(again) && again.rejected, 'mandate_not_active');
  const revoked = revokeMandate(held, 'customer_request', NOW);
  assert.ok(!isRejection(revoked) && revoked.next.chargeHold === undefined && revoked.next.revokedAt === NOW);
  assert.ok(endMandate(revoked.next, 'expired', NOW).unchanged);
});

test('a mandate whose last day has passed is not in force, also before anybody has written its end', () => {
  const mandate = mandateIn('active', { endsAt: plus(NOW, HOUR) });
  assert.deepEqual([isInForce(mandate, NOW), isInForce(mandate, plus(NOW, HOUR))], [true, false]);
});

test('the mandate of a charge that names none: the only one that fits, or a reason', () => {
  const choice = (mandates: Parameters<typeof chooseMandate>[0], currency = 'ZAR') => {
    const found = chooseMandate(mandates, { currency, at: NOW });
    return isRejection(found) ? found.rejected : found.id;
  };
  const active = mandateIn('active');
  const terms = defaultTerms({ amountMinor: 20_000, currency: 'EUR', timeZone: 'UTC' });
  const euro = mandateIn('active', { id: 'mnd_2', terms });
  const revoked = mandateIn('revoked', { id: 'mnd_3' });
  assert.equal(choice([active, euro, revoked]), 'mnd_1');
  assert.equal(choice([active, euro, revoked], 'EUR'), 'mnd_2');
  assert.equal(choice([active, mandateIn('active', { id: 'mnd_4' })]), 'mandate_ambiguous');
  assert.equal(choice([euro]), 'mandate_violation');
  assert.equal(choice([revoked]), 'mandate_not_active');
  assert.equal(choice([]), 'payment_method_not_usable');
});
