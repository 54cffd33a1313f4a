/**
 * Where the chance of a seeded world comes from: an endless stream of bytes that belongs to its seed for ever, on every machine
 * and in every version of Node. A failure is replayed by its seed alone.
 */
import { createHash } from 'node:crypto';

export interface Draws {
  /** A whole number from 0 to below `limit`. */
  below(limit: number): number;
  /** A whole number from `least` to `most`, both possible. */
  between(least: number, most: number): number;
  /** True with this probability. */
  chance(probability: number): boolean;
  /** One of them, each as likely. */
  pick<T>(list: readonly T[]): T;
  /** One of them, each as likely as its weight says. */
  weighted<T extends { weight: number }>(list: readonly T[]): T;
  bytes(count: number): Buffer;
  /** A stream of its own, so that one purpose does not shift what another draws. */
  fork(purpose: string): Draws;
}

/** The stream of `seed`. */
export function drawsOf(seed: string): Draws {
  let block = 0;
  let pool = Buffer.alloc(0);
  const bytes = (count: number): Buffer => {
    const parts: Buffer[] = [];
    let missing = count;
    while (missing > 0) {
      if (pool.length === 0) pool = createHash('sha512').update(`${seed}\n${block++}`).digest();
      const part = pool.subarray(0, missing);
      pool = pool.subarray(part.length);
      missing -= part.length;
      parts.push(part);
    }
    return Buffer.concat(parts);
  };
  const below = (limit: number): number => {
    if (!(limit >= 1)) throw new Error('a draw needs something to draw from');
    // 48 bits against limits of some millions: the bias is far below anything a test could see.
    return bytes(6).readUIntBE(0, 6) % limit;
  };
  return {
    bytes,
    below,
    between: (least, most) => least + below(most - least + 1),
    chance: (probability) => below(1_000_000) < probability * 1_000_000,
    pick: (list) => list[below(list.length)]!,
    weighted(list) {
      let left = below(list.reduce((sum, one) => sum + one.weight, 0));
      for (const one of list) {
        if (left < one.weight) return one;
        left -= one.weight;
      }
      throw new Error('weights are whole numbers above zero');
    },
    fork: (purpose) => drawsOf(`${seed}\n${purpose}`),
  };
}
