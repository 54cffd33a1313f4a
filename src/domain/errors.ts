/** The catalogue of error codes: the only place where a code, its status and its title are bound together. */

import type { EventType } from './events.ts';

export interface ErrorSpec {
  /** HTTP status of the answer. */
  status: number;
  title: string;
}

export const ERRORS = {
  invalid_request: { status: 400, title: 'The request has fields that cannot be accepted' },
  idempotency_key_required: { status: 400, title: 'An Idempotency-Key header is required' },
  idempotency_key_invalid: { status: 400, title: 'The Idempotency-Key header cannot be used' },
  unauthorized: { status: 401, title: 'No valid API key was sent' },
  test_mode_only: { status: 403, title: 'This is only there in test mode' },
  forbidden: { status: 403, title: 'This API key may not do that' },
  not_found: { status: 404, title: 'There is no such route' },
  payment_session_not_found: { status: 404, title: 'There is no such payment session' },
  payment_not_found: { status: 404, title: 'There is no such payment' },
  customer_not_found: { status: 404, title: 'There is no such customer' },
  payment_method_not_found: { status: 404, title: 'There is no such payment method' },
  mandate_not_found: { status: 404, title: 'There is no such mandate' },
  subscription_not_found: { status: 404, title: 'There is no such subscription' },
  refund_not_found: { status: 404, title: 'There is no such refund' },
  event_not_found: { status: 404, title: 'There is no such event' },
  webhook_endpoint_not_found: { status: 404, title: 'There is no such webhook endpoint' },
  delivery_not_found: { status: 404, title: 'There is no such delivery' },
  request_log_not_found: { status: 404, title: 'There is no such request in the log' },
  method_not_allowed: { status: 405, title: 'This route does not answer that method' },
  idempotency_in_progress: { status: 409, title: 'The first request with this key is still running' },
  payment_session_not_active: { status: 409, title: 'The payment session is no longer active' },
  payment_in_progress: { status: 409, title: 'Money is in motion for this payment' },
  payment_not_capturable: { status: 409, title: 'Nothing of this payment can be captured' },
  capture_exceeds_authorised_amount: { status: 409, title: 'The capture is more than what remains authorised' },
  authorisation_expired: { status: 409, title: 'The authorisation has run out' },
  payment_not_voidable: { status: 409, title: 'Nothing of this payment can be voided' },
  payment_already_voided: { status: 409, title: 'The payment has been voided already' },
  nothing_to_void: { status: 409, title: 'Everything authorised was captured' },
  payment_not_refundable: { status: 409, title: 'Nothing of this payment can be refunded' },
  refund_exceeds_paid_amount: { status: 409, title: 'The refund is more than what remains of the paid amount' },
  payment_not_in_review: { status: 409, title: 'Nobody has to look at this payment' },
  review_outcome_mismatch: { status: 409, title: 'The outcome does not fit what is known' },
  amount_locked: { status: 409, title: 'The amount can no longer change' },
  mandate_not_active: { status: 409, title: 'The mandate is no longer active' },
  subscription_not_active: { status: 409, title: 'The subscription has come to its end' },
  mandate_ambiguous: { status: 409, title: 'Several mandates fit this charge' },
  secret_rotation_under_way: { status: 409, title: 'The secret before still signs' },
  webhook_endpoint_disabled: { status: 409, title: 'The webhook endpoint is disabled' },
  request_timeout: { status: 408, title: 'The request took too long to arrive' },
  payload_too_large: { status: 413, title: 'The request body is too large' },
  unsupported_media_type: { status: 415, title: 'The request body is of a type that the route does not take' },
  idempotency_key_reused: { status: 422, title: 'This key was used for another request' },
  amount_out_of_range: { status: 422, title: 'The amount is outside what can be charged' },
  mandate_violation: { status: 422, title: 'The mandate does not allow this charge' },
  retry_not_allowed: { status: 422, title: 'A rule of the card network forbids this attempt' },
  payment_method_not_usable: { status: 422, title: 'This payment method cannot be charged this way' },
  payment_method_mismatch: { status: 422, title: 'This payment method belongs to something else' },
  return_url_not_allowed: { status: 422, title: 'This return_url is not allowed' },
  webhook_endpoint_limit: { status: 422, title: 'No more webhook endpoints can be added' },
  webhook_url_not_allowed: { status: 422, title: 'Webhooks cannot be sent to this URL' },
  headers_too_large: { status: 431, title: 'The headers of the request are too large' },
  rate_limited: { status: 429, title: 'Too many requests' },
  internal_error: { status: 500, title: 'Something went wrong on our side' },
  processor_unavailable: { status: 503, title: 'The processor cannot be reached' },
  service_unavailable: { status: 503, title: 'The service cannot answer right now' },
} as const satisfies Record<string, ErrorSpec>;

export type ErrorCode = keyof typeof ERRORS;

/** One problem with one field; `pointer` is a JSON Pointer (RFC 6901) into the body, or the name of a query parameter or header. */
export interface FieldProblem {
  pointer: string;
  code: string;
  detail: string;
  /** Of a rule that forbids a charge: what it allows, what is used of that (a count, or minor units), and its id. */
  limit?: number;
  used?: number;
  rule?: string;
}

/** A refusal decided by the rules: a value, not an exception, until it reaches the edge. */
export interface Rejection {
  rejected: ErrorCode;
  detail: string;
  errors?: FieldProblem[];
  /** Further top-level members of the problem document. */
  extra?: Record<string, unknown>;
  /** Seconds for the Retry-After header. */
  retryAfterSeconds?: number;
}

/** What a decision answers: the next state and the events it brings, or a {@link Rejection}. */
export interface Decision<State> {
  next: State;
  /** Types of the catalogue, in the order in which they are told; their data is the rendered `next`. */
  events: readonly EventType[];
  /** Nothing is to be written: the object already is as decided. */
  unchanged?: true;
}

export type Verdict<State> = Decision<State> | Rejection;

export function isRejection(value: unknown): value is Rejection {
  return typeof value === 'object' && value !== null && 'rejected' in value;
}

/** Builds a {@link Rejection}. */
export function reject(code: ErrorCode, detail: string, more?: Omit<Rejection, 'rejected' | 'detail'>): Rejection {
  return { rejected: code, detail, ...more };
}

/**
 * An object that is not there for this key: unknown, malformed and foreign ids are answered alike. The id is not repeated: it is
 * whatever the client typed.
 */
export function missing(code: ErrorCode): Rejection {
  return reject(code, `${ERRORS[code].title} for this API key: check the id, and that account and mode are right.`);
}

/** Carries a {@link Rejection} from deep inside an operation to the edge, where it becomes an answer. */
export class Rejected extends Error {
  override name = 'Rejected';
  readonly rejection: Rejection;
  constructor(rejection: Rejection) {
    super(rejection.detail);
    this.rejection = rejection;
  }
}

/** The decision, or throws {@link Rejected}. */
export function accepted<State>(verdict: Verdict<State>): Decision<State> {
  if (isRejection(verdict)) throw new Rejected(verdict);
  return verdict;
}
