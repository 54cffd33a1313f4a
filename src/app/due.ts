/** What must happen later: attempts to ask about, sessions whose time ran out, cards nobody needs any more. */
import { DAY, MINUTE, plus, SECOND } from '../lib/time.ts';
import { claimDueAttempts } from '../store/attempts.ts';
import { cardsInUse } from '../store/customers.ts';
import { dueSessions } from '../store/due.ts';
import { dropStaleKept } from '../store/kept.ts';
import { dueLapses } from '../store/payment-steps.ts';
import { askAbout } from './asking.ts';
import type { App } from './context.ts';
import { contextFor } from './context.ts';
import { lapse } from './payment-steps.ts';
import { expireDueSession } from './sessions.ts';
import type { Identities } from './tenants.ts';

/** Whoever took a row has this long; after it another worker may take it again. */
const LEASE_MS = 30 * SECOND;
const BATCH = 50;

/** Asks about every open attempt whose time has come. Answers how many it asked about. */
export async function askDueAttempts(app: App, identities: Identities): Promise<number> {
  const now = app.system.clock.now();
  const due = await claimDueAttempts(app.database, { now, leaseUntil: plus(now, LEASE_MS), limit: BATCH });
  await Promise.all(
    due.map(async ({ tenantId, id }) => {
      const tenant = await identities.tenant(tenantId);
      if (tenant === undefined) return;
      try {
        await askAbout(contextFor(app, tenant), id);
      } catch (error) {
        // The lease runs out and somebody asks again: one bad row must not stop the others.
        app.system.log.error({ err: error, attempt: id }, 'asking about an attempt failed');
      }
    }),
  );
  return due.length;
}

/** Ends every session whose time ran out and that no attempt holds open. Answers how many it ended. */
export async function expireDueSessions(app: App, identities: Identities): Promise<number> {
  const due = await dueSessions(app.database, { now: app.system.clock.now(), limit: BATCH });
  let ended = 0;
  for (const { tenantId, id } of due) {
    const tenant = await identities.tenant(tenantId);
    if (tenant === undefined) continue;
    try {
      await expireDueSession(contextFor(app, tenant), id);
      ended += 1;
    } catch (error) {
      // It stays due and is tried again: one bad row must not stop the others.
      app.system.log.error({ err: error, session: id }, 'ending a session failed');
    }
  }
  return ended;
}

/** Releases what authorisations reserved and nobody captured in time. Answers how many it released. */
export async function lapseDueAuthorisations(app: App, identities: Identities): Promise<number> {
  const due = await dueLapses(app.database, { now: app.system.clock.now(), limit: BATCH });
  let lapsed = 0;
  for (const { tenantId, id } of due) {
    const tenant = await identities.tenant(tenantId);
    if (tenant === undefined) continue;
    try {
      if ((await lapse(contextFor(app, tenant), id)) !== undefined) lapsed += 1;
    } catch (error) {
      // It stays due and is tried again: one bad row must not stop the others.
      app.system.log.error({ err: error, payment: id }, 'releasing an authorisation failed');
    }
  }
  return lapsed;
}

/** How long after its page forgot it a card is looked at once more before it is shredded. */
const LOOK_AGAIN_MS = 10 * MINUTE;
/** And how often a card that a saved method needs. */
const SAVED_CARD_LOOK_MS = 30 * DAY;

/** Shreds sealed cards that neither a saved method nor an open attempt needs. */
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

/** Drops what pages kept for browsers that did not come back. */
export function dropStalePages(app: App): Promise<number> {
  return dropStaleKept(app.database, { now: app.system.clock.now(), limit: 500 });
}
