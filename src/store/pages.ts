/** Lists: newest first by id, a page at a time, in both directions, with filters chosen at run time. */
import type { Reader } from './database.ts';
import { type Sql, sql, sqlOf } from './sql.ts';

export interface Page {
  /** 1–100. */
  limit: number;
  /** Where the page begins: after (older than) or before (newer than) an id. */
  from?: { direction: 'older' | 'newer'; id: string } | undefined;
}

export interface PageOf<Item> {
  items: Item[];
  /** Present when there is a page of older items. */
  older?: string;
  /** Present when there is a page of newer items. */
  newer?: string;
}

interface Listing<Row, Item> {
  /** Unique name of the list; with the names of the filters it identifies the statement. */
  name: string;
  /** `select … from … where tenant_id = …` */
  start: Sql;
  where: readonly (readonly [string, Sql])[];
  page: Page;
  toItem(row: Row): Item;
}

/** Reads one page, and one row more to know whether another page follows. */
export async function page<Row extends { id: string }, Item>(
  reader: Reader,
  listing: Listing<Row, Item>,
): Promise<PageOf<Item>> {
  const { from, limit } = listing.page;
  const newer = from?.direction === 'newer';
  const pieces = [listing.start, ...listing.where.map(([, piece]) => piece)];
  if (from !== undefined) pieces.push(newer ? sql`and id > ${from.id}` : sql`and id < ${from.id}`);
  pieces.push(newer ? sql`order by id asc limit ${limit + 1}` : sql`order by id desc limit ${limit + 1}`);
  const key = [listing.name, ...listing.where.map(([name]) => name), from?.direction ?? 'first'].join('+');
  const rows = await reader.read<Row>(sqlOf(key, pieces));
  const more = rows.length > limit;
  const shown = rows.slice(0, limit);
  if (newer) shown.reverse();
  const result: PageOf<Item> = { items: shown.map(listing.toItem) };
  const first = shown[0]?.id;
  const last = shown.at(-1)?.id;
  if (last !== undefined && (newer || more)) result.older = last;
  if (first !== undefined && (newer ? more : from !== undefined)) result.newer = first;
  return result;
}
