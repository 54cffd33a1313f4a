/**
 * The work on deliveries. One that is due is taken by moving its `next_attempt_at` past the longest try; a process that dies
 * with it leaves it due again. What became of a try is written only over the version that was taken.
 */
import { CONCURRENCY } from '../domain/webhook.ts';
import type { AfterTry, DeliveryTry, Health } from '../domain/webhook-delivery.ts';
import { type Timestamp, toIso } from '../lib/time.ts';
import type { Database } from './database.ts';
import { compact, iso, text } from './rows.ts';
import { sql } from './sql.ts';

/** A delivery in our hands, with all that a try needs. */
export interface ClaimedDelivery {
  tenantId: string;
  id: string;
  version: number;
  endpointId: string;
  lane: string;
  tryCount: number;
  event: { id: string; type: string; sequence: number; occurredAt: Timestamp; data: string };
  mode: 'test' | 'live';
  url: string;
  sealedSecret: Buffer;
  previousSecret?: { sealed: Buffer; until: Timestamp };
  /** Most deliveries of its endpoint in our hands at once. */
  concurrency: number;
  health: Health;
}

export interface ClaimOrder {
  now: Timestamp;
  /** When the claim ends by itself; later than any try can last. */
  leaseUntil: Timestamp;
  limit: number;
  /** How many of which endpoint are in our hands already. */
  busy: readonly { tenantId: string; endpointId: string; count: number }[];
}

/**
 * Takes what is due at enabled endpoints, the longest due first, each endpoint's first before any endpoint's second. Costs
 * one look per endpoint that has something pending, however much that is. One that fails gets no more than {@link CONCURRENCY}
 * at once, whatever its merchant chose: what hangs must not fill our hands.
 */
export async function claimDueDeliveries(database: Database, order: ClaimOrder): Promise<ClaimedDelivery[]> {
  const now = toIso(order.now);
  const rows = await database.claim<ClaimedRow>(sql`
    with recursive receiver (tenant_id, endpoint_id) as (
      (select tenant_id, endpoint_id from deliveries where next_attempt_at is not null
        order by tenant_id, endpoint_id limit 1)
      union all
      select n.tenant_id, n.endpoint_id from receiver r cross join lateral (
        select d.tenant_id, d.endpoint_id from deliveries d
        where d.next_attempt_at is not null and (d.tenant_id, d.endpoint_id) > (r.tenant_id, r.endpoint_id)
        order by d.tenant_id, d.endpoint_id limit 1) n),
    due as (
      select d.tenant_id, d.id, d.next_attempt_at, most.concurrency, coalesce(b.count, 0)
        + row_number() over (partition by e.tenant_id, e.id order by d.next_attempt_at, d.sequence) as place
      from receiver r
        join webhook_endpoints e on e.tenant_id = r.tenant_id and e.id = r.endpoint_id and e.enabled
        left join unnest(${order.busy.map((b) => b.tenantId)}::text[], ${order.busy.map((b) => b.endpointId)}::text[],
          ${order.busy.map((b) => b.count)}::integer[]) b (tenant_id, endpoint_id, count)
          on b.tenant_id = e.tenant_id and b.endpoint_id = e.id
        cross join lateral (select case when e.failing_since is null then e.concurrency
          else least(e.concurrency, ${CONCURRENCY}::integer) end as concurrency) most
        cross join lateral (
          select d.tenant_id, d.id, d.next_attempt_at, d.sequence from deliveries d
          where d.tenant_id = e.tenant_id and d.endpoint_id = e.id and d.next_attempt_at <= ${now}
          order by d.next_attempt_at, d.sequence limit greatest(most.concurrency - coalesce(b.count, 0), 0)
          for update skip locked) d),
    taken as (
      select tenant_id, id, concurrency from due order by place, next_attempt_at limit ${order.limit})
    update deliveries d set version = d.version + 1, next_attempt_at = ${toIso(order.leaseUntil)}
    from taken k, webhook_endpoints e, tenants t, events v
    where d.tenant_id = k.tenant_id and d.id = k.id and e.tenant_id = d.tenant_id and e.id = d.endpoint_id
      and t.tenant_id = d.tenant_id and v.tenant_id = d.tenant_id and v.id = d.event_id
    returning d.tenant_id, d.id, d.version, d.endpoint_id, d.lane, d.try_count, d.event_id, d.event_type, d.sequence,
      v.occurred_at, v.data, t.mode, e.url, e.sealed_secret, e.previous_sealed_secret, e.previous_secret_until,
      e.failing_since, e.last_failure_at, k.concurrency`);
  return rows.map(toClaimed);
}

/** What is to be written about one try. */
export interface TriedDelivery {
  claimed: Pick<ClaimedDelivery, 'tenantId' | 'id' | 'version'>;
  tried: DeliveryTry;
  after: AfterTry;
}

/**
 * Writes tries and what follows from them; answers the ids of those deliveries that were still ours. One that was not has
 * been taken by another process after our lease ran out, or ended with its endpoint.
 */
