/** Promises of the vault about cards, on a real PostgreSQL. */
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { test } from 'node:test';
import { plus, type Timestamp } from '../../src/lib/time.ts';
import { insertDataKey } from '../../src/vault/data-keys.ts';
import { SealBroken, type Vault, VaultUnavailable } from '../../src/vault/vault.ts';
import { openVaultDatabase } from '../../src/vault/vault-database.ts';
import { NOON, NUMBER, newMasterKey, OTHER_NUMBER, type VaultFixture, vaultFixture } from './vault-fixture.ts';

const later = plus(NOON, 60_000);

function seal(
  vault: Vault,
  card: { tenantId?: string; cardId: string; number?: string; sweepAt?: Timestamp },
): Promise<void> {
  const defaults = { tenantId: 'ten_a', number: NUMBER, expMonth: 12, expYear: 2031, at: NOON, sweepAt: later };
  return vault.seal({ ...defaults, ...card });
}

test('a sealed card opens with the same number and expiry, also in another process', async (t) => {
  const { vault, another } = await vaultFixture(t);
  await seal(vault, { cardId: 'card_1' });
  await seal(vault, { cardId: 'card_2', number: '6759649826438453123' });
  const expected = { number: NUMBER, expMonth: 12, expYear: 2031 };
  assert.deepEqual(await vault.open('ten_a', 'card_1'), expected);
  assert.deepEqual(await another().open('ten_a', 'card_1'), expected);
  assert.equal((await vault.open('ten_a', 'card_2'))?.number, '6759649826438453123');
});

test('a card is not there for another tenant, another id, or after it was shredded', async (t) => {
  const { vault, query } = await vaultFixture(t);
  await seal(vault, { cardId: 'card_1' });
  assert.equal(await vault.open('ten_b', 'card_1'), undefined);
  assert.equal(await vault.open('ten_a', 'card_2'), undefined);
  await vault.shred('ten_b', ['card_1']);
  assert.ok(await vault.open('ten_a', 'card_1'), 'another tenant cannot shred it');
  await vault.shred('ten_a', ['card_1', 'card_unknown']);
  assert.equal(await vault.open('ten_a', 'card_1'), undefined);
  assert.deepEqual(await query('select * from vault.cards'), []);
});

test('a row copied over another card, tenant or key version does not open', async (t) => {
  const { vault, query } = await vaultFixture(t);
  await seal(vault, { cardId: 'card_1' });
  await seal(vault, { cardId: 'card_2', number: OTHER_NUMBER });
  await seal(vault, { tenantId: 'ten_b', cardId: 'card_1', number: OTHER_NUMBER });
  // Every sealed value in the place of its neighbour.
  await query(`create table stolen as select * from vault.cards where tenant_id = 'ten_a' and card_id = 'card_1'`);
  await query('delete from vault.cards where nonce in (select nonce from stolen)');
  for (const [tenantId, cardId] of [
    ['ten_a', 'card_2'],
    ['ten_b', 'card_1'],
  ] as const) {
    await query(
      'update vault.cards c set sealed = s.sealed, nonce = s.nonce from stolen s where c.tenant_id = $1 and c.card_id = $2',
      [tenantId, cardId],
    );
    await assert.rejects(vault.open(tenantId, cardId), SealBroken);
  }
});

test('a card whose bytes, nonce or key version were changed does not open', async (t) => {
  const fixture = await vaultFixture(t);
  const { vault, query } = fixture;
  await seal(vault, { cardId: 'card_1' });
  const [row] = await query<{ sealed: Buffer; nonce: Buffer }>('select sealed, nonce from vault.cards');
  assert.ok(row);
  for (let i = 0; i < row.sealed.length; i++) {
    const spoilt = Buffer.from(row.sealed);
    spoilt[i] = spoilt[i]! ^ 1;
    await query('update vault.cards set sealed = $1', [spoilt]);
    await assert.rejects(vault.open('ten_a', 'card_1'), SealBroken, `byte ${i}`);
  }
  await query('update vault.cards set sealed = $1, nonce = $2', [row.sealed, randomBytes(12)]);
  await assert.rejects(vault.open('ten_a', 'card_1'), SealBroken);
  await addKeyVersion(fixture, 'ten_a', 2);
  await query('update vault.cards set nonce = $1, key_version = 2', [row.nonce]);
  await assert.rejects(vault.open('ten_a', 'card_1'), SealBroken);
  await query('update vault.cards set key_version = 1');
  assert.equal((await vault.open('ten_a', 'card_1'))?.number, NUMBER);
});

