/** What a caller does about each error: the words of an error's page. A new code does not compile before it has some. */
import type { ErrorCode } from './errors.ts';

export const ERROR_ADVICE: Readonly<Record<ErrorCode, string>> = {
  invalid_request:
    'Read `errors`: one entry per problem, with a JSON Pointer to the field. Mend them all and send the request again, with the same Idempotency-Key if you like: it was not used up.',
  idempotency_key_required:
    'Send an `Idempotency-Key` header: one new value per thing you want done, the same value when you repeat it.',
  idempotency_key_invalid: 'Use 1 to 255 printable ASCII characters. A UUID is fine.',
  unauthorized:
    'Send `Authorization: Bearer <key>` with a key of this server. A mistyped key, a revoked one and one of another server all answer this.',
  forbidden: 'Use a secret key. A public key may only create customer-present sessions and read back those it created.',
  test_mode_only: 'Use a test key: the clock and the cards of live mode are real.',
  not_found: 'Check method and path against `docs/openapi.json`.',
  payment_session_not_found:
    'Check the id and the key: an object of another account or of the other mode answers as if it did not exist.',
  payment_not_found:
    'Check the id and the key: an object of another account or of the other mode answers as if it did not exist.',
  customer_not_found:
    'Check the id and the key: an object of another account or of the other mode answers as if it did not exist.',
  payment_method_not_found:
    'Check the id and the key: an object of another account or of the other mode answers as if it did not exist.',
  mandate_not_found:
    'Check the id and the key: an object of another account or of the other mode answers as if it did not exist.',
  subscription_not_found:
    'Check the id and the key: an object of another account or of the other mode answers as if it did not exist.',
  refund_not_found:
    'Check the id and the key: an object of another account or of the other mode answers as if it did not exist.',
  event_not_found:
    'Check the id and the key: an object of another account or of the other mode answers as if it did not exist.',
  webhook_endpoint_not_found:
    'Check the id and the key: an object of another account or of the other mode answers as if it did not exist.',
  delivery_not_found:
    'Check the id and the key: an object of another account or of the other mode answers as if it did not exist.',
  request_log_not_found:
    'Check the id, the `Request-Id` of an answer, and the key. A request is there a moment after its answer, until it is older than the log is kept; requests to the log itself and those without a valid key are not.',
  method_not_allowed: 'The `Allow` header names the methods of this route.',
  idempotency_in_progress:
    'Wait for `Retry-After` seconds and send the same request again: it answers what became of the first.',
  payment_session_not_active: 'The session has ended; the answer says how. To be paid again, create a new session.',
  payment_in_progress:
    'An attempt is under way and its end is not known. Wait for its event, then decide: `payment_session.updated` when somebody is paying, `payment.captured`, `payment.voided` or `payment.attempt_failed` after a capture or void.',
  payment_not_capturable:
    'Read `detail`: it names the amounts. Only a payment with capture_method manual is captured, and only what is authorised and neither captured nor voided.',
  capture_exceeds_authorised_amount:
    'Capture at most what is left (`authorised_amount` − `paid_amount` − `voided_amount`); leave `amount` out to capture all of it.',
  authorisation_expired:
    'The bank has released what was reserved. Ask the payer for a new payment; capture before `authorisation_expires_at` next time.',
  payment_not_voidable:
    'Only what is authorised under capture_method manual can be voided. Money that was paid goes back by a refund.',
  payment_already_voided: 'Nothing is left to do: what was not captured has been released.',
  nothing_to_void: 'Nothing is reserved any more: give money back with a refund.',
  payment_not_refundable:
    'Read `detail`: nothing was paid, or all of it was refunded or is on its way back. An authorisation is released by a void.',
  refund_exceeds_paid_amount:
    'Refund at most what is left (`paid_amount` − `refunded_amount` − pending refunds); leave `amount` out to refund all of it.',
  payment_not_in_review: 'Nothing is to be resolved: the payment has no `review`. Get it again to see how it stands.',
  review_outcome_mismatch:
    'Read `detail`. While the attempt is open say `outcome`: succeeded or failed, as the processor told you; once its end is known, leave `outcome` out or repeat that end.',
  amount_locked: 'Cancel this session and create a new one with the other amount.',
  mandate_not_active: 'The payer has to agree again: create a `first_in_series` session.',
  subscription_not_active:
    'Nothing can be paused, resumed or cancelled any more: a new first_in_series session begins a new subscription.',
  mandate_ambiguous: 'Name one of the mandates listed in `errors` as `options.mandate_id`.',
  request_timeout: 'Send the whole request within 20 seconds, its headers within 10.',
  payload_too_large: 'Send less than 64 KiB.',
  unsupported_media_type: 'Send `Content-Type: application/json`, or for a file the type of the file.',
  secret_rotation_under_way:
    'Let your receiver accept the newest secret and wait until the one before has ended, or rotate with `overlap_seconds: 0`.',
  webhook_endpoint_disabled: 'Enable the endpoint (`PATCH` with `enabled: true`), then try again.',
  idempotency_key_reused: 'This key belongs to another request. Use a new key for a new request.',
  amount_out_of_range: 'Use an amount within the bounds named in `detail`, in minor units.',
  mandate_violation:
    'Nothing was charged. `errors` has one entry per rule the charge breaks: change the charge, or ask the payer for a new mandate.',
  retry_not_allowed:
    'Read `rule` and `errors`: `retry_after` says when it may be tried again, `lifted_by` what lifts it. Without either, use another card: sending it again costs fees and is refused by the network.',
  payment_method_not_usable:
    'Only its payer can use this payment method. Create a `first_in_series` session to be allowed to charge it later.',
  payment_method_mismatch: 'Payment method, customer and mandate must belong together.',
  return_url_not_allowed:
    'Use an https address (http only for this machine, in test mode), without user name and password.',
  webhook_endpoint_limit: 'Delete an endpoint you no longer need.',
  webhook_url_not_allowed:
    'Use an https address that the public internet can reach; `detail` says what was wrong with this one.',
  headers_too_large: 'Keep all headers together under 8 KiB: look for cookies or tracing headers that a proxy adds.',
  rate_limited: 'Wait for `Retry-After` seconds, then go on more slowly.',
  internal_error:
    'Send the same request again with the same Idempotency-Key: money never moves twice. If it stays, report the `request_id`.',
  processor_unavailable: 'Nothing was charged. Try again later with a new Idempotency-Key.',
  service_unavailable: 'Wait for `Retry-After` seconds and send the same request with the same Idempotency-Key.',
};
