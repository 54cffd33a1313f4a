/** Lists: `limit` and `cursor` in, `Next-Cursor` and `Prev-Cursor` out. A cursor is opaque to clients. */
import { Type } from '@sinclair/typebox';
import { Rejected } from '../domain/errors.ts';
import { fromIso, type Timestamp, toIso } from '../lib/time.ts';
import { optional } from '../wire/schema.ts';
import { shapeRejection } from './errors.ts';
import type { Result } from './route.ts';

/** The query parameters every list has; numbers arrive as text. */
export const listQuery = {
  limit: optional(
    Type.String({ pattern: '^([1-9]|[1-9][0-9]|100)$', description: 'How many, 1–100; 20 if left out.' }),
  ),
  cursor: optional(Type.String({ maxLength: 200, description: 'Next-Cursor or Prev-Cursor of an earlier answer.' })),
};

export interface ListPage {
  limit: number;
  from?: { direction: 'older' | 'newer'; id: string };
}

/** What the items of most lists are found by, and those of a list of due dates. */
const ID = /^[a-z]{2,4}_[0-9A-Za-z]{24}$/;
export const BY_DATE = /^\d{4}-\d{2}-\d{2}$/;

/** Where the page begins. Throws Rejected with 400 for a cursor that none of our answers held. */
export function pageFrom(query: { limit?: string; cursor?: string }, by: RegExp = ID): ListPage {
  const limit = Number(query.limit ?? 20);
  if (query.cursor === undefined) return { limit };
  const match = /^(older|newer):(.+)$/.exec(Buffer.from(query.cursor, 'base64url').toString('latin1'));
  if (match === null || !by.test(match[2]!)) {
    throw new Rejected(
      shapeRejection([
        { pointer: 'query/cursor', code: 'invalid_value', detail: 'This is not a cursor of an earlier answer.' },
      ]),
    );
  }
  return { limit, from: { direction: match[1] as 'older' | 'newer', id: match[2]! } };
}

/** The page as an answer. */
export function listResult<Item>(
  page: { items: Item[]; older?: string; newer?: string },
  render: (item: Item) => unknown,
): Result {
  const headers: Record<string, string> = {};
  if (page.older !== undefined) headers['next-cursor'] = Buffer.from(`older:${page.older}`).toString('base64url');
  if (page.newer !== undefined) headers['prev-cursor'] = Buffer.from(`newer:${page.newer}`).toString('base64url');
  return { json: { data: page.items.map(render) }, headers };
}

/** Filters on the time of creation. */
export const createdQuery = {
  created_after: optional(
    Type.String({ format: 'date-time', maxLength: 40, description: 'At or after this time (ISO 8601 with a zone).' }),
  ),
  created_before: optional(
    Type.String({ format: 'date-time', maxLength: 40, description: 'Before this time (ISO 8601 with a zone).' }),
  ),
};

/** The range in the one form the store takes. Throws Rejected with 400 for what only looks like a time. */
export function createdRange(query: { created_after?: string; created_before?: string }) {
  return {
    createdAfter: instant('created_after', query.created_after),
    createdBefore: instant('created_before', query.created_before),
  };
}

function instant(name: string, text: string | undefined): string | undefined {
  if (text === undefined) return undefined;
  const at = fromIso(text);
  if (at === undefined) {
    const detail = 'A time of ISO 8601 with a zone, such as 2026-12-01T12:00:00Z; write + as %2B.';
    throw new Rejected(shapeRejection([{ pointer: `query/${name}`, code: 'invalid_value', detail }]));
  }
  // Nothing is older than this program; a year 0000 is no date to the database.
  return toIso(Math.max(at, 0) as Timestamp);
}
