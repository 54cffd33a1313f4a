/** Rows of accounts, tenants and API keys. */
import {
  type CheckoutSettings,
  type CheckoutSettingsKept,
  checkoutDifferencesOf,
  checkoutSettingsFrom,
} from '../domain/checkout-settings.ts';
import { differencesOf, type SettingsKept, settingsFrom, type TenantSettings } from '../domain/settings.ts';
import { type Timestamp, toIso } from '../lib/time.ts';
import type { Reader, Tx } from './database.ts';
import { sql } from './sql.ts';

export interface TenantRecord {
  id: string;
  accountId: string;
  accountName: string;
  mode: 'test' | 'live';
  processor: string;
  sealedCredentials?: Buffer;
  clockOffsetMs: number;
  settings: TenantSettings;
  checkoutSettings: CheckoutSettings;
}

export interface KeyRecord {
  id: string;
  tenantId: string;
  kind: 'secret' | 'public';
  hint: string;
  createdAt: Timestamp;
  lastUsedAt?: Timestamp;
  revokedAt?: Timestamp;
}

export function insertAccount(tx: Tx, account: { id: string; name: string; createdAt: Timestamp }): void {
  tx.write(
    sql`insert into accounts (account_id, name, created_at) values (${account.id}, ${account.name}, ${toIso(account.createdAt)})`,
  );
}

/** A tenant and its counter of events. */
export function insertTenant(
  tx: Tx,
  tenant: Pick<TenantRecord, 'id' | 'accountId' | 'mode' | 'processor' | 'settings'> & { createdAt: Timestamp },
): void {
  tx.write(sql`
    insert into tenants (tenant_id, account_id, mode, processor, settings, created_at)
    values (${tenant.id}, ${tenant.accountId}, ${tenant.mode}, ${tenant.processor}, ${keptText(tenant.settings)},
      ${toIso(tenant.createdAt)})`);
  tx.write(sql`insert into event_counters (tenant_id, last_sequence) values (${tenant.id}, 0)`);
}

export function saveCredentials(tx: Tx, tenantId: string, sealed: Buffer): void {
  tx.write(sql`update tenants set sealed_credentials = ${sealed} where tenant_id = ${tenantId}`);
}

/** Writes what differs from the defaults over the settings that it was decided on. */
export function saveSettings(tx: Tx, tenantId: string, change: { from: TenantSettings; to: TenantSettings }): void {
  tx.write(sql`
    update tenants set settings = ${keptText(change.to)}
    where tenant_id = ${tenantId} and settings::text is not distinct from ${keptText(change.from)}`);
}

/** Writes what differs from the defaults, over whatever was set before. */
export function saveCheckoutSettings(tx: Tx, tenantId: string, settings: CheckoutSettings): void {
  const kept = checkoutDifferencesOf(settings);
  const text = Object.keys(kept).length === 0 ? null : JSON.stringify(kept);
  tx.write(sql`update tenants set checkout_settings = ${text} where tenant_id = ${tenantId}`);
}

/** The one text of settings, so that texts can be compared. */
function keptText(settings: TenantSettings): string | null {
  const kept = differencesOf(settings);
  return Object.keys(kept).length === 0 ? null : JSON.stringify(kept);
}

export function insertKey(
  tx: Tx,
  key: { hash: Buffer; id: string; tenantId: string; kind: string; hint: string; createdAt: Timestamp },
): void {
  tx.write(sql`
    insert into api_keys (key_hash, tenant_id, id, kind, hint, created_at)
    values (${key.hash}, ${key.tenantId}, ${key.id}, ${key.kind}, ${key.hint}, ${toIso(key.createdAt)})`);
}

export function revokeKeyRow(tx: Tx, key: { tenantId: string; id: string; at: Timestamp }): void {
  tx.writeAny(sql`
    update api_keys set revoked_at = ${toIso(key.at)} where tenant_id = ${key.tenantId} and id = ${key.id} and revoked_at is null`);
}

