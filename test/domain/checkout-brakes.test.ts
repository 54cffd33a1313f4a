/** The brakes as arithmetic: places, windows and addresses. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { addressBlock, askBrake, BRAKES, type BrakeTry, isOnePayer } from '../../src/domain/checkout-brakes.ts';
import { plus, type Timestamp } from '../../src/lib/time.ts';

const AT = Date.UTC(2026, 10, 22, 12) as Timestamp;

function failures(count: number, endsInMs = 1): BrakeTry[] {
  return Array.from({ length: count }, (_, n) => {
    return { kind: 'address', place: String(n), until: plus(AT, endsInMs + n), open: false };
  });
}

test('one failure fewer than the limit leaves one place, the limit none, and the end of the oldest window one again', () => {
  const { failures: limit } = BRAKES.address;
  assert.deepEqual(askBrake('address', failures(limit - 1), { at: AT, pick: 0.99 }), { kind: 'free', place: '9' });
  const full = failures(limit);
  assert.deepEqual(askBrake('address', full, { at: AT, pick: 0 }), { kind: 'closed', until: plus(AT, 1) });
  assert.deepEqual(askBrake('address', full, { at: plus(AT, 1), pick: 0 }), { kind: 'free', place: '0' });
});

test('while answers are missing that decide, one more try waits for them; failures alone close', () => {
  const [first, ...rest] = failures(10);
  assert.deepEqual(askBrake('address', [{ ...(first as BrakeTry), open: true }, ...rest], { at: AT, pick: 0 }), {
    kind: 'wait',
  });
  assert.deepEqual(askBrake('card', failures(10), { at: AT, pick: 0 }), { kind: 'free', place: '0' });
});

test('however many tries read the same, no more of them get a place than failures are left', () => {
  const place = fc.integer({ min: 0, max: 9 });
  fc.assert(
    fc.property(
      fc.uniqueArray(place),
      fc.integer({ min: 0, max: 12 }),
      fc.array(fc.nat(99), { minLength: 30, maxLength: 60 }),
      (taken, late, picks) => {
        const tries: BrakeTry[] = [
          ...taken.map((n) => ({ kind: 'address', place: String(n), until: plus(AT, 5), open: true }) as const),
          ...Array.from(
            { length: late },
            (_, n) => ({ kind: 'address', place: `att_${n}`, until: plus(AT, 5), open: false }) as const,
          ),
        ];
        const got = picks.map((pick) => askBrake('address', tries, { at: AT, pick: pick / 100 }));
        const places = new Set(got.flatMap((verdict) => (verdict.kind === 'free' ? [verdict.place] : [])));
        assert.ok(places.size <= Math.max(0, 10 - taken.length - late));
        for (const one of places) assert.ok(!taken.includes(Number(one)));
      },
    ),
  );
});

test('an address is all of IPv4 and the first half of IPv6; proxies and private networks are nobody', () => {
  assert.equal(addressBlock('203.0.113.9'), '203.0.113.9');
  assert.equal(addressBlock('::ffff:203.0.113.9'), '203.0.113.9');
  const block = '2001:db8:0:7::/64';
  for (const one of ['2001:db8:0:7::1', '2001:0db8:0000:0007:ffff::', '2001:DB8:0:7:1:2:3:4', '2001:db8:0:7::%eth0'])
    assert.equal(addressBlock(one), block, one);
  assert.equal(addressBlock('2001:db8::1'), '2001:db8:0:0::/64');
  assert.notEqual(addressBlock('2001:db8:0:8::1'), block);
  for (const one of ['10.1.2.3', '192.168.0.1', '172.16.0.1', '172.31.9.9', '::1', 'fd00::1', 'fe80::1', '127.0.0.1'])
    assert.ok(!isOnePayer(one), one);
  for (const one of ['172.32.0.1', '11.0.0.1', '2001:db8::1', '203.0.113.9']) assert.ok(isOnePayer(one), one);
});
