/** What nobody needs any more: sealed cards without a method or an attempt, and what pages kept for browsers that stayed away. */
import { DAY, MINUTE, plus } from '../lib/time.ts';
import { dropOldTries } from '../store/checkout-brakes.ts';
import { cardsInUse } from '../store/customers.ts';
import { dropStaleKept } from '../store/kept.ts';
import type { App } from './context.ts';

const BATCH = 50;
/** How long after its page forgot it a card is looked at once more before it is shredded. */
const LOOK_AGAIN_MS = 10 * MINUTE;
/** And how often a card that a saved method needs. */
const SAVED_CARD_LOOK_MS = 30 * DAY;

/** A try that waits for the bank is remembered for as long, in case it fails. */
const TRIES_KEPT_MS = 7 * DAY;

/** Shreds sealed cards that neither a saved method nor an open attempt needs. The vault lives in real time, whatever a tenant's clock says. */
export async function sweepCards(app: App): Promise<number> {
  const now = app.system.clock.now();
  const due = await app.vault.dueForSweep(now, BATCH);
  const byTenant = Map.groupBy(due, (card) => card.tenantId);
  for (const [tenantId, cards] of byTenant) {
    const cardIds = cards.map((card) => card.cardId);
    const use = await cardsInUse(app.database, tenantId, cardIds);
    const saved = cardIds.filter((id) => use.saved.has(id));
    const open = cardIds.filter((id) => !use.saved.has(id) && use.open.has(id));
    const unneeded = cardIds.filter((id) => !use.saved.has(id) && !use.open.has(id));
    // Looked at again one day, rather than kept for good: a crash between removing a method and shredding its card is healed then.
    if (saved.length > 0) await app.vault.postpone(tenantId, saved, plus(now, SAVED_CARD_LOOK_MS));
    if (open.length > 0) await app.vault.postpone(tenantId, open, plus(now, LOOK_AGAIN_MS));
    if (unneeded.length > 0) await app.vault.shredDue(tenantId, unneeded, now);
  }
  return due.length;
}

/** Drops what pages kept for browsers that did not come back, by the clock of each tenant. */
export async function dropStalePages(app: App): Promise<number> {
  const now = app.system.clock.now();
  const dropped = await dropStaleKept(app.database, { now, limit: 500 });
  return dropped + (await dropOldTries(app.database, { before: plus(now, -TRIES_KEPT_MS), limit: 500 }));
}
