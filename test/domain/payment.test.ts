/** The payment's own rules: its sums, its reviews, and who may try again. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  createPayment,
  failPaymentAttempt,
  flagPayment,
  holdPayment,
  restartPayment,
  succeedPayment,
} from '../../src/domain/payment.ts';
import { DECLINED, LATER, paymentIn } from './money-objects.ts';

test('a success takes the whole sum: paid at once, or held where capture is manual', () => {
  const paid = succeedPayment(paymentIn('initiating'), {}, LATER).next;
  assert.deepEqual([paid.authorisedMinor, paid.paidMinor, paid.succeededAt], [20_000, 20_000, LATER]);
  const held = succeedPayment(paymentIn('initiating', { captureMethod: 'manual' }), {}, LATER).next;
  assert.deepEqual([held.authorisedMinor, held.paidMinor], [20_000, 0]);
});

test('a success cannot come twice, nor after another end', () => {
  for (const status of ['succeeded', 'failed', 'cancelled', 'expired', 'draft'] as const)
    assert.throws(() => succeedPayment(paymentIn(status), {}, LATER), /cannot go from/, status);
});

test('a decline lets a payer try again and is the end of a charge without the payer', () => {
  const page = failPaymentAttempt(paymentIn('initiating'), DECLINED, LATER);
  assert.equal(page.next.status, 'draft');
  assert.deepEqual(page.events, ['payment.attempt_failed']);
  const alone = failPaymentAttempt(paymentIn('initiating', { initiator: 'merchant' }), DECLINED, LATER);
  assert.equal(alone.next.status, 'failed');
  assert.deepEqual(alone.events, ['payment.attempt_failed', 'payment.failed']);
});

test('people are called once, and an end takes the mark away', () => {
  const flagged = flagPayment(paymentIn('processing'), { reason: 'timeout' }, LATER);
  assert.deepEqual(flagged.events, ['payment.review_needed']);
  assert.equal(flagPayment(flagged.next, { reason: 'contradiction' }, LATER).unchanged, true);
  assert.equal(succeedPayment(flagged.next, {}, LATER).next.review, undefined);
  assert.equal(failPaymentAttempt(flagged.next, DECLINED, LATER).next.review, undefined);
});

test('waiting for the same thing again changes nothing', () => {
  assert.equal(holdPayment(paymentIn('processing'), 'processing', LATER).unchanged, true);
  assert.equal(holdPayment(paymentIn('pending_action'), 'processing', LATER).next.status, 'processing');
});

test('a new payment holds nothing, and a second try keeps its reference', () => {
  const { version: _, status: __, authorisedMinor: ___, paidMinor: ____, ...facts } = paymentIn('draft');
  const made = createPayment(facts).next;
  assert.deepEqual([made.status, made.authorisedMinor, made.paidMinor, made.version], ['initiating', 0, 0, 1]);
  const again = restartPayment(paymentIn('draft'), { amountMinor: 20_000 }, LATER).next;
  assert.equal(again.reconciliationReference, 'pay_1');
});
