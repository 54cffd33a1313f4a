/** `tender events resend` and `replay`: the deliveries of one event once more, or everything that an endpoint missed. */
import type { CallOptions, Delivery, Tender, WebhookRecovery } from '../../sdk/src/tender.ts';
import { DAY, HOUR, MINUTE, SECOND } from '../lib/time.ts';
import { Usage } from './usage.ts';

/** Retries every delivery of the event; throws where it was sent nowhere. */
export async function resend(
  tender: Tender,
  { eventId, endpointId }: { eventId: string; endpointId: string | undefined },
): Promise<Delivery[]> {
  const event = await tender.events.get(eventId);
  const endpoints = endpointId === undefined ? await allEndpoints(tender) : [endpointId];
  const found: Delivery[] = [];
  for (const id of endpoints) {
    const delivery = await deliveryOf(tender, { endpointId: id, event });
    if (delivery !== undefined) found.push(await tender.deliveries.retry(delivery.id));
  }
  if (found.length > 0) return found;
  const where = endpointId === undefined ? 'any endpoint' : endpointId;
  throw new Error(
    `${eventId} was never sent to ${where}. \`tender events replay ${endpointId ?? 'whe_…'} --since ${event.timestamp}\` sends what an endpoint missed.`,
  );
}

async function allEndpoints(tender: Tender): Promise<string[]> {
  const ids: string[] = [];
  for await (const { id } of tender.webhookEndpoints.list()) ids.push(id);
  return ids;
}

/** Deliveries are listed newest first, and none is older than its event: behind that there is nothing to look for. */
async function deliveryOf(
  tender: Tender,
  { endpointId, event }: { endpointId: string; event: { id: string; timestamp: string } },
): Promise<Delivery | undefined> {
  for await (const delivery of tender.webhookEndpoints.listDeliveries(endpointId)) {
    if (delivery.event_id === event.id) return delivery;
    if (delivery.created_at < event.timestamp) return undefined;
  }
  return undefined;
}

export function replay(
  tender: Tender,
  { endpointId, since }: { endpointId: string; since: string | undefined },
  call: CallOptions,
): Promise<WebhookRecovery> {
  if (since === undefined) throw new Usage('Since when? --since 2h, 7d, or an instant such as 2027-01-31T12:00:00Z.');
  return tender.webhookEndpoints.recover(endpointId, { since: instantOf(since) }, call);
}

const UNITS: Readonly<Record<string, number>> = { s: SECOND, m: MINUTE, h: HOUR, d: DAY, w: 7 * DAY };

function instantOf(typed: string): string {
  const [, count, unit = ''] = /^(\d{1,6})([smhdw])$/.exec(typed) ?? [];
  if (count !== undefined) return new Date(Date.now() - Number(count) * UNITS[unit]!).toISOString();
  const at = /^\d{4}-\d{2}-\d{2}(T|$)/.test(typed) ? Date.parse(typed) : Number.NaN;
  if (Number.isNaN(at))
    throw new Usage(`--since is 2h, 7d, a date or an instant such as 2027-01-31T12:00:00Z, not "${typed}".`);
  return new Date(at).toISOString();
}
