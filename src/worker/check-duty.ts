/**
 * The duty that checks every invariant from time to time, in one worker at a time. It does not begin in a process's first minutes:
 * what piled up while nothing ran is late, and not forgotten.
 */
import { checkWhenDue, PATIENCE_MS } from '../app/checker.ts';
import type { App } from '../app/context.ts';
import { MINUTE, plus } from '../lib/time.ts';
import type { Duty } from './runner.ts';

/** Checks when `everyMs` milliseconds have passed since the last check of any process. */
export function checkDuty(app: App, everyMs: number): Duty {
  const { clock, log } = app.system;
  const notBefore = plus(clock.now(), PATIENCE_MS);
  let running = false;
  const run = async (): Promise<number> => (clock.now() < notBefore ? 0 : checkWhenDue(app, everyMs));
  return {
    name: 'check invariants',
    everyMs: MINUTE,
    run,
    // A check of a large database may take minutes: a process that is told to stop breaks it off instead of waiting.
    async begin() {
      if (running) return 0;
      running = true;
      run()
        .catch((error: unknown) => log.warn({ err: error }, 'a check was broken off; another one follows'))
        .finally(() => {
          running = false;
        });
      return 0;
    },
  };
}
