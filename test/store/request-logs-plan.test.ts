/**
 * The request log stays quick however much is kept: each list is read by an index, a page at a time, and dropping what is old reads what
 * goes. 50,000 rows by default; `TENDER_REQUEST_LOGS=1000000` for a million.
 */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import pg from 'pg';
import { must } from '../../src/lib/assert.ts';
import { firstIdAt } from '../../src/lib/ids.ts';
import { DAY, HOUR, plus, type Timestamp } from '../../src/lib/time.ts';
import type { Reader } from '../../src/store/database.ts';
import {
  DROPPED_AT_ONCE,
  dropOldRequestLogs,
  listRequestLogs,
  type RequestLogFilters,
} from '../../src/store/request-logs.ts';
import { compile, type Sql } from '../../src/store/sql.ts';
import { type TestDatabase, testDatabase } from '../support/database.ts';
import type { Json } from '../support/merchant.ts';

const ROWS = Number(process.env.TENDER_REQUEST_LOGS ?? 50_000);
const END = Date.UTC(2026, 10, 22) as Timestamp;
const FROM = plus(END, -30 * DAY);
/** Three tenants; the one that is asked has most of the rows. */
const TENANTS = ['tnt_busy', 'tnt_calm', 'tnt_idle'] as const;

let database: TestDatabase;
let client: pg.Client;
before(async () => {
  database = await testDatabase();
  client = new pg.Client({
    connectionString: database.url,
    options: '-c plan_cache_mode=force_generic_plan -c timezone=UTC -c jit=off',
  });
  await client.connect();
  for (const [i, id] of TENANTS.entries()) {
    const account = `acc_${i}`;
    await client.query(`insert into accounts (account_id, name, created_at) values ($1, 'A', '2026-01-01')`, [account]);
    await client.query(
      `insert into tenants (tenant_id, account_id, mode, processor, created_at) values ($1, $2, 'test', 'none', '2026-01-01')`,
      [id, account],
    );
  }
  await fill();
});
after(async () => {
  await client.end();
  await database.drop();
});

/** Requests of thirty days: one in fifty was refused, one in ten thousand failed. Ids are made by the program's own rule. */
async function fill(): Promise<void> {
  const step = (30 * DAY) / ROWS;
  for (let from = 0; from < ROWS; from += 10_000) {
    const ids = Array.from({ length: Math.min(10_000, ROWS - from) }, (_, i) =>
      firstIdAt('req', plus(FROM, Math.floor((from + i) * step))).concat(String(from + i).padStart(16, '0')),
    );
    await client.query(
      `insert into request_logs (tenant_id, id, at, method, path, route, status, latency_ms, api_key_id, api_key_type, replayed,
         error_code, request_body, answer_body)
       select case when n % 100 = 99 then $3 else $2 end, id, '2026-11-01', case when n % 3 = 0 then 'POST' else 'GET' end,
         '/collect/payment_sessions', '/collect/payment_sessions', case when n % 10000 = 7 then 500 when n % 50 = 5 then 404 else 200 end,
         5, 'key_1', 'secret', false, null, $4, $5
       from unnest($1::text[]) with ordinality as made (id, n)`,
      [
        ids,
        TENANTS[0],
        TENANTS[1],
        JSON.stringify({ amount: 200 }),
        JSON.stringify({ id: 'ps_1', filler: 'x'.repeat(600) }),
      ],
    );
  }
  await client.query('vacuum analyze request_logs');
}

interface Look {
  rows: number;
  blocks: number;
  ms: number;
  indexes: string[];
}

/** What the statement of a list reads, with the plan that our pool uses: made without a look at the values. */
async function looked(statement: Sql): Promise<Look> {
  await client.query('deallocate all');
  await client.query(`prepare asked as ${compile(statement).text}`);
  const given = statement.values.map((value) => client.escapeLiteral(String(value))).join(', ');
  const execute = `execute asked (${given})`;
  const { rows } = await client.query(`explain (analyze, buffers, format json) ${execute}`);
  const [{ Plan: plan, 'Execution Time': ms }] = rows[0]['QUERY PLAN'];
  return {
    rows: plan['Actual Rows'],
    blocks: plan['Shared Hit Blocks'] + plan['Shared Read Blocks'],
    ms,
    indexes: indexesIn(plan),
  };
}

