/** What the end of a charge means for the due date it was made for, or that it takes. Adds to the transaction of the outcome. */
import type { Mandate } from '../domain/mandate.ts';
import type { Outcome } from '../processors/processor.ts';
import type { Changes } from './apply.ts';
import type { Context } from './context.ts';
import type { ChargeInFlight } from './in-flight.ts';

/**
 * The charge succeeded. `now.under` is there for charges without the payer; `ended` is its mandate if this charge ended it
 * (`mandate.ended` is told already: the subscription ends with it).
 */
export async function chargeSucceeded(
  _context: Context,
  _changes: Changes,
  _after: { now: ChargeInFlight; ended: Mandate | undefined },
): Promise<void> {}

/** The charge was declined. `mandate` is its mandate if the decline revoked it or put it on hold: the subscription is cancelled or waits. */
export async function chargeDeclined(
  _context: Context,
  _changes: Changes,
  _after: { now: ChargeInFlight; declined: Extract<Outcome, { kind: 'declined' }>; mandate: Mandate | undefined },
): Promise<void> {}
