/** JSON Schema to TypeScript, for the types of the SDK: the subset of schemas that our OpenAPI document is made of. */

export interface Schema {
  $ref?: string;
  title?: string;
  description?: string;
  deprecated?: boolean;
  type?: string;
  enum?: readonly (string | number)[];
  anyOf?: readonly Schema[];
  items?: Schema;
  properties?: Readonly<Record<string, Schema>>;
  required?: readonly string[];
  additionalProperties?: boolean | Schema;
  pattern?: string;
}

/**
 * Whether a word that is not in the list is let through. Answers are open: a server that is newer than the SDK may have words
 * it does not know. What is sent is closed: a mistyped word is found by the compiler.
 */
export type Openness = 'open' | 'closed';

/** The schema as a type. `depth` is how far its lines stand to the right, in steps of two spaces. */
export function typeText(schema: Schema, openness: Openness, depth = 0): string {
  if (schema.$ref !== undefined) return schema.$ref.slice('#/components/schemas/'.length);
  if (schema.enum !== undefined) return enumText(schema.enum, openness);
  if (schema.anyOf !== undefined) {
    return [...new Set(schema.anyOf.map((one) => typeText(one, openness, depth)))].join(' | ');
  }
  switch (schema.type) {
    case 'string':
    case 'boolean':
      return schema.type;
    case 'integer':
    case 'number':
      return 'number';
    case 'array': {
      const item = schema.items === undefined ? 'unknown' : typeText(schema.items, openness, depth);
      return / \| |^\{/.test(item) ? `Array<${item}>` : `${item}[]`;
    }
    case 'object':
      return objectText(schema, openness, depth);
    default:
      return 'unknown';
  }
}

/** A comment for people who point at the name in their editor; empty without words. */
export function commentText(schema: Schema, depth: number): string {
  const words = [schema.description, schema.deprecated ? '@deprecated' : undefined].filter(Boolean).join(' ');
  return words === '' ? '' : `${'  '.repeat(depth)}/** ${words.replaceAll('*/', '* /').replace(/\s+/g, ' ')} */\n`;
}

function enumText(words: readonly (string | number)[], openness: Openness): string {
  const known = words.map((word) => (typeof word === 'string' ? `'${word}'` : String(word))).join(' | ');
  return openness === 'open' && words.length > 1 && typeof words[0] === 'string' ? `${known} | OpenWord` : known;
}

function objectText(
  { properties, required = [], additionalProperties }: Schema,
  openness: Openness,
  depth: number,
): string {
  if (properties === undefined || Object.keys(properties).length === 0) {
    const value =
      typeof additionalProperties === 'object' ? typeText(additionalProperties, openness, depth) : 'unknown';
    return `Record<string, ${value}>`;
  }
  const lines = Object.entries(properties).map(([name, schema]) => {
    const mark = required.includes(name) ? '' : '?';
    const key = /^[A-Za-z_$][\w$]*$/.test(name) ? name : `'${name}'`;
    return `${commentText(schema, depth + 1)}${'  '.repeat(depth + 1)}${key}${mark}: ${typeText(schema, openness, depth + 1)};\n`;
  });
  return `{\n${lines.join('')}${'  '.repeat(depth)}}`;
}
