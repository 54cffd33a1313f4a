/**
 * A database of the time before mandates had terms is brought to the schema of this code: nothing that was agreed or charged is lost,
 * every invariant holds for the old rows, and the program goes on with them. The rows were recorded from the program of that time;
 * each charge is known by its amount.
 */
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import pg from 'pg';
import { checkEverything } from '../../src/app/checker.ts';
import { defaultTerms } from '../../src/domain/mandate-terms.ts';
import { startSandbox } from '../../src/sandbox/server.ts';
import { knownMigrations, migrate } from '../../src/store/migrate.ts';
import { migrateVault } from '../../src/vault/migrate.ts';
import { type TestApp, testApp } from '../support/app.ts';
import { testClock } from '../support/clock.ts';
import { testDatabase } from '../support/database.ts';
import type { Json } from '../support/merchant.ts';
import { cards } from '../support/payer.ts';
import { paidSeries } from '../support/series.ts';

const MIGRATIONS = new URL('../../src/store/migrations/', import.meta.url);
const OLD = ['0001_foundation.sql', '0002_webhooks.sql', '0003_money_operations.sql'];

const folder = mkdtempSync(join(tmpdir(), 'tender-upgrade-'));
let app: TestApp;
let migrated: string[];
before(async () => {
  const clock = testClock(Date.UTC(2026, 2, 30, 23, 31));
  const database = await testDatabase('none');
  await makeOldWorld(database.url);
  migrated = await migrate(database.url, () => undefined);
  const sandbox = await startSandbox({ folder, port: 0, latency: '0', sync: 'off', now: clock.now });
  app = await testApp({ on: { database, sandbox, clock } });
});
after(async () => {
  await app.close();
  rmSync(folder, { recursive: true });
});

/** The schema as it was, and rows as they were. */
async function makeOldWorld(url: string): Promise<void> {
  await migrateVault(url);
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query('create table schema_migrations (name text primary key, applied_at timestamptz not null)');
    for (const name of OLD) {
      await client.query(readFileSync(new URL(name, MIGRATIONS), 'utf8'));
      await client.query('insert into schema_migrations values ($1, clock_timestamp())', [name]);
    }
    await client.query(readFileSync(new URL('./before-mandates.sql', import.meta.url), 'utf8'));
  } finally {
    await client.end();
  }
}

test('a database full of the old form is brought to the newest schema', () => {
  assert.deepEqual(migrated, knownMigrations().slice(OLD.length));
});

test('every mandate has the terms that its payer agreed to, and the facts of its first payment', async () => {
  const rows = await app.database.query<Json>(`
    select m.*, m.terms::text, m.first_date::text, m.anchor_date::text, p.amount, p.succeeded_at
    from mandates m join payments p on p.tenant_id = m.tenant_id and p.id = m.payment_id order by m.id`);
  const found = rows.map(
    ({ status, terms, series_id, id, first_date, anchor_date, first_amount, first_paid_at, ...row }) => {
      assert.deepEqual([series_id, first_amount, first_paid_at], [id, row.amount, row.succeeded_at]);
      assert.deepEqual(
        JSON.parse(terms),
        defaultTerms({ amountMinor: Number(row.amount), currency: 'ZAR', timeZone: 'UTC' }),
      );
      return [status, Number(first_amount), first_date, anchor_date];
    },
  );
  const [day, next] = ['2026-03-30', '2026-03-30'];
  assert.deepEqual(found, [
    ['active', 20_000, day, day],
    ['active', 0, next, next],
    ['revoked', 5_000, next, next],
    ['active', 7_000, next, next],
    ['active', 3_000, next, next],
  ]);
});

test('every charge of the past takes of its mandate what it took', async () => {
  const rows = await app.database.query<Json>(`
    select amount::int, counted_amount::int, state, unknown, declined, effective_date::text from mandate_charges order by payment_id`);
  const found = rows.map((row) => [
    row.amount,
    row.state,
    row.counted_amount,
    row.unknown ? 'unknown' : row.declined ? 'declined' : '',
  ]);
  assert.deepEqual(found, [
    [10_000, 'counted', 10_000, ''],
    [11_000, 'released', 0, 'declined'],
    [12_000, 'released', 0, 'declined'],
    [13_000, 'counted', 13_000, ''],
    [14_000, 'released', 0, ''],
    [15_000, 'counted', 6_000, ''],
    [16_000, 'counted', 16_000, ''],
    [90_000, 'counted', 90_000, ''],
    [5_000, 'counted', 5_000, ''],
    [17_000, 'open', 0, ''],
    [18_000, 'open', 0, 'unknown'],
  ]);
  assert.ok(rows.every((row) => row.effective_date === '2026-03-30'));
});

