/**
 * Tells the request log what was asked and answered. It looks on: nothing here waits, or changes an answer. Only requests with a valid
 * key are told of, those to an address that is none too: who sends no key has no account to show them to.
 */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { RequestLogWriter } from '../app/request-log.ts';
import type { Identities, Identity } from '../app/tenants.ts';
import { LONGEST_READ_BYTES, type SeenRequest } from '../domain/request-log.ts';
import { REQUEST_METHODS } from '../wire/request-log.ts';
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
      if (!request.url.startsWith(NOT_TOLD))
        log.note(() => seen(identity, { request, reply, route: request.routeOptions.url ?? '' }));
    } else if (request.is404 && request.headers.authorization !== undefined && isOurs(request)) {
      // The answer has left already, so that nobody waits for this look at the key. Without a valid one there is nothing to tell.
      identify(identities, request).then(
        (asked) => log.note(() => seen(asked, { request, reply })),
        () => undefined,
      );
    }
    done();
  });
}

/** What was read from JSON takes several times the memory of its text. */
const READ_SIZE = 4;

/** Bytes of the body; those of one that came in pieces are taken for as many as are kept. */
function sentBytes({ headers }: FastifyRequest): number {
  if (headers['content-length'] !== undefined) return Number(headers['content-length']);
  return headers['transfer-encoding'] === undefined ? 0 : LONGEST_READ_BYTES;
}

/** An address of the API, mistyped: asked in a way that some address of ours is. */
function isOurs({ url, method }: FastifyRequest): boolean {
  return url.startsWith('/collect/') && (REQUEST_METHODS as readonly string[]).includes(method);
}

function seen(
  { actor, tenant }: Identity,
  { request, reply, route }: { request: FastifyRequest; reply: FastifyReply; route?: string },
): SeenRequest {
  const { 'idempotency-key': key } = request.headers;
  const bodyBytes = sentBytes(request);
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
    body: bodyBytes > 0 && bodyBytes <= LONGEST_READ_BYTES ? request.body : undefined,
    answer,
    bytes: request.url.length + Math.min(bodyBytes, LONGEST_READ_BYTES) * READ_SIZE + (answer?.length ?? 0),
  };
}

function unquoted(key: string): string {
  return /^".*"$/.test(key) ? key.slice(1, -1) : key;
}
