/**
 * Runs what is due. A duty asks one table what is due, takes it by lease and calls the same `app` function the API calls.
 *
 * - Everything due lies in a row; losing this process loses nothing. Any number of runners may work on one database.
 * - A duty that did something is asked again at once, or after its `pauseMs`; one that found nothing rests for `everyMs`, or
 *   until it is nudged.
 * - A duty that throws is logged and rests a second, deaf to nudges; it never stops the others.
 * - Tests do not start the runner: they call a duty's `run` themselves.
 */
import type { System } from '../system.ts';

export interface Duty {
  name: string;
  /** The longest rest between two looks, in milliseconds. */
  everyMs: number;
  /** The rest after a look that found something: under load one look then finds more. Absent: none. */
  pauseMs?: number;
  /** Does what is due now and answers how much that was. */
  run(): Promise<number>;
  /** As `run`, but answers once the work has begun: the runner prefers it, so that slow work does not hold up the next. */
  begin?(): Promise<number>;
  /** Resolves when everything that was begun has ended. */
  settled?(): Promise<void>;
  /** Calls `hear` when there may be work. */
  listen?(hear: () => void): () => void;
}

/** Starts every duty; the returned function stops them and waits for what is running. */
export function startRunner(system: System, duties: readonly Duty[]): () => Promise<void> {
  const stops = duties.map((duty) => startDuty(system, duty));
  return async () => {
    await Promise.all(stops.map((stop) => stop()));
  };
}

function startDuty(system: System, duty: Duty): () => Promise<void> {
  let stopped = false;
  let again = false;
  let pausing = false;
  let running: Promise<void> | undefined;
  let callOff = () => {};
  const look = (): void => {
    if (stopped) return;
    if (running !== undefined) {
      again = true;
      return;
    }
    if (pausing) return;
    callOff();
    again = false;
    running = once(duty, system.log).then((did) => {
      running = undefined;
      if (stopped) return;
      if (did === undefined) pause(AFTER_FAILURE_MS);
      else if (did === 0 && !again) callOff = system.clock.timer(duty.everyMs, look);
      else if (duty.pauseMs === undefined) look();
      else pause(duty.pauseMs);
    });
  };
  const pause = (ms: number): void => {
    pausing = true;
    callOff = system.clock.timer(ms, () => {
      pausing = false;
      look();
    });
  };
  const deaf = duty.listen?.(look);
  callOff = system.clock.timer(0, look);
  return async () => {
    stopped = true;
    callOff();
    deaf?.();
    await running;
    await duty.settled?.();
  };
}

/** Without a database every look fails: a line a second says so well enough. */
const AFTER_FAILURE_MS = 1_000;

async function once(duty: Duty, log: System['log']): Promise<number | undefined> {
  try {
    return await (duty.begin?.() ?? duty.run());
  } catch (error) {
    log.error({ err: error, duty: duty.name }, 'a duty failed; it is tried again');
    return undefined;
  }
}
