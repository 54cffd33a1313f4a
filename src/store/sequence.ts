/**
 * Numbering events. One read shows each tenant's counter, its events without a number and its endpoints in one snapshot; one
 * statement moves the counter by compare-and-set, writes the numbers and the deliveries. Two sequencers at once cannot both
 * move the counter: the second is {@link Stale} and reads again.
 */
import type { Ordering } from '../domain/webhook.ts';
import { type Timestamp, toIso } from '../lib/time.ts';
import type { Database, Reader } from './database.ts';
import { sql } from './sql.ts';

export interface PendingEvent {
  id: string;
  type: string;
  objectId: string;
  objectVersion: number;
}

export interface Subscriber {
  id: string;
  eventTypes: string[];
  ordering: Ordering;
}

/** Everything about one tenant that numbering depends on, as of one moment. */
export interface Unnumbered {
  tenantId: string;
  lastSequence: number;
  /** By id. Holds no event of an object without every earlier version that is still without a number. */
  events: PendingEvent[];
  /** Enabled endpoints. */
  subscribers: Subscriber[];
}

/**
 * Up to `tenants` tenants after `afterTenant` that have events without a number, by id, with about `events` of them each. Where a version of an object is
 * among the first by id and an earlier one is not (their ids were made under clocks that differ), the earlier one comes along.
 */
export async function findUnnumbered(
  reader: Reader,
  limit: { tenants: number; events: number; afterTenant: string },
): Promise<Unnumbered[]> {
  const rows = await reader.read<UnnumberedRow>(sql`
    with recursive waiting (tenant_id) as (
      (select tenant_id from events where sequence is null and tenant_id > ${limit.afterTenant} order by tenant_id limit 1)
      union all
      select (select e.tenant_id from events e where e.sequence is null and e.tenant_id > w.tenant_id
        order by e.tenant_id limit 1)
      from waiting w where w.tenant_id is not null
    )
    select c.tenant_id, c.last_sequence,
      (with first as (
          select id, type, object_id, object_version from events
          where tenant_id = c.tenant_id and sequence is null order by id limit ${limit.events}),
        earlier as (
          select e.id, e.type, e.object_id, e.object_version
          from (select object_id, max(object_version) as version from first group by object_id) f
            join events e on e.tenant_id = c.tenant_id and e.object_id = f.object_id and e.object_version < f.version
          where e.sequence is null and (select count(*) from first) = ${limit.events}),
        chosen as (select * from first union select * from earlier)
        select json_agg(json_build_array(id, type, object_id, object_version)) from chosen) as events,
      (select json_agg(json_build_array(e.id, e.event_types, e.ordering)) from webhook_endpoints e
        where e.tenant_id = c.tenant_id and e.enabled) as subscribers
    from (select tenant_id from waiting where tenant_id is not null limit ${limit.tenants}) w
      join event_counters c on c.tenant_id = w.tenant_id order by c.tenant_id`);
  return rows.map(toUnnumbered);
}

/** A delivery to be. */
export interface DeliveryDraft {
  id: string;
  endpointId: string;
  eventId: string;
  eventType: string;
  sequence: number;
  lane: string;
  /** Behind another delivery of the same lane in the same statement: it waits, whatever the table says. */
  follows: boolean;
}

export interface Numbering {
  tenantId: string;
  /** The counter as it was read. */
  lastSequence: number;
  /** Ids in their order: the first gets the number after `lastSequence`. */
  eventIds: readonly string[];
  deliveries: readonly DeliveryDraft[];
  at: Timestamp;
}

/**
 * Writes the numbers and the deliveries, all or nothing. Throws {@link Stale} when another sequencer was faster.
 *
 * A delivery waits when one of its lane is still pending. The row that says so is held for the statement: if it is just
 * ending, this waits for the end and then does not count it; if this comes first, the end waits, and who ended it looks for
 * followers in a later statement, which sees the new row. So none waits for something that has ended. Whoever locks several
 * deliveries does so lane by lane in one order, so that nobody locks crosswise.
 */
export async function writeNumbers(database: Database, numbering: Numbering): Promise<void> {
  const { tenantId, lastSequence, eventIds, deliveries } = numbering;
  const count = eventIds.length;
  if (deliveries.length === 0) {
    await database.claim(sql`
      with counter as (
        update event_counters set last_sequence = ${lastSequence + count}
        where tenant_id = ${tenantId} and last_sequence = ${lastSequence} returning tenant_id),
      numbered as (
        update events e set sequence = ${lastSequence} + n.place
        from counter c, unnest(${eventIds}::text[]) with ordinality n (id, place)
        where e.tenant_id = c.tenant_id and e.id = n.id and e.sequence is null returning 1)
      select 1 / (case when (select count(*) from numbered) = ${count} then 1 else 0 end) as ok`);
    return;
  }
  const at = toIso(numbering.at);
  await database.claim(sql`
    with counter as (
      update event_counters set last_sequence = ${lastSequence + count}
      where tenant_id = ${tenantId} and last_sequence = ${lastSequence} returning tenant_id),
    numbered as (
      update events e set sequence = ${lastSequence} + n.place
      from counter c, unnest(${eventIds}::text[]) with ordinality n (id, place)
      where e.tenant_id = c.tenant_id and e.id = n.id and e.sequence is null returning 1),
    draft as (
      select c.tenant_id, d.* from counter c, unnest(
        ${deliveries.map((d) => d.id)}::text[], ${deliveries.map((d) => d.endpointId)}::text[],
        ${deliveries.map((d) => d.eventId)}::text[], ${deliveries.map((d) => d.eventType)}::text[],
        ${deliveries.map((d) => d.sequence)}::bigint[], ${deliveries.map((d) => d.lane)}::text[],
        ${deliveries.map((d) => d.follows)}::boolean[])
        d (id, endpoint_id, event_id, event_type, sequence, lane, follows)),
    ahead as (
      select d.endpoint_id, d.lane
      from (select * from draft where not follows order by endpoint_id, lane) d
        cross join lateral (
          select 1 from deliveries p
          where p.tenant_id = d.tenant_id and p.endpoint_id = d.endpoint_id and p.lane = d.lane and p.status = 'pending'
          order by p.sequence limit 1 for share) p),
    written as (
      insert into deliveries (tenant_id, id, version, endpoint_id, event_id, event_type, sequence, lane, status, try_count,
        next_attempt_at, created_at)
      select d.tenant_id, d.id, 1, d.endpoint_id, d.event_id, d.event_type, d.sequence, d.lane, 'pending', 0,
        case when d.follows or (d.endpoint_id, d.lane) in (select a.endpoint_id, a.lane from ahead a) then null
          else ${at}::timestamptz end, ${at}::timestamptz
      from draft d returning 1)
    select 1 / (case when (select count(*) from numbered) = ${count} then 1 else 0 end) as ok`);
}

interface UnnumberedRow {
  tenant_id: string;
  last_sequence: number;
  events: string | null;
  subscribers: string | null;
}

function toUnnumbered(row: UnnumberedRow): Unnumbered {
  const events = JSON.parse(row.events ?? '[]') as [string, string, string, number][];
  const subscribers = JSON.parse(row.subscribers ?? '[]') as [string, string[], Ordering][];
  return {
    tenantId: row.tenant_id,
    lastSequence: row.last_sequence,
    events: events.map(([id, type, objectId, objectVersion]) => ({ id, type, objectId, objectVersion })),
    subscribers: subscribers.map(([id, eventTypes, ordering]) => ({ id, eventTypes, ordering })),
  };
}
