/** Mandates that a decline stops or ends, and what lets charges go on. Adds to a transaction that the caller commits. */
import { blocksInOrder } from '../domain/card-rules.ts';
import { holdCharges, liftHold } from '../domain/charge-hold.ts';
import { accepted } from '../domain/errors.ts';
import { type ChargeHold, type Mandate, revokeMandate } from '../domain/mandate.ts';
import { findWatchedCard, holdCard } from '../store/cards.ts';
import type { Changes } from './apply.ts';
import { cardKeyOf } from './card-watch.ts';
import type { Context } from './context.ts';
import { addMandateEnd } from './ending-mandates.ts';
import type { ChargeInFlight } from './in-flight.ts';
import { retryAfterHold } from './subscription-begin.ts';

/** Stops charges under each; those that are stopped as hard already stay as they are. Answers them as they stand then. */
export function stopCharges(
  context: Context,
  changes: Changes,
  { mandates, hold }: { mandates: readonly Mandate[]; hold: Pick<ChargeHold, 'rule' | 'liftedBy'> },
): Mandate[] {
  return mandates.map((mandate) => {
    const decision = holdCharges(mandate, hold, context.at);
    changes.mandate(decision);
    return decision.next;
  });
}

/**
 * The hold with which a mandate begins whose card is closed to charges. The card stays as it was read until the commit: a block that is
 * lifted at the same moment leaves no hold behind.
 */
export async function holdOfClosedCard(
  { database }: Context,
  changes: Changes,
  { attempt, unwatched }: ChargeInFlight,
): Promise<{ chargeHold?: ChargeHold }> {
  if (unwatched) return {};
  const key = cardKeyOf(attempt);
  const card = await findWatchedCard(database, key);
  const [block] = card === undefined ? [] : blocksInOrder(card);
  if (card === undefined || block === undefined) return {};
  changes.lastly((tx) => holdCard(tx, key, card.version));
  return { chargeHold: { rule: block.rule, since: block.since, liftedBy: 'operator' } };
}

/** Ends each, and its subscription with it; `but` names a subscription that the caller tells. Answers them as they stand then. */
export async function revokeForNetwork(
  context: Context,
  changes: Changes,
  { mandates, but }: { mandates: readonly Mandate[]; but: string | undefined },
): Promise<Mandate[]> {
  const ended: Mandate[] = [];
  for (const mandate of mandates) {
    const decision = accepted(revokeMandate(mandate, 'network_revocation', context.at));
    await addMandateEnd(context, changes, { decision, but });
    ended.push(decision.next);
  }
  return ended;
}

/**
 * Charges under each may go on, and what its subscription could not charge is tried again. `but` names a subscription that the caller
 * tells. The only place where a hold goes.
 */
export async function liftHolds(
  context: Context,
  changes: Changes,
  { mandates, but }: { mandates: readonly Mandate[]; but?: string | undefined },
): Promise<void> {
  for (const mandate of mandates) {
    const decision = liftHold(mandate, context.at);
    changes.mandate(decision);
    const { subscriptionId } = mandate;
    if (decision.unchanged || subscriptionId === undefined || subscriptionId === but) continue;
    await retryAfterHold(context, changes, { subscriptionId });
  }
}
