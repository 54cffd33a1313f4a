/**
 * Data keys: one random key per tenant and version, stored wrapped by the master key, held open in memory after first use.
 * Each is split by purpose, so that the key that seals cards, the one that makes fingerprints and the one that seals secrets
 * are unrelated. A higher version takes over new seals; lower ones go on opening what they sealed.
 */

import { type MasterKey, MasterKeyProblem } from './master-key.ts';
import { KEY_BYTES, NONCE_BYTES, seal, subkey, unseal } from './sealing.ts';
import type { VaultDatabase } from './vault-database.ts';

/** One opened data key, already split. */
export interface DataKey {
  readonly version: number;
  readonly cards: Buffer;
  readonly secrets: Buffer;
  readonly fingerprints: Buffer;
}

export interface DataKeys {
  /** The key that seals now; made at the tenant's first use. No round trip when it is in memory. */
  current(tenantId: string): Promise<DataKey>;
  /** Version 1, for ever: fingerprints must stay the same when the sealing key is replaced. */
  first(tenantId: string): Promise<DataKey>;
  /** The key of one version, or undefined when there is none. */
  version(tenantId: string, version: number): Promise<DataKey | undefined>;
  /** Throws {@link MasterKeyProblem} when some key was wrapped by a master key that was not given. */
  check(): Promise<void>;
}

interface DataKeyParts {
  database: VaultDatabase;
  masterKey: MasterKey;
  random(bytes: number): Buffer;
}

/** Tenants whose opened keys are held at once; beyond it the one loaded first is let go. */
const TENANTS_IN_MEMORY = 10_000;

export function createDataKeys(parts: DataKeyParts): DataKeys {
  const cache = new Map<string, Promise<Map<number, DataKey>>>();

  function keysOf(tenantId: string): Promise<Map<number, DataKey>> {
    const known = cache.get(tenantId);
    return known ?? remember(tenantId, loadOrMake(parts, tenantId));
  }

  function remember(tenantId: string, loading: Promise<Map<number, DataKey>>): Promise<Map<number, DataKey>> {
    cache.set(tenantId, loading);
    if (cache.size > TENANTS_IN_MEMORY) cache.delete(cache.keys().next().value as string);
    // A failure is not remembered: the next caller tries again.
    loading.catch(() => cache.get(tenantId) === loading && cache.delete(tenantId));
    return loading;
  }

  return {
    current: async (tenantId) => {
      const keys = await keysOf(tenantId);
      return keys.get(Math.max(...keys.keys())) as DataKey;
    },
    first: async (tenantId) => (await keysOf(tenantId)).get(1) as DataKey,
    async version(tenantId, version) {
      const known = (await keysOf(tenantId)).get(version);
      // Another process may have made a version since these were loaded.
      return known ?? (await remember(tenantId, loadOrMake(parts, tenantId))).get(version);
    },
    check: () => checkMasterKeys(parts),
  };
}

/** Makes one version of a tenant's key. Does nothing when that version is there: whoever was first decides. */
export async function insertDataKey(parts: DataKeyParts, tenantId: string, version: number): Promise<void> {
  const { masterKey } = parts;
  const nonce = parts.random(NONCE_BYTES);
  const wrapped = seal(wrappingKey(masterKey), parts.random(KEY_BYTES), {
    nonce,
    boundTo: [tenantId, version, masterKey.id],
  });
  await parts.database.run(insertSql, [tenantId, version, masterKey.id, nonce, wrapped]);
}

async function loadOrMake(parts: DataKeyParts, tenantId: string): Promise<Map<number, DataKey>> {
  let rows = await load(parts.database, tenantId);
  if (rows.length === 0) {
    await insertDataKey(parts, tenantId, 1);
    // Read back: another process may have been first, and only the stored key counts.
    rows = await load(parts.database, tenantId);
  }
  return new Map(rows.map((row) => [row.key_version, opened(parts.masterKey, tenantId, row)]));
}

function opened(masterKey: MasterKey, tenantId: string, row: DataKeyRow): DataKey {
  const wrapper = [masterKey, ...masterKey.earlier].find((key) => key.id === row.master_key_id);
  if (wrapper === undefined) throw unknownMasterKey(masterKey, [row.master_key_id]);
  const boundTo = [tenantId, row.key_version, row.master_key_id];
  const secret = unseal(wrappingKey(wrapper), row.wrapped, { nonce: row.nonce, boundTo });
  return {
    version: row.key_version,
    cards: subkey(secret, 'cards'),
    secrets: subkey(secret, 'secrets'),
    fingerprints: subkey(secret, 'fingerprints'),
  };
}

function wrappingKey(masterKey: MasterKey): Buffer {
  return masterKey.derive('wrap');
}

async function checkMasterKeys({ database, masterKey }: DataKeyParts): Promise<void> {
  const rows = await database.run<{ master_key_id: string }>(masterKeysSql, []);
  const given = new Set([masterKey, ...masterKey.earlier].map((key) => key.id));
  const unknown = rows.map((row) => row.master_key_id).filter((id) => !given.has(id));
  if (unknown.length > 0) throw unknownMasterKey(masterKey, unknown);
}

function unknownMasterKey(masterKey: MasterKey, ids: readonly string[]): MasterKeyProblem {
  return new MasterKeyProblem(
    `The vault holds keys of master key ${ids.join(', ')}, but the one given is ${masterKey.id}: ` +
      'give the master key this database was used with (TENDER_MASTER_KEY or TENDER_MASTER_KEY_FILE).',
  );
}

interface DataKeyRow {
  key_version: number;
  master_key_id: string;
  nonce: Buffer;
  wrapped: Buffer;
}

function load(database: VaultDatabase, tenantId: string): Promise<DataKeyRow[]> {
  return database.run<DataKeyRow>(loadSql, [tenantId]);
}

const loadSql = {
  name: 'vault_load_data_keys',
  text: 'select key_version, master_key_id, nonce, wrapped from vault.data_keys where tenant_id = $1',
};

const insertSql = {
  name: 'vault_insert_data_key',
  text: `insert into vault.data_keys (tenant_id, key_version, master_key_id, nonce, wrapped) values ($1, $2, $3, $4, $5)
    on conflict (tenant_id, key_version) do nothing`,
};

/** Grouped by tenant_id as well would be a row per tenant: only the few names of master keys are wanted. */
const masterKeysSql = {
  name: 'vault_master_keys',
  text: 'select distinct master_key_id from vault.data_keys where tenant_id is not null',
};
