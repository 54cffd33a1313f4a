/**
 * How a route of the API is described: one object says what goes in, what comes out, which keys may call it and whether it is
 * idempotent. The server, the OpenAPI document and the tests over all routes read the same object.
 */
import type { Static, TSchema } from '@sinclair/typebox';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { type App, type Context, contextFor } from '../app/context.ts';
import type { Answer, IdempotentRequest } from '../app/idempotency.ts';
import type { Actor } from '../app/sessions.ts';
import type { Identities, Identity } from '../app/tenants.ts';
import { ERRORS, type ErrorCode, type FieldProblem, missing, Rejected, reject } from '../domain/errors.ts';
import { must } from '../lib/assert.ts';
import { pointerTo } from '../lib/json-pointer.ts';
import { PROBLEM_TYPE, ProblemSchema } from '../wire/problem.ts';
import { identify, type RateLimit, recall } from './auth.ts';
import { shapeProblems, shapeRejection } from './errors.ts';
import { idempotencyOf } from './idempotency.ts';
import { unstorableIn } from './json-body.ts';
import { isRequired } from './openapi-components.ts';

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
  /** One without required fields may be left out. A route that describes none takes none. */
  body?: B;
  /** Media types of a body that is a file; the scope of the route reads it as bytes. */
  raw?: readonly string[];
  /** Rules beyond the schema that can be judged in a body of wrong shape: told together with what the schema found. */
  alsoWrong?(context: Context, body: unknown): FieldProblem[];
  /** Pointers below which `alsoWrong` judges the shape too, and better: where it finds something there, the schema is silent. */
  judgedByRules?: readonly string[];
  params?: P;
  query?: Q;
  /** Status of success and what it shows; no schema for 204. */
  success: { status: 200 | 201 | 202 | 204; schema?: TSchema; description: string };
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
    const unknownId = route.path.includes('/:id') ? notFoundCode(route.errors) : undefined;
    server.route({
      method: route.method,
      url: `/collect${route.path}`,
      attachValidation: route.alsoWrong !== undefined,
      schema: schemaOf(route as unknown as Route<TSchema, TSchema, TSchema>),
      // The key comes first: nobody learns from an error answer what a request without one would have met.
      onRequest(request, reply, done) {
        reply.header('cache-control', 'no-store');
        const admit = (identity: Identity): void => {
          request.identity = identity;
          parts.rateLimit.take(identity.actor.keyId);
          if (route.keys === 'secret' && identity.actor.kind === 'public') throw new Rejected(publicKeyRefusal());
        };
        const known = recall(parts.identities, request);
        // A key seen a moment ago costs no turn of the event loop; most are.
        if (known !== undefined) attempt(() => admit(known), done);
        else identify(parts.identities, request).then((identity) => attempt(() => admit(identity), done), done);
      },
      preValidation(request, _reply, done) {
        attempt(() => {
          if (route.raw === undefined && route.body === undefined) refuseFields(request.body);
          else if (route.body !== undefined && !isRequired(route.body)) request.body ??= {};
          const unstorable = unstorableIn(request.query, 'query');
          if (unstorable !== undefined) throw new Rejected(shapeRejection([unstorable]));
        }, done);
      },
      async handler(request, reply) {
        const { actor, tenant } = request.identity!;
        const context = contextFor(parts.app, tenant);
        if (request.validationError) throw wrongShape(request, route, route.alsoWrong?.(context, request.body) ?? []);
        if (unknownId !== undefined && !ID.test((request.params as { id: string }).id)) {
          throw new Rejected(missing(unknownId));
        }
        const idempotency = route.idempotency === 'none' ? undefined : idempotencyOf(request, parts.docsUrl);
        const { body, params, query } = request as unknown as { body: never; params: never; query: never };
        const result = await route.handle({ context, actor, body, params, query, idempotency });
        return send(reply, { result, status: route.success.status });
      },
    });
  };
}

/** Does `work` and calls `done`, with the error if there was one. */
function attempt(work: () => void, done: (error?: Error) => void): void {
  try {
    work();
  } catch (error) {
    done(error as Error);
    return;
  }
  done();
}

/** What every id looks like; anything else names nothing, and is answered so without a look-up. */
const ID = /^[a-z]{2,4}_[0-9A-Za-z]{24}$/;

/** The code for an unknown `:id`: the first of the route's own that says so. */
function notFoundCode(errors: readonly ErrorCode[]): ErrorCode {
  return must(
    errors.find((code) => ERRORS[code].status === 404),
    'a 404 among the errors of a route with an id',
  );
}

function publicKeyRefusal() {
  return reject(
    'forbidden',
    'A public key may create customer-present payment sessions and read them back. Use a secret key on your server.',
  );
}

