/** The end of a mandate, whatever brings it: its subscription ends with it, in the same transaction. */
import type { Decision } from '../domain/errors.ts';
import type { Mandate } from '../domain/mandate.ts';
import type { Changes } from './apply.ts';
import type { Context } from './context.ts';
import { endSubscriptionWith } from './subscription-begin.ts';

/**
 * Adds the mandate's end to a transaction, and that of its subscription: `revoked` cancels it, `ended` ends it. `but` names a
 * subscription that the same transaction changes anyway: whoever changes it takes its end into account.
 */
export async function addMandateEnd(
  context: Context,
  changes: Changes,
  ending: { decision: Decision<Mandate>; but?: string | undefined },
): Promise<void> {
  const { decision, but } = ending;
  changes.mandate(decision);
  const { subscriptionId } = decision.next;
  if (decision.unchanged || subscriptionId === undefined || subscriptionId === but) return;
  await endSubscriptionWith(context, changes, { mandate: decision.next, subscriptionId });
}
