/** Secrets that must be read back: sealed for one tenant and one purpose. */
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { test } from 'node:test';
import { SealBroken } from '../../src/vault/vault.ts';
import { vaultFixture } from './vault-fixture.ts';

const purpose = 'webhook_secret:whe_1';

test('a sealed secret opens for its tenant and purpose, byte for byte, also when it is empty', async (t) => {
  const { vault, another } = await vaultFixture(t);
  for (const plain of [Buffer.from('whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw'), randomBytes(4096), Buffer.alloc(0)]) {
    const sealed = await vault.sealSecret('ten_a', purpose, plain);
    assert.deepEqual(await another().openSecret('ten_a', purpose, sealed), plain);
  }
});

test('a sealed secret does not open for another tenant, for another purpose, or changed in any byte', async (t) => {
  const { vault } = await vaultFixture(t);
  const sealed = await vault.sealSecret('ten_a', purpose, Buffer.from('a secret'));
  await assert.rejects(vault.openSecret('ten_b', purpose, sealed), SealBroken);
  await assert.rejects(vault.openSecret('ten_a', 'webhook_secret:whe_2', sealed), SealBroken);
  for (let i = 0; i < sealed.length; i++) {
    const spoilt = Buffer.from(sealed);
    spoilt[i] = spoilt[i]! ^ 1;
    await assert.rejects(vault.openSecret('ten_a', purpose, spoilt), SealBroken, `byte ${i}`);
  }
  for (const length of [0, 4, 16, sealed.length - 1]) {
    await assert.rejects(vault.openSecret('ten_a', purpose, sealed.subarray(0, length)), SealBroken, `${length} bytes`);
  }
});

test('sealing the same secret twice gives different bytes', async (t) => {
  const { vault } = await vaultFixture(t);
  const first = await vault.sealSecret('ten_a', purpose, Buffer.from('same'));
  const second = await vault.sealSecret('ten_a', purpose, Buffer.from('same'));
  assert.notDeepEqual(first, second);
});
