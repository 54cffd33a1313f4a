/** The rules of delivering: when the next try is due, what counts as delivered, and when an endpoint is given up. */
import { assert } from '../lib/assert.ts';
import { DAY, HOUR, MINUTE, plus, SECOND, type Timestamp } from '../lib/time.ts';

/** `exhausted`: given up after the last try, or because its endpoint was deleted. */
export type DeliveryStatus = 'pending' | 'succeeded' | 'exhausted';

/** Milliseconds from one try to the next; the first is for the first try. */
export const TRY_DELAYS_MS: readonly number[] = [
  0,
  5 * SECOND,
  5 * MINUTE,
  30 * MINUTE,
  2 * HOUR,
  5 * HOUR,
  10 * HOUR,
  14 * HOUR,
  20 * HOUR,
  24 * HOUR,
];

const JITTER = 0.1;
const MOST_RETRY_AFTER_MS = 24 * HOUR;

/** Without one success for this long an endpoint is disabled. */
export const FAILING_LIMIT_MS = 5 * DAY;

/** Two failures further apart than this are two troubles: longer than the longest pause between two tries. */
const SAME_TROUBLE_MS = 2 * DAY;

/** The time of the last failure is noted no more often than this. */
const NOTED_EVERY_MS = HOUR;

/** Why a try did not succeed, in one word. */
export type TryFailure =
  | 'dns_failed'
  | 'connect_refused'
  | 'connect_timeout'
  | 'tls_failed'
  | 'response_timeout'
  | 'response_too_large'
  | 'address_not_allowed'
  | 'http_status'
  | 'connection_reset'
  | 'response_unreadable';

export const TRY_FAILURES: Record<TryFailure, string> = {
  dns_failed: 'The name of the host could not be resolved.',
  connect_refused: 'The host refused the connection, or no way leads there.',
  connect_timeout: 'No connection could be made in time.',
  tls_failed: 'The TLS handshake failed; the certificate may be invalid for this name.',
  response_timeout: 'No whole answer came in time.',
  response_too_large: 'The head of the answer was too long.',
  address_not_allowed: 'The host resolves to an address that webhooks are not sent to.',
  http_status: 'The answer was not 2xx. Redirects are not followed.',
  connection_reset: 'The connection was closed before a whole answer had come.',
  response_unreadable: 'The answer was not HTTP.',
};

/** One try that ended, whether well or not. */
export interface DeliveryTry {
  /** From 1. */
  number: number;
  at: Timestamp;
  latencyMs: number;
  /** HTTP status, when an answer came. */
  status?: number;
  /** Absent: the try succeeded. */
  failure?: TryFailure;
  /** The first 4 kB of the answer. */
  answer: string;
  /** Where it was sent and how it was signed. Absent on tries from before that was kept. */
  sent?: { url: string; signature: string };
}

/** The headers of a try. Kept is only what cannot be told from the rest of it. */
export function headersOf(
  eventId: string,
  { at, signature }: { at: Timestamp; signature: string },
): Record<string, string> {
  return {
    'content-type': 'application/json',
    'user-agent': 'Tender-Webhooks/1.0',
    'webhook-id': eventId,
    'webhook-timestamp': String(Math.floor(at / SECOND)),
    'webhook-signature': signature,
  };
}

export interface Delivery {
  tenantId: string;
  id: string;
  endpointId: string;
  eventId: string;
  eventType: string;
  status: DeliveryStatus;
  /** Absent when it has ended, or waits for an earlier event of the same object. */
  nextAttemptAt?: Timestamp;
  createdAt: Timestamp;
  endedAt?: Timestamp;
  tries: readonly DeliveryTry[];
}

/** What became of a delivery by its latest try. */
export interface AfterTry {
  status: DeliveryStatus;
  nextAttemptAt?: Timestamp;
}

/**
 * What follows a try. `retryAfterMs` is what the receiver asked for with 429 or 503: it may only postpone. `random` is in
 * [0, 1) and moves the next try by up to a tenth in both directions, so that what failed together does not come together.
 */
export function afterTry(tried: DeliveryTry, facts: { retryAfterMs: number | undefined; random: number }): AfterTry {
  if (tried.failure === undefined) return { status: 'succeeded' };
  const delayMs = TRY_DELAYS_MS[tried.number];
  if (delayMs === undefined) return { status: 'exhausted' };
  assert(facts.random >= 0 && facts.random < 1, 'random is in [0, 1)');
  const scheduledMs = Math.round(delayMs * (1 - JITTER + 2 * JITTER * facts.random));
  const askedMs = Math.min(facts.retryAfterMs ?? 0, MOST_RETRY_AFTER_MS);
  return { status: 'pending', nextAttemptAt: plus(tried.at, tried.latencyMs + Math.max(scheduledMs, askedMs)) };
}

/** Milliseconds that a Retry-After header (RFC 9110, 10.2.3: seconds or a date) asks for; undefined when it says nothing readable. */
export function readRetryAfter(status: number, header: string | undefined, now: Timestamp): number | undefined {
  if ((status !== 429 && status !== 503) || header === undefined) return undefined;
  const text = header.trim();
  if (/^\d{1,10}$/.test(text)) return Number(text) * SECOND;
  if (!/^[A-Z][a-z]{2}, \d{2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} GMT$/.test(text)) return undefined;
  const until = Date.parse(text);
  return Number.isNaN(until) ? undefined : Math.max(0, until - now);
}

/** How long an endpoint has been failing. Empty: the last try succeeded, or there was none. */
export interface Health {
  failingSince?: Timestamp;
  lastFailureAt?: Timestamp;
}

/** What to write about an endpoint after tries that ended at `at`; `undefined` when what is known already says enough. */
export function healthAfter(health: Health, succeeded: boolean, at: Timestamp): Health | undefined {
  if (succeeded) return health.failingSince === undefined ? undefined : {};
  const { failingSince, lastFailureAt } = health;
  if (failingSince === undefined || lastFailureAt === undefined || at - lastFailureAt > SAME_TROUBLE_MS) {
    return { failingSince: at, lastFailureAt: at };
  }
  return at - lastFailureAt >= NOTED_EVERY_MS ? { failingSince, lastFailureAt: at } : undefined;
}

/** Shorter trouble is met by the schedule, whose third try comes after five minutes. */
const OUTAGE_MS = 5 * MINUTE;

/**
 * True when a success at `at` ends an outage. An endpoint that takes most events and refuses one is not out: else each success
 * would use up a try of the one it refuses.
 */
export function endsOutage({ failingSince }: Health, at: Timestamp): boolean {
  return failingSince !== undefined && at - failingSince >= OUTAGE_MS;
}

/** Deliveries with as many tries keep their time when others are hastened: the last try is not lost to a success of others. */
export const HASTENED_TRIES = TRY_DELAYS_MS.length - 1;

/** True when an endpoint that fails again at `at` has done nothing else for too long. */
export function hasFailedTooLong(health: Health, at: Timestamp): boolean {
  return health.failingSince !== undefined && at - health.failingSince >= FAILING_LIMIT_MS;
}
