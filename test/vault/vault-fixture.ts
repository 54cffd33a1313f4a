/** A migrated vault on a database of its own, dropped at the end; the keys and nonces are real. */
import { randomBytes } from 'node:crypto';
import type { TestContext } from 'node:test';
import pg from 'pg';
import type { Timestamp } from '../../src/lib/time.ts';
import { loadMasterKey, type MasterKey } from '../../src/vault/master-key.ts';
import { migrateVault } from '../../src/vault/migrate.ts';
import { openVault, type Vault, type VaultOptions } from '../../src/vault/vault.ts';
import { testPostgres } from '../support/postgres.ts';

export const NUMBER = '4242424242424242';
export const OTHER_NUMBER = '5555555555554444';
export const NOON = 1_750_000_000_000 as Timestamp;

export interface VaultFixture {
  url: string;
  masterKey: MasterKey;
  vault: Vault;
  /** A further vault on the same database: another process, or the same one after a crash. */
  another(options?: Partial<VaultOptions>): Vault;
  /** Reads or spoils the database behind the vault's back. */
  query<Row>(text: string, values?: unknown[]): Promise<Row[]>;
}

export function newMasterKey(): MasterKey {
  return loadMasterKey({ text: randomBytes(32).toString('base64') });
}

export async function vaultFixture(t: TestContext): Promise<VaultFixture> {
  const { adminUrl } = await testPostgres();
  const name = `vault_${randomBytes(6).toString('hex')}`;
  await once(adminUrl, `create database ${name}`);
  const url = databaseUrl(adminUrl, name);
  await migrateVault(url);
  const masterKey = newMasterKey();
  const opened: Vault[] = [];
  const another = (options: Partial<VaultOptions> = {}): Vault => {
    const vault = openVault({ url, masterKey, random: randomBytes, maxConnections: 3, ...options });
    opened.push(vault);
    return vault;
  };
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  t.after(async () => {
    await Promise.all(opened.map((vault) => vault.close()));
    await client.end();
    await once(adminUrl, `drop database ${name} with (force)`);
  });
  return {
    url,
    masterKey,
    vault: another(),
    another,
    query: async <Row>(text: string, values: unknown[] = []) => (await client.query(text, values)).rows as Row[],
  };
}

/** The same server's database of another name; works for socket URLs, which no URL parser takes. */
export function databaseUrl(adminUrl: string, name: string): string {
  return adminUrl.replace(/^([a-z]+:\/\/[^/]*\/)[^?]*/, `$1${name}`);
}

async function once(url: string, text: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(text);
  } finally {
    await client.end();
  }
}
