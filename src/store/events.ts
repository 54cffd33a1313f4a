/** Rows of events: written with the change they report, numbered afterwards, never changed again. */
import type { EventDraft } from '../domain/events.ts';
import { type Timestamp, toIso } from '../lib/time.ts';
import type { Reader, Tx } from './database.ts';
import { sql } from './sql.ts';

export interface EventRecord {
  tenantId: string;
  id: string;
  type: string;
  objectId: string;
  objectVersion: number;
  /** Gap-free per tenant; absent until the sequencer has been here, shortly after the commit. */
  sequence?: number;
  occurredAt: Timestamp;
  /** The object as it was after the change: JSON text, kept byte for byte. */
  data: string;
}

export function insertEvent(tx: Tx, event: EventDraft & { tenantId: string; id: string; occurredAt: Timestamp }): void {
  tx.write(sql`
    insert into events (tenant_id, id, type, object_id, object_version, occurred_at, data)
    values (${event.tenantId}, ${event.id}, ${event.type}, ${event.objectId}, ${event.objectVersion}, ${toIso(event.occurredAt)},
      ${event.data})`);
}

export async function findEvent(reader: Reader, tenantId: string, id: string): Promise<EventRecord | undefined> {
  const rows = await reader.read<EventRow>(
    sql`select * from events where tenant_id = ${tenantId} and id = ${id} and sequence is not null`,
  );
  return rows[0] && toEvent(rows[0]);
}

export interface EventRow {
  tenant_id: string;
  id: string;
  type: string;
  object_id: string;
  object_version: number;
  sequence: number | null;
  occurred_at: number;
  data: string;
}

export function toEvent(row: EventRow): EventRecord {
  const event: EventRecord = {
    tenantId: row.tenant_id,
    id: row.id,
    type: row.type,
    objectId: row.object_id,
    objectVersion: row.object_version,
    occurredAt: row.occurred_at as Timestamp,
    data: row.data,
  };
  return row.sequence === null ? event : { ...event, sequence: row.sequence };
}
