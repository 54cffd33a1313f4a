/** Rows of the request log: written many at once, listed without their bodies, dropped when they are old. */
import type { RequestLog } from '../domain/request-log.ts';
import { firstIdAt } from '../lib/ids.ts';
import { type Timestamp, toIso } from '../lib/time.ts';
import type { Database, Reader } from './database.ts';
import { type Page, type PageOf, page } from './pages.ts';
import { compact, text } from './rows.ts';
import { type Sql, sql } from './sql.ts';

/** Writes many in one statement of one form, however many they are. */
export async function insertRequestLogs(database: Pick<Database, 'claim'>, logs: readonly RequestLog[]): Promise<void> {
  const of = <T>(value: (log: RequestLog) => T): T[] => logs.map(value);
  await database.claim(sql`
    insert into request_logs (tenant_id, id, at, method, path, route, query, status, latency_ms, api_key_id, api_key_type,
      idempotency_key, replayed, error_code, request_body, answer_body)
    select * from unnest(${of((log) => log.tenantId)}::text[], ${of((log) => log.id)}::text[],
      ${of((log) => toIso(log.at))}::timestamptz[], ${of((log) => log.method)}::text[], ${of((log) => log.path)}::text[],
      ${of((log) => text(log.route))}::text[], ${of((log) => text(log.query))}::text[], ${of((log) => log.status)}::integer[],
      ${of((log) => log.latencyMs)}::integer[], ${of((log) => log.apiKeyId)}::text[], ${of((log) => log.apiKeyType)}::text[],
      ${of((log) => text(log.idempotencyKey))}::text[], ${of((log) => log.replayed)}::boolean[],
      ${of((log) => text(log.errorCode))}::text[], ${of((log) => text(log.requestBody))}::text[],
      ${of((log) => text(log.answerBody))}::text[])`);
}

export interface RequestLogFilters {
  requestId?: string | undefined;
  method?: string | undefined;
  /** How the address begins. */
  pathStart?: string | undefined;
  /** From and to which status, both included. */
  status?: { from: number; to: number } | undefined;
  createdAfter?: Timestamp | undefined;
  createdBefore?: Timestamp | undefined;
}

/** One page, newest first, without bodies. */
export function listRequestLogs(
  reader: Reader,
  tenantId: string,
  list: { filters: RequestLogFilters; page: Page },
): Promise<PageOf<RequestLog>> {
  return page<RequestLogRow, RequestLog>(reader, {
    name: 'request logs',
    start: sql`select tenant_id, id, at, method, path, route, query, status, latency_ms, api_key_id, api_key_type, idempotency_key,
      replayed, error_code, null as request_body, null as answer_body from request_logs where tenant_id = ${tenantId}`,
    where: conditionsOf(list.filters),
    page: list.page,
    toItem: toRequestLog,
  });
}

function conditionsOf(filters: RequestLogFilters): (readonly [string, Sql])[] {
  const { requestId, method, pathStart, status, createdAfter, createdBefore } = filters;
  const where: (readonly [string, Sql])[] = [];
  if (requestId !== undefined) where.push(['id', sql`and id = ${requestId}`]);
  if (method !== undefined) where.push(['method', sql`and method = ${method}`]);
  if (pathStart !== undefined) where.push(['path', sql`and starts_with(path, ${pathStart})`]);
  if (status !== undefined) where.push(['status', sql`and status between ${status.from} and ${status.to}`]);
  // Said in words, so that a plan made without a look at the values takes the small index.
  if (status !== undefined && status.from >= 400) where.push(['errors', sql`and status >= 400`]);
  if (createdAfter !== undefined) where.push(['after', sql`and id >= ${firstIdAt('req', createdAfter)}`]);
  if (createdBefore !== undefined) where.push(['before', sql`and id < ${firstIdAt('req', createdBefore)}`]);
  return where;
}

export async function findRequestLog(reader: Reader, tenantId: string, id: string): Promise<RequestLog | undefined> {
  const rows = await reader.read<RequestLogRow>(
    sql`select * from request_logs where tenant_id = ${tenantId} and id = ${id}`,
  );
  return rows[0] && toRequestLog(rows[0]);
}

/** How many rows one pass drops at most: over in a moment, and it locks nothing that anybody waits for. */
export const DROPPED_AT_ONCE = 500;

/** Drops rows of any tenant that are older than `before`, at most {@link DROPPED_AT_ONCE}; answers how many. */
export async function dropOldRequestLogs(database: Pick<Database, 'claim'>, before: Timestamp): Promise<number> {
  const first = firstIdAt('req', before);
  // Tenant by tenant, oldest first: what is looked at are the rows that go. The limit is written out, because a plan that does not know
  // it expects a tenth of the table, and then reads all of it.
  const [row] = await database.claim<{ dropped: number }>(sql`
    with old as materialized (
      select r.tenant_id, r.id from tenants t cross join lateral (
        select l.tenant_id, l.id from request_logs l where l.tenant_id = t.tenant_id and l.id < ${first}
        order by l.id limit 500) r
      limit 500),
    gone as (
      delete from request_logs d using old where d.tenant_id = old.tenant_id and d.id = old.id returning 1)
    select count(*)::integer as dropped from gone`);
  return row?.dropped ?? 0;
}

interface RequestLogRow {
  tenant_id: string;
  id: string;
  at: Timestamp;
  method: string;
  path: string;
  route: string | null;
  query: string | null;
  status: number;
  latency_ms: number;
  api_key_id: string;
  api_key_type: 'secret' | 'public';
  idempotency_key: string | null;
  replayed: boolean;
  error_code: string | null;
  request_body: string | null;
  answer_body: string | null;
}

function toRequestLog(row: RequestLogRow): RequestLog {
  return compact<RequestLog>({
    tenantId: row.tenant_id,
    id: row.id,
    at: row.at,
    method: row.method,
    path: row.path,
    route: row.route,
    query: row.query,
    status: row.status,
    latencyMs: row.latency_ms,
    apiKeyId: row.api_key_id,
    apiKeyType: row.api_key_type,
    idempotencyKey: row.idempotency_key,
    replayed: row.replayed,
    errorCode: row.error_code,
    requestBody: row.request_body,
    answerBody: row.answer_body,
  });
}
