/** Forgetting what banks said about cards: all of it when a test begins anew, and what no rule counts any more. */
import { WATCHED_FOR_MS } from '../domain/card-rules.ts';
import { Rejected, reject } from '../domain/errors.ts';
import { plus } from '../lib/time.ts';
import { dropDeclines, endWatches, forgetCards, heldMandates } from '../store/cards.ts';
import { forgetTries } from '../store/checkout-brakes.ts';
import { Stale } from '../store/database.ts';
import { Changes } from './apply.ts';
import { liftHolds } from './card-holds.ts';
import type { App, Context } from './context.ts';

const TRIES = 20;
const BATCH = 100;

/** Forgets declines, blocks and holds of a test tenant. Throws Rejected with 403 in live mode. Doing it twice is the same as once. */
export async function resetCards(context: Context): Promise<void> {
  const { tenant, database } = context;
  if (tenant.mode !== 'test')
    throw new Rejected(reject('test_mode_only', 'What banks said about real cards is never forgotten by a call.'));
  for (let tries = 1; ; ) {
    const held = await heldMandates(database, tenant.id, BATCH);
    const changes = new Changes(context)
      .also((tx) => forgetCards(tx, tenant.id))
      .also((tx) => forgetTries(tx, tenant.id));
    await liftHolds(context, changes, { mandates: held });
    try {
      await changes.commit();
      if (held.length < BATCH) return;
    } catch (error) {
      // A mandate changed in between: look again.
      if (!(error instanceof Stale) || tries++ === TRIES) throw error;
    }
  }
}

/** Drops what no rule counts any more: a card that was not declined for thirty days is as good as any. Answers how many rows. */
export async function dropOldDeclines(app: App): Promise<number> {
  const now = app.system.clock.now();
  const dropped = await dropDeclines(app.database, { before: plus(now, -WATCHED_FOR_MS), limit: 500 });
  return dropped + (await endWatches(app.database, { now, again: plus(now, WATCHED_FOR_MS), limit: 500 }));
}