test('every invariant holds for the rows of the past', async () => {
  const checked = await checkEverything(app.program.app);
  assert.deepEqual(
    checked.filter(({ violations, unchecked }) => violations > 0 || unchecked !== undefined),
    [],
  );
});

/** The bank of the recording is gone: the one here knows the card by another token, and what was agreed by another number. */
async function introduceToBank(): Promise<void> {
  const { payment_method_id, mandate_id } = await paidSeries(app);
  await app.database.query(
    `update payment_methods m set processor_token = known.processor_token from payment_methods known where known.id = $1`,
    [payment_method_id],
  );
  await app.database.query(
    `update mandates m set network_transaction_id = known.network_transaction_id from mandates known where known.id = $1`,
    [mandate_id],
  );
}

/** The old session of that amount, as the API shows it now. */
async function oldSession(amount: number): Promise<Json> {
  const [row] = await app.database.query<Json>(
    `select id from payment_sessions where amount = $1 and type = 'first_in_series' and tenant_id = $2 order by id limit 1`,
    [amount, app.tenantId],
  );
  return app.merchant.session(row!.id);
}

test('an old mandate is shown with its terms and sums, and is charged within them', async () => {
  await introduceToBank();
  const token = await oldSession(20_000);
  const path = `/collect/mandates/${token.mandate_id}`;
  const before = (await app.merchant.call('GET', path)).body;
  assert.deepEqual(before.amount, { min: 1, max: 20_000 });
  assert.deepEqual(before.usage.counted, { count: 4, amount: 45_000 });
  assert.deepEqual(before.usage.open, { count: 2, amount: 35_000 });
  const above = await app.merchant.chargeNext(token, { amount: 20_001 });
  assert.deepEqual([above.status, above.body.errors[0].code], [422, 'amount_above_max']);
  const paid = await app.merchant.chargeNext(token, { amount: 20_000 });
  assert.deepEqual([paid.status, paid.body.payment_outcome], [201, 'paid']);
  const afterwards = (await app.merchant.call('GET', path)).body;
  assert.deepEqual(afterwards.usage.counted, { count: 5, amount: 65_000 });
  const evidence = await app.merchant.call('GET', `${path}/evidence`);
  assert.deepEqual([evidence.status, evidence.body.charges.length], [200, 10]);
});

test('an amount whose end nobody knew at the upgrade is not charged again', async () => {
  const { status, body } = await app.merchant.chargeNext(await oldSession(20_000), { amount: 18_000 });
  assert.deepEqual([status, body.errors?.[0]?.code], [422, 'open_attempt_unknown']);
});

test('an old mandate without a ceiling has none, and one that was revoked stays so', async () => {
  const paid = await app.merchant.chargeNext(await oldSession(0), { amount: 500_000 });
  assert.deepEqual([paid.status, paid.body.payment_outcome], [201, 'paid']);
  const refused = await app.merchant.chargeNext(await oldSession(5_000), { amount: 100 });
  assert.deepEqual([refused.status, refused.body.code], [409, 'mandate_not_active']);
});

test('a page that was open before the upgrade is paid after it, and its mandate is charged', async () => {
  const open = await oldSession(8_000);
  const page = await app.payer.pays(open, cards.approved);
  assert.equal(page.state, 'paid');
  const paid = await app.merchant.session(open.id);
  assert.deepEqual((await app.merchant.call('GET', `/collect/mandates/${paid.mandate_id}`)).body.amount, {
    min: 1,
    max: 8_000,
  });
  assert.equal((await app.merchant.chargeNext(paid, { amount: 8_000 })).body.payment_outcome, 'paid');
});

test('another card takes over from one agreed before the upgrade', async () => {
  const token = await oldSession(20_000);
  const session = await app.merchant.createSession({
    type: 'first_in_series',
    amount: 0,
    options: { customer_id: token.customer_id, mandate_options: { replaces_mandate_id: token.mandate_id } },
  });
  await app.payer.another().pays(session, cards.frictionless);
  const replaced = await app.merchant.session(session.id);
  const mandate = (await app.merchant.call('GET', `/collect/mandates/${replaced.mandate_id}`)).body;
  assert.deepEqual([mandate.replaces_mandate_id, mandate.amount], [token.mandate_id, { min: 1, max: 20_000 }]);
  assert.equal((await app.merchant.chargeNext(replaced, { amount: 19_000 })).body.payment_outcome, 'paid');
});
