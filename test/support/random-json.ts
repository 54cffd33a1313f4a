/** Random JSON for tests: any value at all, and values made after a schema, so that most of them get past its first rule. */
import fc from 'fast-check';
import type { Json } from './merchant.ts';

const words = fc.constantFrom(
  ...['one_time', 'first_in_series', 'next_in_series', 'always', 'never', 'redirect', 'embedded_modal', 'manual', ''],
  // XXX is the code of ISO 4217 for no currency.
  ...['ZAR', 'jpy', 'XXX', 'en-ZA', 'x-private', 'https://shop.example/a?b#c', 'shop://x', 'javascript:1', 'http://'],
  ...[`cus_${'0'.repeat(24)}`, `pmt_${'0'.repeat(24)}`, `mnd_${'0'.repeat(24)}`, '2026-12-01T00:00:00Z', 'a@b.example'],
  ...['2026-12-01', '2027-02-29', '2030-06-15', '9999-12-31', '06:30', 'Africa/Johannesburg', '+02:00'],
);
const numbers = fc.oneof(
  fc.integer(),
  fc.double({ noNaN: true }),
  fc.constantFrom(0, -0, 1, 1e12, 999_999_999_999, 1e15),
);
export const texts = fc.oneof(words, fc.string({ unit: 'binary' }), fc.string({ minLength: 490, maxLength: 510 }));

/** Any JSON value, three levels deep at most. */
export function anything(depth = 2): fc.Arbitrary<unknown> {
  const leaf = fc.oneof(texts, numbers, fc.boolean(), fc.constant(null));
  if (depth === 0) return leaf;
  const below = anything(depth - 1);
  return fc.oneof(leaf, fc.array(below, { maxLength: 3 }), fc.dictionary(fc.string(), below, { maxKeys: 3 }));
}

/**
 * A value made after a schema: mostly what belongs there, sometimes something else, sometimes one field too many. `schemas` are
 * those that a `$ref` names by its last part.
 */
export function valueFor(schema: Json, schemas: Readonly<Record<string, Json>> = {}): fc.Arbitrary<unknown> {
  const node = schema.$ref ? schemas[schema.$ref.split('/').at(-1)] : schema;
  return fc.oneof({ weight: 9, arbitrary: fitting(node, schemas) }, { weight: 1, arbitrary: anything() });
}

function fitting(node: Json, schemas: Readonly<Record<string, Json>>): fc.Arbitrary<unknown> {
  const inner = (below: Json) => valueFor(below, schemas);
  if (node.anyOf) return fc.oneof(...node.anyOf.map(inner));
  if (node.const !== undefined) return fc.constant(node.const);
  if (node.enum) return fc.constantFrom(...node.enum);
  if (node.type === 'integer') return fc.integer({ min: node.minimum ?? 0, max: Math.min(node.maximum ?? 1e9, 1e12) });
  if (node.type === 'boolean') return fc.boolean();
  if (node.type === 'string') return texts;
  if (node.type === 'array') return fc.array(inner(node.items), { maxLength: 3 });
  if (node.type !== 'object') return anything();
  if (node.properties === undefined) return fc.dictionary(fc.string(), texts, { maxKeys: 22 });
  const fields = Object.entries<Json>(node.properties).map(([name, below]) => [name, inner(below)] as const);
  const known = fc.record(Object.fromEntries(fields), { requiredKeys: node.required ?? [] });
  const extra = fc.oneof(
    { weight: 9, arbitrary: fc.constant({}) },
    { weight: 1, arbitrary: fc.dictionary(fc.string({ minLength: 1 }), anything(0), { maxKeys: 1 }) },
  );
  return fc.tuple(known, extra).map(([fits, more]) => ({ ...fits, ...more }));
}
