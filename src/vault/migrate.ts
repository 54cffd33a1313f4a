/**
 * Brings the vault's own schema to this code: every file of `migrations/` once, in order, each in its own transaction.
 * Apart from the application's migrations, because the vault may live under another role or on another server.
 */
import { readdirSync, readFileSync } from 'node:fs';
import pg from 'pg';

const FOLDER = new URL('./migrations/', import.meta.url);

/** The vault's schema is not the one this code was written for; `message` says what to do. */
export class VaultSchemaProblem extends Error {
  override name = 'VaultSchemaProblem';
}

/** Runs what is missing and returns the names of what it ran. Two callers at once take turns. */
export async function migrateVault(url: string): Promise<string[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await prepare(client);
    const done: string[] = [];
    for (const name of known()) if (await applyOne(client, name)) done.push(name);
    return done;
  } finally {
    await client.end();
  }
}

/** Throws {@link VaultSchemaProblem} unless the schema is exactly that of this code. Changes nothing. */
export async function checkVaultSchema(url: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    const { rows } = await client.query(`select to_regclass('vault.schema_migrations') is not null as there`);
    const applied = (rows[0] as { there: boolean }).there ? await appliedNames(client) : new Set<string>();
    const missing = known().filter((name) => !applied.has(name));
    if (missing.length > 0) {
      throw new VaultSchemaProblem(
        `The vault's migrations are missing (${missing.join(', ')}): run \`tender migrate\`.`,
      );
    }
    refuseNewer(applied);
  } finally {
    await client.end();
  }
}

function known(): string[] {
  return readdirSync(FOLDER)
    .filter((name) => name.endsWith('.sql'))
    .sort();
}

/** `create … if not exists` fails when two do it in the same moment; the one that lost finds the other's work. */
async function prepare(client: pg.Client): Promise<void> {
  for (let tries = 1; ; tries++) {
    try {
      await client.query('create schema if not exists vault');
      await client.query(
        'create table if not exists vault.schema_migrations (name text primary key, applied_at timestamptz not null)',
      );
      return;
    } catch (error) {
      const { code } = error as { code?: string };
      if ((code !== '23505' && code !== '42P06' && code !== '42P07') || tries === 5) throw error;
    }
  }
}

async function applyOne(client: pg.Client, name: string): Promise<boolean> {
  await client.query('begin');
  try {
    // One migrator at a time: the table lock is held to the end of this transaction.
    await client.query('lock table vault.schema_migrations in exclusive mode');
    const applied = await appliedNames(client);
    refuseNewer(applied);
    if (!applied.has(name)) {
      await client.query(readFileSync(new URL(name, FOLDER), 'utf8'));
      await client.query('insert into vault.schema_migrations (name, applied_at) values ($1, clock_timestamp())', [
        name,
      ]);
    }
    await client.query('commit');
    return !applied.has(name);
  } catch (error) {
    await client.query('rollback');
    throw error;
  }
}

async function appliedNames(client: pg.Client): Promise<Set<string>> {
  const { rows } = await client.query('select name from vault.schema_migrations');
  return new Set(rows.map((row) => (row as { name: string }).name));
}

function refuseNewer(applied: Set<string>): void {
  const unknown = [...applied].filter((name) => !known().includes(name));
  if (unknown.length > 0) {
    throw new VaultSchemaProblem(
      `The vault has migrations this version does not know (${unknown.join(', ')}). Run a newer version of Tender on it.`,
    );
  }
}
