/** A clock that tests move. Timers run when the clock passes them; nothing ever waits for real time. */
import type { Timestamp } from '../../src/lib/time.ts';
import type { Clock } from '../../src/system.ts';

export interface TestClock extends Clock {
  /** Moves the clock and runs what falls due, in order. */
  advance(ms: number): void;
}

export function testClock(start = Date.UTC(2026, 10, 22, 12)): TestClock {
  let now = start;
  let timers: { at: number; then: () => void }[] = [];
  return {
    now: () => now as Timestamp,
    timer(ms, then) {
      const timer = { at: now + ms, then };
      timers.push(timer);
      return () => {
        timers = timers.filter((one) => one !== timer);
      };
    },
    advance(ms) {
      const end = now + ms;
      for (;;) {
        const next = timers.filter((timer) => timer.at <= end).sort((a, b) => a.at - b.at)[0];
        if (next === undefined) break;
        timers = timers.filter((timer) => timer !== next);
        now = Math.max(now, next.at);
        next.then();
      }
      now = end;
    },
  };
}
