/** When an open attempt is asked about, and when people are. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  CALL_GRACE_MS,
  createAttempt,
  isExhausted,
  isOpen,
  nextAskAt,
  settleAttempt,
} from '../../src/domain/attempt.ts';
import { DAY, HOUR, MINUTE, plus, SECOND } from '../../src/lib/time.ts';
import { attemptIn, LATER, NOW } from './money-objects.ts';

test('an open attempt is asked about after 2 s, 10 s, 30 s, 2 min, 10 min, 1 h, 6 h, then daily', () => {
  const waits = [2 * SECOND, 10 * SECOND, 30 * SECOND, 2 * MINUTE, 10 * MINUTE, HOUR, 6 * HOUR];
  for (let asked = 0; asked < 30; asked++)
    assert.equal(nextAskAt(asked, NOW), plus(NOW, waits[asked] ?? DAY), `${asked}`);
});

test('after seven daily questions without an answer people are asked, and the daily question goes on', () => {
  for (let asked = 0; asked < 14; asked++) assert.equal(isExhausted(asked), false, `${asked}`);
  for (let asked = 14; asked < 20; asked++) assert.equal(isExhausted(asked), true, `${asked}`);
  assert.equal(nextAskAt(100, NOW), plus(NOW, DAY));
});

test('a call has 27 s, longer than it may take, before anybody asks in its place', () => {
  const {
    version: _,
    status: __,
    syncCount: ___,
    leaving: ____,
    nextSyncAt: _____,
    createdAt: ______,
    ...facts
  } = attemptIn('sent');
  const attempt = createAttempt(facts);
  assert.equal(CALL_GRACE_MS, 27 * SECOND);
  assert.equal(attempt.nextSyncAt, plus(NOW, CALL_GRACE_MS));
  assert.deepEqual([attempt.status, attempt.version, attempt.syncCount], ['sent', 1, 0]);
});

test('a settled attempt is never asked about and never settled again', () => {
  const settled = settleAttempt(attemptIn('unknown', { leaving: true }), 'succeeded', { processorRef: 'C-1' }, LATER);
  assert.equal(isOpen(settled), false);
  assert.equal(settled.nextSyncAt, undefined);
  assert.throws(() => settleAttempt(settled, 'declined', {}, LATER), /settled once/);
});
