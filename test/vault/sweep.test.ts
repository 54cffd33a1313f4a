/** Collecting cards that nothing needs, wherever the program stops in between. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { plus, type Timestamp } from '../../src/lib/time.ts';
import type { Vault } from '../../src/vault/vault.ts';
import { NOON, NUMBER, vaultFixture } from './vault-fixture.ts';

const LIFE_MS = 60_000;
const due = plus(NOON, LIFE_MS);

async function sealed(vault: Vault, ...cardIds: string[]): Promise<void> {
  for (const [i, cardId] of cardIds.entries()) {
    const sweepAt = plus(due, i);
    await vault.seal({ tenantId: 'ten_a', cardId, number: NUMBER, expMonth: 1, expYear: 2030, at: NOON, sweepAt });
  }
}

async function dueIds(vault: Vault, now: Timestamp, limit = 100): Promise<string[]> {
  return (await vault.dueForSweep(now, limit)).map((card) => card.cardId);
}

test('a card is due for the sweep from its time on, the longest due first, as many as asked for', async (t) => {
  const { vault } = await vaultFixture(t);
  await sealed(vault, 'card_1', 'card_2', 'card_3');
  assert.deepEqual(await dueIds(vault, plus(due, -1)), []);
  assert.deepEqual(await dueIds(vault, due), ['card_1']);
  assert.deepEqual(await dueIds(vault, plus(due, 10)), ['card_1', 'card_2', 'card_3']);
  assert.deepEqual(await dueIds(vault, plus(due, 10), 2), ['card_1', 'card_2']);
});

test('a kept card is never due again, and a later postponement does not bring it back', async (t) => {
  const { vault } = await vaultFixture(t);
  await sealed(vault, 'card_1', 'card_2');
  await vault.keep('ten_a', ['card_1']);
  await vault.postpone('ten_a', ['card_1', 'card_2'], plus(due, LIFE_MS));
  assert.deepEqual(await dueIds(vault, plus(due, LIFE_MS - 1)), []);
  assert.deepEqual(await dueIds(vault, plus(due, LIFE_MS * 1000)), ['card_2']);
});

test('a sweep that stops before it shredded is done again by the next, in another process', async (t) => {
  const { vault, another } = await vaultFixture(t);
  await sealed(vault, 'card_1', 'card_2');
  const now = plus(due, LIFE_MS);
  assert.deepEqual(await dueIds(vault, now), ['card_1', 'card_2']);
  // The process that asked is gone here.
  const next = another();
  assert.deepEqual(await dueIds(next, now), ['card_1', 'card_2']);
  await next.shredDue('ten_a', ['card_1'], now);
  assert.deepEqual(await dueIds(vault, now), ['card_2']);
  await next.shredDue('ten_a', ['card_1', 'card_2'], now);
  assert.deepEqual(await dueIds(vault, now), []);
  assert.equal(await vault.open('ten_a', 'card_2'), undefined);
});

test('a card that was kept or postponed after it was found due survives that sweep', async (t) => {
  const { vault } = await vaultFixture(t);
  await sealed(vault, 'card_kept', 'card_postponed', 'card_left');
  const now = plus(due, LIFE_MS);
  const found = await dueIds(vault, now);
  assert.equal(found.length, 3);
  await vault.keep('ten_a', ['card_kept']);
  await vault.postpone('ten_a', ['card_postponed'], plus(now, 1));
  await vault.shredDue('ten_a', found, now);
  assert.ok(await vault.open('ten_a', 'card_kept'));
  assert.ok(await vault.open('ten_a', 'card_postponed'));
  assert.equal(await vault.open('ten_a', 'card_left'), undefined);
});

test('a sweep of one tenant leaves a card of the same id in another tenant', async (t) => {
  const { vault } = await vaultFixture(t);
  await sealed(vault, 'card_1');
  await vault.seal({
    tenantId: 'ten_b',
    cardId: 'card_1',
    number: NUMBER,
    expMonth: 1,
    expYear: 2030,
    at: NOON,
    sweepAt: due,
  });
  await vault.shredDue('ten_a', ['card_1'], due);
  await vault.keep('ten_a', ['card_1']);
  assert.ok(await vault.open('ten_b', 'card_1'));
  assert.deepEqual(await vault.dueForSweep(due, 10), [{ tenantId: 'ten_b', cardId: 'card_1' }]);
});
