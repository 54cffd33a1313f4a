/**
 * What is due, across tenants: only the worker reads without knowing the tenant first. Each table is asked by one statement in two
 * parts, because a test tenant's clock may be ahead of real time:
 *
 *   1. rows of tenants whose clock is real time, by the index on the due time
 *   2. rows of each tenant whose clock was moved, by its own time and the index on tenant and due time. Such a tenant is left
 *      alone while somebody is moving its clock: they do what falls due on the way.
 *
 * With `tenantId` only that tenant's rows are looked for, by its own time: for whoever moves its clock.
 */
import { type Timestamp, toIso } from '../lib/time.ts';
import type { Database, Reader } from './database.ts';
import { type Sql, sql, sqlOf } from './sql.ts';

/** `now` is real time, and the tenant's own where `tenantId` names one. */
export interface DueAsk {
  now: Timestamp;
  limit: number;
  tenantId?: string | undefined;
}

export interface DueRow {
  tenantId: string;
  id: string;
}

/** Active sessions past their end that no attempt holds open, oldest first. */
export function dueSessions(reader: Reader, ask: DueAsk): Promise<DueRow[]> {
  return dueRows(reader, 'sessions', ask);
}

/** Payments whose authorisation has run out with something left and no capture or void under way, oldest first. */
export function dueLapses(reader: Reader, ask: DueAsk): Promise<DueRow[]> {
  return dueRows(reader, 'lapses', ask);
}

/** Active mandates whose last day has passed, oldest first. */
export function dueMandates(reader: Reader, ask: DueAsk): Promise<DueRow[]> {
  return dueRows(reader, 'mandates', ask);
}

/** Subscriptions whose due date or next try has come, oldest first. Nothing is taken: what is done to one is decided on its version. */
export function dueSubscriptions(reader: Reader, ask: DueAsk): Promise<DueRow[]> {
  return dueRows(reader, 'subscriptions', ask);
}

/** Each answers tenant, id and due time of the rows that wait for a time. */
const WAITING = {
  sessions: sql`select s.tenant_id, s.id, s.expires_at as due from payment_sessions s
    where s.status = 'active' and s.payment_outcome <> 'pending'`,
  // As a subquery of its own it is asked of the few rows that are due, never joined with all attempts.
  lapses: sql`select p.tenant_id, p.id, p.lapse_due_at as due from payments p
    where not exists (select 1 from attempts o where o.tenant_id = p.tenant_id and o.payment_id = p.id and o.kind <> 'refund'
      and o.status in ('sent', 'action_required', 'pending', 'unknown') offset 0)`,
  mandates: sql`select m.tenant_id, m.id, m.ends_at as due from mandates m where m.status = 'active'`,
  subscriptions: sql`select s.tenant_id, s.id, s.next_charge_at as due from subscriptions s`,
} satisfies Record<string, Sql>;

async function dueRows(reader: Reader, kind: keyof typeof WAITING, ask: DueAsk): Promise<DueRow[]> {
  const statement =
    ask.tenantId === undefined
      ? dueOfAll(kind, ask)
      : dueOfOne(kind, { now: ask.now, limit: ask.limit, tenantId: ask.tenantId });
  const rows = await reader.read<{ tenant_id: string; id: string }>(statement);
  return rows.map((row) => ({ tenantId: row.tenant_id, id: row.id }));
}

function dueOfAll(kind: keyof typeof WAITING, { now, limit }: DueAsk): Sql {
  const at = toIso(now);
  const waiting = WAITING[kind];
  return sqlOf(`due ${kind}`, [
    sql`(select r.tenant_id, r.id from (`,
    waiting,
    // `offset 0` keeps this a look at the few rows found, in whichever order the planner likes joins.
    sql`) r where r.due <= ${at} and not exists (select 1 from tenants t where t.tenant_id = r.tenant_id
        and t.clock_offset_ms > 0 offset 0) order by r.due limit ${limit})
      union all
      (select d.tenant_id, d.id from tenants t cross join lateral (select r.tenant_id, r.id from (`,
    waiting,
    sql`) r where r.tenant_id = t.tenant_id and r.due <= ${at}::timestamptz + t.clock_offset_ms * interval '1 millisecond'
        order by r.due limit ${limit}) d
      where t.clock_offset_ms > 0 and (t.clock_lease_until is null or t.clock_lease_until <= ${at}) limit ${limit})`,
  ]);
}

