/** Values made exactly after a schema of the OpenAPI document, and the ways to spoil one: for requests by the thousand. */
import fc from 'fast-check';
import type { Json } from './merchant.ts';

export interface Known {
  schemas: Readonly<Record<string, Json>>;
  /** Ids of objects that are there, by their prefix. */
  ids: Readonly<Record<string, readonly string[]>>;
}

/** What fits the schema to the letter: types, words, patterns, formats, bounds, required fields. */
export function fits(schema: Json, known: Known): fc.Arbitrary<unknown> {
  const node = schema.$ref ? known.schemas[schema.$ref.split('/').at(-1)] : schema;
  if (node.anyOf) return fc.oneof(...node.anyOf.map((one: Json) => fits(one, known)));
  if (node.const !== undefined) return fc.constant(node.const);
  if (node.enum) return fc.constantFrom(...node.enum);
  switch (node.type) {
    case 'integer':
      return integer(node);
    case 'boolean':
      return fc.boolean();
    case 'string':
      return text(node, known);
    case 'array':
      return fc.array(fits(node.items, known), {
        minLength: node.minItems ?? 0,
        maxLength: Math.max(node.minItems ?? 0, Math.min(node.maxItems ?? 3, 3)),
      });
    default:
      return object(node, known);
  }
}

function integer(node: Json): fc.Arbitrary<number> {
  const [min, max] = [node.minimum ?? 0, Math.min(node.maximum ?? 1e9, 1e12)];
  return fc.oneof(
    fc.integer({ min, max }),
    fc.constantFrom(min, max),
    fc.integer({ min, max: Math.min(max, min + 100) }),
  );
}

function object(node: Json, known: Known): fc.Arbitrary<unknown> {
  if (node.properties === undefined) {
    const words = fc.string({ minLength: 1, maxLength: 20 });
    return fc.dictionary(words, words, { maxKeys: 3 });
  }
  const fields = Object.entries<Json>(node.properties).map(([name, below]) => [name, fits(below, known)] as const);
  return fc.record(Object.fromEntries(fields), { requiredKeys: node.required ?? [] });
}

const FORMATS: Readonly<Record<string, fc.Arbitrary<string>>> = {
  'date-time': fc
    .date({ min: new Date('2020-01-01'), max: new Date('2040-01-01'), noInvalidDate: true })
    .map((at) => at.toISOString()),
  date: fc
    .date({ min: new Date('2020-01-01'), max: new Date('2040-01-01'), noInvalidDate: true })
    .map((at) => at.toISOString().slice(0, 10)),
  email: fc.emailAddress(),
  uri: fc.webUrl({ validSchemes: ['https'] }),
};

function text(node: Json, known: Known): fc.Arbitrary<string> {
  const { minLength = 0, maxLength = 60, pattern, format } = node;
  const prefix = /^\^([a-z]{2,4})_/.exec(pattern ?? '')?.[1];
  const there = prefix === undefined ? undefined : known.ids[prefix];
  if (there !== undefined && there.length > 0)
    return fc.oneof({ weight: 3, arbitrary: fc.constantFrom(...there) }, fc.stringMatching(new RegExp(pattern)));
  if (pattern !== undefined)
    return fc.stringMatching(new RegExp(pattern)).map((made) => made.slice(0, Math.max(maxLength, minLength)));
  const formed = FORMATS[format];
  if (formed !== undefined) return formed;
  const size = { minLength, maxLength: Math.max(minLength, Math.min(maxLength, 60)) };
  const usual = ['https://shop.example/back', 'ZAR', 'JPY', 'KWD', 'en-ZA', 'UTC', 'Africa/Lagos', '#7a3e1d'];
  return fc.oneof(
    fc.string(size),
    fc.constantFrom(
      ...usual.filter(({ length }) => length >= minLength && length <= maxLength),
      'x'.repeat(Math.max(1, minLength)),
    ),
    fc.string({ ...size, unit: 'grapheme' }).map((made) => made.slice(0, size.maxLength)),
  );
}

/** One thing wrong with a value that fitted: a field of another type, out of its bounds, missing, unknown, null. */
export function spoiled(value: fc.Arbitrary<unknown>): fc.Arbitrary<unknown> {
  return fc.tuple(value, fc.nat(), fc.constantFrom(...WRONGS)).map(([whole, at, wrong]) => spoil(whole, at, wrong));
}

type Wrong = (value: unknown) => unknown;
const WRONGS: readonly Wrong[] = [
  () => null,
  () => undefined,
  () => [],
  () => ({}),
  () => '',
  () => -1,
  () => 1.5,
  () => 1e21,
  () => Number.MAX_SAFE_INTEGER,
  () => true,
  () => 'x'.repeat(70_000),
  () => '\u0000',
  () => '\ud800',
  () => '💥'.repeat(300),
  (value) => [value],
  (value) => JSON.stringify(value),
  (value) => (typeof value === 'number' ? value + 1 : `${JSON.stringify(value)}!`),
  (value) => (typeof value === 'number' ? -value : { value }),
  (value) => (typeof value === 'string' ? value.toUpperCase() : value),
  (value) => (typeof value === 'string' ? ` ${value}\n` : value),
  (value) => (Array.isArray(value) ? Array.from({ length: 300 }, () => value[0] ?? 1) : value),
  (value) => (typeof value === 'object' && value !== null ? { ...value, unknown_field: 1 } : value),
];

/** The value with its `at`-th part (counted over all parts, round and round) replaced; `undefined` leaves the part out. */
function spoil(whole: unknown, at: number, wrong: Wrong): unknown {
  const parts = countParts(whole);
  let left = at % parts;
  const visit = (value: unknown): unknown => {
    if (left-- === 0) return wrong(value);
    if (Array.isArray(value)) return value.map(visit);
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([name, below]) => [name, visit(below)]));
  };
  return visit(whole);
}

function countParts(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 1;
  return Object.values(value).reduce<number>((sum, below) => sum + countParts(below), 1);
}