export async function recordTries(database: Database, outcomes: readonly TriedDelivery[]): Promise<Set<string>> {
  if (outcomes.length === 0) return new Set();
  const each = <T>(of: (outcome: TriedDelivery) => T): T[] => outcomes.map(of);
  const rows = await database.claim<{ id: string }>(sql`
    with outcome as (
      select * from unnest(
        ${each((o) => o.claimed.tenantId)}::text[], ${each((o) => o.claimed.id)}::text[],
        ${each((o) => o.claimed.version)}::integer[], ${each((o) => o.tried.number)}::integer[],
        ${each((o) => toIso(o.tried.at))}::timestamptz[], ${each((o) => o.tried.latencyMs)}::integer[],
        ${each((o) => o.tried.status ?? null)}::integer[], ${each((o) => text(o.tried.failure))}::text[],
        ${each((o) => o.tried.answer)}::text[], ${each((o) => text(o.tried.sent?.url))}::text[],
        ${each((o) => text(o.tried.sent?.signature))}::text[], ${each((o) => o.after.status)}::text[],
        ${each((o) => iso(o.after.nextAttemptAt))}::timestamptz[])
        o (tenant_id, id, version, number, at, latency_ms, status_code, failure, answer, url, signature, status,
          next_attempt_at)),
    ours as (
      select d.tenant_id, d.id from deliveries d join outcome o on o.tenant_id = d.tenant_id and o.id = d.id
      where d.version = o.version order by d.tenant_id, d.endpoint_id, d.lane, d.sequence for update of d),
    moved as (
      update deliveries d set version = d.version + 1, try_count = o.number, status = o.status,
        next_attempt_at = o.next_attempt_at,
        ended_at = case when o.status <> 'pending' then o.at + o.latency_ms * interval '1 millisecond' end
      from outcome o join ours u on u.tenant_id = o.tenant_id and u.id = o.id
      where d.tenant_id = u.tenant_id and d.id = u.id returning d.tenant_id, d.id)
    insert into delivery_tries (tenant_id, delivery_id, number, at, latency_ms, status, failure, answer, url, signature)
    select o.tenant_id, o.id, o.number, o.at, o.latency_ms, o.status_code, o.failure, o.answer, o.url, o.signature
    from outcome o join moved m on m.tenant_id = o.tenant_id and m.id = o.id
    returning delivery_id as id`);
  return new Set(rows.map(({ id }) => id));
}

/** A lane: deliveries of one endpoint that go one after another. */
export interface Lane {
  tenantId: string;
  endpointId: string;
  lane: string;
}

/**
 * Makes the first waiting delivery of each lane due, unless one before it is pending. Must run in a later statement than the
 * one that ended a delivery of the lane: see `writeNumbers`. Answers how many became due.
 */
export async function releaseLanes(database: Database, lanes: readonly Lane[], now: Timestamp): Promise<number> {
  if (lanes.length === 0) return 0;
  const rows = await database.claim(sql`
    with first as (
      select f.tenant_id, f.id
      from (select distinct * from unnest(${lanes.map((l) => l.tenantId)}::text[],
          ${lanes.map((l) => l.endpointId)}::text[], ${lanes.map((l) => l.lane)}::text[]) l (tenant_id, endpoint_id, lane)
          order by tenant_id, endpoint_id, lane) l
        cross join lateral (
          select d.tenant_id, d.id, d.next_attempt_at from deliveries d
          where d.tenant_id = l.tenant_id and d.endpoint_id = l.endpoint_id and d.lane = l.lane and d.status = 'pending'
          order by d.sequence limit 1 for update) f
      where f.next_attempt_at is null)
    update deliveries d set version = d.version + 1, next_attempt_at = ${toIso(now)}
    from first f where d.tenant_id = f.tenant_id and d.id = f.id
    returning 1`);
  return rows.length;
}

/**
 * Repairs what a crash between two statements left: lanes that nobody released, deliveries of deleted endpoints. Answers how
 * many deliveries it moved.
 */
export async function repairDeliveries(database: Database, now: Timestamp): Promise<number> {
  const rows = await database.claim(sql`
    with ended as (
      update deliveries d set version = d.version + 1, status = 'exhausted', next_attempt_at = null, ended_at = ${toIso(now)}
      from webhook_endpoints e
      where e.deleted_at is not null and d.tenant_id = e.tenant_id and d.endpoint_id = e.id and d.status = 'pending'
      returning 1),
    released as (
      update deliveries d set version = d.version + 1, next_attempt_at = ${toIso(now)}
      from webhook_endpoints e
      where e.deleted_at is null and d.tenant_id = e.tenant_id and d.endpoint_id = e.id
        and d.status = 'pending' and d.next_attempt_at is null
        and not exists (select 1 from deliveries b where b.tenant_id = d.tenant_id and b.endpoint_id = d.endpoint_id
          and b.lane = d.lane and b.status = 'pending' and b.sequence < d.sequence)
      returning 1)
    select 1 from ended union all select 1 from released`);
  return rows.length;
}

interface ClaimedRow {
  tenant_id: string;
  id: string;
  version: number;
  endpoint_id: string;
  lane: string;
  try_count: number;
  event_id: string;
  event_type: string;
  sequence: number;
  occurred_at: Timestamp;
  data: string;
  mode: 'test' | 'live';
  url: string;
  sealed_secret: Buffer;
  previous_sealed_secret: Buffer | null;
  previous_secret_until: Timestamp | null;
  concurrency: number;
  failing_since: Timestamp | null;
  last_failure_at: Timestamp | null;
}

function toClaimed(row: ClaimedRow): ClaimedDelivery {
  const { previous_sealed_secret: previous, previous_secret_until: until } = row;
  return {
    tenantId: row.tenant_id,
    id: row.id,
    version: row.version,
    endpointId: row.endpoint_id,
    lane: row.lane,
    tryCount: row.try_count,
    event: {
      id: row.event_id,
      type: row.event_type,
      sequence: row.sequence,
      occurredAt: row.occurred_at,
      data: row.data,
    },
    mode: row.mode,
    url: row.url,
    sealedSecret: row.sealed_secret,
    concurrency: row.concurrency,
    ...(previous === null || until === null ? {} : { previousSecret: { sealed: previous, until } }),
    health: compact<Health>({ failingSince: row.failing_since, lastFailureAt: row.last_failure_at }),
  };
}
