/** The table of what happens later to payments and their pages: what is due, and the `app` function that does it. */
import { dropOldDeclines } from '../app/card-reset.ts';
import type { App } from '../app/context.ts';
import { DUE_KINDS } from '../app/due.ts';
import { dropStalePages, sweepCards } from '../app/forgotten.ts';
import type { Identities } from '../app/tenants.ts';
import type { Duty } from './runner.ts';

/** In no particular order: none waits for another. Events have duties of their own, in `event-duties.ts`. */
export function paymentDuties(app: App, identities: Identities): Duty[] {
  return [
    ...DUE_KINDS.map(({ title, run }) => ({ name: title, everyMs: 1_000, run: () => run(app, identities) })),
    { name: 'sweep cards', everyMs: 10_000, run: () => sweepCards(app) },
    { name: 'drop old declines', everyMs: 60_000, run: () => dropOldDeclines(app) },
    { name: 'drop stale pages', everyMs: 60_000, run: () => dropStalePages(app) },
  ];
}