function indexesIn(node: Json): string[] {
  return [...(node['Index Name'] === undefined ? [] : [node['Index Name']]), ...(node.Plans ?? []).flatMap(indexesIn)];
}

async function questionOf(ask: (reader: Reader) => Promise<unknown>): Promise<Sql> {
  const sent: Sql[] = [];
  await ask({
    async read(statement) {
      sent.push(statement);
      return [];
    },
  });
  return must(sent[0], 'a statement');
}

const list = (filters: RequestLogFilters, tenantId: string = TENANTS[0]) =>
  questionOf((reader) => listRequestLogs(reader, tenantId, { filters, page: { limit: 20 } }));

const LISTS: [string, RequestLogFilters, index: string, mostBlocks: number][] = [
  ['everything', {}, 'request_logs_pkey', 60],
  ['one method', { method: 'POST' }, 'request_logs_pkey', 120],
  ['one address', { pathStart: '/collect/payment' }, 'request_logs_pkey', 60],
  ['what was refused or failed', { status: { from: 400, to: 599 } }, 'request_logs_of_errors', 80],
  ['one hour', { createdAfter: plus(END, -11 * HOUR), createdBefore: plus(END, -10 * HOUR) }, 'request_logs_pkey', 60],
  ['one request', { requestId: `req_${'0'.repeat(24)}` }, 'request_logs_pkey', 20],
];

for (const [what, filters, index, mostBlocks] of LISTS) {
  test(`a page of ${what} among ${ROWS.toLocaleString('en')} requests is read by an index, and no more of it than the page`, async () => {
    const look = await looked(await list(filters));
    console.log(`${what}: ${look.ms.toFixed(3)} ms, ${look.blocks} blocks, ${look.indexes.join()}`);
    assert.deepEqual(look.indexes, [index]);
    assert.ok(look.blocks <= mostBlocks, `${look.blocks} blocks`);
  });
}

test('a class of answers that is rare is found among the errors, without a look at what went well', async () => {
  const look = await looked(await list({ status: { from: 500, to: 599 } }));
  console.log(`failures: ${look.ms.toFixed(3)} ms, ${look.blocks} blocks`);
  assert.deepEqual(look.indexes, ['request_logs_of_errors']);
  assert.ok(look.blocks <= ROWS / 50 + 100, `${look.blocks} blocks`);
});

test('a tenant without requests is answered at once beside one that has them all', async () => {
  const look = await looked(await list({}, TENANTS[2]));
  assert.equal(look.rows, 0);
  assert.ok(look.blocks <= 10, `${look.blocks} blocks`);
});

test('dropping what is old reads what goes, in batches, of every tenant', async () => {
  const claim = async <Row>(statement: Sql): Promise<Row[]> =>
    (await client.query(compile(statement).text, [...statement.values])).rows as Row[];
  const none = await passOf(plus(FROM, -DAY));
  const before = plus(FROM, DAY);
  const full = await passOf(before);
  console.log(
    `a pass that drops nothing: ${none.blocks} blocks; one that drops ${DROPPED_AT_ONCE}: ${full.ms.toFixed(1)} ms, ${full.blocks} blocks`,
  );
  assert.ok(none.blocks <= 30, `${none.blocks} blocks for nothing`);
  assert.ok(full.blocks <= DROPPED_AT_ONCE * 12, `${full.blocks} blocks for a batch`);
  const old = Math.ceil(ROWS / 30);
  let gone = 0;
  for (;;) {
    const batch = await dropOldRequestLogs({ claim }, before);
    assert.ok(batch <= DROPPED_AT_ONCE);
    gone += batch;
    if (batch === 0) break;
  }
  assert.ok(Math.abs(gone - old) <= 1, `${gone} of about ${old}`);
  const { rows } = await client.query('select min(id) as first, count(*)::int as rest from request_logs');
  assert.ok(rows[0].first >= firstIdAt('req', before));
  assert.equal(rows[0].rest, ROWS - gone);
});

/** What a pass costs; it is undone. */
async function passOf(before: Timestamp): Promise<Look> {
  const sent: Sql[] = [];
  const claim = async (statement: Sql) => {
    sent.push(statement);
    return [];
  };
  await dropOldRequestLogs({ claim }, before);
  await client.query('begin');
  try {
    return await looked(must(sent[0], 'a statement'));
  } finally {
    await client.query('rollback');
  }
}
