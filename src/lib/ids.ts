/**
 * Ids: `<prefix>_` and 24 base62 characters. Eight are time in 1/32 ms, strictly rising within a process, so that
 * indexes stay local and ids made one after another sort in that order; sixteen are random (95 bits).
 */
import { base62, base62Value, randomBase62 } from './base62.ts';
import type { Timestamp } from './time.ts';

const TICKS_PER_MS = 32;

export interface IdSource {
  /** A new id, greater than every id this source made before with the same prefix. */
  next<P extends string>(prefix: P): `${P}_${string}`;
  /** 24 random characters (142 bits) after the prefix: for ids that are themselves the permission. */
  capability<P extends string>(prefix: P): `${P}_${string}`;
}

/** An id source over a clock (milliseconds) and a source of random bytes. */
export function createIdSource(now: () => number, random: (bytes: number) => Uint8Array): IdSource {
  let lastTick = 0;
  let pool: Uint8Array = new Uint8Array(0);
  let used = 0;
  const pooled = (bytes: number): Uint8Array => {
    if (used + bytes > pool.length) {
      pool = random(4096);
      used = 0;
    }
    used += bytes;
    return pool.subarray(used - bytes, used);
  };
  return {
    next(prefix) {
      lastTick = Math.max(lastTick + 1, now() * TICKS_PER_MS);
      return `${prefix}_${base62(lastTick, 8)}${randomBase62(pooled, 16)}`;
    },
    capability(prefix) {
      return `${prefix}_${randomBase62(pooled, 24)}`;
    },
  };
}

/** When an id was made, as its first characters tell: within a millisecond, unless very many were made at once. */
export function timeOfId(id: string): Timestamp {
  return Math.floor(base62Value(id.slice(id.indexOf('_') + 1).slice(0, 8)) / TICKS_PER_MS) as Timestamp;
}

/** Where the ids made at an instant or later begin: no earlier one is greater. */
export function firstIdAt(prefix: string, at: Timestamp): string {
  return `${prefix}_${base62(at * TICKS_PER_MS, 8)}`;
}
