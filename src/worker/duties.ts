/** The table of what happens later to payments and their pages: what is due, and the `app` function that does it. */
import type { App } from '../app/context.ts';
import { askDueAttempts, dropStalePages, expireDueSessions, lapseDueAuthorisations, sweepCards } from '../app/due.ts';
import type { Identities } from '../app/tenants.ts';
import type { Duty } from './runner.ts';

/** In no particular order: none waits for another. Events have duties of their own, in `event-duties.ts`. */
export function paymentDuties(app: App, identities: Identities): Duty[] {
  return [
    { name: 'ask about attempts', everyMs: 1_000, run: () => askDueAttempts(app, identities) },
    { name: 'expire sessions', everyMs: 1_000, run: () => expireDueSessions(app, identities) },
    { name: 'lapse authorisations', everyMs: 1_000, run: () => lapseDueAuthorisations(app, identities) },
    { name: 'sweep cards', everyMs: 10_000, run: () => sweepCards(app) },
    { name: 'drop stale pages', everyMs: 60_000, run: () => dropStalePages(app) },
  ];
}
