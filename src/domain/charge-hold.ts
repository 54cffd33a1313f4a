/**
 * A hold on a mandate: charges without the payer stop until what was wrong is mended, and the mandate stays as agreed. A mandate
 * shows one hold, the one that is hardest to lift.
 */
import type { Timestamp } from '../lib/time.ts';
import type { Decision } from './errors.ts';
import type { ChargeHold, Mandate } from './mandate.ts';

/** What lifts a later one lifts an earlier one too. */
const RANKS: readonly ChargeHold['liftedBy'][] = ['customer_present_success', 'payment_method_update', 'operator'];

/** Stops charges under an active mandate, unless a hold that is as hard to lift stops them already. */
export function holdCharges(
  mandate: Mandate,
  hold: Pick<ChargeHold, 'rule' | 'liftedBy'>,
  at: Timestamp,
): Decision<Mandate> {
  const { chargeHold, status } = mandate;
  const stopped = chargeHold !== undefined && rankOf(chargeHold) >= rankOf(hold);
  if (status !== 'active' || stopped) return { next: mandate, events: [], unchanged: true };
  const { rule, liftedBy } = hold;
  return updated({ ...mandate, chargeHold: { rule, liftedBy, since: at } }, at);
}

/** Charges may go on. */
export function liftHold(mandate: Mandate, at: Timestamp): Decision<Mandate> {
  if (mandate.status !== 'active' || mandate.chargeHold === undefined)
    return { next: mandate, events: [], unchanged: true };
  const { chargeHold: _, ...rest } = mandate;
  return updated(rest, at);
}

/** One block of the card went and another still stands: that is what stops the mandate now. */
export function moveHold(mandate: Mandate, rule: string, at: Timestamp): Decision<Mandate> {
  const { chargeHold, status } = mandate;
  if (status !== 'active' || chargeHold === undefined) return { next: mandate, events: [], unchanged: true };
  return updated({ ...mandate, chargeHold: { ...chargeHold, rule } }, at);
}

/** True when what happened is enough to lift the mandate's hold. */
export function isLiftedBy({ chargeHold }: Mandate, cause: ChargeHold['liftedBy']): boolean {
  return chargeHold !== undefined && chargeHold.liftedBy === cause;
}

function rankOf({ liftedBy }: Pick<ChargeHold, 'liftedBy'>): number {
  return RANKS.indexOf(liftedBy);
}

function updated(mandate: Mandate, at: Timestamp): Decision<Mandate> {
  return { next: { ...mandate, version: mandate.version + 1, updatedAt: at }, events: ['mandate.updated'] };
}
