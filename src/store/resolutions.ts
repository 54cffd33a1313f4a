/** Rows of closed reviews. No statement of the program changes or removes one. */
import type { Resolution } from '../domain/resolution.ts';
import { toIso } from '../lib/time.ts';
import type { Reader, Tx } from './database.ts';
import { compact, json, text } from './rows.ts';
import { sql } from './sql.ts';

export function insertResolution(tx: Tx, r: Resolution): void {
  tx.write(sql`
    insert into payment_resolutions (tenant_id, id, payment_id, attempt_id, outcome, note, review, resolved_by, created_at)
    values (${r.tenantId}, ${r.id}, ${r.paymentId}, ${text(r.review.attemptId)}, ${text(r.outcome)}, ${r.note},
      ${json(r.review)}, ${r.resolvedBy}, ${toIso(r.createdAt)})`);
}

/** Every closed review of a payment, oldest first; a person made each, so there is no paging. */
export async function listResolutions(reader: Reader, tenantId: string, paymentId: string): Promise<Resolution[]> {
  const rows = await reader.read<ResolutionRow>(sql`
    select * from payment_resolutions where tenant_id = ${tenantId} and payment_id = ${paymentId} order by id`);
  return rows.map((row) =>
    compact<Resolution>({
      tenantId: row.tenant_id,
      id: row.id,
      paymentId: row.payment_id,
      outcome: row.outcome,
      note: row.note,
      review: JSON.parse(row.review),
      resolvedBy: row.resolved_by,
      createdAt: row.created_at,
    }),
  );
}

interface ResolutionRow {
  tenant_id: string;
  id: string;
  payment_id: string;
  outcome: Resolution['outcome'] | null;
  note: string;
  review: string;
  resolved_by: string;
  created_at: number;
}
