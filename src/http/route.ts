/**
 * How a route of the API is described: one object says what goes in, what comes out, which keys may call it and whether it is
 * idempotent. The server, the OpenAPI document and the tests over all routes read the same object.
 */
import type { Static, TSchema } from '@sinclair/typebox';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { type App, type Context, contextFor } from '../app/context.ts';
import type { Answer, IdempotentRequest } from '../app/idempotency.ts';
import type { Actor } from '../app/sessions.ts';
import type { Identities } from '../app/tenants.ts';
import { ERRORS, type ErrorCode, Rejected, reject } from '../domain/errors.ts';
import { PROBLEM_TYPE, ProblemSchema } from '../wire/problem.ts';
import { identify, type RateLimit } from './auth.ts';
import { idempotencyOf } from './idempotency.ts';

/** What a handler is given: all of it checked. */
export interface Call<Body, Params, Query> {
  context: Context;
  actor: Actor;
  body: Body;
  params: Params;
  query: Query;
  idempotency: IdempotentRequest | undefined;
}

/** A value, JSON text as it is, an answer kept under a key, or nothing (204). `headers` are sent beside it. */
export type Result =
  | { json: unknown; headers?: Record<string, string> }
  | { body: string; headers?: Record<string, string> }
  | { answer: Answer; replayed: boolean }
  | { empty: true };

export interface Route<B extends TSchema, P extends TSchema, Q extends TSchema> {
  method: 'GET' | 'POST' | 'PATCH' | 'DELETE' | 'PUT';
  /** Below `/collect`. */
  path: string;
  /** Stable name of the operation; the SDK's method comes from it. */
  operationId: string;
  summary: string;
  description?: string;
  tag: string;
  /** `any`: public keys too. */
  keys: 'secret' | 'any';
  idempotency: 'required' | 'optional' | 'none';
  body?: B;
  params?: P;
  query?: Q;
  /** Status of success and what it shows; no schema for 204. */
  success: { status: 200 | 201 | 204; schema?: TSchema; description: string };
  /** Codes of its own, beside those every route has. */
  errors: readonly ErrorCode[];
  handle(call: Call<Static<B>, Static<P>, Static<Q>>): Promise<Result>;
}

export interface RouteParts {
  app: App;
  identities: Identities;
  rateLimit: RateLimit;
  docsUrl: string;
}

/** The word a new route file ends with: keeps the types of its schemas. */
export type Register = <B extends TSchema, P extends TSchema, Q extends TSchema>(route: Route<B, P, Q>) => void;

const EVERY_ROUTE: readonly ErrorCode[] = [
  'unauthorized',
  'forbidden',
  'rate_limited',
  'internal_error',
  'service_unavailable',
];

/** Puts routes on a Fastify server. */
export function registrar(server: FastifyInstance, parts: RouteParts): Register {
  return (route) => {
    server.route({
      method: route.method,
      url: `/collect${route.path}`,
      schema: {
        operationId: route.operationId,
        summary: route.summary,
        ...(route.description === undefined ? {} : { description: route.description }),
        tags: [route.tag],
        security: [{ apiKey: [] }],
        ...(route.body === undefined ? {} : { body: route.body }),
        ...(route.params === undefined ? {} : { params: route.params }),
        ...(route.query === undefined ? {} : { querystring: route.query }),
        ...(route.idempotency === 'none' ? {} : { headers: keyHeader(route.idempotency === 'required') }),
        response: answersOf(route),
      },
      // The key comes first: nobody learns from an error answer what a request without one would have met.
      async onRequest(request) {
        request.identity = await identify(parts.identities, request);
        parts.rateLimit.take(request.identity.actor.keyId);
        if (route.keys === 'secret' && request.identity.actor.kind === 'public') {
          throw new Rejected(
            reject(
              'forbidden',
              'A public key may create customer-present payment sessions and read them back. Use a secret key on your server.',
            ),
          );
        }
      },
      async handler(request, reply) {
        const { actor, tenant } = request.identity!;
        const context = contextFor(parts.app, tenant);
        const idempotency =
          route.idempotency === 'none' ? undefined : idempotencyOf(request, route.idempotency, parts.docsUrl);
        const { body, params, query } = request as unknown as { body: never; params: never; query: never };
        return send(request, reply, {
          result: await route.handle({ context, actor, body, params, query, idempotency }),
          status: route.success.status,
        });
      },
    });
  };
}

function send(
  _request: FastifyRequest,
  reply: FastifyReply,
  { result, status }: { result: Result; status: number },
): FastifyReply {
  if ('empty' in result) return reply.code(204).send();
  if ('answer' in result) {
    if (result.replayed) reply.header('idempotent-replayed', 'true');
    const problem = result.answer.status >= 400;
    return reply
      .code(result.answer.status)
      .type(problem ? PROBLEM_TYPE : 'application/json; charset=utf-8')
      .send(result.answer.body);
  }
  if (result.headers) reply.headers(result.headers);
  return reply
    .code(status)
    .type('application/json; charset=utf-8')
    .send('body' in result ? result.body : JSON.stringify(result.json));
}

function keyHeader(required: boolean) {
  // The header is read and judged by idempotencyOf, so that its errors have their own codes; here it is only described.
  const description = `1–255 printable ASCII characters of your choice; repeat a request with the same key to get the same answer.${required ? ' Required.' : ''}`;
  return { type: 'object', properties: { 'idempotency-key': { type: 'string', description } } };
}

function answersOf(route: Route<TSchema, TSchema, TSchema>) {
  const { status, schema, description } = route.success;
  const answers: Record<string, unknown> = {
    [status]:
      schema === undefined
        ? { type: 'null', description }
        : { description, content: { 'application/json': { schema } } },
  };
  const keyCodes: ErrorCode[] =
    route.idempotency === 'none'
      ? []
      : ['idempotency_key_invalid', 'idempotency_key_reused', 'idempotency_in_progress'];
  if (route.idempotency === 'required') keyCodes.push('idempotency_key_required');
  const shape: ErrorCode[] =
    route.body === undefined ? [] : ['invalid_request', 'payload_too_large', 'unsupported_media_type'];
  if (route.query !== undefined) shape.push('invalid_request');
  const byStatus = Map.groupBy(
    new Set([...route.errors, ...keyCodes, ...shape, ...EVERY_ROUTE]),
    (code) => ERRORS[code].status,
  );
  for (const [errorStatus, codes] of byStatus) {
    answers[errorStatus] = {
      description: codes.join(', '),
      content: { 'application/problem+json': { schema: ProblemSchema } },
    };
  }
  return answers;
}
