/**
 * A tap on the shoulder inside one process: work was written, look now instead of at the next tick. Losing one costs a
 * moment, never the work: the rows say what is due.
 */
export type NudgeTopic = 'events' | 'deliveries' | 'recoveries' | `session:${string}` | `tries:${string}`;

export interface Nudge {
  tap(topic: NudgeTopic): void;
  /** Calls `hear` at every tap; the returned function stops it. */
  listen(topic: NudgeTopic, hear: () => void): () => void;
}

export function createNudge(): Nudge {
  const listeners = new Map<string, Set<() => void>>();
  return {
    tap(topic) {
      for (const hear of listeners.get(topic) ?? []) hear();
    },
    listen(topic, hear) {
      const set = listeners.get(topic) ?? new Set();
      listeners.set(topic, set.add(hear));
      return () => {
        set.delete(hear);
        if (set.size === 0) listeners.delete(topic);
      };
    },
  };
}
