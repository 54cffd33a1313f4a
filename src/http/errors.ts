/** The only translator from what went wrong to an HTTP answer. */
import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify';
import { ERRORS, type FieldProblem, Rejected, type Rejection, reject } from '../domain/errors.ts';
import { pointerTo } from '../lib/json-pointer.ts';
import { PROBLEM_TYPE, renderProblem } from '../wire/problem.ts';
import type { Logger } from './logger.ts';

export interface ErrorAnswers {
  docsUrl: string;
  log: Logger;
}

/** Sends the problem document of a rejection. */
export function sendProblem(reply: FastifyReply, rejection: Rejection, docsUrl: string): FastifyReply {
  const problem = renderProblem(rejection, { requestId: reply.request.id, docsUrl });
  if (rejection.retryAfterSeconds !== undefined) reply.header('retry-after', String(rejection.retryAfterSeconds));
  // RFC 6750 section 3: a challenge names at least one parameter, and an error only when a key was sent.
  if (rejection.rejected === 'unauthorized') {
    const sent = reply.request.headers.authorization !== undefined;
    reply.header('www-authenticate', `Bearer realm="tender"${sent ? ', error="invalid_token"' : ''}`);
  }
  return reply.code(problem.status).type(PROBLEM_TYPE).send(JSON.stringify(problem));
}

/** Fastify's error handler: rejections, shape errors and the framework's own refusals become 4xx, a lost database 503, the rest 500. */
export function errorHandler({ docsUrl, log }: ErrorAnswers) {
  return (error: FastifyError | Error, request: FastifyRequest, reply: FastifyReply): FastifyReply => {
    // The framework closes the connection after a body it did not take. A client that is still sending would then see a reset
    // instead of the answer; Node reads and drops the rest, for as long as a request may take.
    reply.removeHeader('connection');
    const rejection = rejectionFor(error);
    if (rejection === undefined) {
      log.error({ err: error, request_id: request.id, route: request.routeOptions.url }, 'a bug ended this request');
      return sendProblem(
        reply,
        reject(
          'internal_error',
          'The failure was logged under this request id. It is safe to repeat the request with the same key.',
        ),
        docsUrl,
      );
    }
    if (ERRORS[rejection.rejected].status === 503) log.warn({ err: error, request_id: request.id }, 'not available');
    return sendProblem(reply, rejection, docsUrl);
  };
}

function rejectionFor(error: FastifyError | Error): Rejection | undefined {
  if (error instanceof Rejected) return error.rejection;
  if (error.name === 'Unavailable' || error.name === 'VaultUnavailable') {
    return reject(
      'service_unavailable',
      'The database does not answer: repeat the request with the same key in a moment.',
      { retryAfterSeconds: 2 },
    );
  }
  // Many tries to write were each overtaken by another writer; nothing was written.
  if (error.name === 'Stale') {
    return reject('service_unavailable', 'Too many changes at once to the same object: repeat the request.', {
      retryAfterSeconds: 1,
    });
  }
  const { validation, validationContext, code } = error as FastifyError;
  if (validation !== undefined && validationContext === 'headers') return keyRequired();
  if (validation !== undefined) return shapeRejection(shapeProblems(validation, validationContext ?? 'body'));
  switch (code) {
    case 'FST_ERR_CTP_BODY_TOO_LARGE':
      return reject('payload_too_large', 'A body may have at most 64 KiB.');
    case 'FST_ERR_CTP_INVALID_MEDIA_TYPE':
      return reject('unsupported_media_type', 'Send JSON with the header Content-Type: application/json.');
    case 'FST_ERR_CTP_INVALID_CONTENT_LENGTH':
    case 'FST_ERR_BAD_URL':
    case 'ECONNRESET':
      return reject('invalid_request', 'The request could not be read.');
    default:
      return undefined;
  }
}

