/** Rows of deliveries and their tries, as merchants look at them. The work on them is in `delivery-work.ts`. */
import type { Delivery, DeliveryStatus, DeliveryTry } from '../domain/webhook-delivery.ts';
import { type Timestamp, toIso } from '../lib/time.ts';
import type { Reader, Tx } from './database.ts';
import { type Page, page } from './pages.ts';
import { compact } from './rows.ts';
import { type Sql, sql } from './sql.ts';

/** The deliveries of an endpoint that is deleted end with it. */
export function endDeliveries(tx: Tx, of: { tenantId: string; endpointId: string; at: Timestamp }): void {
  tx.writeAny(sql`
    update deliveries set version = version + 1, status = 'exhausted', next_attempt_at = null, ended_at = ${toIso(of.at)}
    where tenant_id = ${of.tenantId} and endpoint_id = ${of.endpointId} and status = 'pending'`);
}

export async function findDelivery(reader: Reader, tenantId: string, id: string): Promise<Delivery | undefined> {
  const rows = await reader.read<DeliveryRow>(sql`
    select d.*, (select json_agg(t order by t.number) from delivery_tries t
      where t.tenant_id = d.tenant_id and t.delivery_id = d.id) as tries
    from deliveries d where tenant_id = ${tenantId} and id = ${id}`);
  return rows[0] && toDelivery(rows[0]);
}

/** One page of an endpoint's deliveries, newest first. */
export function listDeliveries(
  reader: Reader,
  tenantId: string,
  list: { endpointId: string; status: DeliveryStatus | undefined; page: Page },
) {
  const start = sql`
    select d.*, (select json_agg(t order by t.number) from delivery_tries t
      where t.tenant_id = d.tenant_id and t.delivery_id = d.id) as tries
    from deliveries d where tenant_id = ${tenantId} and endpoint_id = ${list.endpointId}`;
  // Written out, so that the partial indexes of those that are few are seen.
  const where: [string, Sql][] = list.status === undefined ? [] : [[list.status, OF_STATUS[list.status]]];
  return page(reader, { name: 'deliveries', start, where, page: list.page, toItem: toDelivery });
}

const OF_STATUS: Record<DeliveryStatus, Sql> = {
  pending: sql`and status = 'pending'`,
  succeeded: sql`and status = 'succeeded'`,
  exhausted: sql`and status = 'exhausted'`,
};

interface DeliveryRow {
  tenant_id: string;
  id: string;
  endpoint_id: string;
  event_id: string;
  event_type: string;
  status: Delivery['status'];
  next_attempt_at: number | null;
  created_at: number;
  ended_at: number | null;
  /** JSON array of rows of delivery_tries. */
  tries: string | null;
}

function toDelivery(row: DeliveryRow): Delivery {
  return compact<Delivery>({
    tenantId: row.tenant_id,
    id: row.id,
    endpointId: row.endpoint_id,
    eventId: row.event_id,
    eventType: row.event_type,
    status: row.status,
    nextAttemptAt: row.next_attempt_at,
    createdAt: row.created_at,
    endedAt: row.ended_at,
    tries: (JSON.parse(row.tries ?? '[]') as TryRow[]).map(toTry),
  });
}

/** As JSON shows it: times are text. */
interface TryRow {
  number: number;
  at: string;
  latency_ms: number;
  status: number | null;
  failure: DeliveryTry['failure'] | null;
  answer: string;
  url: string | null;
  signature: string | null;
}

function toTry(row: TryRow): DeliveryTry {
  return compact<DeliveryTry>({
    number: row.number,
    at: Date.parse(row.at),
    latencyMs: row.latency_ms,
    status: row.status,
    failure: row.failure,
    answer: row.answer,
    sent: row.url === null || row.signature === null ? null : { url: row.url, signature: row.signature },
  });
}
