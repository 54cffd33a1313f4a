/**
 * Gives every schema with a title one place in the OpenAPI document. The framework writes each schema out wherever it is used;
 * clients and people want `#/components/schemas/PaymentSession`, once.
 */
import { assert } from '../lib/assert.ts';

type Node = Readonly<Record<string, unknown>>;

/** The document with every titled schema under `components.schemas` and a `$ref` wherever it stood. A Bug when two differ. */
export function withComponents(document: Node): Record<string, unknown> {
  const schemas = new Map<string, { text: string; shared: unknown }>();
  const shared = (node: unknown): unknown => {
    if (Array.isArray(node)) return node.map(shared);
    if (typeof node !== 'object' || node === null) return node;
    const copy = Object.fromEntries(Object.entries(node).map(([key, value]) => [key, shared(value)]));
    const { title, type } = node as Node;
    if (typeof title !== 'string' || type !== 'object') return copy;
    const known = schemas.get(title);
    const text = JSON.stringify(node);
    assert(known === undefined || known.text === text, `two schemas are called ${title}`);
    schemas.set(title, { text, shared: copy });
    return { $ref: `#/components/schemas/${title}` };
  };
  const paths = shared(withOptionalBodies(document.paths as Node));
  const byTitle = [...schemas]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([title, { shared: schema }]) => [title, schema]);
  return { ...document, paths, components: { ...(document.components as Node), schemas: Object.fromEntries(byTitle) } };
}

/** True when a body of this schema cannot be left out: it has a field that is required. */
export function isRequired(schema: Node): boolean {
  return Array.isArray(schema.required) && schema.required.length > 0;
}

/** The framework calls every body required; ours may be left out when none of its fields is. */
function withOptionalBodies(node: unknown): unknown {
  if (Array.isArray(node)) return node.map(withOptionalBodies);
  if (typeof node !== 'object' || node === null) return node;
  const copy = Object.fromEntries(Object.entries(node).map(([key, value]) => [key, withOptionalBodies(value)]));
  const body = copy.requestBody as { content?: { 'application/json'?: { schema: Node } } } | undefined;
  const schema = body?.content?.['application/json']?.schema;
  return schema === undefined || isRequired(schema) ? copy : { ...copy, requestBody: { ...body, required: false } };
}
