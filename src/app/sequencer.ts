/**
 * Gives committed events their numbers and makes the deliveries that follow from them. An event gets its number only once it
 * and everything its object did before are committed, and numbers are given in one statement per tenant without a gap: so a
 * reader that goes on after the last number it saw misses nothing.
 */
import { inOrder } from '../domain/sequence.ts';
import { laneOf, wants } from '../domain/webhook.ts';
import { Stale } from '../store/database.ts';
import { type DeliveryDraft, findUnnumbered, type Unnumbered, writeNumbers } from '../store/sequence.ts';
import type { App } from './context.ts';

/** Tenants read at once. */
const TENANTS_AT_ONCE = 50;

/**
 * One pass: numbers up to about `limit` events of each tenant that has some, and answers how many. 0 means that nothing was
 * waiting, or that another process was faster with all of it.
 */
export async function sequenceEvents(app: App, limit = 1_000): Promise<number> {
  let numbered = 0;
  let afterTenant = '';
  for (;;) {
    const found = await findUnnumbered(app.database, { tenants: TENANTS_AT_ONCE, events: limit, afterTenant });
    const passes = await Promise.all(found.map((unnumbered) => sequenceTenant(app, unnumbered)));
    if (passes.some((pass) => pass.deliveries > 0)) app.nudge.tap('deliveries');
    numbered += passes.reduce((sum, pass) => sum + pass.events, 0);
    if (found.length < TENANTS_AT_ONCE) return numbered;
    afterTenant = found.at(-1)!.tenantId;
  }
}

async function sequenceTenant(app: App, unnumbered: Unnumbered): Promise<{ events: number; deliveries: number }> {
  const { tenantId, lastSequence } = unnumbered;
  const events = inOrder(unnumbered.events);
  if (events.length === 0) return { events: 0, deliveries: 0 };
  const deliveries = draftDeliveries(app, { ...unnumbered, events });
  try {
    const eventIds = events.map(({ id }) => id);
    await writeNumbers(app.database, { tenantId, lastSequence, eventIds, deliveries, at: app.system.clock.now() });
    return { events: events.length, deliveries: deliveries.length };
  } catch (error) {
    if (error instanceof Stale) return { events: 0, deliveries: 0 };
    throw error;
  }
}

function draftDeliveries(app: App, { events, subscribers, lastSequence }: Unnumbered): DeliveryDraft[] {
  if (subscribers.length === 0) return [];
  const drafts: DeliveryDraft[] = [];
  for (const subscriber of subscribers) {
    const lanes = new Set<string>();
    events.forEach((event, place) => {
      if (!wants(subscriber, event)) return;
      const lane = laneOf(subscriber.ordering, event);
      drafts.push({
        id: app.system.ids.next('dlv'),
        endpointId: subscriber.id,
        eventId: event.id,
        eventType: event.type,
        sequence: lastSequence + place + 1,
        lane,
        follows: lanes.has(lane),
      });
      lanes.add(lane);
    });
  }
  return drafts;
}
