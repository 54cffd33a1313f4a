/**
 * Local dates, on the Temporal polyfill, which only this file imports. A local date is ISO text, so dates compare as text.
 * Instants enter twice: now becomes a local date, and a date with a time of day becomes an instant.
 */

/** `YYYY-MM-DD`. */
export type LocalDate = string;

export const WEEKDAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const;
export type Weekday = (typeof WEEKDAYS)[number];
