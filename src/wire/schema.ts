/** The small vocabulary of all schemas: ids, amounts, times, closed word lists, and how a field is left out. */
import { type Static, type TObject, type TProperties, type TSchema, Type } from '@sinclair/typebox';

/** A field that is left out when it does not apply. */
export function optional<T extends TSchema>(schema: T) {
  return Type.Optional(schema);
}

/** An id with its prefix. */
export function Id(prefix: string, description: string) {
  return Type.String({ pattern: `^${prefix}_[0-9A-Za-z]{24}$`, maxLength: prefix.length + 25, description });
}

/** Minor units of ISO 4217. */
export function Amount(description: string, least = 0) {
  return Type.Integer({
    minimum: least,
    maximum: 999_999_999_999,
    description: `${description} Minor units of ISO 4217.`,
  });
}

export function Currency() {
  return Type.String({ pattern: '^[A-Z]{3}$', maxLength: 3, description: 'ISO 4217 alphabetic code, upper case.' });
}

export function Instant(description: string) {
  return Type.String({
    format: 'date-time',
    maxLength: 24,
    description: `${description} ISO 8601, UTC, milliseconds.`,
  });
}

export function Mode() {
  return words(['test', 'live'], 'The mode of the API key that made it.');
}

/** A closed list of words. */
export function words<const W extends readonly string[]>(
  list: W,
  description: string,
  more: Record<string, unknown> = {},
) {
  return Type.Unsafe<W[number]>({ type: 'string', enum: [...list], description, ...more });
}

export const MetadataSchema = Type.Record(Type.String(), Type.String(), {
  description: 'Your own pairs; never read by us.',
});

/** The metadata of a request: at most 20 pairs, keys of 1–50 and values of at most 500 characters. */
export const MetadataInput = Type.Unsafe<Record<string, string>>({
  type: 'object',
  maxProperties: 20,
  propertyNames: { type: 'string', minLength: 1, maxLength: 50 },
  additionalProperties: { type: 'string', maxLength: 500 },
  description: 'At most 20 pairs; keys of 1–50 characters, values strings of at most 500.',
});

export const ExternalReferenceInput = Type.String({
  pattern: '^[a-zA-Z0-9_-]{1,255}$',
  description: 'Your own reference: letters, digits, _ and -, at most 255.',
});

/** An object of an answer. Open: clients must ignore fields they do not know. */
export function open<P extends TProperties>(title: string, properties: P, description: string): TObject<P> {
  return Type.Object(properties, { title, description });
}

/** An object of a request. Closed: an unknown field is refused by name. */
export function closed<P extends TProperties>(
  properties: P,
  more: { title?: string; description?: string; examples?: unknown[] } = {},
): TObject<P> {
  return Type.Object(properties, { additionalProperties: false, ...more });
}

/** A list answer; the cursors are in the headers. */
export function listOf<T extends TSchema>(item: T) {
  return Type.Object({ data: Type.Array(item) });
}

export type { Static };
