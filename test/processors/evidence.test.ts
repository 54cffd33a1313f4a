/** Evidence: nothing spendable, nothing a database refuses, never more than 2 KiB. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { evidenceOf, scrub } from '../../src/processors/evidence.ts';

test('card numbers go, however they are grouped; ids, times and amounts stay', () => {
  for (const number of [
    ...['4242424242424242', '4242 4242 4242 4242', '4242-4242-4242-4242', '378282246310005', '36006699051004'],
    ...['6304000000000000000', 'PAN:4242424242424242.', '"4242424242424242"', 'x4242424242424242y'],
  ]) {
    assert.ok(!/\d{5}|\d{4}[ -]\d{4}/.test(scrub(number)), number);
  }
  for (const harmless of [
    '012345678901234',
    '2026-11-22T10:00:00.000Z',
    '{"value":99999999999}',
    'C-0123456789ABCDEF',
  ]) {
    assert.equal(scrub(harmless), harmless);
  }
});

test('secrets go by value, by form and by the name of their member', () => {
  assert.equal(scrub('code 917 and 917', ['917']), 'code [removed] and [removed]');
  assert.equal(scrub('key mk_abcdefghij'), 'key [key removed]');
  assert.equal(
    scrub('{"cvc":"123","security_code": 456,"merchant_key":"abc"}'),
    '{"cvc":"[removed]","security_code": "[removed]","merchant_key":"[removed]"}',
  );
  assert.equal(scrub('{"cvc":"match","request_key":"att_1"}'), '{"cvc":"match","request_key":"att_1"}');
});

test('evidence of any bytes is text that a database takes, of at most 2 KiB', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 6_000 }), fc.string({ unit: 'binary' }), (bytes, text) => {
      const body = Buffer.concat([bytes, Buffer.from(text.repeat(200))]);
      const evidence = evidenceOf({ operation: 'charge', latencyMs: 1, body, detail: text.repeat(20), secrets: [] });
      assert.ok(Buffer.byteLength(evidence.body ?? '') <= 2_048);
      assert.ok(Buffer.byteLength(evidence.detail) <= 300);
      assert.equal(evidence.bytes, body.length);
      const whole = JSON.stringify(evidence);
      assert.ok(!whole.includes('\\u0000') && !/\\ud[89a-f]/.test(whole), whole);
    }),
  );
});

test('a secret at the cut does not come through in part', () => {
  const number = '4242424242424242';
  for (let before = 2_020; before <= 2_048; before++) {
    const body = Buffer.from(`${'x'.repeat(before)}${number}`);
    const { body: kept = '' } = evidenceOf({ operation: 'charge', latencyMs: 1, body, detail: '', secrets: [number] });
    assert.ok(!kept.includes('42'), `${before}`);
  }
});
