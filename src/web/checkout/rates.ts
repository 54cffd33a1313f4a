/** How often one link or one address may ask: token buckets in memory, forgotten when full again. */
import { MINUTE, type Timestamp } from '../../lib/time.ts';

export interface Rate {
  /** Requests that may come at once, and again within `perMs`. */
  readonly count: number;
  readonly perMs: number;
}

export const CHECKOUT_RATES = {
  /** Per link. */
  reads: { count: 120, perMs: MINUTE },
  posts: { count: 30, perMs: 10 * MINUTE },
  /** Per address. */
  addressPosts: { count: 60, perMs: 10 * MINUTE },
  unknownIds: { count: 30, perMs: MINUTE },
} as const satisfies Record<string, Rate>;

const MAX_BUCKETS = 50_000;

export interface RateMeter {
  /** Takes one request from the bucket of `who`; seconds to wait when it is empty, else 0. */
  take(rate: Rate, who: string, now: Timestamp): number;
}

/** A meter of its own; the oldest buckets go first when there are too many. */
export function createRateMeter(): RateMeter {
  const buckets = new Map<string, { left: number; at: number }>();
  return {
    take(rate, who, now) {
      const key = `${rate.count}/${rate.perMs} ${who}`;
      const old = buckets.get(key) ?? { left: rate.count, at: now };
      const left = Math.min(rate.count, old.left + (Math.max(0, now - old.at) / rate.perMs) * rate.count);
      buckets.delete(key);
      const allowed = left >= 1;
      buckets.set(key, { left: allowed ? left - 1 : left, at: now });
      if (buckets.size > MAX_BUCKETS) buckets.delete(buckets.keys().next().value as string);
      return allowed ? 0 : Math.max(1, Math.ceil(((1 - left) * rate.perMs) / rate.count / 1000));
    },
  };
}
