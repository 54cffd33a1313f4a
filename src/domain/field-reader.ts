/**
 * Reads unknown JSON field by field, and goes on after a problem: whoever sent it learns of everything at once. A reader answers the
 * value, or undefined for a field that is absent or wrong; what is wrong is noted on the list that all fields of a request share.
 */
import { canonicalTimeZone, isLocalDate, type LocalDate } from '../lib/calendar.ts';
import { pointerTo } from '../lib/json-pointer.ts';
import type { FieldProblem } from './errors.ts';

/** What may be wrong with an option. `conflict`: it contradicts the field that the sentence names. */
export type ProblemCode =
  | 'required'
  | 'unknown_field'
  | 'invalid_type'
  | 'invalid_value'
  | 'out_of_range'
  | 'duplicate'
  | 'conflict'
  | 'not_applicable';

/** One place of a request. `value` is undefined where nothing was sent. */
export interface Field {
  readonly pointer: string;
  readonly value: unknown;
  readonly problems: FieldProblem[];
}

export interface Range {
  min: number;
  max: number;
}

/** Minor units of ISO 4217, and never nothing. */
export const MONEY: Range = { min: 1, max: 999_999_999_999 };

/** Notes a problem; answers undefined, so that a reader can end with it. */
export function note(field: Field, code: ProblemCode, detail: string): undefined {
  field.problems.push({ pointer: field.pointer, code, detail });
}

export function isSent(field: Field): boolean {
  return field.value !== undefined;
}

/** The field, which has to be there. */
export function required(field: Field, detail = 'This field is required.'): Field {
  if (!isSent(field)) note(field, 'required', detail);
  return field;
}

/** What `read` answers, unless it noted a problem: half of an object is worse than none. */
export function sound<T>(field: Field, read: () => T): T | undefined {
  const before = field.problems.length;
  const value = read();
  return field.problems.length === before ? value : undefined;
}

/** The object without its absent fields. */
export function present<T extends object>(fields: { [K in keyof T]: T[K] | undefined }): T {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as T;
}

/** The fields of an object by name, each there or absent; any other name is noted. */
export function fieldsOf<N extends string>(field: Field, names: readonly N[]): Record<N, Field> | undefined {
  const object = objectIn(field);
  if (object === undefined) return undefined;
  const known: readonly string[] = names;
  for (const name of Object.keys(object)) {
    if (!known.includes(name))
      note(below(field, name), 'unknown_field', `There is no such field here. It takes ${names.join(', ')}.`);
  }
  return Object.fromEntries(names.map((name) => [name, below(field, name)])) as Record<N, Field>;
}

/** The fields beside `type`, by type. */
type Kinds = Readonly<Record<string, readonly string[]>>;
type Variant<T extends Kinds> = { [K in keyof T]: { type: K; fields: Record<T[K][number], Field> } }[keyof T];

/** An object whose fields depend on its `type`. Without a type that is known only its name is judged, and names that fit none. */
export function variantOf<const T extends Kinds>(field: Field, kinds: T): Variant<T> | undefined {
  const object = objectIn(field);
  if (object === undefined) return undefined;
  const types = Object.keys(kinds);
  const { type } = object;
  if (typeof type === 'string' && types.includes(type)) {
    const fields = fieldsOf(field, ['type', ...(kinds[type] ?? [])]);
    return { type, fields } as unknown as Variant<T>;
  }
  const fields = fieldsOf(field, ['type', ...new Set(Object.values(kinds).flat())]);
  if (fields?.type !== undefined) word(required(fields.type), types);
  return undefined;
}

function objectIn(field: Field): Record<string, unknown> | undefined {
  const { value } = field;
  if (value === undefined) return undefined;
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    return note(field, 'invalid_type', 'Must be an object.');
  return value as Record<string, unknown>;
}

function below(field: Field, name: string | number): Field {
  const values = field.value as Record<string | number, unknown>;
  return { pointer: pointerTo(field.pointer, name), value: values[name], problems: field.problems };
}

/** The items of a list of at least and at most so many. */
export function itemsOf(field: Field, count: Range): Field[] | undefined {
  const { value } = field;
  if (value === undefined) return undefined;
  if (!Array.isArray(value)) return note(field, 'invalid_type', 'Must be a list.');
  if (value.length < count.min || value.length > count.max)
    return note(field, 'out_of_range', `A list of ${count.min} to ${count.max}.`);
  return value.map((_, place) => below(field, place));
}

/** A list in which nothing stands twice. */
export function distinctItems<T>(field: Field, count: Range, read: (item: Field) => T | undefined): T[] | undefined {
  const items = itemsOf(field, count);
  if (items === undefined) return undefined;
  return sound(field, () => {
    const seen = new Set<T>();
    for (const item of items) {
      const value = read(item);
      if (value === undefined) continue;
      if (seen.has(value)) note(item, 'duplicate', 'The same value stands in this list before.');
      seen.add(value);
    }
    return [...seen];
  });
}

export function integer(field: Field, { min, max }: Range): number | undefined {
  const { value } = field;
  if (value === undefined) return undefined;
  if (typeof value !== 'number' || !Number.isInteger(value)) return note(field, 'invalid_type', 'Must be an integer.');
  if (value < min || value > max) return note(field, 'out_of_range', `From ${min} to ${max}.`);
  return value;
}

export function text(field: Field): string | undefined {
  const { value } = field;
  if (value === undefined || typeof value === 'string') return value;
  return note(field, 'invalid_type', 'Must be a string.');
}

export function flag(field: Field): boolean | undefined {
  const { value } = field;
  if (value === undefined || typeof value === 'boolean') return value;
  return note(field, 'invalid_type', 'Must be true or false.');
}

/** The name of a time zone as IANA spells it. */
export function timeZone(field: Field): string | undefined {
  const name = text(field);
  if (name === undefined) return undefined;
  const detail = 'A time zone by its IANA name, such as Africa/Johannesburg; no offset.';
  return canonicalTimeZone(name) ?? note(field, 'invalid_value', detail);
}

export function word<const W extends string>(field: Field, words: readonly W[]): W | undefined {
  const value = text(field);
  if (value === undefined) return undefined;
  const found = words.find((one) => one === value);
  return found ?? note(field, 'invalid_value', `Must be one of: ${words.join(', ')}.`);
}

export function localDate(field: Field): LocalDate | undefined {
  const value = text(field);
  if (value === undefined || isLocalDate(value)) return value;
  return note(field, 'invalid_value', 'A date of the calendar, such as 2026-12-01.');
}
