/**
 * An example of each operation: what a shell sends, the same call of the SDK, and the answer. Values are the document's own examples;
 * where it has none they are made from the schema, the smallest that says something.
 */
import { type ApiDocument, behind, type Operation, type Schema } from './api-document.ts';

const ORIGIN = 'http://localhost:4600';

/** Three dots stand for what is different every time, as everywhere in the documentation. */
const IDS: Readonly<Record<string, string>> = {
  payment_sessions: 'ps_…',
  payments: 'pay_…',
  refunds: 're_…',
  customers: 'cus_…',
  payment_methods: 'pmt_…',
  mandates: 'mnd_…',
  subscriptions: 'sub_…',
  events: 'evt_…',
  webhook_endpoints: 'whe_…',
  deliveries: 'dlv_…',
  request_logs: 'req_…',
  files: 'logo',
};

/** The command, with `$TENDER_SECRET_KEY` in the environment. */
export function curlOf(operation: Operation, document: ApiDocument): string {
  const body = bodyOf(operation, document);
  const query = queryOf(operation, document);
  const words = query.map(([name, value]) => `${name}=${encodeURIComponent(String(value))}`).join('&');
  const usual = body === undefined ? 'GET' : 'POST';
  const method = operation.method === usual ? '' : `-X ${operation.method} `;
  const url = `${ORIGIN}${filledPath(operation)}${words === '' ? '' : `?${words}`}`;
  const lines = [
    `curl -s ${method}${words === '' ? url : `"${url}"`}`,
    `-H "Authorization: Bearer $TENDER_SECRET_KEY"`,
  ];
  if (takesFile(operation)) lines.push(`-H "Content-Type: image/png"`, '--data-binary @logo.png');
  else if (body !== undefined) lines.push(`-H "Content-Type: application/json"`);
  if (operation.parameters.some(({ name }) => name === 'idempotency-key'))
    lines.push(`-H "Idempotency-Key: ${slug(operation)}-1001"`);
  if (body !== undefined && !takesFile(operation))
    lines.push(`-d '${JSON.stringify(body, null, 2).replaceAll("'", "'\\''").replaceAll('\n', '\n      ')}'`);
  return lines.join(' \\\n  ');
}

/** The call of the SDK, with `tender` made before. */
export function sdkOf(operation: Operation, document: ApiDocument): string {
  const [resource, method] = operation.place;
  const id = /\{(\w+)\}/.test(operation.path) ? [`'${idOf(operation)}'`] : [];
  const body = takesFile(operation) ? fileWords : literalOf(bodyOf(operation, document));
  const query = Object.fromEntries(queryOf(operation, document));
  const params = body ?? (Object.keys(query).length === 0 ? undefined : literalOf(query));
  const call = `tender.${resource}.${method}(${[...id, ...(params === undefined ? [] : [params])].join(', ')})`;
  if (isList(operation)) return `for await (const one of ${call}) {\n  console.log(one);\n}`;
  if (operation.answer.content === undefined) return `await ${call};`;
  return `const answer = await ${call};\nconsole.log(answer);`;
}

const fileWords = `{ content: await readFile('logo.png'), type: 'image/png' }`;

/** The answer, shortened where it is long. Undefined where it has no body of JSON. */
export function answerOf(operation: Operation, document: ApiDocument): unknown {
  const { content, type } = operation.answer;
  if (content === undefined || !/json/.test(type ?? '')) return undefined;
  const given = content.example ?? Object.values(content.examples ?? {})[0]?.value;
  return shortened(given ?? sampleOf(content.schema, { document, whole: false }));
}

const MOST_LINES = 48;

/** The value with its depths cut off until it can be overlooked; `"…": "…"` stands for what is left out. */
function shortened(value: unknown): unknown {
  for (const depth of [6, 4, 3, 2]) {
    const cut = cutBelow(value, depth);
    if (JSON.stringify(cut, null, 2).split('\n').length <= MOST_LINES) return cut;
  }
  return cutBelow(value, 1);
}

function cutBelow(value: unknown, depth: number): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.slice(0, 2).map((one) => cutBelow(one, depth - 1));
  if (depth <= 0) return { '…': '…' };
  return Object.fromEntries(Object.entries(value).map(([name, field]) => [name, cutBelow(field, depth - 1)]));
}

