/**
 * Transactions of one shape are sent together as one statement when several are ready at once: one round trip and one flush to
 * disk for all. If the shared statement fails, each is sent again alone, so one transaction's taken key or stale version is
 * never another's trouble. (Two that change the same row cannot share: the second finds it changed, and both go alone.)
 */
import { gather } from '../lib/gather.ts';
import type { Sql } from './sql.ts';

/** Sizes of shared statements: few, so that few are planned. */
const SIZES = [1, 2, 4, 8, 16, 32] as const;
/** Statements of one shape under way before transactions begin to share. */
const UNDER_WAY = 2;

const shareable = new Map<number, boolean>();

/** True for a plain `insert into t (…) values (…)`. */
export function isPlainInsert({ template }: Sql): boolean {
  let plain = shareable.get(template.id);
  if (plain === undefined) {
    const { parts } = template;
    plain = /^\s*insert into \w+ \([^()]*\)\s*values \($/.test(parts[0] ?? '') && /^\)\s*$/.test(parts.at(-1) ?? '');
    shareable.set(template.id, plain);
  }
  return plain;
}

/** Parts of a template that inserts `count` rows of the kind the given one inserts. */
export function manyRows(parts: readonly string[], count: number): string[] {
  const open = (parts[0] as string).lastIndexOf('(');
  const between = `),\n${(parts[0] as string).slice(open)}`;
  const joined: string[] = [parts[0] as string];
  for (let row = 0; row < count; row++) {
    joined.push(...parts.slice(1, -1), row === count - 1 ? (parts.at(-1) as string) : between);
  }
  return joined;
}

export interface Sharing<Tx> {
  /** Sends transactions of one shape as one statement; their number is one of a few sizes. */
  together(transactions: Tx[]): Promise<void>;
  /** The most that may go together: statements that change rows grow with each, inserts hardly. */
  most: 8 | 32;
  /** True when a failure belongs to one transaction rather than to the connection. */
  isOwnFailure(error: unknown): boolean;
}

/** A sender for one shape. */
export function shareStatements<Tx>({ together, most, isOwnFailure }: Sharing<Tx>): (transaction: Tx) => Promise<void> {
  const send = gather<Tx, { error?: unknown }>({ underWay: UNDER_WAY, most }, async (transactions) => {
    const results: { error?: unknown }[] = [];
    for (let from = 0; from < transactions.length; ) {
      const left = transactions.length - from;
      const size = SIZES.findLast((one) => one <= left) as number;
      const group = transactions.slice(from, from + size);
      results.push(...(await sendGroup(group)));
      from += size;
    }
    return results;
  });

  async function sendGroup(group: Tx[]): Promise<{ error?: unknown }[]> {
    try {
      await together(group);
      return group.map(() => ({}));
    } catch (error) {
      if (group.length === 1 || !isOwnFailure(error)) return group.map(() => ({ error }));
      return Promise.all(group.map(async (one) => (await sendGroup([one]))[0] as { error?: unknown }));
    }
  }

  return async (transaction) => {
    const result = await send(transaction);
    if ('error' in result) throw result.error;
  };
}
