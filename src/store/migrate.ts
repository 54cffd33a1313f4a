/**
 * Brings a database to the schema of this code: every file of `migrations/` once, in order, each in its own transaction.
 * Forward only. A database that is newer than the code is refused.
 */
import { readdirSync, readFileSync } from 'node:fs';
import pg from 'pg';

const FOLDER = new URL('./migrations/', import.meta.url);

/** The schema is not the one this code was written for; `message` says what to do. */
export class SchemaProblem extends Error {
  override name = 'SchemaProblem';
}

/** Names of all migrations of this code, oldest first. */
export function knownMigrations(): string[] {
  return readdirSync(FOLDER)
    .filter((name) => name.endsWith('.sql'))
    .sort();
}

/** Runs what is missing and returns the names of what it ran. Two callers at once take turns. */
export async function migrate(url: string, say: (line: string) => void): Promise<string[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(
      'create table if not exists schema_migrations (name text primary key, applied_at timestamptz not null)',
    );
    const done: string[] = [];
    for (const name of knownMigrations()) {
      if (await applyOne(client, name)) {
        say(`migrated ${name}`);
        done.push(name);
      }
    }
    return done;
  } finally {
    await client.end();
  }
}

async function applyOne(client: pg.Client, name: string): Promise<boolean> {
  await client.query('begin');
  try {
    // One migrator at a time: the table lock is held to the end of this transaction.
    await client.query('lock table schema_migrations in exclusive mode');
    const { rows } = await client.query('select name from schema_migrations');
    const applied = new Set(rows.map((row) => (row as { name: string }).name));
    refuseNewer(applied);
    if (!applied.has(name)) {
      await client.query(readFileSync(new URL(name, FOLDER), 'utf8'));
      await client.query('insert into schema_migrations (name, applied_at) values ($1, clock_timestamp())', [name]);
    }
    await client.query('commit');
    return !applied.has(name);
  } catch (error) {
    await client.query('rollback');
    throw error;
  }
}

function refuseNewer(applied: Set<string>): void {
  const known = new Set(knownMigrations());
  const unknown = [...applied].filter((name) => !known.has(name));
  if (unknown.length > 0) {
    throw new SchemaProblem(
      `The database has migrations this version does not know (${unknown.join(', ')}). Run a newer version of Tender on it.`,
    );
  }
}

/**
 * Refuses a database on which an acknowledged commit could be lost, or whose schema is not this code's.
 * Throws {@link SchemaProblem} with every reason at once.
 */
export async function checkDatabase(url: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    const problems: string[] = [];
    for (const setting of ['fsync', 'synchronous_commit', 'full_page_writes']) {
      const { rows } = await client.query(`show ${setting}`);
      if (Object.values(rows[0] as object)[0] === 'off')
        problems.push(`${setting} is off: turn it on, or payments could be lost`);
    }
    const { rows: standby } = await client.query('select pg_is_in_recovery() as standby');
    if ((standby[0] as { standby: boolean }).standby)
      problems.push('this server is a standby: point DATABASE_URL at the primary');
    const { rows: table } = await client.query(`select to_regclass('schema_migrations') is not null as there`);
    const applied = (table[0] as { there: boolean }).there
      ? (await client.query('select name from schema_migrations')).rows.map((row) => (row as { name: string }).name)
      : [];
    const missing = knownMigrations().filter((name) => !applied.includes(name));
    const unknown = applied.filter((name) => !knownMigrations().includes(name));
    if (missing.length > 0) problems.push(`migrations are missing (${missing.join(', ')}): run \`tender migrate\``);
    if (unknown.length > 0)
      problems.push(`the schema is newer than this code (${unknown.join(', ')}): run a newer version of Tender`);
    if (problems.length > 0) throw new SchemaProblem(`The database cannot be used:\n- ${problems.join('\n- ')}`);
  } finally {
    await client.end();
  }
}
