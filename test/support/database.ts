/** A database of its own for each test file: cloned from a migrated template, dropped afterwards. */
import { createHash, randomBytes } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import pg from 'pg';
import { migrate } from '../../src/store/migrate.ts';
import { migrateVault } from '../../src/vault/migrate.ts';
import { testPostgres } from './postgres.ts';

export interface TestDatabase {
  url: string;
  /** For looking, and for breaking things on purpose. */
  query<Row = Record<string, unknown>>(text: string, values?: unknown[]): Promise<Row[]>;
  drop(): Promise<void>;
}

/** A fresh database: with the schema of this code, or with nothing in it. */
export async function testDatabase(schema: 'newest' | 'none' = 'newest'): Promise<TestDatabase> {
  const { adminUrl } = await testPostgres();
  const template = schema === 'newest' ? await templateOf(adminUrl) : 'template1';
  const name = `t_${randomBytes(8).toString('hex')}`;
  await admin(adminUrl, (client) => client.query(`create database ${name} template ${template}`));
  const url = withDatabase(adminUrl, name);
  const pool = new pg.Pool({ connectionString: url, max: 2 });
  pool.on('error', () => undefined);
  return {
    url,
    query: async <Row>(text: string, values?: unknown[]) => (await pool.query(text, values)).rows as Row[],
    async drop() {
      await pool.end();
      await admin(adminUrl, (client) => client.query(`drop database if exists ${name} with (force)`));
    },
  };
}

const templates = new Map<string, Promise<string>>();

function templateOf(adminUrl: string): Promise<string> {
  let template = templates.get(adminUrl);
  if (template === undefined) {
    template = makeTemplate(adminUrl);
    templates.set(adminUrl, template);
  }
  return template;
}

/** Made once per schema, whichever test file comes first; the others find it by its name. */
async function makeTemplate(adminUrl: string): Promise<string> {
  const name = `template_${schemaDigest()}`;
  await admin(adminUrl, async (client) => {
    // Session lock of the admin database: two files may start at once.
    await client.query('select pg_advisory_lock(4600)');
    const { rows } = await client.query('select 1 from pg_database where datname = $1', [name]);
    if (rows.length > 0) return;
    const draft = `draft_${randomBytes(6).toString('hex')}`;
    await client.query(`create database ${draft}`);
    const url = withDatabase(adminUrl, draft);
    await migrate(url, () => undefined);
    await migrateVault(url);
    await client.query(`alter database ${draft} rename to ${name}`);
  });
  return name;
}

function schemaDigest(): string {
  const hash = createHash('sha256');
  for (const folder of ['../../src/store/migrations/', '../../src/vault/migrations/']) {
    const url = new URL(folder, import.meta.url);
    for (const file of readdirSync(url).sort()) hash.update(file).update(readFileSync(new URL(file, url)));
  }
  return hash.digest('hex').slice(0, 16);
}

async function admin<T>(url: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

/** The same server, another database. Socket addresses have the form `postgres://user@/name?host=/folder`. */
export function withDatabase(url: string, name: string): string {
  return url.replace(/^(postgres(?:ql)?:\/\/[^/]*\/)[^?]*/, `$1${name}`);
}
