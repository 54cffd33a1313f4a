/**
 * Makes the schema files: what the migrations add up to, read from the catalogue of a freshly migrated database. Not `pg_dump`,
 * whose text differs between versions and which not every machine has. Tables, columns, constraints and indexes by name.
 */
import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { migrate } from '../../src/store/migrate.ts';
import { migrateVault } from '../../src/vault/migrate.ts';
import { testPostgres } from '../../test/support/postgres.ts';

/** Text of `src/store/schema.sql`. */
export function applicationSchema(): Promise<string> {
  return schemaOf('public', 'src/store/migrations', async (url) => {
    await migrate(url, () => undefined);
  });
}

/** Text of `src/vault/schema.sql`. */
export function vaultSchema(): Promise<string> {
  return schemaOf('vault', 'src/vault/migrations', async (url) => {
    await migrateVault(url);
  });
}

async function schemaOf(schema: string, source: string, migrateIt: (url: string) => Promise<void>): Promise<string> {
  const { adminUrl } = await testPostgres();
  const name = `schema_${randomBytes(6).toString('hex')}`;
  const url = adminUrl.replace(/^([a-z]+:\/\/[^/]*\/)[^?]*/, `$1${name}`);
  await connected(adminUrl, (client) => client.query(`create database ${name}`));
  try {
    await migrateIt(url);
    const tables = await connected(url, (client) => describe(client, schema));
    return `-- What the files of ${source} add up to. Made by \`npm run generate\`; do not edit, write a migration.\n\n${tables.join('\n')}`;
  } finally {
    await connected(adminUrl, (client) => client.query(`drop database ${name} with (force)`));
  }
}

async function connected<T>(url: string, use: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return await use(client);
  } finally {
    await client.end();
  }
}

async function describe(client: pg.Client, schema: string): Promise<string[]> {
  const { rows } = await client.query<{ name: string; columns: string[]; constraints: string[]; indexes: string[] }>(
    SCHEMA_QUERY,
    [schema],
  );
  const prefix = schema === 'public' ? '' : `${schema}.`;
  return rows.map((table) => {
    const lines = [...table.columns, ...table.constraints].map((line) => `  ${line}`);
    const indexes = table.indexes.map((line) => `${line.replaceAll('public.', '').replace(' USING btree', '')};\n`);
    return `create table ${prefix}${table.name} (\n${lines.join(',\n')}\n);\n${indexes.join('')}`;
  });
}

/** NOT NULL is told with the column: from PostgreSQL 18 on it is a constraint (type n) as well. */
const SCHEMA_QUERY = `
  select c.relname as name,
    array(
      select format('%I %s%s%s', a.attname, format_type(a.atttypid, a.atttypmod),
        case when a.attnotnull then ' not null' else '' end,
        case when d.adbin is null then '' else ' default ' || pg_get_expr(d.adbin, d.adrelid) end)
      from pg_attribute a left join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
      where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
      order by a.attnum
    ) as columns,
    array(
      select format('constraint %I %s', k.conname, pg_get_constraintdef(k.oid))
      from pg_constraint k where k.conrelid = c.oid and k.contype <> 'n'
      order by position(k.contype::text in 'pufc'), k.conname
    ) as constraints,
    array(
      select pg_get_indexdef(i.indexrelid)
      from pg_index i join pg_class ic on ic.oid = i.indexrelid
      where i.indrelid = c.oid and not exists (select from pg_constraint k where k.conindid = i.indexrelid and k.contype in ('p', 'u'))
      order by ic.relname
    ) as indexes
  from pg_class c join pg_namespace n on n.oid = c.relnamespace
  where n.nspname = $1 and c.relkind in ('r', 'p')
  order by c.relname collate "C"`;