test('a card sealed under an earlier key version opens while new ones use the latest', async (t) => {
  const fixture = await vaultFixture(t);
  const before = await fixture.vault.fingerprint('ten_a', NUMBER);
  await seal(fixture.vault, { cardId: 'card_old' });
  await addKeyVersion(fixture, 'ten_a', 2);
  const restarted = fixture.another();
  await seal(restarted, { cardId: 'card_new' });
  const versions = await fixture.query('select card_id, key_version from vault.cards order by card_id');
  assert.deepEqual(versions, [
    { card_id: 'card_new', key_version: 2 },
    { card_id: 'card_old', key_version: 1 },
  ]);
  assert.equal((await restarted.open('ten_a', 'card_old'))?.number, NUMBER);
  // A process that loaded its keys before version 2 was made finds it when it needs it.
  assert.equal((await fixture.vault.open('ten_a', 'card_new'))?.number, NUMBER);
  assert.equal(await restarted.fingerprint('ten_a', NUMBER), before, 'fingerprints outlive the sealing key');
});

test('nothing readable of a card is in any table of the database', async (t) => {
  const fixture = await vaultFixture(t);
  const { vault, query } = fixture;
  const numbers = [NUMBER, OTHER_NUMBER, '4000000000009995', '378282246310005'];
  for (const [i, number] of numbers.entries()) await seal(vault, { cardId: `card_${i}`, number });
  const everything = await everyRow(fixture);
  assert.ok(everything.includes('card_3'), 'the cards are among what was read');
  for (const number of numbers) {
    const forms = [number, Buffer.from(number).toString('hex'), Buffer.from(number).toString('base64').slice(0, 20)];
    for (const form of forms) assert.ok(!everything.includes(form), 'a number stands in the database');
    assert.ok(!everything.includes(await vault.fingerprint('ten_a', number)), 'the vault stores no fingerprint');
  }
  const lengths = await query('select distinct octet_length(sealed) as bytes from vault.cards');
  assert.equal(lengths.length, 1, 'the length of a sealed card does not tell the length of its number');
});

test('there is no column for a verification code, and none is stored when one is smuggled in', async (t) => {
  const { vault, query } = await vaultFixture(t);
  const columns = await query<{ column_name: string }>(
    `select column_name from information_schema.columns where table_schema = 'vault'`,
  );
  assert.ok(columns.length > 10);
  assert.deepEqual(
    columns.filter((column) => /cvc|cvv|cid|code|security/.test(column.column_name)),
    [],
  );
  const smuggled = {
    tenantId: 'ten_a',
    cardId: 'card_1',
    number: NUMBER,
    expMonth: 1,
    expYear: 2030,
    at: NOON,
    sweepAt: later,
    securityCode: '737',
  };
  await vault.seal(smuggled);
  assert.deepEqual(await vault.open('ten_a', 'card_1'), { number: NUMBER, expMonth: 1, expYear: 2030 });
});

test('a nonce is never used twice with one key, even when the random source repeats itself', async (t) => {
  const { another, query } = await vaultFixture(t);
  let draws = 0;
  // The first draws make the data key; afterwards every second nonce is the one before.
  const repeating = (bytes: number) => (bytes === 12 ? Buffer.alloc(12, draws++ >> 1) : randomBytes(bytes));
  const vault = another({ random: repeating });
  for (const cardId of ['card_1', 'card_2', 'card_3']) await seal(vault, { cardId });
  const [row] = await query<{ cards: number; nonces: number }>(
    'select count(*)::int as cards, count(distinct nonce)::int as nonces from vault.cards',
  );
  assert.deepEqual(row, { cards: 3, nonces: 3 });
  for (const cardId of ['card_1', 'card_2', 'card_3'])
    assert.equal((await vault.open('ten_a', cardId))?.number, NUMBER);
});

