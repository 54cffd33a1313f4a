/**
 * One request that was answered, as it is kept for people: who asked what, how it ended and how long that took. Made of what the server
 * saw, with everything left out that `redaction.ts` does not let through.
 */
import { timeOfId } from '../lib/ids.ts';
import type { Timestamp } from '../lib/time.ts';
import { redactBody, redactPath, redactQuery, redactText } from './redaction.ts';

/** What is kept. Texts of bodies and query are JSON. */
export interface RequestLog {
  tenantId: string;
  /** That of the Request-Id header. */
  id: string;
  /** When it came, in real time. */
  at: Timestamp;
  method: string;
  path: string;
  /** The pattern of the address: `/collect/payments/{id}`. Absent where the address was none. */
  route?: string;
  query?: string;
  status: number;
  latencyMs: number;
  apiKeyId: string;
  apiKeyType: 'secret' | 'public';
  idempotencyKey?: string;
  /** Answered with what an earlier request was told. */
  replayed: boolean;
  errorCode?: string;
  requestBody?: string;
  answerBody?: string;
}

/** What the server saw of a request, in clear: lives in memory until it is written, for a moment. */
export interface SeenRequest {
  tenantId: string;
  id: string;
  method: string;
  /** With its query. */
  url: string;
  /** As the router writes it: `/collect/payments/:id`. */
  route: string | undefined;
  query: unknown;
  status: number;
  latencyMs: number;
  apiKeyId: string;
  apiKeyType: 'secret' | 'public';
  idempotencyKey: string | undefined;
  replayed: boolean;
  /** Read from JSON; absent where there was none, it could not be read, or it was too long to be kept. */
  body: unknown;
  /** JSON text; absent where there was none or it was too long. */
  answer: string | undefined;
  /** About how much memory this holds. */
  bytes: number;
}

/** Longer bodies and answers are not looked at: reading them would cost more than they tell. */
export const LONGEST_READ_BYTES = 16 * 1024;

/** The row of what was seen. */
export function requestLogOf(seen: SeenRequest): RequestLog {
  const answer = jsonOf(seen.answer);
  const route = seen.route?.replaceAll(/:(\w+)/g, '{$1}');
  const query = redactQuery(seen.query);
  const requestBody = redactBody(seen.body, 'request');
  const answerBody = redactBody(answer, 'answer');
  const code = seen.status >= 400 ? (answer as { code?: unknown } | undefined)?.code : undefined;
  return {
    tenantId: seen.tenantId,
    id: seen.id,
    at: timeOfId(seen.id),
    method: seen.method,
    path: redactPath(seen.url),
    ...(route === undefined ? {} : { route }),
    status: seen.status,
    latencyMs: seen.latencyMs,
    apiKeyId: seen.apiKeyId,
    apiKeyType: seen.apiKeyType,
    replayed: seen.replayed,
    ...(query === undefined ? {} : { query }),
    ...(seen.idempotencyKey === undefined ? {} : { idempotencyKey: redactText(seen.idempotencyKey) }),
    ...(typeof code === 'string' ? { errorCode: code } : {}),
    ...(requestBody === undefined ? {} : { requestBody }),
    ...(answerBody === undefined ? {} : { answerBody }),
  };
}

function jsonOf(text: string | undefined): unknown {
  return text === undefined || !text.startsWith('{') ? undefined : JSON.parse(text);
}