/** The body that a request sends; undefined where it takes none. Where nothing is demanded, the first field stands for the others. */
function bodyOf({ body }: Operation, document: ApiDocument): unknown {
  if (body === undefined || !/json/.test(body.type)) return undefined;
  const given = body.content.example ?? Object.values(body.content.examples ?? {})[0]?.value;
  const made = given ?? sampleOf(body.content.schema, { document, whole: false });
  if (typeof made !== 'object' || made === null || Object.keys(made).length > 0) return made;
  const [first] = Object.entries(behind(document, body.content.schema).properties ?? {});
  return first === undefined ? made : { [first[0]]: fieldSample(...first, { document, whole: false }) };
}

function takesFile({ body }: Operation): boolean {
  return body !== undefined && !/json/.test(body.type);
}

/** A list that the SDK walks through page by page. */
function isList({ parameters }: Operation): boolean {
  return parameters.some(({ name }) => name === 'cursor');
}

/** Parameters of the query that must be there. */
function queryOf({ parameters }: Operation, document: ApiDocument): [string, unknown][] {
  return parameters
    .filter((one) => one.in === 'query' && one.required === true)
    .map((one) => [one.name, one.example ?? QUERY_WORDS[one.name] ?? sampleOf(one.schema, { document, whole: false })]);
}

const QUERY_WORDS: Readonly<Record<string, unknown>> = { currency: 'ZAR', amount: 2000 };

function idOf({ path }: Operation): string {
  const before = /([a-z_]+)\/\{/.exec(path)?.[1] ?? '';
  return IDS[before] ?? '…';
}

function filledPath(operation: Operation): string {
  return operation.path.replace(/\{\w+\}/, idOf(operation));
}

function slug({ operationId }: Operation): string {
  return operationId.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}

interface Wish {
  document: ApiDocument;
  /** All fields, or only those that must be there. */
  whole: boolean;
  depth?: number;
}

/** A value that fits the schema, with three dots where it would be different every time. */
export function sampleOf(schema: Schema, wish: Wish): unknown {
  const { document, depth = 0 } = wish;
  const known = schema.example ?? schema.examples?.[0] ?? schema.default ?? schema.const ?? schema.enum?.[0];
  if (known !== undefined) return known;
  if (schema.$ref !== undefined) return depth > 3 ? {} : sampleOf(behind(document, schema), wish);
  const variant = schema.anyOf?.[0] ?? schema.oneOf?.[0];
  if (variant !== undefined && schema.properties === undefined) return sampleOf(variant, wish);
  if (schema.properties !== undefined) {
    const wanted = Object.entries(schema.properties).filter(
      ([name, field]) => (schema.required ?? []).includes(name) || (wish.whole && depth < 1 && !field.deprecated),
    );
    return Object.fromEntries(
      wanted.map(([name, field]) => [name, fieldSample(name, field, { ...wish, depth: depth + 1 })]),
    );
  }
  if (schema.items !== undefined) return depth > 3 ? [] : [sampleOf(schema.items, { ...wish, depth: depth + 1 })];
  return plainSample(schema);
}

/** What people write into fields of these names. */
const FIELD_WORDS: Readonly<Record<string, string>> = {
  currency: 'ZAR',
  name: 'Ann',
  email: 'ann@example.com',
  description: 'Two concert tickets',
  external_reference: 'order-1001',
  note: 'Seen on the statement of the bank',
};

function fieldSample(name: string, field: Schema, wish: Wish): unknown {
  const word = FIELD_WORDS[name];
  if (word !== undefined && field.type === 'string' && field.enum === undefined) return word;
  if (name === 'url' || name.endsWith('_url')) return 'https://shop.example/thanks';
  if (name === 'next_cursor') return '…';
  if (/^(amount|authorised_amount|paid_amount)$/.test(name)) return 2000;
  return sampleOf(field, wish);
}

function plainSample({ type, format, pattern, minimum }: Schema): unknown {
  if (type === 'integer' || type === 'number') return minimum ?? 1;
  if (type === 'boolean') return true;
  if (type === 'object') return {};
  if (format === 'date-time') return '2026-01-31T12:00:00.000Z';
  if (format === 'date' || pattern === '^\\d{4}-\\d{2}-\\d{2}$') return '2026-01-31';
  const id = /^\^([a-z]+_)/.exec(pattern ?? '');
  return id === null ? '…' : `${id[1]}…`;
}

/** A value as TypeScript writes it: names without quotes where they need none. */
function literalOf(value: unknown): string | undefined {
  if (value === undefined) return undefined;
  return JSON.stringify(value, null, 2)
    .replace(/^(\s*)"([a-zA-Z_]\w*)":/gm, '$1$2:')
    .replace(/"((?:\\.|[^"\\])*)"/g, (all, text: string) =>
      text.includes("'") || text.includes('\\') ? all : `'${text}'`,
    );
}
