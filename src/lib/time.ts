/** Instants and their one text form. */

/** Milliseconds since 1970-01-01T00:00:00Z. Branded so that a duration cannot be passed as an instant. */
export type Timestamp = number & { readonly __instant: true };

export const SECOND = 1_000;
export const MINUTE = 60_000;
export const HOUR = 3_600_000;
export const DAY = 86_400_000;

/** ISO 8601, UTC, milliseconds: the only form in answers, events and logs. */
export function toIso(at: Timestamp): string {
  if (at !== lastAt) {
    lastText = new Date(at).toISOString();
    lastAt = at;
  }
  return lastText;
}

// Everything written in one request bears one time: the text is made once, not a dozen times.
let lastAt = Number.NaN;
let lastText = '';

/** `at` moved by `ms` (may be negative). */
export function plus(at: Timestamp, ms: number): Timestamp {
  return (at + ms) as Timestamp;
}

/** Reads an RFC 3339 instant with a zone; undefined when the text is anything else. */
export function fromIso(text: string): Timestamp | undefined {
  if (!/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?(Z|[+-]\d{2}:\d{2})$/.test(text)) return undefined;
  const at = Date.parse(text);
  return Number.isNaN(at) ? undefined : (at as Timestamp);
}