/** A route that asks for nothing takes no field either: one that is sent was meant to do something. */
function refuseFields(body: unknown): void {
  if (typeof body !== 'object' || body === null) return;
  const problems = Object.keys(body).map((name) => ({
    pointer: pointerTo('', name),
    code: 'unknown_field',
    detail: 'This request has no fields.',
  }));
  if (problems.length > 0) throw new Rejected(shapeRejection(problems));
}

/** The schema's findings together with the rules that can be judged all the same. */
function wrongShape(
  request: FastifyRequest,
  { judgedByRules = [] }: { judgedByRules?: readonly string[] },
  more: readonly FieldProblem[],
): Error {
  const error = must(request.validationError, 'a finding of the schema');
  if (error.validationContext !== 'body') return error;
  const better = judgedByRules.filter((base) => more.some(({ pointer }) => isWithin(pointer, base)));
  const shape = shapeProblems(error.validation, 'body').filter(
    ({ pointer }) => !better.some((base) => isWithin(pointer, base)),
  );
  return new Rejected(shapeRejection([...shape, ...more]));
}

function isWithin(pointer: string, base: string): boolean {
  return pointer === base || pointer.startsWith(`${base}/`);
}

function send(reply: FastifyReply, { result, status }: { result: Result; status: number }): FastifyReply {
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

/** A parameter that nobody reads was meant to do something. */
const NO_QUERY = { type: 'object', properties: {}, additionalProperties: false };

/** What the framework checks and the OpenAPI document shows. */
function schemaOf(route: Route<TSchema, TSchema, TSchema>) {
  return {
    operationId: route.operationId,
    summary: route.summary,
    ...(route.description === undefined ? {} : { description: route.description }),
    tags: [route.tag],
    security: [{ apiKey: [] }],
    ...(route.body === undefined ? {} : { body: route.body }),
    ...(route.raw === undefined ? {} : { body: { content: fileContent(route.raw) } }),
    ...(route.params === undefined ? {} : { params: route.params }),
    querystring: route.query ?? NO_QUERY,
    ...(route.idempotency === 'none' ? {} : { headers: keyHeader(route.idempotency === 'required') }),
    response: answersOf(route),
  };
}

/** Bytes have no schema: their media type says it all. */
function fileContent(types: readonly string[]) {
  return Object.fromEntries(types.map((type) => [type, { schema: {} }]));
}

function keyHeader(required: boolean) {
  const description =
    '1–255 printable ASCII characters of your choice; repeat a request with the same key to get the same answer.';
  return {
    type: 'object',
    properties: { 'idempotency-key': { type: 'string', description } },
    // What the key looks like is judged by idempotencyOf, so that its errors have their own codes.
    ...(required ? { required: ['idempotency-key'] } : {}),
  };
}

function answersOf(route: Route<TSchema, TSchema, TSchema>) {
  const { status, schema, description } = route.success;
  const headers = successHeaders(route);
  const answers: Record<string, unknown> = {
    [status]:
      schema === undefined
        ? { type: 'null', description, headers }
        : { description, headers, content: { 'application/json': { schema } } },
  };
  const keyCodes: ErrorCode[] =
    route.idempotency === 'none'
      ? []
      : ['idempotency_key_invalid', 'idempotency_key_reused', 'idempotency_in_progress'];
  if (route.idempotency === 'required') keyCodes.push('idempotency_key_required');
  const shape: ErrorCode[] = ['invalid_request'];
  if (route.method !== 'GET') shape.push('payload_too_large', 'unsupported_media_type');
  const byStatus = Map.groupBy(
    new Set([...route.errors, ...keyCodes, ...shape, ...EVERY_ROUTE]),
    (code) => ERRORS[code].status,
  );
  for (const [errorStatus, codes] of byStatus) {
    const retry = [409, 429, 503].includes(errorStatus) ? { 'Retry-After': RETRY_AFTER } : {};
    answers[errorStatus] = {
      description: codes.join(', '),
      headers: { 'Request-Id': REQUEST_ID, ...retry },
      content: { 'application/problem+json': { schema: ProblemSchema } },
    };
  }
  return answers;
}

const REQUEST_ID = { type: 'string', description: 'Names this request in our logs.' };
const RETRY_AFTER = { type: 'integer', description: 'Seconds to wait, when waiting helps.' };
const REPLAYED = { type: 'string', enum: ['true'], description: 'This is the answer of an earlier request.' };
const CURSOR = { type: 'string', description: 'Send it as `cursor` to get that page. Absent: there is none.' };

function successHeaders(route: Route<TSchema, TSchema, TSchema>) {
  const isList = route.query !== undefined && 'cursor' in (route.query.properties as object);
  return {
    'Request-Id': REQUEST_ID,
    ...(route.idempotency === 'none' ? {} : { 'Idempotent-Replayed': REPLAYED }),
    ...(isList ? { 'Next-Cursor': CURSOR, 'Prev-Cursor': CURSOR } : {}),
  };
}
