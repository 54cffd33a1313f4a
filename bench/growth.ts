/** Whether a million sessions make create, get and list slower than a thousand do. */
import pg from 'pg';
import { type Figure, figure } from './figures.ts';
import { Line, measure } from './http-load.ts';
import { api, createSession } from './payments.ts';
import type { MeasuredServer } from './server.ts';

const MANY = 1_000_000;
const RUN_MS = 2_000;

/** Median latencies in milliseconds. */
interface Latencies {
  create: number;
  get: number;
  list: number;
}

export async function measureGrowth(target: MeasuredServer): Promise<Figure> {
  const line = new Line(new URL(target.ready.api_url));
  const client = new pg.Client({ connectionString: target.databaseUrl });
  await client.connect();
  const before = await latencies(target, line);
  await fill(client);
  const after = await latencies(target, line);
  await client.end();
  line.close();
  const ratios = (['create', 'get', 'list'] as const).map((name) => ({ name, ratio: after[name] / before[name] }));
  process.stderr.write(`growth: ${ratios.map(({ name, ratio }) => `${name} ${ratio.toFixed(2)}`).join(', ')}\n`);
  return figure('growth', Math.max(...ratios.map(({ ratio }) => ratio)));
}

async function latencies(target: MeasuredServer, line: Line): Promise<Latencies> {
  const ids = await Promise.all([createSession(target, line, { amount: 200, currency: 'ZAR' })]);
  const create = await measure(
    1,
    RUN_MS,
    async () => void (await createSession(target, line, { amount: 200, currency: 'ZAR' })),
  );
  const get = await measure(
    1,
    RUN_MS,
    async () => void (await api(target, line, { method: 'GET', path: `/collect/payment_sessions/${ids[0]!.id}` })),
  );
  const list = await measure(
    1,
    RUN_MS,
    async () => void (await api(target, line, { method: 'GET', path: '/collect/payment_sessions?limit=20' })),
  );
  return { create: create.p50, get: get.p50, list: list.p50 };
}

/** A million older sessions of the same tenant, made inside the database; ids keep their form and their order in time. */
async function fill(client: pg.Client): Promise<void> {
  const BATCH = 50_000;
  for (let from = 0; from < MANY; from += BATCH) {
    await client.query(
      `insert into payment_sessions (tenant_id, id, version, type, status, payment_outcome, amount, currency, created_by,
         offers_saved_methods, checkout_id, options, expires_at, created_at, updated_at, ended_at)
       select t.tenant_id, 'ps_' || lpad(n::text, 8, '0') || substr(md5(n::text), 1, 16), 1, 'one_time', 'expired', 'unpaid', 200, 'ZAR',
         'bench', false, 'ckt_' || substr(md5('c' || n::text), 1, 24), '{"captureMethod":"automatic","savePaymentMethod":"never","presentationMode":"redirect"}',
         s.at, s.at, s.at, s.at
       from generate_series($1::int, $2::int) n,
         (select tenant_id from tenants where mode = 'test' order by created_at limit 1) t,
         lateral (select timestamptz '2025-01-01' + n * interval '1 second' as at) s`,
      [from, Math.min(from + BATCH, MANY) - 1],
    );
    process.stderr.write(`\rfilled ${Math.min(from + BATCH, MANY)} sessions `);
  }
  process.stderr.write('\n');
  await client.query('vacuum (analyze) payment_sessions');
  await client.query('checkpoint');
}
