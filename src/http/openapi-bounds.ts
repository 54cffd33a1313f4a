/**
 * Writes into the OpenAPI document the bounds that every value of its kind keeps anyway, where its schema says none of its own: so
 * that generated clients and gateways need not guess. Schemas of requests state their own, narrower ones.
 */

type Node = Readonly<Record<string, unknown>>;

/** A body is at most 64 KiB, and nothing is answered that did not come in one or was cut to less. */
const LONGEST_TEXT = 65_536;
const LONGEST_LIST = 65_536;

const INT32 = 2 ** 31 - 1;

/** Examples and values are data: a member called `type` in them says nothing about a schema. */
const DATA = new Set(['example', 'examples', 'default', 'const', 'enum']);

/** The same document with a format and both bounds on each integer, and a greatest length on each text and list. */
export function withBounds(node: unknown): unknown {
  if (Array.isArray(node)) return node.map(withBounds);
  if (typeof node !== 'object' || node === null) return node;
  const copy = Object.fromEntries(
    Object.entries(node).map(([key, value]) => [key, DATA.has(key) ? value : withBounds(value)]),
  );
  return { ...copy, ...boundsOf(copy) };
}

function boundsOf(schema: Node): Node {
  switch (schema.type) {
    case 'integer':
      return integerBounds(schema);
    case 'string':
      return 'enum' in schema || 'const' in schema || 'maxLength' in schema ? {} : { maxLength: LONGEST_TEXT };
    case 'array':
      return 'maxItems' in schema ? {} : { maxItems: LONGEST_LIST };
    default:
      return {};
  }
}

/** Integers are exact in JSON up to 2^53 − 1 (RFC 8259, section 6). */
function integerBounds({ minimum = Number.MIN_SAFE_INTEGER, maximum = Number.MAX_SAFE_INTEGER }: Node): Node {
  const small = Number(minimum) >= -INT32 - 1 && Number(maximum) <= INT32;
  return { format: small ? 'int32' : 'int64', minimum, maximum };
}