/** The only header a schema demands is the Idempotency-Key. */
function keyRequired(): Rejection {
  return reject(
    'idempotency_key_required',
    'Send an Idempotency-Key header with a value of your own, a UUID for example, and the same one when you repeat the request.',
  );
}

/** More are counted, not listed: an answer must not grow far beyond its question. */
const LISTED_PROBLEMS = 100;

/** A 400 that names every field at once. */
export function shapeRejection(errors: readonly FieldProblem[]): Rejection {
  const unique = [...new Map(errors.map((error) => [`${error.pointer} ${error.code}`, error])).values()];
  const first = unique[0]!;
  const rest = unique.length > 1 ? ` (and ${unique.length - 1} more)` : '';
  return reject('invalid_request', `${first.pointer || 'The body'}: ${first.detail}${rest}`, {
    errors: unique.slice(0, LISTED_PROBLEMS),
  });
}

/**
 * Findings of the schema validator in our words. Those about a name are told once, by the rule for names; a field of the wrong
 * type breaks other rules only because of it.
 */
export function shapeProblems(errors: readonly ValidatorError[], where: string): FieldProblem[] {
  const mistyped = new Set(errors.filter(({ keyword }) => keyword === 'type').map(({ instancePath }) => instancePath));
  return errors
    .filter((error) => error.propertyName === undefined)
    .filter(({ keyword, instancePath }) => keyword === 'type' || !mistyped.has(instancePath))
    .map((error) => fieldProblem(error, where));
}

interface ValidatorError {
  keyword: string;
  instancePath: string;
  params: Record<string, unknown>;
  message?: string;
  /** Set on a finding about the name of a property. */
  propertyName?: string;
  /** The rule that was broken. */
  parentSchema?: { description?: string; properties?: Record<string, unknown>; required?: readonly string[] };
}

function fieldProblem(error: ValidatorError, where: string): FieldProblem {
  const base =
    where === 'body' ? error.instancePath : `${where === 'querystring' ? 'query' : where}${error.instancePath}`;
  const below = (name: unknown) => pointerTo(base, String(name));
  const { params } = error;
  switch (error.keyword) {
    case 'required':
      return { pointer: below(params.missingProperty), code: 'required', detail: 'This field is required.' };
    case 'additionalProperties':
      return {
        pointer: below(params.additionalProperty),
        code: 'unknown_field',
        detail: `There is no such field here.${named('It takes', Object.keys(error.parentSchema?.properties ?? {}))}`,
      };
    case 'type': {
      const fields = where === 'body' && base === '' ? named('It needs', error.parentSchema?.required ?? []) : '';
      return { pointer: base, code: 'invalid_type', detail: `Must be of type ${String(params.type)}.${fields}` };
    }
    case 'pattern':
      return {
        pointer: base,
        code: 'invalid_value',
        detail: `Has not the expected form. ${error.parentSchema?.description ?? ''}`.trim(),
      };
    case 'enum':
      return {
        pointer: base,
        code: 'invalid_value',
        detail: `Must be one of: ${(params.allowedValues as string[]).join(', ')}.`,
      };
    case 'minimum':
    case 'maximum':
    case 'minLength':
    case 'maxLength':
    case 'maxProperties':
    case 'minProperties':
    case 'maxItems':
    case 'minItems':
      return { pointer: base, code: 'out_of_range', detail: `${capital(error.message ?? 'is out of range')}.` };
    case 'uniqueItems':
      return { pointer: base, code: 'duplicate', detail: 'The same value stands here twice.' };
    case 'propertyNames':
      return { pointer: below(params.propertyName), code: 'invalid_value', detail: 'This name is too long or empty.' };
    default:
      return { pointer: base, code: 'invalid_value', detail: `${capital(error.message ?? 'has a wrong form')}.` };
  }
}

/** The names of fields in a sentence; nothing where there are none, or too many to help. */
function named(words: string, names: readonly string[]): string {
  return names.length === 0 || names.length > 20 ? '' : ` ${words} ${names.join(', ')}.`;
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
