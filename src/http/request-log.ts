/**
 * Tells the request log what was asked and answered. It looks on: nothing here waits, or changes an answer. Only requests with a valid
 * key are told of, those to an address that is none too: who sends no key has no account to show them to.
 */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { RequestLogWriter } from '../app/request-log.ts';
import type { Identities, Identity } from '../app/tenants.ts';
import { LONGEST_READ_BYTES, type SeenRequest } from '../domain/request-log.ts';
import { identify } from './auth.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** The text of the answer, where it is short enough to be kept. */
    answered: string | undefined;
  }
}

/** Looking into the log is not part of it: whoever follows it would read only of themselves. */
const NOT_TOLD = '/collect/request_logs';

export interface RequestLogDoor {
  log: RequestLogWriter;
  identities: Identities;
}

/** Must be called before the first route. */
export function noteRequests(server: FastifyInstance, { log, identities }: RequestLogDoor): void {
  server.decorateRequest('answered', undefined);
  server.addHook('onSend', (request, _reply, payload, done) => {
    const told = request.identity !== undefined || request.is404;
    if (told && typeof payload === 'string' && payload.length <= LONGEST_READ_BYTES) request.answered = payload;
    done();
  });
  server.addHook('onResponse', (request, reply, done) => {
    const { identity } = request;
    if (identity !== undefined) {
      const route = request.routeOptions.url ?? '';
      if (!route.startsWith(NOT_TOLD)) log.note(() => seen(identity, { request, reply, route }));
    } else if (request.is404 && request.url.startsWith('/collect/') && request.headers.authorization !== undefined) {
      // The answer has left already, so that nobody waits for this look at the key. Without a valid one there is nothing to tell.
      identify(identities, request).then(
        (asked) => log.note(() => seen(asked, { request, reply })),
        () => undefined,
      );
    }
    done();
  });
}

function seen(
  { actor, tenant }: Identity,
  { request, reply, route }: { request: FastifyRequest; reply: FastifyReply; route?: string },
): SeenRequest {
  const { 'idempotency-key': key, 'content-length': length } = request.headers;
  const bodyBytes = Number(length ?? 0);
  const answer = request.answered;
  const isKey = typeof key === 'string' && /^[\x20-\x7e]{1,255}$/.test(key);
  return {
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
  };
}

function unquoted(key: string): string {
  return /^".*"$/.test(key) ? key.slice(1, -1) : key;
}
