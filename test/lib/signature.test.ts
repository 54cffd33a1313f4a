/** Our signatures are those of the Standard Webhooks reference library, byte for byte, in both directions. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { Webhook } from 'standardwebhooks';
import { secretBytes, secretText, sign, verify } from '../../src/lib/signature.ts';

const secrets = fc.uint8Array({ minLength: 24, maxLength: 64 });
const messages = fc.record({
  id: fc.stringMatching(/^[0-9A-Za-z_]{1,40}$/),
  timestampSeconds: fc.integer({ min: 1_600_000_000, max: 2_000_000_000 }),
  body: fc.string({ unit: 'binary', maxLength: 300 }),
});

test('any message is signed as the reference library signs it, and verified by us', () => {
  fc.assert(
    fc.property(secrets, messages, (secret, message) => {
      const signature = sign([secret], message);
      const reference = new Webhook(secretText(secret)).sign(
        message.id,
        new Date(message.timestampSeconds * 1000),
        message.body,
      );
      assert.equal(signature, reference);
      assert.ok(verify(secret, message, { signature: reference, nowSeconds: message.timestampSeconds }));
    }),
  );
});

test('two secrets give two signatures, and each of them verifies', () => {
  const [old, fresh, other] = [Buffer.alloc(32, 1), Buffer.alloc(32, 2), Buffer.alloc(32, 3)];
  const message = { id: 'evt_1', timestampSeconds: 1_700_000_000, body: '{}' };
  const signature = sign([fresh, old], message);
  const given = { signature, nowSeconds: message.timestampSeconds };
  assert.equal(signature.split(' ').length, 2);
  assert.ok(verify(old, message, given) && verify(fresh, message, given));
  assert.ok(!verify(other, message, given));
});

test('a signature of another body, id or time, a wrong version, or one too old or too new does not verify', () => {
  const secret = Buffer.alloc(24, 9);
  const message = { id: 'evt_1', timestampSeconds: 1_700_000_000, body: '{"a":1}' };
  const signature = sign([secret], message);
  const at = (nowSeconds: number, text = signature) => ({ signature: text, nowSeconds });
  const now = message.timestampSeconds;
  assert.ok(verify(secret, message, at(now + 300)) && verify(secret, message, at(now - 300)));
  assert.ok(!verify(secret, message, at(now + 301)) && !verify(secret, message, at(now - 301)));
  assert.ok(!verify(secret, { ...message, body: '{"a":2}' }, at(now)));
  assert.ok(!verify(secret, { ...message, id: 'evt_2' }, at(now)));
  assert.ok(!verify(secret, { ...message, timestampSeconds: now + 1 }, at(now)));
  assert.ok(!verify(secret, { ...message, timestampSeconds: Number.NaN }, at(now)));
  for (const text of ['', signature.replace('v1,', 'v2,'), signature.slice(0, -4), 'v1,', 'v1']) {
    assert.ok(!verify(secret, message, at(now, text)), text);
  }
});

test('a secret is read back from its text, and nothing else is taken for one', () => {
  const secret = Buffer.from('0123456789abcdef0123456789abcdef');
  assert.deepEqual(secretBytes(secretText(secret)), secret);
  for (const text of [
    '',
    'whsec_',
    'whsec_*',
    'sk_test_abc',
    secretText(secret).slice(0, -1),
    `${secretText(secret)} `,
  ]) {
    assert.equal(secretBytes(text), undefined, text);
  }
});
