/** What is due, across tenants: only the worker reads without knowing the tenant first. */
import { type Timestamp, toIso } from '../lib/time.ts';
import type { Reader } from './database.ts';
import { sql } from './sql.ts';

/** Active sessions past their end that no attempt holds open, oldest first. */
export async function dueSessions(
  reader: Reader,
  due: { now: Timestamp; limit: number },
): Promise<{ tenantId: string; id: string }[]> {
  const rows = await reader.read<{ tenant_id: string; id: string }>(sql`
    select tenant_id, id from payment_sessions
    where status = 'active' and expires_at <= ${toIso(due.now)} and payment_outcome <> 'pending'
    order by expires_at limit ${due.limit}`);
  return rows.map((row) => ({ tenantId: row.tenant_id, id: row.id }));
}
