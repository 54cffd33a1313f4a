/** Routes of the request log: what was asked with this account's keys, and how it was answered. */
import { Type } from '@sinclair/typebox';
import { getRequestLog, pageOfRequestLogs, type RequestLogFilters } from '../../app/request-logs.ts';
import { fromIso } from '../../lib/time.ts';
import { REQUEST_METHODS, RequestLogSchema, renderRequestLog } from '../../wire/request-log.ts';
import { listOf, optional, words } from '../../wire/schema.ts';
import { createdQuery, createdRange, listQuery, listResult, pageFrom } from '../lists.ts';
import type { Register } from '../route.ts';

const tag = 'Request log';

const filters = {
  method: optional(words(REQUEST_METHODS, 'Only requests of this method.')),
  path: optional(
    Type.String({
      pattern: '^/[\\x21-\\x7e]{0,199}$',
      description: 'Only addresses that begin with this, such as `/collect/payments`.',
    }),
  ),
  status: optional(
    Type.String({
      pattern: '^[1-5]([0-9]{2}|xx)$',
      description: 'Only answers with this status, or of this class: `404`, `4xx`.',
    }),
  ),
  errors_only: optional(words(['true', 'false'], '`true`: only answers with a status from 400 on.')),
  request_id: optional(
    Type.String({ pattern: '^req_[0-9A-Za-z]{24}$', description: 'Only the request with this id.' }),
  ),
};

export function requestLogRoutes(register: Register): void {
  register({
    method: 'GET',
    path: '/request_logs',
    operationId: 'listRequestLogs',
    summary: 'List requests to the API and their answers',
    description:
      'A request is listed a moment after its answer. Requests to the request log itself are not listed, nor are those without a valid key.',
    tag,
    keys: 'secret',
    idempotency: 'none',
    query: Type.Object({ ...listQuery, ...filters, ...createdQuery }, { additionalProperties: false }),
    success: { status: 200, schema: listOf(RequestLogSchema), description: 'One page, newest first, without bodies.' },
    errors: [],
    async handle({ context, query }) {
      const { createdAfter, createdBefore } = createdRange(query);
      const list = {
        page: pageFrom(query),
        filters: {
          method: query.method,
          pathStart: query.path,
          requestId: query.request_id,
          status: statusRange(query),
          createdAfter: createdAfter === undefined ? undefined : fromIso(createdAfter),
          createdBefore: createdBefore === undefined ? undefined : fromIso(createdBefore),
        },
      };
      return listResult(await pageOfRequestLogs(context, list), renderRequestLog);
    },
  });
  register({
    method: 'GET',
    path: '/request_logs/:id',
    operationId: 'getRequestLog',
    summary: 'Get a request and its answer',
    description: 'The id is that of the `Request-Id` header of the answer.',
    tag,
    keys: 'secret',
    idempotency: 'none',
    params: Type.Object({ id: Type.String() }),
    success: { status: 200, schema: RequestLogSchema, description: 'The request and its answer, with their bodies.' },
    errors: ['request_log_not_found'],
    handle: async ({ context, params }) => ({ json: renderRequestLog(await getRequestLog(context, params.id)) }),
  });
}

/** Both filters together: what fits either way. */
function statusRange(query: { status?: string; errors_only?: string }): RequestLogFilters['status'] {
  const { status, errors_only: errorsOnly } = query;
  const least = errorsOnly === 'true' ? 400 : 100;
  if (status === undefined) return least === 100 ? undefined : { from: least, to: 599 };
  const [from, to] = [Number(status.replace('xx', '00')), Number(status.replace('xx', '99'))];
  return { from: Math.max(from, least), to };
}
