/**
 * What is due is found by index, however much waits for later: each question with 100,000 rows that are not due, of a tenant in
 * real time and of one whose clock is half a year ahead.
 */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import pg from 'pg';
import { DAY, plus, SECOND, type Timestamp, toIso } from '../../src/lib/time.ts';
import type { Reader } from '../../src/store/database.ts';
import {
  claimDueAttempts,
  type DueAsk,
  type DueRow,
  dueLapses,
  dueMandates,
  dueSessions,
  dueSubscriptions,
  nextDues,
} from '../../src/store/due.ts';
import { compile, type Sql } from '../../src/store/sql.ts';
import { type TestApp, testApp } from '../support/app.ts';
import type { Json } from '../support/merchant.ts';
import { paidSeries } from '../support/series.ts';
import { reservedPayment } from '../support/steps.ts';

const IDLE = 100_000;
const AHEAD_MS = 180 * DAY;

let app: TestApp;
let still: string;
let moved: string;

before(async () => {
  app = await testApp();
  still = app.tenantId;
  const other = await app.otherMerchant();
  const world = { ...app, merchant: other };
  for (const one of [app, world]) {
    await one.merchant.createSession();
    await reservedPayment(one);
    await paidSeries(one, {
      options: {
        customer: { name: 'Thandi' },
        subscription_options: {},
        mandate_options: { recurrence: { type: 'daily' } },
      },
    });
  }
  const rows = await app.database.query<{ tenant_id: string }>(
    `select tenant_id from tenants where mode = 'test' and tenant_id <> $1`,
    [still],
  );
  moved = rows[0]!.tenant_id;
  await app.database.query(`update tenants set clock_offset_ms = $2 where tenant_id = $1`, [moved, AHEAD_MS]);
  for (const copy of COPIES) {
    // Not due for the one, and within half a year: whoever looked at them for the other would look at them all.
    await fill(copy, { tenantId: still, count: IDLE, later: plus(app.clock.now(), 30 * DAY) });
    await fill(copy, { tenantId: moved, count: 5_000, later: plus(app.clock.now(), 366 * DAY) });
  }
  await app.database.query('analyze');
});
after(() => app.close());

/** A table, the column that says when, and what must differ in a copy of a row. */
interface Copy {
  table: string;
  due: string;
  where: string;
  differing: Record<string, string>;
}

const number = (prefix: string) => `'${prefix}_' || lpad(i::text, 24, '0')`;
const COPIES: readonly Copy[] = [
  {
    table: 'payment_sessions',
    due: 'expires_at',
    where: `status = 'active'`,
    differing: { id: number('ses'), checkout_id: number('ckt') },
  },
  {
    table: 'payments',
    due: 'lapse_due_at',
    where: 'lapse_due_at is not null',
    differing: { id: number('pay'), session_id: number('ses') },
  },
  {
    table: 'attempts',
    due: 'next_sync_at',
    where: `kind = 'authorise'`,
    differing: {
      id: number('att'),
      payment_id: number('pyx'),
      request_key: number('key'),
      attempt_key: 'null',
      status: `'unknown'`,
      settled_at: 'null',
    },
  },
  {
    table: 'mandates',
    due: 'ends_at',
    where: `status = 'active'`,
    differing: { id: number('mnd'), series_id: number('mnd'), session_id: number('ses') },
  },
  {
    table: 'subscriptions',
    due: 'next_charge_at',
    where: 'true',
    differing: { id: number('sub'), session_id: number('ses') },
  },
];

/** Copies of a row, with all constraints of its table but those to others; and the row itself waits longer than they. */
async function fill(
  { table, due, where, differing }: Copy,
  { tenantId, count, later }: { tenantId: string; count: number; later: Timestamp },
): Promise<void> {
  const columns = await app.database.query<{ column_name: string }>(
    `select column_name from information_schema.columns where table_schema = 'public' and table_name = $1`,
    [table],
  );
  const keys = await app.database.query<{ conname: string }>(
    `select conname from pg_constraint where conrelid = $1::regclass and contype = 'f'`,
    [table],
  );
  for (const { conname } of keys) await app.database.query(`alter table ${table} drop constraint if exists ${conname}`);
  const names = columns.map(({ column_name }) => column_name);
  const values = names.map((name) =>
    name === due ? `$2::timestamptz + i * interval '1 second'` : (differing[name] ?? `r.${name}`),
  );
  await app.database.query(
    `insert into ${table} (${names.join(', ')}) select ${values.join(', ')}
     from (select * from ${table} where tenant_id = $1 and ${where} limit 1) r cross join generate_series(1, ${count}) i`,
    [tenantId, toIso(later)],
  );
  await app.database.query(
    `update ${table} set ${due} = $2::timestamptz + interval '2 days' where tenant_id = $1 and ${due} < $2`,
    [tenantId, toIso(later)],
  );
}

