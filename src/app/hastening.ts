/** What an endpoint that works again gets sooner than it was due: nothing that failed before has to wait for its next try. */
import { plus, SECOND, type Timestamp } from '../lib/time.ts';
import { type Moment, pullForward } from '../store/resending.ts';
import type { App } from './context.ts';

/** A claim of a delivery lasts at most this long: one that is due later is in nobody's hands. */
const LONGEST_CLAIM_MS = 30 * SECOND;

export function momentAt(now: Timestamp): Moment {
  return { now, idleFrom: plus(now, LONGEST_CLAIM_MS) };
}

/** Makes everything that waits for a later try at this endpoint due now. */
export async function hastenEndpoint(app: App, of: { tenantId: string; endpointId: string }): Promise<void> {
  if ((await pullForward(app.database, of, momentAt(app.system.clock.now()))) > 0) app.nudge.tap('deliveries');
}
