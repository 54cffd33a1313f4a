/** Where a mandate's life is its subscription's: it begins with it, moves over when the card is replaced, and ends with it. */
import type { Mandate } from '../domain/mandate.ts';
import type { Session } from '../domain/session.ts';
import type { Changes } from './apply.ts';
import type { Context } from './context.ts';

/** Adds the subscription that the session asked for; the mandate already bears its id. Created and ended at once if its time is over. */
export async function createSubscriptionFor(
  _context: Context,
  _changes: Changes,
  _begun: { mandate: Mandate; session: Session; subscriptionId: string },
): Promise<void> {}

/** The subscription goes on with the mandate that replaced its own; what the old card stopped is retried (mandates 6.3). */
export async function moveSubscription(
  _context: Context,
  _changes: Changes,
  _begun: { mandate: Mandate; session: Session; subscriptionId: string },
): Promise<void> {}

/** The mandate is final: revoked cancels its subscription, ended ends it. */
export async function endSubscriptionWith(
  _context: Context,
  _changes: Changes,
  _ending: { mandate: Mandate; subscriptionId: string },
): Promise<void> {}
