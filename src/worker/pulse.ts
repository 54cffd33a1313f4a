/**
 * Runs one piece of work again and again: at once when tapped, otherwise at a slow beat; never twice at the same time; with a
 * pause between, so that work which comes in drops is done in handfuls. An error is logged and the next beat tries again.
 */
import type { Timestamp } from '../lib/time.ts';
import type { System } from '../system.ts';

export interface PulseOptions {
  /** For the log. */
  name: string;
  /** Answers how much it did: more than nothing means that it is asked again without waiting for the beat. */
  work(): Promise<number>;
  /** The beat, in milliseconds. */
  pollMs: number;
  /** The least time from the end of one run to the next, in milliseconds. */
  pauseMs: number;
  /** Subscribes to taps; answers how to stop. */
  listen?(tap: () => void): () => void;
}

export interface Pulse {
  /** No further run begins; resolves when the current one has ended. */
  stop(): Promise<void>;
}

/** Starts with a run at once. */
export function startPulse(system: Pick<System, 'clock' | 'log'>, options: PulseOptions): Pulse {
  const { name, work, pollMs, pauseMs } = options;
  const { clock, log } = system;
  let stopped = false;
  let tapped = false;
  let running: Promise<void> | undefined;
  let endedAt = clock.now();
  let cancelTimer = (): void => undefined;

  const beginIn = (ms: number): void => {
    cancelTimer();
    cancelTimer = clock.timer(ms, begin);
  };
  const begin = (): void => {
    cancelTimer();
    tapped = false;
    running = run().then((soon) => {
      running = undefined;
      endedAt = clock.now();
      if (!stopped) beginIn(soon ? pauseMs : pollMs);
    });
  };
  const run = async (): Promise<boolean> => {
    try {
      return (await work()) > 0 || tapped;
    } catch (error) {
      log.error({ err: error, duty: name }, 'a duty failed; it is tried again');
      return false;
    }
  };
  const tap = (): void => {
    // A second tap during the pause changes nothing: the timer is set already.
    if (stopped || tapped) return;
    tapped = true;
    if (running !== undefined) return;
    const pauseLeftMs = pauseMs - sinceMs(endedAt, clock.now());
    if (pauseLeftMs <= 0) begin();
    else beginIn(pauseLeftMs);
  };
  const stopListening = options.listen?.(tap);
  begin();
  return {
    async stop() {
      stopped = true;
      stopListening?.();
      cancelTimer();
      await running;
    },
  };
}

/** A clock that was set back must not make a pause of years. */
function sinceMs(then: Timestamp, now: Timestamp): number {
  return Math.max(0, now - then);
}
