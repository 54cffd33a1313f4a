/** Rows of events: written with the change they report, numbered afterwards, never changed again. */
import type { EventDraft } from '../domain/events.ts';
import { type Timestamp, toIso } from '../lib/time.ts';
import type { Reader, Tx } from './database.ts';
import { type Sql, sql, sqlOf } from './sql.ts';

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

/** An event once it has its number: before that nobody may see it. */
export async function findEvent(reader: Reader, tenantId: string, id: string): Promise<NumberedEvent | undefined> {
  const rows = await reader.read<NumberedRow>(
    sql`select * from events where tenant_id = ${tenantId} and id = ${id} and sequence is not null`,
  );
  return rows[0] && toEvent(rows[0]);
}

/** An event that has its number. */
export type NumberedEvent = EventRecord & { sequence: number };

export interface EventFilters {
  type?: string | undefined;
  objectId?: string | undefined;
}

export interface EventPage {
  /** 1–100. */
  limit: number;
  /** Where the page begins: the events after a number, or those before one. */
  from?: { direction: 'after' | 'before'; sequence: number } | undefined;
}

export interface PageOfEvents {
  /** By sequence, rising. */
  items: NumberedEvent[];
  /** Present when events follow: the number to go on after. */
  after?: number;
  /** Present when events precede: the number to go back before. */
  before?: number;
}

/** One page of a tenant's events by sequence. Numbers appear in order, so who goes on after the last one misses none. */
export async function listEvents(
  reader: Reader,
  tenantId: string,
  list: { filters: EventFilters; page: EventPage },
): Promise<PageOfEvents> {
  const { type, objectId } = list.filters;
  const { from = { direction: 'after', sequence: 0 }, limit } = list.page;
  const back = from.direction === 'before';
  const pieces: Sql[] = [sql`select * from events where tenant_id = ${tenantId}`];
  pieces.push(back ? sql`and sequence < ${from.sequence}` : sql`and sequence > ${from.sequence}`);
  if (type !== undefined) pieces.push(sql`and type = ${type}`);
  if (objectId !== undefined) pieces.push(sql`and object_id = ${objectId}`);
  pieces.push(back ? sql`order by sequence desc limit ${limit + 1}` : sql`order by sequence limit ${limit + 1}`);
  const key = `events+${from.direction}+${type === undefined ? '' : 'type'}+${objectId === undefined ? '' : 'object'}`;
  const rows = await reader.read<NumberedRow>(sqlOf(key, pieces));
  const more = rows.length > limit;
  const shown = rows.slice(0, limit);
  if (back) shown.reverse();
  const result: PageOfEvents = { items: shown.map(toEvent) };
  const last = shown.at(-1)?.sequence;
  const first = shown[0]?.sequence;
  if (last && (back || more)) result.after = last;
  if (first && (back ? more : from.sequence > 0)) result.before = first;
  return result;
}

interface NumberedRow {
  tenant_id: string;
  id: string;
  type: string;
  object_id: string;
  object_version: number;
  sequence: number;
  occurred_at: Timestamp;
  data: string;
}

function toEvent(row: NumberedRow): NumberedEvent {
  return {
    tenantId: row.tenant_id,
    id: row.id,
    type: row.type,
    objectId: row.object_id,
    objectVersion: row.object_version,
    sequence: row.sequence,
    occurredAt: row.occurred_at,
    data: row.data,
  };
}