/** What one statement looked at, with the plan that our pool uses: made without a look at the values. */
async function lookedAt(statement: Sql): Promise<{ blocks: number; wholeTables: string[] }> {
  const client = new pg.Client({
    connectionString: app.database.url,
    options: '-c plan_cache_mode=force_generic_plan',
  });
  await client.connect();
  try {
    await client.query(`prepare asked as ${compile(statement).text}`);
    const values = statement.values.map((value) => client.escapeLiteral(String(value))).join(', ');
    // Once to warm up: what is read of the catalogue and of fresh pages is not of the question.
    await client.query(`explain (analyze) execute asked (${values})`);
    const { rows } = await client.query(`explain (analyze, buffers, format json) execute asked (${values})`);
    const { Plan: plan } = JSON.parse(rows[0]['QUERY PLAN'])[0];
    return { blocks: plan['Shared Hit Blocks'] + plan['Shared Read Blocks'], wholeTables: wholeTables(plan) };
  } finally {
    await client.end();
  }
}

function wholeTables(node: Json): string[] {
  const below = (node.Plans ?? []).flatMap(wholeTables);
  return node['Node Type'] === 'Seq Scan' && node['Relation Name'] !== 'tenants'
    ? [node['Relation Name'], ...below]
    : below;
}

/** Asks, and shows the statement that was sent. */
async function statementOf<T>(
  ask: (reader: Reader & { claim: Reader['read'] }) => Promise<T>,
): Promise<{ statement: Sql; answer: T }> {
  let statement: Sql | undefined;
  const read = (sent: Sql) => {
    statement = sent;
    return app.program.app.database.read<never>(sent);
  };
  const answer = await ask({ read, claim: read });
  assert.ok(statement);
  return { statement, answer };
}

const QUESTIONS: Record<string, (reader: Reader & { claim: Reader['read'] }, ask: DueAsk) => Promise<DueRow[]>> = {
  sessions: dueSessions,
  lapses: dueLapses,
  mandates: dueMandates,
  subscriptions: dueSubscriptions,
  attempts: (reader, ask) => claimDueAttempts(reader, { ...ask, leaseMs: 30 * SECOND }),
};

/** A few index pages a level for each part and tenant; 100,000 idle rows fill more than a thousand. */
const FEW_BLOCKS = 60;

for (const [name, question] of Object.entries(QUESTIONS)) {
  test(`${name} that are not due cost a look at an index, of every tenant and of one`, async () => {
    const now = app.clock.now();
    const asked: DueAsk[] = [
      { now, limit: 50 },
      { now: plus(now, AHEAD_MS), limit: 50, tenantId: moved },
      { now, limit: 50, tenantId: still },
    ];
    for (const ask of asked) {
      const { statement } = await statementOf((reader) => question(reader, ask));
      const { blocks, wholeTables } = await lookedAt(statement);
      assert.deepEqual(wholeTables, []);
      assert.ok(blocks <= FEW_BLOCKS, `${blocks} blocks for ${JSON.stringify(ask)}`);
    }
  });

  test(`${name} of a moved tenant are due by its own time, and left alone while its clock is being moved`, async () => {
    const { query } = app.database;
    const now = plus(app.clock.now(), 366 * DAY - AHEAD_MS + 3 * SECOND);
    const found = async () => {
      const { answer } = await statementOf((reader) => question(reader, { now, limit: 2 }));
      return answer.map(({ tenantId }) => tenantId).filter((tenantId) => tenantId === moved);
    };
    await query('update tenants set clock_lease_until = $2 where tenant_id = $1', [moved, toIso(plus(now, SECOND))]);
    assert.deepEqual(await found(), []);
    await query('update tenants set clock_lease_until = $2 where tenant_id = $1', [moved, toIso(now)]);
    assert.deepEqual(await found(), [moved, moved]);
  });
}

test('an attempt that was taken comes back when the lease is over, in its tenant’s own time', async () => {
  const { query } = app.database;
  const [before] = await query<{ n: number; at: string }>(
    `select count(*)::int as n, min(next_sync_at)::text as at from attempts where tenant_id = $1 and next_sync_at is not null`,
    [moved],
  );
  const now = plus(app.clock.now(), 366 * DAY - AHEAD_MS + 30 * SECOND);
  const claimed = await claimDueAttempts(app.program.app.database, { now, limit: 5, leaseMs: 30 * SECOND });
  const taken = claimed.filter(({ tenantId }) => tenantId === moved);
  assert.equal(taken.length, 5);
  const rows = await query<{ at: Timestamp }>(
    `select next_sync_at as at from attempts where tenant_id = $1 and id = any($2)`,
    [moved, taken.map(({ id }) => id)],
  );
  assert.deepEqual(
    rows.map(({ at }) => at),
    Array(5).fill(plus(now, AHEAD_MS + 30 * SECOND)),
  );
  assert.ok(before!.n >= 5_000);
});

test('what is due next of one tenant is found by index, kind by kind, after the time given for it', async () => {
  const none = Object.fromEntries([...Object.keys(QUESTIONS)].map((name) => [name, app.clock.now()]));
  const { statement, answer } = await statementOf((reader) => nextDues(reader, moved, none as never));
  assert.deepEqual(answer.map(({ name }) => name).sort(), Object.keys(QUESTIONS).sort());
  const { blocks, wholeTables } = await lookedAt(statement);
  assert.deepEqual(wholeTables, []);
  assert.ok(blocks <= FEW_BLOCKS, `${blocks} blocks`);
  const later = { ...none, sessions: plus(answer.find(({ name }) => name === 'sessions')!.at, 1) };
  const next = await nextDues(app.program.app.database, moved, later as never);
  assert.ok(next.find(({ name }) => name === 'sessions')!.at > later.sessions);
});
