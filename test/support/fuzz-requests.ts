/**
 * Requests made from the OpenAPI document: valid ones, ones with a single thing wrong, and hostile ones that no client would send.
 * Each is bytes and headers, so that what is broken stays broken on its way.
 */
import fc from 'fast-check';
import type { ApiDocument } from './contract.ts';
import { fits, type Known, spoiled } from './fuzz-values.ts';
import type { Json } from './merchant.ts';

export type Kind = 'valid' | 'near' | 'hostile';

export interface FuzzRequest {
  kind: Kind;
  operationId: string;
  method: string;
  path: string;
  headers: Readonly<Record<string, string>>;
  body: Buffer | undefined;
}

interface Operation {
  operationId: string;
  method: string;
  template: string;
  query: readonly Json[];
  body: Json | undefined;
  fileTypes: readonly string[];
  demandsKey: boolean;
}

/** The id that each kind of path asks for. */
const PREFIX_OF: Readonly<Record<string, string>> = {
  payment_sessions: 'ps',
  payments: 'pay',
  refunds: 're',
  customers: 'cus',
  payment_methods: 'pmt',
  mandates: 'mnd',
  subscriptions: 'sub',
  events: 'evt',
  webhook_endpoints: 'whe',
  deliveries: 'dlv',
  request_logs: 'req',
};

export function operationsOf(document: ApiDocument): Operation[] {
  return Object.entries<Json>(document.paths).flatMap(([template, methods]) =>
    Object.entries<Json>(methods).map(([method, operation]) => {
      const content = operation.requestBody?.content ?? {};
      const parameters: Json[] = operation.parameters ?? [];
      return {
        operationId: operation.operationId,
        method: method.toUpperCase(),
        template,
        query: parameters.filter((one) => one.in === 'query'),
        body: content['application/json']?.schema,
        fileTypes: Object.keys(content).filter((type) => type !== 'application/json'),
        demandsKey: parameters.some((one) => one.name.toLowerCase() === 'idempotency-key' && one.required),
      };
    }),
  );
}

/** Any request of one kind to any operation. */
export function requests(kind: Kind, document: ApiDocument, known: Known): fc.Arbitrary<FuzzRequest> {
  const each = operationsOf(document).map((operation) =>
    kind === 'hostile' ? hostile(operation, known) : plain(kind, operation, known),
  );
  return fc.oneof(...each);
}

function plain(kind: 'valid' | 'near', operation: Operation, known: Known): fc.Arbitrary<FuzzRequest> {
  const value = operation.body === undefined ? fc.constant(undefined) : bodyOf(operation, known);
  const body = kind === 'near' && operation.body !== undefined ? spoiled(value) : value;
  return fc
    .record({ path: pathOf(operation, known), query: queryOf(kind, operation, known), body, key: fc.uuid() })
    .map((made) => {
      const file = operation.fileTypes.length > 0;
      const text = made.body === undefined ? undefined : JSON.stringify(made.body);
      return {
        kind,
        operationId: operation.operationId,
        method: operation.method,
        path: made.path + made.query,
        headers: {
          ...(operation.method === 'POST' ? { 'idempotency-key': made.key } : {}),
          ...(file
            ? { 'content-type': operation.fileTypes[0]! }
            : text === undefined
              ? {}
              : { 'content-type': 'application/json' }),
        },
        body: file ? Buffer.from('<svg/>') : text === undefined ? undefined : Buffer.from(text),
      };
    });
}

/** Years on the clock of a test account are a test of their own: here it moves by a minute at most. */
function bodyOf({ operationId, body }: Operation, known: Known): fc.Arbitrary<unknown> {
  if (operationId === 'advanceTestClock') return fc.record({ seconds: fc.integer({ min: 1, max: 60 }) });
  return fits(body, known);
}

function pathOf({ template }: Operation, known: Known): fc.Arbitrary<string> {
  const prefix = PREFIX_OF[template.split('/')[2] ?? ''] ?? 'x';
  const there = known.ids[prefix] ?? [];
  const madeUp = fc.stringMatching(new RegExp(`^${prefix}_[0-9A-Za-z]{24}$`));
  const id = fc.oneof(
    ...(there.length > 0 ? [{ weight: 6, arbitrary: fc.constantFrom(...there) }] : []),
    { weight: 2, arbitrary: madeUp },
    {
      weight: 1,
      arbitrary: fc.constantFrom('logo', 'x', '%00', '..%2f..', '%F0%9F%92%A5', 'null', `${prefix}_`, 'a'.repeat(300)),
    },
  );
  return id.map((one) => template.replaceAll(/\{\w+\}/g, one));
}

