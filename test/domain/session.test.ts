/** The session's own rules: what a merchant may change, when it can be paid, how long it lasts. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { accepted, isRejection } from '../../src/domain/errors.ts';
import {
  cancelSession,
  completeSession,
  expireSession,
  extendSession,
  failSessionAttempt,
  mayExtend,
  type Session,
  startSessionAttempt,
  updateSession,
} from '../../src/domain/session.ts';
import { HOUR, MINUTE, plus, type Timestamp } from '../../src/lib/time.ts';
import { DECLINED, LATER, NOW, sessionIn } from './money-objects.ts';

const code = (verdict: unknown): string => (isRejection(verdict) ? verdict.rejected : 'accepted');

test('an open attempt holds everything else off: no second attempt, no cancel, no end', () => {
  const inFlight = sessionIn('active', 'pending');
  const farLater = plus(NOW, 100 * HOUR);
  assert.equal(code(startSessionAttempt(inFlight, { paymentId: 'pay_2' }, LATER)), 'payment_in_progress');
  assert.equal(code(cancelSession(inFlight, 'merchant', LATER)), 'payment_in_progress');
  assert.equal(code(expireSession(inFlight, farLater)), 'payment_in_progress');
});

test('a session can be paid until the millisecond of its end, and expires from that one on', () => {
  const expiresAt = plus(NOW, HOUR);
  const open = sessionIn('active', 'unpaid', { expiresAt });
  const last = plus(expiresAt, -1);
  assert.equal(code(startSessionAttempt(open, { paymentId: 'pay_1' }, last)), 'accepted');
  assert.equal(code(expireSession(open, last)), 'payment_session_not_active');
  assert.equal(code(startSessionAttempt(open, { paymentId: 'pay_1' }, expiresAt)), 'payment_session_not_active');
  assert.equal(code(expireSession(open, expiresAt)), 'accepted');
});

test('the amount is locked by the first attempt; words may change after it', () => {
  const untouched = sessionIn('active', 'not_started');
  assert.equal(accepted(updateSession(untouched, { amountMinor: 5 }, LATER)).next.amountMinor, 5);
  for (const outcome of ['pending', 'unpaid'] as const) {
    const tried = sessionIn('active', outcome);
    assert.equal(code(updateSession(tried, { amountMinor: 5 }, LATER)), 'amount_locked');
    assert.equal(
      code(updateSession(tried, { amountMinor: 20_000 }, LATER)),
      'accepted',
      'the same amount is no change',
    );
    assert.equal(code(updateSession(tried, { description: 'Two' }, LATER)), 'accepted');
  }
});

test('a decline leaves a page open for another try and ends a charge without the payer', () => {
  const page = failSessionAttempt(sessionIn('active', 'pending'), DECLINED, LATER).next;
  assert.deepEqual([page.status, page.paymentOutcome], ['active', 'unpaid']);
  const alone = failSessionAttempt(sessionIn('active', 'pending', { type: 'next_in_series' }), DECLINED, LATER);
  assert.deepEqual([alone.next.status, alone.next.paymentOutcome], ['completed', 'unpaid']);
  assert.deepEqual(alone.events, ['payment_session.updated', 'payment_session.completed']);
});

test('success forgets the decline before it', () => {
  const declined = sessionIn('active', 'pending', { lastPaymentError: DECLINED });
  assert.equal(completeSession(declined, { outcome: 'paid' }, LATER).next.lastPaymentError, undefined);
});

test('more time: ten times at most, never backwards, never after the end', () => {
  let session: Session = sessionIn('active', 'not_started', { expiresAt: plus(NOW, MINUTE) });
  let at = NOW;
  for (let i = 0; i < 10; i++) {
    const before = session.expiresAt!;
    session = accepted(extendSession(session, at)).next;
    assert.ok(session.expiresAt! >= before);
    at = plus(session.expiresAt!, -1);
  }
  assert.equal(mayExtend(session), false);
  assert.equal(code(extendSession(session, at)), 'payment_session_not_active');
  const long = sessionIn('active', 'not_started', { expiresAt: plus(NOW, 24 * HOUR) });
  assert.equal(accepted(extendSession(long, NOW)).next.expiresAt, plus(NOW, 24 * HOUR) as Timestamp);
  assert.equal(code(extendSession(long, plus(NOW, 24 * HOUR))), 'payment_session_not_active');
});
