/** The public face of the request log: one request that was asked with a key of this account, and how it was answered. */
import { Type } from '@sinclair/typebox';
import type { RequestLog } from '../domain/request-log.ts';
import { toIso } from '../lib/time.ts';
import { Id, Instant, open, optional, words } from './schema.ts';

export const REQUEST_METHODS = ['GET', 'POST', 'PATCH', 'PUT', 'DELETE', 'HEAD'] as const;

const Body = (description: string) =>
  Type.Unsafe<Record<string, unknown>>({ type: 'object', additionalProperties: true, description });

export const RequestLogSchema = open(
  'RequestLog',
  {
    id: Id('req', 'The `Request-Id` of the answer.'),
    at: Instant('When the request came, in real time whatever the clock of the account says.'),
    method: words(REQUEST_METHODS, 'How it was asked.'),
    path: Type.String({ description: 'The address. What is neither a word nor an id is `[redacted]`.' }),
    route: optional(
      Type.String({
        description: 'The pattern of the address, such as `/collect/payments/{id}`. Absent: there is none.',
      }),
    ),
    query: optional(Body('The parameters of the query, redacted.')),
    status: Type.Integer({ minimum: 100, maximum: 599, description: 'HTTP status of the answer.' }),
    latency_ms: Type.Integer({ minimum: 0, description: 'Milliseconds from the request to the end of the answer.' }),
    error_code: optional(Type.String({ description: 'The `code` of the problem that was answered.' })),
    api_key_id: Type.String({ description: 'The id of the key that asked. The key itself is kept nowhere.' }),
    api_key_type: words(['secret', 'public'], 'What kind of key that was.'),
    idempotency_key: optional(Type.String({ description: 'As it was sent, redacted.' })),
    idempotent_replayed: Type.Boolean({ description: 'Answered with what an earlier request was told.' }),
    request_body: optional(
      Body('What was sent, redacted. Only when one request is asked for, and only a body of at most 16 kB.'),
    ),
    answer_body: optional(
      Body('What was answered, redacted. Only when one request is asked for, and only an answer of at most 16 kB.'),
    ),
  },
  'A request to the API and its answer, kept for 30 days. What could be spent or names a person is left out: `[redacted]`.',
);

export function renderRequestLog(log: RequestLog) {
  return {
    id: log.id,
    at: toIso(log.at),
    method: log.method,
    path: log.path,
    ...(log.route === undefined ? {} : { route: log.route }),
    ...jsonMember('query', log.query),
    status: log.status,
    latency_ms: log.latencyMs,
    ...(log.errorCode === undefined ? {} : { error_code: log.errorCode }),
    api_key_id: log.apiKeyId,
    api_key_type: log.apiKeyType,
    ...(log.idempotencyKey === undefined ? {} : { idempotency_key: log.idempotencyKey }),
    idempotent_replayed: log.replayed,
    ...jsonMember('request_body', log.requestBody),
    ...jsonMember('answer_body', log.answerBody),
  };
}

function jsonMember(name: string, text: string | undefined): Record<string, unknown> {
  return text === undefined ? {} : { [name]: JSON.parse(text) };
}
