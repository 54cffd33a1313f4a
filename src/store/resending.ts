/**
 * Sending again: what a merchant asks for once more, and what an endpoint gets sooner because it works again. A delivery whose
 * next try is near may be in somebody's hands: it is left alone, see `claimDueDeliveries`.
 */
import { HASTENED_TRIES } from '../domain/webhook-delivery.ts';
import { type Timestamp, toIso } from '../lib/time.ts';
import type { Database, Reader, Tx } from './database.ts';
import type { Lane } from './delivery-work.ts';
import { compact } from './rows.ts';
import { sql } from './sql.ts';

/** Now, and the time from which on a due delivery is certainly in nobody's hands. */
export interface Moment {
  now: Timestamp;
  idleFrom: Timestamp;
}

/** Makes an ended delivery due again, in a lane of its own: it holds up nothing. {@link Stale} when it has not ended. */
export function reopenDelivery(tx: Tx, of: { tenantId: string; id: string; now: Timestamp }): void {
  const now = toIso(of.now);
  tx.write(sql`
    update deliveries set version = version + 1, status = 'pending', lane = event_id, ended_at = null,
      next_attempt_at = ${now}, asked_at = ${now}
    where tenant_id = ${of.tenantId} and id = ${of.id} and status <> 'pending'`);
}

/** Makes the delivery that a lane waits for due now. {@link Stale} when the delivery that was asked for is no longer pending. */
export function hastenLane(tx: Tx, of: { tenantId: string; id: string }, { now, idleFrom }: Moment): void {
  tx.hold(
    sql`select 1 from deliveries where tenant_id = ${of.tenantId} and id = ${of.id} and status = 'pending' for share`,
  );
  tx.writeAny(sql`
    update deliveries d set version = d.version + 1, next_attempt_at = ${toIso(now)}
    from deliveries asked
    where asked.tenant_id = ${of.tenantId} and asked.id = ${of.id} and d.tenant_id = asked.tenant_id
      and d.endpoint_id = asked.endpoint_id and d.lane = asked.lane and d.status = 'pending'
      and d.next_attempt_at > ${toIso(idleFrom)}`);
}

const AT_ONCE = 500;

/** Makes everything due now that an endpoint would get later, but for last tries, a bounded part at a time. Answers how many. */
export async function pullForward(
  database: Database,
  of: { tenantId: string; endpointId: string },
  { now, idleFrom }: Moment,
): Promise<number> {
  for (let all = 0; ; ) {
    const rows = await database.claim(sql`
      with later as (
        select tenant_id, id from deliveries
        where tenant_id = ${of.tenantId} and endpoint_id = ${of.endpointId} and next_attempt_at > ${toIso(idleFrom)}
          and try_count < ${HASTENED_TRIES}
        order by next_attempt_at limit ${AT_ONCE} for update skip locked)
      update deliveries d set version = d.version + 1, next_attempt_at = ${toIso(now)}
      from later l where d.tenant_id = l.tenant_id and d.id = l.id
      returning 1`);
    all += rows.length;
    if (rows.length < AT_ONCE) return all;
  }
}

/** A recovery as it stands: of the events numbered after `after` up to `until`, those that happened at `since` or later. */
export interface Recovery {
  since: Timestamp;
  after: number;
  until: number;
}

/** Begins a recovery, or widens the one under way so that it does both. */
export function beginRecovery(
  tx: Tx,
  of: { tenantId: string; endpointId: string },
  { since, after, until }: Recovery,
): void {
  tx.write(sql`
    update webhook_endpoints set recover_since = least(recover_since, ${toIso(since)}),
      recover_after = least(recover_after, ${after}::bigint), recover_until = greatest(recover_until, ${until}::bigint)
    where tenant_id = ${of.tenantId} and id = ${of.endpointId} and deleted_at is null`);
}

/** Endpoints with a recovery under way that are enabled. */
export async function findRecoveries(reader: Reader): Promise<(Recovery & { tenantId: string; endpointId: string })[]> {
  const rows = await reader.read<RecoveryRow>(sql`
    select tenant_id, id, recover_since, recover_after, recover_until from webhook_endpoints
    where recover_until is not null and enabled order by tenant_id, id limit 100`);
  return rows.map((row) => ({
    tenantId: row.tenant_id,
    endpointId: row.id,
    since: row.recover_since,
    after: row.recover_after,
    until: row.recover_until,
  }));
}

/** How many deliveries are due at an endpoint, counted no further than `atMost`. */
export async function countDue(
  reader: Reader,
  of: { tenantId: string; endpointId: string },
  { now, atMost }: { now: Timestamp; atMost: number },
): Promise<number> {
  const rows = await reader.read<{ due: number }>(sql`
    select count(*)::integer as due from (select 1 from deliveries
      where tenant_id = ${of.tenantId} and endpoint_id = ${of.endpointId} and next_attempt_at <= ${toIso(now)}
      limit ${atMost}) d`);
  return rows[0]?.due ?? 0;
}