function dueOfOne(kind: keyof typeof WAITING, ask: DueAsk & { tenantId: string }): Sql {
  return sqlOf(`due ${kind} of one tenant`, [
    sql`select r.tenant_id, r.id from (`,
    WAITING[kind],
    sql`) r where r.tenant_id = ${ask.tenantId} and r.due <= ${toIso(ask.now)} order by r.due limit ${ask.limit}`,
  ]);
}

/**
 * Takes the attempts whose time to ask has come, and moves that time ahead by the lease, so that no other worker takes them
 * too. The version stays: asking alone changes nothing that a decision depends on.
 */
export async function claimDueAttempts(
  database: Pick<Database, 'claim'>,
  ask: DueAsk & { leaseMs: number },
): Promise<DueRow[]> {
  const at = toIso(ask.now);
  const rows = await database.claim<{ tenant_id: string; id: string }>(
    ask.tenantId === undefined
      ? sql`
        with standing as (
          select a.tenant_id, a.id, 0 as ahead from attempts a
          where a.next_sync_at <= ${at} and not exists (select 1 from tenants t where t.tenant_id = a.tenant_id
            and t.clock_offset_ms > 0 offset 0)
          order by a.next_sync_at limit ${ask.limit} for update of a skip locked),
        moved as (
          select d.tenant_id, d.id, t.clock_offset_ms as ahead from tenants t cross join lateral (
            select a.tenant_id, a.id from attempts a
            where a.tenant_id = t.tenant_id and a.next_sync_at <= ${at}::timestamptz + t.clock_offset_ms * interval '1 millisecond'
            order by a.next_sync_at limit ${ask.limit} for update of a skip locked) d
          where t.clock_offset_ms > 0 and (t.clock_lease_until is null or t.clock_lease_until <= ${at}) limit ${ask.limit})
        update attempts a set next_sync_at = ${at}::timestamptz + (${ask.leaseMs} + d.ahead) * interval '1 millisecond'
        from (select * from standing union all select * from moved) d
        where a.tenant_id = d.tenant_id and a.id = d.id returning a.tenant_id, a.id`
      : sql`
        update attempts a set next_sync_at = ${at}::timestamptz + ${ask.leaseMs} * interval '1 millisecond'
        from (select tenant_id, id from attempts where tenant_id = ${ask.tenantId} and next_sync_at <= ${at}
          order by next_sync_at limit ${ask.limit} for update skip locked) d
        where a.tenant_id = d.tenant_id and a.id = d.id returning a.tenant_id, a.id`,
  );
  return rows.map((row) => ({ tenantId: row.tenant_id, id: row.id }));
}

/** What a tenant's rows may be waiting for. */
export type DueName = keyof typeof WAITING | 'attempts';

/** When something of a tenant is due next, by kind: the earliest time after the one given for it. Kinds without any are absent. */
export async function nextDues(
  reader: Reader,
  tenantId: string,
  after: Readonly<Record<DueName, Timestamp>>,
): Promise<{ name: DueName; at: Timestamp }[]> {
  const earliest = (kind: keyof typeof WAITING) => [
    sql`(select min(r.due) from (`,
    WAITING[kind],
    sql`) r where r.tenant_id = ${tenantId} and r.due > ${toIso(after[kind])})`,
  ];
  const [row] = await reader.read<Record<DueName, Timestamp | null>>(
    sqlOf('next dues', [
      sql`select (select min(a.next_sync_at) from attempts a where a.tenant_id = ${tenantId}
        and a.next_sync_at > ${toIso(after.attempts)}) as attempts,`,
      ...earliest('sessions'),
      sql`as sessions,`,
      ...earliest('lapses'),
      sql`as lapses,`,
      ...earliest('mandates'),
      sql`as mandates,`,
      ...earliest('subscriptions'),
      sql`as subscriptions`,
    ]),
  );
  return Object.entries(row ?? {})
    .filter((entry): entry is [string, Timestamp] => entry[1] !== null)
    .map(([name, at]) => ({ name: name as DueName, at }))
    .sort((a, b) => a.at - b.at);
}
