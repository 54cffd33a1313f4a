/** Lets a world come to rest: time passes, due work is done, until no attempt is open and no key unfinished. */
import { HOUR, MINUTE, SECOND } from '../../src/lib/time.ts';
import type { TestApp } from '../support/app.ts';

/** Longer and longer: most is settled by the first questions, what never arrived by the visibility delay. */
const STEPS_MS = [28 * SECOND, 10 * SECOND, MINUTE, 2 * MINUTE, 10 * MINUTE, HOUR, 7 * HOUR] as const;

/** Answers how long it took on the moved clock, in milliseconds. */
export async function untilQuiet(app: TestApp): Promise<number> {
  const begun = app.clock.now();
  await app.runDue();
  for (const ms of STEPS_MS) {
    if ((await openWork(app)) === 0) break;
    app.clock.advance(ms);
    await app.runDue();
  }
  return app.clock.now() - begun;
}

/** Attempts without an end and idempotency keys without an answer. */
export async function openWork(app: TestApp): Promise<number> {
  const [row] = await app.database.query<{ n: number }>(`select
    (select count(*) from attempts where settled_at is null) +
    (select count(*) from idempotency_keys where status is null) as n`);
  return row!.n;
}
