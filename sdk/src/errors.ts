/** What a call can fail with: one class for each thing that a program does differently, each with the fix in its words. */

import type { Problem as WholeProblem } from './generated/types.ts';

/** Problem details (RFC 9457); what something other than Tender answers may lack any part of them. */
type Problem = Partial<WholeProblem>;

/** One wrong field, by JSON Pointer (RFC 6901), or one broken rule. */
export type FieldError = NonNullable<Problem['errors']>[number];

/** Everything that this SDK throws. */
export class TenderError extends Error {
  override get name(): string {
    return this.constructor.name;
  }
}

/** No answer, or none that can be read: whether it was done is not known. Repeating with the same key is safe. */
export class ConnectionError extends TenderError {}

/** Tender answered, and the answer is no. */
export class ApiError extends TenderError {
  readonly status: number;
  /** A word of the error catalogue, such as `mandate_violation`; `unknown` when something other than Tender answered. */
  readonly code: string;
  readonly detail: string;
  /** What to do about it. */
  readonly fix: string;
  /** One entry for each wrong field or broken rule. */
  readonly errors: readonly FieldError[];
  /** Names the request in the server's log. */
  readonly requestId: string | undefined;
  /** The page of this error. */
  readonly type: string | undefined;
  /** When to come back, in milliseconds from the answer. */
  readonly retryAfterMs: number | undefined;

  constructor(status: number, problem: Problem, headers: Headers) {
    const code = problem.code ?? 'unknown';
    const detail = problem.detail ?? problem.title ?? `status ${status}`;
    const fix = fixFor(status, code);
    const fields = (problem.errors ?? [])
      .filter((one) => !detail.includes(one.detail))
      .map((one) => `\n  ${one.pointer ?? one.code}: ${one.detail}`)
      .join('');
    super(`${code} (${status}): ${detail}${fields}\n${fix}`);
    this.status = status;
    this.code = code;
    this.detail = detail;
    this.fix = fix;
    this.errors = problem.errors ?? [];
    this.requestId = problem.request_id ?? headers.get('request-id') ?? undefined;
    this.type = problem.type;
    const seconds = Number(headers.get('retry-after') ?? Number.NaN);
    this.retryAfterMs = Number.isFinite(seconds) ? seconds * 1000 : undefined;
  }
}

/** 400, 413, 415: the request itself is wrong; `errors` names each field. */
export class InvalidRequestError extends ApiError {}
/** 401: no key, or one that is not known. */
export class AuthenticationError extends ApiError {}
/** 403: the key may not do this. */
export class PermissionError extends ApiError {}
/** 404: there is no such object for this key. */
export class NotFoundError extends ApiError {}
/** 409: the object is in a state that does not allow it. */
export class ConflictError extends ApiError {}
/** 422: understood, and a rule forbids it. */
export class RefusedError extends ApiError {}
/** 422 `mandate_violation`: the payer did not agree to this charge; `errors` holds every broken rule. Nothing was sent. */
export class MandateViolationError extends RefusedError {}
/** 429: too many requests, also after the repeats. */
export class RateLimitError extends ApiError {}
/** 5xx, also after the repeats. */
export class ServerError extends ApiError {}

/** The error for an answer. */
export function errorFor(status: number, problem: Problem, headers: Headers): ApiError {
  return new (classFor(status, problem.code))(status, problem, headers);
}

function classFor(status: number, code: string | undefined): typeof ApiError {
  if (code === 'mandate_violation') return MandateViolationError;
  if (status >= 500) return ServerError;
  const classes: Readonly<Record<number, typeof ApiError>> = {
    400: InvalidRequestError,
    401: AuthenticationError,
    403: PermissionError,
    404: NotFoundError,
    409: ConflictError,
    413: InvalidRequestError,
    415: InvalidRequestError,
    422: RefusedError,
    429: RateLimitError,
  };
  return classes[status] ?? ApiError;
}

function fixFor(status: number, code: string): string {
  const known: Readonly<Record<string, string>> = {
    idempotency_key_reused:
      'This idempotency key was used for another request: use a new one for each thing you want done.',
    idempotency_in_progress: 'The first request with this key is still running: wait for it, then send the same again.',
    mandate_violation: 'Ask mandates.check(…) when it would be allowed, or ask the payer to agree anew.',
    mandate_ambiguous: 'Name the mandate in options.mandate_id.',
    payment_in_progress: 'Wait for the attempt that is under way: its end comes as an event.',
    retry_not_allowed: 'A rule of the card network forbids another try: ask the payer for another card.',
    test_mode_only: 'Use a key that begins with sk_test_.',
  };
  return known[code] ?? BY_STATUS[status] ?? (status >= 500 ? SERVER : 'Look the code up in the error catalogue.');
}

const SERVER =
  'It was repeated and still failed: repeat it later with the same idempotency key, and tell the operator the request id.';
const BY_STATUS: Readonly<Record<number, string>> = {
  400: 'Mend the fields that are named.',
  401: 'Check that the key is whole and was not revoked.',
  403: 'Use a secret key (sk_…) that may do this.',
  404: 'Check the id and that the key is of the same mode, test or live.',
  409: 'Read the object again: its state has changed.',
  429: 'Send fewer requests at a time; retryAfterMs says when to come back.',
};
