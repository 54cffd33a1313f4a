/**
 * A pass of the scheduler costs what is due, and nothing for what is not: it is measured without and with a crowd of subscriptions that
 * wait, are paused or are over. 200,000 of them by default; `TENDER_IDLE_SUBSCRIPTIONS=1000000` for a million.
 */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import pg from 'pg';
import { DUE_KINDS } from '../../src/app/due.ts';
import { must } from '../../src/lib/assert.ts';
import type { Reader } from '../../src/store/database.ts';
import { dueSubscriptions } from '../../src/store/due.ts';
import { compile, type Sql } from '../../src/store/sql.ts';
import { type TestApp, testApp } from '../support/app.ts';
import type { Json } from '../support/merchant.ts';
import { paidSubscription, subscriptionOf } from '../support/subscriptions.ts';

const IDLE = Number(process.env.TENDER_IDLE_SUBSCRIPTIONS ?? 200_000);
const LOOKS = 40;

let app: TestApp;
before(async () => {
  app = await testApp();
});
after(() => app.close());

const duty = must(
  DUE_KINDS.find(({ name }) => name === 'subscriptions'),
  'the duty that charges',
);

/** The middle of many looks that find nothing, in milliseconds. */
async function lookMs(): Promise<number> {
  const { app: program, identities } = app.program;
  const spent: number[] = [];
  for (let look = 0; look < LOOKS; look++) {
    const from = performance.now();
    assert.equal(await duty.run(program, identities), 0);
    spent.push(performance.now() - from);
  }
  return spent.sort((a, b) => a - b)[LOOKS / 2]!;
}

/** Copies of a subscription that nothing is due for: three of four wait for a date far ahead, the others for nothing at all. */
async function crowd(id: string): Promise<void> {
  const columns = await app.database.query<{ column_name: string }>(
    `select column_name from information_schema.columns where table_schema = 'public' and table_name = 'subscriptions'`,
  );
  const differing: Record<string, string> = {
    id: `'sub_' || lpad(i::text, 24, '0')`,
    session_id: `'ps_' || lpad(i::text, 24, '0')`,
    next_charge_at: `case when i % 4 > 0 then s.next_charge_at + i * interval '7 seconds' end`,
  };
  const names = columns.map(({ column_name }) => column_name);
  const keys = await app.database.query<{ conname: string }>(
    `select conname from pg_constraint where conrelid = 'subscriptions'::regclass and contype = 'f'`,
  );
  for (const { conname } of keys) await app.database.query(`alter table subscriptions drop constraint ${conname}`);
  await app.database.query(
    `insert into subscriptions (${names.join(', ')}) select ${names.map((name) => differing[name] ?? `s.${name}`).join(', ')}
     from subscriptions s cross join generate_series(1, ${IDLE}) i where s.id = $1`,
    [id],
  );
  await app.database.query('vacuum analyze subscriptions');
}

interface Look {
  blocks: number;
  ms: number;
  wholeTables: string[];
}

/** The statement that asks what is due, with its values. */
async function question(): Promise<Sql> {
  const sent: Sql[] = [];
  const reader: Reader = {
    async read(statement) {
      sent.push(statement);
      return [];
    },
  };
  await dueSubscriptions(reader, { now: app.clock.now(), limit: 50 });
  return must(sent[0], 'a statement');
}

/** What the statement reads, with the plan that our pool uses: made without a look at the values. */
async function looked(): Promise<Look> {
  const client = new pg.Client({
    connectionString: app.database.url,
    options: '-c plan_cache_mode=force_generic_plan -c timezone=UTC -c jit=off',
  });
  await client.connect();
  try {
    const statement = await question();
    await client.query(`prepare asked as ${compile(statement).text}`);
    const given = statement.values.map((value) => client.escapeLiteral(String(value))).join(', ');
    await client.query(`explain (analyze) execute asked (${given})`);
    const { rows } = await client.query(`explain (analyze, buffers, format json) execute asked (${given})`);
    const [{ Plan: plan, 'Execution Time': ms }] = JSON.parse(rows[0]['QUERY PLAN']);
    return { blocks: plan['Shared Hit Blocks'] + plan['Shared Read Blocks'], ms, wholeTables: wholeTables(plan) };
  } finally {
    await client.end();
  }
}

function wholeTables(node: Json): string[] {
  const below = (node.Plans ?? []).flatMap(wholeTables);
  return node['Node Type'] === 'Seq Scan' ? [node['Relation Name'], ...below] : below;
}

test(`${IDLE.toLocaleString('en')} subscriptions that wait add nothing to a pass, and the one that is due is found among them`, async () => {
  const { id } = await paidSubscription(app);
  const alone = await lookMs();
  const few = await looked();
  await crowd(id);
  const crowded = await lookMs();
  const many = await looked();
  console.log(
    `a look: ${alone.toFixed(2)} ms alone, ${crowded.toFixed(2)} ms beside ${IDLE}; blocks ${few.blocks} and ${many.blocks}; ${many.ms.toFixed(3)} ms in the database`,
  );
  assert.ok(!many.wholeTables.includes('subscriptions'), 'by index only');
  assert.ok(many.blocks <= few.blocks + 10, `${many.blocks} blocks`);
  assert.ok(many.ms < 2, `${many.ms} ms in the database`);

  app.clock.advance(Date.parse((await subscriptionOf(app, id)).next_charge_at) - app.clock.now());
  assert.equal(await duty.run(app.program.app, app.program.identities), 1);
  assert.equal((await subscriptionOf(app, id)).counts.paid, 1);
});
