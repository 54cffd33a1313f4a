/**
 * What an answer of a bank means for the card behind it, its saved method and its mandates. Adds to the transaction of the outcome.
 */
import type { Mandate } from '../domain/mandate.ts';
import type { Outcome } from '../processors/processor.ts';
import type { Changes } from './apply.ts';
import type { Context } from './context.ts';
import type { ChargeInFlight } from './in-flight.ts';

type Of<K extends Outcome['kind']> = Extract<Outcome, { kind: K }>;

/**
 * After a decline: what counts, blocks, waits, holds and revocations. Answers the mandate of this charge as it stands then, if this
 * changed it; its subscription is then told by the caller, that of other mandates here (`addMandateEnd`, `but`).
 */
export async function declineAftermath(
  _context: Context,
  _changes: Changes,
  _after: { now: ChargeInFlight; declined: Of<'declined'> },
): Promise<{ mandate?: Mandate }> {
  return {};
}

/** After a success: what is forgotten, holds that it lifts, and news from the processor's card updater. `ended`: this charge ended its mandate. */
export async function successAftermath(
  _context: Context,
  _changes: Changes,
  _after: { now: ChargeInFlight; approved: Of<'approved'>; ended: Mandate | undefined },
): Promise<void> {}
