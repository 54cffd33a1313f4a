/** Rows of the ledger. No statement of the program changes or removes one. */
import type { LedgerEntry } from '../domain/ledger.ts';
import { toIso } from '../lib/time.ts';
import type { Reader, Tx } from './database.ts';
import { sql } from './sql.ts';

export function insertLedgerEntry(tx: Tx, e: LedgerEntry): void {
  tx.write(sql`
    insert into ledger_entries (tenant_id, payment_id, attempt_id, number, kind, payer, held, collected, currency, created_at)
    values (${e.tenantId}, ${e.paymentId}, ${e.attemptId}, ${e.number}, ${e.kind}, ${e.payerMinor}, ${e.heldMinor},
      ${e.collectedMinor}, ${e.currency}, ${toIso(e.createdAt)})`);
}

/** Every movement of a payment, oldest first: an entry for each attempt that succeeded, and for each that was taken back. */
export async function listLedgerEntries(reader: Reader, tenantId: string, paymentId: string): Promise<LedgerEntry[]> {
  const rows = await reader.read<LedgerRow>(sql`
    select * from ledger_entries where tenant_id = ${tenantId} and payment_id = ${paymentId}
    order by created_at, number, attempt_id`);
  return rows.map((row) => ({
    tenantId: row.tenant_id,
    paymentId: row.payment_id,
    attemptId: row.attempt_id,
    number: row.number,
    kind: row.kind,
    payerMinor: row.payer,
    heldMinor: row.held,
    collectedMinor: row.collected,
    currency: row.currency,
    createdAt: row.created_at,
  }));
}

interface LedgerRow {
  tenant_id: string;
  payment_id: string;
  attempt_id: string;
  number: LedgerEntry['number'];
  kind: LedgerEntry['kind'];
  payer: number;
  held: number;
  collected: number;
  currency: string;
  created_at: LedgerEntry['createdAt'];
}
