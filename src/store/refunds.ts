/** Rows of refunds. */
import type { Refund } from '../domain/refund.ts';
import { toIso } from '../lib/time.ts';
import type { Reader, Tx } from './database.ts';
import { type Page, page } from './pages.ts';
import { compact, json, text } from './rows.ts';
import { type Sql, sql } from './sql.ts';

export function insertRefund(tx: Tx, r: Refund): void {
  tx.write(sql`
    insert into refunds (tenant_id, id, version, payment_id, attempt_id, amount, currency, reason, status, metadata, created_at,
      updated_at)
    values (${r.tenantId}, ${r.id}, ${r.version}, ${r.paymentId}, ${r.attemptId}, ${r.amountMinor}, ${r.currency},
      ${text(r.reason)}, ${r.status}, ${json(r.metadata)}, ${toIso(r.createdAt)}, ${toIso(r.updatedAt)})`);
}

/** Writes a changed refund over the version it was decided on. */
export function saveRefund(tx: Tx, r: Refund): void {
  tx.write(sql`
    update refunds set version = ${r.version}, status = ${r.status}, failure_code = ${text(r.failureCode)},
      updated_at = ${toIso(r.updatedAt)}
    where tenant_id = ${r.tenantId} and id = ${r.id} and version = ${r.version - 1}`);
}

export async function findRefund(reader: Reader, tenantId: string, id: string): Promise<Refund | undefined> {
  const rows = await reader.read<RefundRow>(sql`select * from refunds where tenant_id = ${tenantId} and id = ${id}`);
  return rows[0] && toRefund(rows[0]);
}

/** The refund that an attempt was made for. */
export async function findRefundOfAttempt(
  reader: Reader,
  tenantId: string,
  attemptId: string,
): Promise<Refund | undefined> {
  const rows = await reader.read<RefundRow>(
    sql`select * from refunds where tenant_id = ${tenantId} and attempt_id = ${attemptId}`,
  );
  return rows[0] && toRefund(rows[0]);
}

export interface RefundFilters {
  status?: string | undefined;
  paymentId?: string | undefined;
  createdAfter?: string | undefined;
  createdBefore?: string | undefined;
}

/** One page of a tenant's refunds, newest first. */
export async function listRefunds(reader: Reader, tenantId: string, list: { filters: RefundFilters; page: Page }) {
  const f = list.filters;
  const where: [string, Sql][] = [];
  if (f.status !== undefined) where.push(['status', sql`and status = ${f.status}`]);
  if (f.paymentId !== undefined) where.push(['payment', sql`and payment_id = ${f.paymentId}`]);
  if (f.createdAfter !== undefined) where.push(['after', sql`and created_at >= ${f.createdAfter}`]);
  if (f.createdBefore !== undefined) where.push(['before', sql`and created_at < ${f.createdBefore}`]);
  const start = sql`select * from refunds where tenant_id = ${tenantId}`;
  return page(reader, { name: 'refunds', start, where, page: list.page, toItem: toRefund });
}

interface RefundRow {
  tenant_id: string;
  id: string;
  version: number;
  payment_id: string;
  attempt_id: string;
  amount: number;
  currency: string;
  reason: Refund['reason'] | null;
  status: Refund['status'];
  failure_code: string | null;
  metadata: string | null;
  created_at: number;
  updated_at: number;
}

function toRefund(row: RefundRow): Refund {
  return compact<Refund>({
    tenantId: row.tenant_id,
    id: row.id,
    version: row.version,
    paymentId: row.payment_id,
    attemptId: row.attempt_id,
    amountMinor: row.amount,
    currency: row.currency,
    reason: row.reason,
    status: row.status,
    failureCode: row.failure_code,
    metadata: row.metadata && JSON.parse(row.metadata),
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  });
}