export function touchKey(tx: Tx, key: { tenantId: string; id: string; at: Timestamp }): void {
  tx.writeAny(
    sql`update api_keys set last_used_at = ${toIso(key.at)} where tenant_id = ${key.tenantId} and id = ${key.id}`,
  );
}

export async function listKeys(reader: Reader, tenantId: string): Promise<KeyRecord[]> {
  const rows = await reader.read<KeyRow>(
    sql`select id, tenant_id, kind, hint, created_at, last_used_at, revoked_at from api_keys where tenant_id = ${tenantId} order by id`,
  );
  return rows.map(toKey);
}

/** A key that may still be used, and its tenant. */
export async function findKey(
  reader: Reader,
  hash: Buffer,
): Promise<{ key: KeyRecord; tenant: TenantRecord } | undefined> {
  const rows = await reader.read<KeyRow & TenantRow>(sql`
    select k.id, k.tenant_id, k.kind, k.hint, k.created_at, k.last_used_at, k.revoked_at,
      t.account_id, a.name as account_name, t.mode, t.processor, t.sealed_credentials, t.clock_offset_ms, t.settings, t.checkout_settings
    from api_keys k join tenants t on t.tenant_id = k.tenant_id join accounts a on a.account_id = t.account_id
    where k.key_hash = ${hash} and k.revoked_at is null`);
  return rows[0] && { key: toKey(rows[0]), tenant: toTenant(rows[0]) };
}

export async function findTenant(reader: Reader, tenantId: string): Promise<TenantRecord | undefined> {
  const rows = await reader.read<TenantRow>(sql`
    select t.tenant_id, t.account_id, a.name as account_name, t.mode, t.processor, t.sealed_credentials, t.clock_offset_ms, t.settings, t.checkout_settings
    from tenants t join accounts a on a.account_id = t.account_id where t.tenant_id = ${tenantId}`);
  return rows[0] && toTenant(rows[0]);
}

export async function listTenants(reader: Reader): Promise<TenantRecord[]> {
  const rows = await reader.read<TenantRow>(sql`
    select t.tenant_id, t.account_id, a.name as account_name, t.mode, t.processor, t.sealed_credentials, t.clock_offset_ms, t.settings, t.checkout_settings
    from tenants t join accounts a on a.account_id = t.account_id order by t.tenant_id`);
  return rows.map(toTenant);
}

interface KeyRow {
  id: string;
  tenant_id: string;
  kind: KeyRecord['kind'];
  hint: string;
  created_at: Timestamp;
  last_used_at: Timestamp | null;
  revoked_at: Timestamp | null;
}

function toKey(row: KeyRow): KeyRecord {
  const key: KeyRecord = {
    id: row.id,
    tenantId: row.tenant_id,
    kind: row.kind,
    hint: row.hint,
    createdAt: row.created_at,
  };
  if (row.last_used_at !== null) key.lastUsedAt = row.last_used_at;
  if (row.revoked_at !== null) key.revokedAt = row.revoked_at;
  return key;
}

interface TenantRow {
  tenant_id: string;
  account_id: string;
  account_name: string;
  mode: 'test' | 'live';
  processor: string;
  sealed_credentials: Buffer | null;
  clock_offset_ms: number;
  settings: string | null;
  checkout_settings: string | null;
}

function toTenant(row: TenantRow): TenantRecord {
  const tenant = {
    id: row.tenant_id,
    accountId: row.account_id,
    accountName: row.account_name,
    mode: row.mode,
    processor: row.processor,
    clockOffsetMs: row.clock_offset_ms,
    settings: settingsFrom(row.settings === null ? {} : (JSON.parse(row.settings) as SettingsKept)),
    checkoutSettings: checkoutSettingsFrom(
      row.checkout_settings === null ? {} : (JSON.parse(row.checkout_settings) as CheckoutSettingsKept),
    ),
  };
  return row.sealed_credentials === null ? tenant : { ...tenant, sealedCredentials: row.sealed_credentials };
}
