/** Rows of idempotency keys: what was asked under a key, and the answer, byte for byte, once there is one. */
import { type Timestamp, toIso } from '../lib/time.ts';
import type { Reader, Tx } from './database.ts';
import { text } from './rows.ts';
import { sql } from './sql.ts';

export interface IdempotencyRecord {
  tenantId: string;
  key: string;
  /** SHA-256 of method, path and canonical body. */
  fingerprint: Buffer;
  /** The object that the unfinished request was about, so that a repeat can report what became of it. */
  resourceId?: string;
  /** Until then an unfinished request counts as still running. */
  busyUntil: Timestamp;
  answer?: { status: number; body: string };
}

export function insertIdempotencyKey(tx: Tx, record: IdempotencyRecord & { createdAt: Timestamp }): void {
  tx.write(sql`
    insert into idempotency_keys (tenant_id, key, fingerprint, resource_id, busy_until, status, body, created_at)
    values (${record.tenantId}, ${record.key}, ${record.fingerprint}, ${text(record.resourceId)}, ${toIso(record.busyUntil)},
      ${record.answer?.status ?? null}, ${record.answer?.body ?? null}, ${toIso(record.createdAt)})`);
}

/** Writes the answer of a request that began unfinished. A repeat may have reported first: then its answer stands. */
export function finishIdempotencyKey(
  tx: Tx,
  record: { tenantId: string; key: string; answer: { status: number; body: string } },
): void {
  tx.writeAny(sql`
    update idempotency_keys set status = ${record.answer.status}, body = ${record.answer.body}
    where tenant_id = ${record.tenantId} and key = ${record.key} and status is null`);
}

export async function findIdempotencyKey(
  reader: Reader,
  tenantId: string,
  key: string,
): Promise<IdempotencyRecord | undefined> {
  const rows = await reader.read<IdempotencyRow>(
    sql`select * from idempotency_keys where tenant_id = ${tenantId} and key = ${key}`,
  );
  const row = rows[0];
  if (row === undefined) return undefined;
  return {
    tenantId: row.tenant_id,
    key: row.key,
    fingerprint: row.fingerprint,
    ...(row.resource_id === null ? {} : { resourceId: row.resource_id }),
    busyUntil: row.busy_until as Timestamp,
    ...(row.status === null || row.body === null ? {} : { answer: { status: row.status, body: row.body } }),
  };
}

interface IdempotencyRow {
  tenant_id: string;
  key: string;
  fingerprint: Buffer;
  resource_id: string | null;
  busy_until: number;
  status: number | null;
  body: string | null;
}
