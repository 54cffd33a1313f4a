/** Small bridges between values of the domain, where absent is absent, and columns, where absent is null. */
import type { Timestamp } from '../lib/time.ts';
import { toIso } from '../lib/time.ts';

export function text(value: string | undefined): string | null {
  return value ?? null;
}

export function json(value: unknown): string | null {
  return value === undefined ? null : JSON.stringify(value);
}

export function iso(value: Timestamp | undefined): string | null {
  return value === undefined ? null : toIso(value);
}

/**
 * Leaves out what is null, so that an absent column is an absent property. The keys are checked against `T`, the values by the
 * row type.
 */
export function compact<T>(fields: { [K in keyof Required<T>]: unknown }): T {
  // A new object: deleting from the old one would make it slow for everyone who reads it.
  const kept: Record<string, unknown> = {};
  for (const key in fields) {
    const value: unknown = fields[key];
    if (value !== null) kept[key] = value;
  }
  return kept as T;
}

/** A row that came as JSON: times are text and JSON columns are values there; both are brought to the form of a plain row. */
export function fromJsonRow<Row>(value: unknown, columns: { times: readonly string[]; json: readonly string[] }): Row {
  const row = value as Record<string, unknown>;
  for (const column of columns.times) if (row[column] !== null) row[column] = Date.parse(row[column] as string);
  for (const column of columns.json) if (row[column] !== null) row[column] = JSON.stringify(row[column]);
  return row as Row;
}