test('a card id is used once: sealing another card under it is refused and the first stays', async (t) => {
  const { vault } = await vaultFixture(t);
  await seal(vault, { cardId: 'card_1' });
  await assert.rejects(seal(vault, { cardId: 'card_1', number: OTHER_NUMBER }), { name: 'VaultTaken' });
  assert.equal((await vault.open('ten_a', 'card_1'))?.number, NUMBER);
});

test('an error about a number that cannot be sealed does not repeat it', async (t) => {
  const { vault } = await vaultFixture(t);
  for (const number of ['4242 4242 4242 4242', '42424242424242424242', 'not-a-number']) {
    await assert.rejects(seal(vault, { cardId: 'card_1', number }), (error: Error) => !error.message.includes(number));
  }
});

test('sealing and opening cost one statement each once the key is warm, a fingerprint none', async (t) => {
  const { another } = await vaultFixture(t);
  const seen: string[] = [];
  const vault = another({ watch: { before: (text) => void seen.push(text), after: () => undefined } });
  await vault.fingerprint('ten_a', NUMBER);
  seen.length = 0;
  await vault.fingerprint('ten_a', OTHER_NUMBER);
  assert.equal(seen.length, 0);
  await seal(vault, { cardId: 'card_1' });
  assert.equal(seen.length, 1);
  await vault.open('ten_a', 'card_1');
  assert.equal(seen.length, 2);
});

test('a fingerprint is stable within a tenant, also across processes, and different in every other tenant', async (t) => {
  const { vault, another } = await vaultFixture(t);
  const first = await vault.fingerprint('ten_a', NUMBER);
  assert.match(first, /^[A-Za-z0-9_-]{43}$/);
  assert.equal(await another().fingerprint('ten_a', NUMBER), first);
  assert.notEqual(await vault.fingerprint('ten_b', NUMBER), first);
  assert.notEqual(await vault.fingerprint('ten_a', OTHER_NUMBER), first);
});

test('many processes that meet a tenant at the same moment agree on one key', async (t) => {
  const { another } = await vaultFixture(t);
  const vaults = Array.from({ length: 8 }, () => another());
  const fingerprints = await Promise.all(vaults.map((vault) => vault.fingerprint('ten_new', NUMBER)));
  assert.equal(new Set(fingerprints).size, 1);
});

test('with another master key nothing opens, and the start says which key is missing', async (t) => {
  const { vault, another, masterKey } = await vaultFixture(t);
  await seal(vault, { cardId: 'card_1' });
  await vault.check();
  const stranger = another({ masterKey: newMasterKey() });
  await assert.rejects(stranger.open('ten_a', 'card_1'), { name: 'MasterKeyProblem' });
  await assert.rejects(stranger.check(), (error: Error) => error.message.includes(masterKey.id));
  const renewed = another({ masterKey: { ...newMasterKey(), earlier: [masterKey] } });
  await renewed.check();
  assert.equal((await renewed.open('ten_a', 'card_1'))?.number, NUMBER);
});

test('a database that is away is named as such, and works again without a restart of the vault', async (t) => {
  const { vault, query } = await vaultFixture(t);
  await seal(vault, { cardId: 'card_1' });
  await query(
    `select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()`,
  );
  const answers = await Promise.allSettled([vault.open('ten_a', 'card_1'), vault.open('ten_a', 'card_1')]);
  for (const answer of answers) {
    if (answer.status === 'rejected') assert.ok(answer.reason instanceof VaultUnavailable, String(answer.reason));
  }
  assert.equal((await vault.open('ten_a', 'card_1'))?.number, NUMBER);
});

/** The rows of every table as text, as a dump of the database has them. */
async function everyRow({ query }: VaultFixture): Promise<string> {
  const tables = await query<{ name: string }>(
    `select format('%I.%I', schemaname, tablename) as name from pg_tables where schemaname not in ('pg_catalog', 'information_schema')`,
  );
  const rows = await Promise.all(
    tables.map(({ name }) => query<{ line: string }>(`select t::text as line from ${name} t`)),
  );
  return rows
    .flat()
    .map((row) => row.line)
    .join('\n');
}

async function addKeyVersion(fixture: VaultFixture, tenantId: string, version: number): Promise<void> {
  const database = openVaultDatabase({ url: fixture.url, maxConnections: 1 });
  try {
    await insertDataKey({ database, masterKey: fixture.masterKey, random: randomBytes }, tenantId, version);
  } finally {
    await database.close();
  }
}