function queryOf(kind: Kind, { query }: Operation, known: Known): fc.Arbitrary<string> {
  if (query.length === 0) return fc.constant(kind === 'near' ? '?unknown=1' : '');
  const wrong = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.constantFrom('', '0', '101', '-1', '1e3', 'null', '2026-13-45'),
  );
  const each = query.map(({ name, schema }) =>
    fc.tuple(fc.constant<string>(name), kind === 'near' ? wrong : fits(schema, known).map(String)),
  );
  return fc
    .uniqueArray(fc.oneof(...each), { maxLength: 3, selector: ([name]) => name })
    .map((pairs) => pairs.map(([name, value]) => `${name}=${encodeURIComponent(value.toWellFormed())}`).join('&'))
    .map((encoded) => (encoded === '' ? '' : `?${encoded}`));
}

const deep = (open: string, close: string, levels: number) => open.repeat(levels) + close.repeat(levels);
const BODIES: readonly string[] = [
  ...[
    '',
    ' ',
    '{',
    '}',
    '[',
    'null',
    'true',
    '0',
    '""',
    'NaN',
    'undefined',
    '{"a":}',
    '{"a":1,}',
    "{'a':1}",
    '{a:1}',
    '\ufeff{}',
  ],
  ...[
    '{"amount":1,"amount":2}',
    '{"__proto__":{"admin":true}}',
    '{"constructor":{"prototype":{}}}',
    '{"amount":1e400}',
    '{"amount":-0}',
  ],
  ...[
    '{"amount":9007199254740993}',
    '{"amount":"2000"}',
    '{"\\u0000":1}',
    '{"a":"\\ud800"}',
    '{"currency":"\\u0000AR"}',
    '[{}]',
    '{}{}',
  ],
  ...[
    deep('[', ']', 30_000),
    deep('{"a":', '}', 5_000),
    `{"a":${deep('[', ']', 200)}}`,
    `{"a":"${'x'.repeat(66_000)}"}`,
  ],
  ...[
    '{"amount":2000,"currency":"ZAR","status":"completed","payment_outcome":"paid"}',
    '{"id":"ps_1","tenant_id":"t"}',
  ],
];
const TYPES: readonly string[] = [
  ...[
    'application/json',
    'application/json; charset=utf-8',
    'application/json; charset=utf-16',
    'text/plain',
    'APPLICATION/JSON',
  ],
  ...[
    'application/x-www-form-urlencoded',
    'multipart/form-data; boundary=x',
    'application/xml',
    'a/b',
    ';',
    'application/problem+json',
  ],
];
const TAILS: readonly string[] = [
  ...[
    '',
    '/',
    '//',
    '/..',
    '/%2e%2e',
    '?',
    '?&&&',
    '?=',
    '?a=b&a=c',
    '?limit=1&limit=2',
    '?limit[]=1',
    '?%',
    '?a=%zz',
    '?cursor=%00',
  ],
  ...['/%', '/%zz', '/%c0%ae', ';v=1', '?__proto__=1', `?x=${'y'.repeat(4_000)}`, '#x', '/\u0025\u0030\u0030'],
];
const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'PURGE', 'PROPFIND'];
const KEYS = [
  '',
  ' ',
  'a'.repeat(256),
  '"',
  '"quoted"',
  'key with spaces',
  '0',
  "'; drop table payments; --",
  'caf\u00e9',
];

function hostile(operation: Operation, known: Known): fc.Arbitrary<FuzzRequest> {
  const bytes = fc.oneof(
    fc.constantFrom(...BODIES).map((text) => Buffer.from(text)),
    fc.uint8Array({ maxLength: 200 }).map((array) => Buffer.from(array)),
    fc.json({ maxDepth: 6 }).map((text) => Buffer.from(text.toWellFormed())),
  );
  return fc
    .record({
      path: pathOf(operation, known),
      tail: fc.oneof({ weight: 2, arbitrary: fc.constant('') }, fc.constantFrom(...TAILS)),
      method: fc.oneof({ weight: 3, arbitrary: fc.constant(operation.method) }, fc.constantFrom(...METHODS)),
      body: fc.option(bytes, { nil: undefined }),
      type: fc.oneof({ weight: 2, arbitrary: fc.constant('application/json') }, fc.constantFrom(...TYPES)),
      key: fc.oneof({ weight: 2, arbitrary: fc.uuid() as fc.Arbitrary<string> }, fc.constantFrom(...KEYS)),
      more: fc.constantFrom<Record<string, string>>(
        {},
        ...[
          { accept: 'image/png' },
          { authorization: 'Basic x' },
          { authorization: 'Bearer ' },
          { authorization: 'Bearer sk_test_x' },
        ],
        ...[
          { 'x-forwarded-for': '127.0.0.1' },
          { 'content-encoding': 'gzip' },
          { 'x-http-method-override': 'DELETE' },
          { expect: 'x' },
        ],
        ...[
          { range: 'bytes=0-1' },
          { 'if-none-match': '*' },
          { cookie: `a=${'b'.repeat(3_000)}` },
          { host: 'evil.example' },
        ],
      ),
    })
    .map(({ path, tail, method, body, type, key, more }) => ({
      kind: 'hostile' as const,
      operationId: operation.operationId,
      method,
      path: path + tail,
      headers: { 'idempotency-key': key, ...(body === undefined ? {} : { 'content-type': type }), ...more },
      body,
    }));
}
