/**
 * Tells the request log what was asked and answered. It looks on: nothing here reads the database, waits, or changes an answer. Only
 * requests whose key was known are told of; who sends none has no account to show them to.
 */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { RequestLogWriter } from '../app/request-log.ts';
import { LONGEST_READ_BYTES } from '../domain/request-log.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** The text of the answer, where it is short enough to be kept. */
    answered: string | undefined;
  }
}

/** Looking into the log is not part of it: whoever follows it would read only of themselves. */
const NOT_TOLD = '/collect/request_logs';

/** Must be called in a scope before its routes. */
export function noteRequests(scope: FastifyInstance, log: RequestLogWriter): void {
  scope.decorateRequest('answered', undefined);
  scope.addHook('onSend', (request, _reply, payload, done) => {
    if (typeof payload === 'string' && payload.length <= LONGEST_READ_BYTES) request.answered = payload;
    done();
  });
  scope.addHook('onResponse', (request, reply, done) => {
    const { url: route } = request.routeOptions;
    if (request.identity !== undefined && route !== undefined && !route.startsWith(NOT_TOLD))
      tell(log, { request, reply, route });
    done();
  });
}

function tell(
  log: RequestLogWriter,
  { request, reply, route }: { request: FastifyRequest; reply: FastifyReply; route: string },
): void {
  const { actor, tenant } = request.identity as NonNullable<FastifyRequest['identity']>;
  const { 'idempotency-key': key, 'content-length': length } = request.headers;
  const bodyBytes = Number(length ?? 0);
  const answer = request.answered;
  const isKey = typeof key === 'string' && /^[\x20-\x7e]{1,255}$/.test(key);
  log.note({
    tenantId: tenant.id,
    id: request.id,
    method: request.method,
    url: request.url,
    route,
    query: request.query,
    status: reply.statusCode,
    latencyMs: Math.round(reply.elapsedTime),
    apiKeyId: actor.keyId,
    apiKeyType: actor.kind,
    idempotencyKey: isKey ? unquoted(key) : undefined,
    replayed: reply.hasHeader('idempotent-replayed'),
    body: bodyBytes <= LONGEST_READ_BYTES ? request.body : undefined,
    answer,
    bytes: request.url.length + Math.min(bodyBytes, LONGEST_READ_BYTES) + (answer?.length ?? 0),
  });
}

function unquoted(key: string): string {
  return /^".*"$/.test(key) ? key.slice(1, -1) : key;
}