/** An event within a recovery, and its delivery to the endpoint, if there is one. */
export interface Recoverable {
  id: string;
  type: string;
  objectId: string;
  sequence: number;
  occurredAt: Timestamp;
  delivery?: { id: string; status: string };
}

/** The next events of a recovery, by their number. */
export async function nextRecoverable(
  reader: Reader,
  of: { tenantId: string; endpointId: string },
  { after, until, limit }: { after: number; until: number; limit: number },
): Promise<Recoverable[]> {
  const rows = await reader.read<RecoverableRow>(sql`
    select e.id, e.type, e.object_id, e.sequence, e.occurred_at, d.id as delivery_id, d.status
    from (select * from events where tenant_id = ${of.tenantId} and sequence > ${after} and sequence <= ${until}
        order by sequence limit ${limit}) e
      left join deliveries d on d.tenant_id = e.tenant_id and d.endpoint_id = ${of.endpointId} and d.sequence = e.sequence
    order by e.sequence`);
  return rows.map((row) =>
    compact<Recoverable>({
      id: row.id,
      type: row.type,
      objectId: row.object_id,
      sequence: row.sequence,
      occurredAt: row.occurred_at,
      delivery: row.delivery_id === null ? null : { id: row.delivery_id, status: row.status ?? '' },
    }),
  );
}

/** One step of a recovery: what is sent for the first time, what is sent again, and how far that is. */
export interface RecoveryStep {
  tenantId: string;
  endpointId: string;
  /** As it was read. */
  from: Recovery;
  /** The last number that was looked at; undefined when nothing is left. */
  reached: number | undefined;
  made: readonly { id: string; eventId: string; eventType: string; sequence: number; lane: string }[];
  again: readonly { id: string; lane: string }[];
  at: Timestamp;
}

/**
 * Writes a step. {@link Stale} when somebody else has moved this recovery since it was read. Everything waits at first: who
 * releases the lanes afterwards sees what else is in them.
 */
export function writeRecoveryStep(tx: Tx, step: RecoveryStep): void {
  const { tenantId, endpointId, from, reached, made, again } = step;
  const at = toIso(step.at);
  const done = reached === undefined;
  tx.write(sql`
    update webhook_endpoints set recover_since = case when ${done} then null else recover_since end,
      recover_after = ${reached ?? null}, recover_until = case when ${done} then null else recover_until end
    where tenant_id = ${tenantId} and id = ${endpointId} and enabled and recover_after = ${from.after}
      and recover_until = ${from.until} and recover_since = ${toIso(from.since)}`);
  if (made.length > 0) {
    tx.writeAny(sql`
      insert into deliveries (tenant_id, id, version, endpoint_id, event_id, event_type, sequence, lane, status, try_count,
        created_at, asked_at)
      select ${tenantId}, m.id, 1, ${endpointId}, m.event_id, m.event_type, m.sequence, m.lane, 'pending', 0,
        ${at}::timestamptz, ${at}::timestamptz
      from unnest(${made.map((m) => m.id)}::text[], ${made.map((m) => m.eventId)}::text[],
        ${made.map((m) => m.eventType)}::text[], ${made.map((m) => m.sequence)}::bigint[], ${made.map((m) => m.lane)}::text[])
        m (id, event_id, event_type, sequence, lane)`);
  }
  if (again.length > 0) {
    tx.writeAny(sql`
      update deliveries d set version = d.version + 1, status = 'pending', lane = a.lane, ended_at = null, asked_at = ${at}
      from unnest(${again.map((a) => a.id)}::text[], ${again.map((a) => a.lane)}::text[]) a (id, lane)
      where d.tenant_id = ${tenantId} and d.id = a.id and d.status = 'exhausted'`);
  }
}

/** Lanes of these deliveries, each once, in the order in which lanes are locked. */
export function lanesOf({ tenantId, endpointId, made, again }: RecoveryStep): Lane[] {
  const lanes = new Set([...made, ...again].map(({ lane }) => lane));
  return [...lanes].sort().map((lane) => ({ tenantId, endpointId, lane }));
}

/** The number of the last event of a tenant. */
export async function lastSequence(reader: Reader, tenantId: string): Promise<number> {
  const rows = await reader.read<{ last_sequence: number }>(
    sql`select last_sequence from event_counters where tenant_id = ${tenantId}`,
  );
  return rows[0]?.last_sequence ?? 0;
}

/** When the event of this number, or the next one there is, happened. */
export async function occurredAtNumber(
  reader: Reader,
  tenantId: string,
  sequence: number,
): Promise<Timestamp | undefined> {
  const rows = await reader.read<{ occurred_at: Timestamp }>(
    sql`select occurred_at from events where tenant_id = ${tenantId} and sequence >= ${sequence} order by sequence limit 1`,
  );
  return rows[0]?.occurred_at;
}

interface RecoveryRow {
  tenant_id: string;
  id: string;
  recover_since: Timestamp;
  recover_after: number;
  recover_until: number;
}

interface RecoverableRow {
  id: string;
  type: string;
  object_id: string;
  sequence: number;
  occurred_at: Timestamp;
  delivery_id: string | null;
  status: string | null;
}
