/** Reading the request log, and dropping what is older than it is kept. */
import { missing, Rejected } from '../domain/errors.ts';
import type { RequestLog } from '../domain/request-log.ts';
import { DAY, plus } from '../lib/time.ts';
import type { Page, PageOf } from '../store/pages.ts';
import { dropOldRequestLogs, findRequestLog, listRequestLogs, type RequestLogFilters } from '../store/request-logs.ts';
import type { App, Context } from './context.ts';

export type { RequestLogFilters } from '../store/request-logs.ts';

/** One page of a tenant's requests, newest first, without bodies. */
export function pageOfRequestLogs(
  { database, tenant }: Context,
  list: { filters: RequestLogFilters; page: Page },
): Promise<PageOf<RequestLog>> {
  return listRequestLogs(database, tenant.id, list);
}

/** One request with its bodies. Throws Rejected with request_log_not_found. */
export async function getRequestLog({ database, tenant }: Context, id: string): Promise<RequestLog> {
  const found = await findRequestLog(database, tenant.id, id);
  if (found === undefined) throw new Rejected(missing('request_log_not_found'));
  return found;
}

/** Drops requests older than `keepDays` days of real time, of every tenant, one batch; answers how many. */
export function forgetOldRequestLogs(app: App, keepDays: number): Promise<number> {
  return dropOldRequestLogs(app.database, plus(app.system.clock.now(), -keepDays * DAY));
}
