/** Reading events: one by id, or in the order of their numbers. */
import { missing, Rejected } from '../domain/errors.ts';
import { type EventFilters, type EventPage, findEvent, listEvents, type NumberedEvent } from '../store/events.ts';
import type { Context } from './context.ts';

/** Throws Rejected with 404 for an unknown or foreign id. */
export async function getEvent(context: Context, id: string): Promise<NumberedEvent> {
  const event = await findEvent(context.database, context.tenant.id, id);
  if (event === undefined) throw new Rejected(missing('event_not_found'));
  return event;
}

/** One page by sequence. Who asks again after the last number seen misses nothing, however late a commit was. */
export function pageOfEvents(context: Context, list: { filters: EventFilters; page: EventPage }) {
  return listEvents(context.database, context.tenant.id, list);
}
