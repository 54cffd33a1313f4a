/**
 * One JSON question to a processor and its answer as a value, the same for every connector: limits, what counts as a
 * readable answer, and what an unreadable one is called. It sends once and interprets no business word.
 */
import { parseStrictJson } from '../lib/strict-json.ts';
import type { Outbound, OutboundRequest, OutboundResult } from '../system.ts';
import { evidenceOf } from './evidence.ts';
import type { Evidence, UnknownOutcome, UnknownReason } from './processor.ts';

export interface CallLimits {
  /** Name, TCP and TLS together, in milliseconds. */
  connectTimeoutMs: number;
  /** The whole call, in milliseconds. */
  totalTimeoutMs: number;
  maxAnswerBytes: number;
  maxDepth: number;
}

/** For calls that move money: long enough for a slow bank, because an answer we did not wait for costs a look-up. */
export const MONEY_LIMITS: CallLimits = {
  connectTimeoutMs: 2_000,
  totalTimeoutMs: 25_000,
  maxAnswerBytes: 256 * 1024,
  maxDepth: 10,
};

/** For questions: they may be asked again at any time. */
export const QUESTION_LIMITS: CallLimits = { ...MONEY_LIMITS, totalTimeoutMs: 10_000 };

export interface JsonQuestion {
  /** For evidence: `charge`, `lookup`, … */
  operation: string;
  method: OutboundRequest['method'];
  url: string;
  headers: Record<string, string>;
  body?: unknown;
  limits: CallLimits;
  /** Values that no evidence may show. */
  secrets: readonly string[];
  signal?: AbortSignal | undefined;
}

export type JsonAnswer =
  /** Any status but 3xx and 5xx, with a JSON object. Evidence is built when asked for: most answers need none. */
  | { kind: 'json'; status: number; body: Record<string, unknown>; evidence: (detail: string) => Evidence }
  /** No byte of the question left this machine. */
  | { kind: 'not_sent'; why: string; evidence: Evidence }
  | UnknownOutcome;

/** Asks once. Never throws for what the network or the processor did. */
export async function askJson(send: Outbound, question: JsonQuestion): Promise<JsonAnswer> {
  const { operation, method, url, headers, body, limits, secrets, signal } = question;
  if (!URL.canParse(url)) {
    const detail = 'not sent: the credentials hold no usable address';
    return { kind: 'not_sent', why: 'no_address', evidence: evidenceOf({ operation, latencyMs: 0, detail, secrets }) };
  }
  const result = await send({
    method,
    url,
    headers: {
      accept: 'application/json',
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...headers,
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    connectTimeoutMs: limits.connectTimeoutMs,
    totalTimeoutMs: limits.totalTimeoutMs,
    maxAnswerBytes: limits.maxAnswerBytes,
    ...(signal ? { signal } : {}),
  });
  return readJsonAnswer(result, question);
}

const FAILURES: Record<Extract<OutboundResult, { kind: 'failed' }>['why'], { why: UnknownReason; alarm: boolean }> = {
  response_timeout: { why: 'timeout', alarm: false },
  reset: { why: 'reset', alarm: false },
  too_large: { why: 'too_large', alarm: true },
  unreadable: { why: 'unreadable', alarm: true },
  aborted: { why: 'aborted', alarm: false },
};

/** Pure: what a transport result amounts to. A whole answer that cannot be read raises the alarm; a missing one does not. */
export function readJsonAnswer(
  result: OutboundResult,
  { operation, limits, secrets }: Pick<JsonQuestion, 'operation' | 'limits' | 'secrets'>,
): JsonAnswer {
  const { latencyMs } = result;
  if (result.kind === 'not_sent') {
    const detail = `not sent: ${result.why} (${result.detail})`;
    return { kind: 'not_sent', why: result.why, evidence: evidenceOf({ operation, latencyMs, detail, secrets }) };
  }
  const { status } = result;
  const body = result.kind === 'failed' ? result.partial : result.body;
  const evidence = (detail: string): Evidence => evidenceOf({ operation, status, latencyMs, body, detail, secrets });
  const unknown = (why: UnknownReason, alarm: boolean, detail: string): UnknownOutcome => {
    return { kind: 'unknown', why, alarm, evidence: evidence(detail) };
  };
  if (result.kind === 'failed') {
    const { why, alarm } = FAILURES[result.why];
    return unknown(why, alarm, `${result.why}: ${result.detail}`);
  }
  if (result.status >= 500) return unknown('server_error', false, `status ${result.status}`);
  if (result.status >= 300 && result.status < 400) return unknown('redirected', true, `status ${result.status}`);
  const type = result.headers['content-type'] ?? 'none';
  if (!/^application\/json\s*(;|$)/i.test(type)) return unknown('unreadable', true, `content type ${type}`);
  const parsed = parseStrictJson(result.body.toString('utf8'), { maxDepth: limits.maxDepth });
  if (!parsed.ok) return unknown('unreadable', true, parsed.message);
  if (!isObject(parsed.value)) return unknown('unreadable', true, 'the answer is not a JSON object');
  return { kind: 'json', status: result.status, body: parsed.value, evidence };
}

/** True for a JSON object: neither null nor an array. */
export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
