/** When a delivery is tried again, when it is given up, and when its endpoint is. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  afterTry,
  FAILING_LIMIT_MS,
  type Health,
  hasFailedTooLong,
  healthAfter,
  readRetryAfter,
  TRY_DELAYS_MS,
} from '../../src/domain/webhook-delivery.ts';
import { DAY, HOUR, MINUTE, plus, SECOND, type Timestamp } from '../../src/lib/time.ts';

const NOON = Date.UTC(2026, 0, 1, 12) as Timestamp;
const failed = (number: number) =>
  ({ number, at: NOON, latencyMs: 40, status: 500, failure: 'http_status', answer: '' }) as const;

test('ten tries come after 0 s, 5 s, 5 min, 30 min, 2 h, 5 h, 10 h, 14 h, 20 h and 24 h, a tenth sooner or later', () => {
  const promised = [
    0,
    5 * SECOND,
    5 * MINUTE,
    30 * MINUTE,
    2 * HOUR,
    5 * HOUR,
    10 * HOUR,
    14 * HOUR,
    20 * HOUR,
    24 * HOUR,
  ];
  assert.deepEqual(TRY_DELAYS_MS, promised);
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 9 }),
      fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
      (number, random) => {
        const after = afterTry(failed(number), { retryAfterMs: undefined, random });
        assert.equal(after.status, 'pending');
        const waitMs = after.nextAttemptAt! - NOON - 40;
        assert.ok(Math.abs(waitMs - promised[number]!) <= promised[number]! * 0.1 + 1);
      },
    ),
  );
  assert.deepEqual(afterTry(failed(10), { retryAfterMs: 5, random: 0.5 }), { status: 'exhausted' });
});

test('a success ends a delivery at any try', () => {
  for (let number = 1; number <= 10; number++) {
    const tried = { number, at: NOON, latencyMs: 1, status: 204, answer: '' };
    assert.deepEqual(afterTry(tried, { retryAfterMs: undefined, random: 0 }), { status: 'succeeded' });
  }
});

test('Retry-After postpones the next try by a day at most and never brings it forward', () => {
  const wait = (number: number, retryAfterMs: number) =>
    afterTry(failed(number), { retryAfterMs, random: 0.5 }).nextAttemptAt! - NOON - 40;
  assert.equal(wait(1, HOUR), HOUR);
  assert.equal(wait(1, 9 * DAY), DAY);
  assert.equal(wait(4, SECOND), 2 * HOUR);
});

test('Retry-After is read as seconds or as a date, with 429 and 503 only', () => {
  assert.equal(readRetryAfter(429, '120', NOON), 120 * SECOND);
  assert.equal(readRetryAfter(503, ' 0 ', NOON), 0);
  assert.equal(readRetryAfter(503, 'Thu, 01 Jan 2026 13:00:00 GMT', NOON), HOUR);
  assert.equal(readRetryAfter(503, 'Thu, 01 Jan 2026 11:00:00 GMT', NOON), 0);
  for (const header of [
    undefined,
    '',
    '-1',
    '1.5',
    'soon',
    '2026-01-01T13:00:00Z',
    'Thu, 99 Foo 2026 13:00:00 GMT',
    '9'.repeat(20),
  ]) {
    assert.equal(readRetryAfter(429, header, NOON), undefined, header);
  }
  assert.equal(readRetryAfter(500, '120', NOON), undefined);
  assert.equal(readRetryAfter(200, '120', NOON), undefined);
});

test('an endpoint has failed too long after five days without a success, and any success starts afresh', () => {
  let health: Health = {};
  let at = NOON;
  const fail = () => {
    health = healthAfter(health, false, at) ?? health;
  };
  fail();
  for (; at < NOON + FAILING_LIMIT_MS; at = plus(at, 20 * HOUR)) {
    fail();
    assert.equal(hasFailedTooLong(health, at), at - NOON >= FAILING_LIMIT_MS);
  }
  fail();
  assert.ok(hasFailedTooLong(health, at));
  health = healthAfter(health, true, at) ?? health;
  assert.deepEqual(health, {});
  assert.ok(!hasFailedTooLong(health, at));
  fail();
  assert.deepEqual(health.failingSince, at);
});

test('two failures a month apart are two troubles, not one that lasted a month', () => {
  const first = healthAfter({}, false, NOON)!;
  const month = plus(NOON, 30 * DAY);
  const second = healthAfter(first, false, month)!;
  assert.equal(second.failingSince, month);
  assert.ok(!hasFailedTooLong(second, month));
});

test('health is written only when it says something new', () => {
  const health = { failingSince: NOON, lastFailureAt: NOON };
  assert.equal(healthAfter(health, false, plus(NOON, MINUTE)), undefined);
  assert.equal(healthAfter({}, true, NOON), undefined);
  assert.deepEqual(healthAfter(health, false, plus(NOON, HOUR)), { ...health, lastFailureAt: plus(NOON, HOUR) });
});
