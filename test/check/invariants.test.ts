/** An invariant that cannot fail proves nothing: each is broken on purpose, in transactions that are rolled back. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import pg from 'pg';
import { checkInvariant, type Finding, type Invariant, knownInvariants } from '../../src/store/invariants.ts';
import { violations } from '../simulation/invariants.ts';
import { filesUnder } from '../support/source-tree.ts';
import { BREAKS } from './breaks.ts';
import { type BusyWorld, busyWorld } from './busy-world.ts';

const invariants = knownInvariants();
const table: { invariant: string; ways: number; tripped: number }[] = [];

let world: BusyWorld;
let client: pg.Client;
before(async () => {
  world = await busyWorld();
  client = new pg.Client({ connectionString: world.app.database.url });
  await client.connect();
});
after(async () => {
  console.table(table);
  await client.end();
  await world.close();
});

/** What the invariant finds on this connection, without patience. */
function look(invariant: Invariant): Promise<Finding> {
  const inspector = {
    rows: async <Row>(text: string, values: readonly unknown[]) =>
      (await client.query(text, [...values])).rows as Row[],
  };
  return checkInvariant(inspector, invariant, { now: world.app.clock.now(), patienceMs: 0 });
}

async function undone(work: () => Promise<void>): Promise<void> {
  await client.query('begin');
  try {
    await work();
  } finally {
    await client.query('rollback');
  }
}

test('the world of these tests is sound to begin with, and there is something of everything in it', async () => {
  assert.deepEqual(await violations(world.app), []);
  const empty = [];
  for (const name of tables().keys()) {
    const [row] = await world.app.database.query<{ n: number }>(`select count(*)::float8 as n from ${name}`);
    if (row!.n === 0) empty.push(name);
  }
  // What a page keeps for a browser is gone once the payment is done, and what its brakes count when nobody counts it any more.
  assert.deepEqual(
    empty.filter((name) => !['checkout_forms', 'kept_cards', 'checkout_tries'].includes(name)),
    [],
  );
});

for (const invariant of invariants) {
  test(`broken on purpose, it is noticed: ${invariant.name}`, async () => {
    const ways = BREAKS[invariant.name];
    assert.ok(ways !== undefined && ways.length > 0, 'an invariant without a way to break it');
    const row = { invariant: invariant.name, ways: ways.length, tripped: 0 };
    table.push(row);
    for (const [i, statements] of ways.entries()) {
      await undone(async () => {
        assert.deepEqual(await look(invariant), { violations: 0, examples: [] });
        for (const statement of statements) await client.query(statement);
        const finding = await look(invariant);
        assert.ok(finding.violations > 0, `way ${i + 1} was not noticed:\n${statements.join(';\n')}`);
        assert.ok(finding.examples.length === Math.min(10, finding.violations));
        for (const { id, detail } of finding.examples) assert.ok(id !== '' && detail !== '', `${id}: ${detail}`);
        row.tripped += 1;
      });
    }
  });
}

test('every way to break an invariant is for one that exists', () => {
  const names = new Set(invariants.map(({ name }) => name));
  assert.deepEqual(
    Object.keys(BREAKS).filter((name) => !names.has(name)),
    [],
  );
});

test('the search for card numbers reads every column that holds text, in every table', () => {
  const { text } = invariants.find(({ name }) => name === 'card-numbers-stay-in-the-vault')!;
  const searched = new Map(
    [...text.matchAll(/concat_ws\('\|', ([^)]*)\)\s+from (\w+)/g)].map(([, columns, name]) => [
      name!,
      new Set(columns!.split(/,\s*/)),
    ]),
  );
  const unread: string[] = [];
  for (const [name, body] of tables()) {
    for (const [, column] of body.matchAll(/^ {2}(\w+) (?:text|json)/gm)) {
      if (column !== 'tenant_id' && !searched.get(name)?.has(column!)) unread.push(`${name}.${column}`);
    }
  }
  assert.deepEqual(unread, []);
});

test('what only looks like a card number is none', async () => {
  const card = invariants.find(({ name }) => name === 'card-numbers-stay-in-the-vault')!;
  const innocent = [
    '4242424242424241',
    '+4242424242424242',
    '4222222222222',
    '42424242424242424242424242',
    '1795368474123',
    '2026112214252900',
    '0000000000000000',
    'latency 60.4242424242424242',
    'a4242424242424242f',
    '2026-11-22 14:25:29.123456+00',
  ];
  for (const name of innocent) {
    await undone(async () => {
      await client.query('update customers set name = $1', [name]);
      assert.equal((await look(card)).violations, 0, name);
    });
  }
});

test('a violation never shows the card number it found', async () => {
  const card = invariants.find(({ name }) => name === 'card-numbers-stay-in-the-vault')!;
  await undone(async () => {
    await client.query(`update customers set name = '4242424242424242'`);
    const finding = await look(card);
    assert.match(finding.examples[0]!.detail, /^16 digits of a card in customers$/);
    assert.doesNotMatch(JSON.stringify(finding), /4242/);
  });
});

test('an invariant is a sentence and one statement about tenants that takes its time from outside', () => {
  const forbidden =
    /\b(now|clock_timestamp|random)\s*\(|\bcurrent_(timestamp|date)\b|;\s*$|\b(insert|update|delete)\b/im;
  for (const { name, sentence, text } of invariants) {
    assert.match(sentence, /^[A-Z][\s\S]{20,}\.$/, name);
    const statement = text.replace(/--[^\n]*/g, '');
    assert.match(statement, /\btenant_id\b/, name);
    assert.doesNotMatch(statement, forbidden, name);
  }
  assert.ok(invariants.length >= 40);
});

test('the guards are all the foreign keys between objects of tenants', () => {
  const { text } = invariants.find(({ name }) => name === 'guards-are-in-place')!;
  const schema = filesUnder('src/store', ['schema.sql'])[0]!.text;
  const keys = [...schema.matchAll(/constraint (\w+) FOREIGN KEY \(tenant_id, \w+\)/g)].map((match) => match[1]!);
  assert.ok(keys.length >= 10);
  assert.deepEqual(
    keys.filter((name) => !text.includes(`'${name}'`)),
    [],
  );
});

/** Tables outside the vault, with their columns and constraints. */
function tables(): Map<string, string> {
  const schema = filesUnder('src/store', ['schema.sql'])[0]!.text;
  const found = new Map(
    [...schema.matchAll(/^create table (\w+) \(([\s\S]*?)\n\);/gm)].map((match) => [match[1]!, match[2]!]),
  );
  assert.ok(found.size >= 20);
  return found;
}
