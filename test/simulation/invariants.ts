/**
 * What must hold in every world, however it was treated: the invariants of `tender check`, without patience, and what our
 * database alone cannot know: our book against the processor's, and what was told against what stands. Each answer is a list of
 * sentences; empty is good.
 */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import pg from 'pg';
import type { Timestamp } from '../../src/lib/time.ts';
import { type Invariant, knownInvariants } from '../../src/store/invariants.ts';
import type { TestApp } from '../support/app.ts';
import { bookDifferences } from './books.ts';
import { untoldChanges } from './told.ts';

export { bookDifferences, tookMoney } from './books.ts';
export { toldDifferences } from './told.ts';

export interface Expectation {
  /** Attempts may still be open: nobody has been able to tell their end yet. */
  openAllowed?: boolean;
  /** False: leave out what asks the API for every object and reads every text, for worlds with thousands of them. */
  snapshots?: boolean;
}

/** Broken by nothing but time, and mended by whoever does what is due. */
const MENDED_BY_WORK = new Set([
  'deliveries-go-out-in-time',
  'events-get-their-number',
  'open-attempts-are-asked-about',
  'sessions-end-in-time',
]);

/** At rest only: a live system always has something under way. */
const NOTHING_IS_OPEN: Invariant = {
  name: 'nothing-is-open',
  sentence: 'Every attempt has its end.',
  text: `select tenant_id, id, kind || ' is ' || status as detail from attempts where settled_at is null`,
};

/** About the shape of database and server, and a search through every text: they need no second look in the midst of a sweep. */
const ONCE_IS_ENOUGH = new Set([
  'card-numbers-stay-in-the-vault',
  'guards-are-in-place',
  'no-place-for-security-codes',
  'server-keeps-what-it-confirms',
]);

const invariants = knownInvariants();

/** Every sentence that is broken in this world now. */
export async function violations(app: TestApp, expected: Expectation = {}): Promise<string[]> {
  const whole = expected.snapshots !== false;
  const rules = invariants.filter(({ name }) => whole || !ONCE_IS_ENOUGH.has(name));
  if (!expected.openAllowed) rules.push(NOTHING_IS_OPEN);
  const look = () => brokenRules(app.database.url, rules, app.clock.now());
  const [broken, books, untold] = await Promise.all([
    look(),
    bookDifferences(app, expected),
    whole ? untoldChanges(app) : [],
  ]);
  // What the processor tells by itself may arrive between the due work and this look: then there is due work again.
  const late = broken.some((sentence) => MENDED_BY_WORK.has(sentence.split(':')[0]!));
  if (late) await app.runDue();
  return [...(late ? await look() : broken), ...books, ...untold];
}

/** Does what is due and fails with the broken sentences. */
export async function assertSound(app: TestApp, expected: Expectation = {}): Promise<void> {
  await app.runDue();
  assert.deepEqual(await violations(app, expected), []);
}

/** What the given invariants find, as sentences, in one statement: worlds are looked at hundreds of times. */
async function brokenRules(url: string, rules: readonly Invariant[], now: Timestamp): Promise<string[]> {
  const branches = rules.map(({ name, text }) => `select '${name}' as name, v.id, v.detail from (\n${text}\n) v`);
  const text = `with moment (now, patience) as (select $1::timestamptz, interval '0')\n${branches.join('\nunion all\n')}`;
  const client = await connectionTo(url);
  const name = `rules_${createHash('sha256').update(text).digest('base64url').slice(0, 24)}`;
  const { rows } = await client.query<Row>({ name, text, values: [new Date(now).toISOString()] });
  return rows.map((row) => `${row.name}: ${row.id} ${row.detail}`);
}

interface Row {
  name: string;
  id: string;
  detail: string;
}

const connections = new Map<string, Promise<pg.Client>>();

/** One for each world, on which statements are planned once. Forgotten when the world is dropped or its server is killed. */
function connectionTo(url: string): Promise<pg.Client> {
  let connection = connections.get(url);
  if (connection === undefined) {
    connection = connect(url);
    connections.set(url, connection);
  }
  return connection;
}

async function connect(url: string): Promise<pg.Client> {
  const options =
    '-c default_transaction_read_only=on -c timezone=UTC -c jit=off -c plan_cache_mode=force_generic_plan';
  const client = new pg.Client({ connectionString: url, options });
  const forget = () => void connections.delete(url);
  client.on('error', forget);
  client.on('end', forget);
  await client.connect();
  return client;
}
