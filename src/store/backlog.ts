/**
 * How much waits to be done, across tenants, for monitoring. Every part stops counting at {@link COUNTED_AT_MOST} rows and goes by an
 * index on its due time, deliveries by one look at each endpoint that has some: so it costs little however much waits. Tenants whose
 * clock was moved are left out: what is due there is due by a time of their own.
 */
import { type Timestamp, toIso } from '../lib/time.ts';
import type { Reader } from './database.ts';
import { sql } from './sql.ts';

/** More than this is "very much" anyway. */
export const COUNTED_AT_MOST = 1_000;

export interface Backlog {
  kind: string;
  /** Rows that are due, at most {@link COUNTED_AT_MOST}; for deliveries that many for each endpoint. */
  due: number;
  /** Since when the oldest is due; absent where nothing is. */
  oldest?: Timestamp;
}

interface BacklogRow {
  kind: string;
  due: number;
  oldest: Timestamp | null;
}

/** What is due at `now`, by kind of work. */
export async function findBacklog(reader: Reader, now: Timestamp): Promise<Backlog[]> {
  const at = toIso(now);
  const rows = await reader.read<BacklogRow>(sql`
    select 'attempts' as kind, count(*)::integer as due, min(r.due) as oldest from (
      select a.next_sync_at as due from attempts a join tenants t on t.tenant_id = a.tenant_id and t.clock_offset_ms = 0
      where a.next_sync_at <= ${at} order by a.next_sync_at limit ${COUNTED_AT_MOST}) r
    union all
    select 'sessions', count(*)::integer, min(r.due) from (
      select s.expires_at as due from payment_sessions s join tenants t on t.tenant_id = s.tenant_id and t.clock_offset_ms = 0
      where s.status = 'active' and s.payment_outcome <> 'pending' and s.expires_at <= ${at}
      order by s.expires_at limit ${COUNTED_AT_MOST}) r
    union all
    select 'lapses', count(*)::integer, min(r.due) from (
      select p.lapse_due_at as due from payments p join tenants t on t.tenant_id = p.tenant_id and t.clock_offset_ms = 0
      where p.lapse_due_at <= ${at} and not exists (select 1 from attempts o where o.tenant_id = p.tenant_id
        and o.payment_id = p.id and o.kind <> 'refund' and o.status in ('sent', 'action_required', 'pending', 'unknown') offset 0)
      order by p.lapse_due_at limit ${COUNTED_AT_MOST}) r
    union all
    select 'mandates', count(*)::integer, min(r.due) from (
      select m.ends_at as due from mandates m join tenants t on t.tenant_id = m.tenant_id and t.clock_offset_ms = 0
      where m.status = 'active' and m.ends_at <= ${at} order by m.ends_at limit ${COUNTED_AT_MOST}) r
    union all
    select 'subscriptions', count(*)::integer, min(r.due) from (
      select s.next_charge_at as due from subscriptions s join tenants t on t.tenant_id = s.tenant_id and t.clock_offset_ms = 0
      where s.next_charge_at <= ${at} order by s.next_charge_at limit ${COUNTED_AT_MOST}) r
    union all
    select 'events', count(*)::integer, min(r.due) from (
      select v.occurred_at as due from events v join tenants t on t.tenant_id = v.tenant_id and t.clock_offset_ms = 0
      where v.sequence is null limit ${COUNTED_AT_MOST}) r`);
  return rows.map(({ kind, due, oldest }) => ({ kind, due, ...(oldest === null ? {} : { oldest }) }));
}

/** Deliveries that are not over, and of those the ones that are due at endpoints that are switched on. */
export async function findDeliveryBacklog(
  reader: Reader,
  now: Timestamp,
): Promise<{ pending: number; overdue: Backlog }> {
  const at = toIso(now);
  const [row] = await reader.read<{ pending: number; due: number; oldest: Timestamp | null }>(sql`
    with recursive receiver (tenant_id, endpoint_id) as (
      (select tenant_id, endpoint_id from deliveries where next_attempt_at is not null
        order by tenant_id, endpoint_id limit 1)
      union all
      select n.tenant_id, n.endpoint_id from receiver r cross join lateral (
        select d.tenant_id, d.endpoint_id from deliveries d
        where d.next_attempt_at is not null and (d.tenant_id, d.endpoint_id) > (r.tenant_id, r.endpoint_id)
        order by d.tenant_id, d.endpoint_id limit 1) n)
    select coalesce(sum(p.pending), 0)::integer as pending, coalesce(sum(o.due), 0)::integer as due, min(o.oldest) as oldest
    from receiver r
      join webhook_endpoints e on e.tenant_id = r.tenant_id and e.id = r.endpoint_id
      cross join lateral (select count(*) as pending from (select 1 from deliveries d
        where d.tenant_id = r.tenant_id and d.endpoint_id = r.endpoint_id and d.status = 'pending'
        limit ${COUNTED_AT_MOST}) one) p
      cross join lateral (select count(*) as due, min(one.next_attempt_at) as oldest from (
        select d.next_attempt_at from deliveries d
        where d.tenant_id = r.tenant_id and d.endpoint_id = r.endpoint_id and e.enabled and d.next_attempt_at <= ${at}
        order by d.next_attempt_at limit ${COUNTED_AT_MOST}) one) o`);
  const { pending, due, oldest } = row ?? { pending: 0, due: 0, oldest: null };
  return { pending, overdue: { kind: 'deliveries', due, ...(oldest === null ? {} : { oldest }) } };
}
