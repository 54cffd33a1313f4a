/** `tender events list`: the API lists events from the first on; who types no more than that wants to see the last ones. */
import type { Event, ListEventsQuery, ListOf, Tender } from '../../sdk/src/tender.ts';
import type { Given } from './given.ts';
import { limitOf } from './request-parts.ts';
import { lastSequence } from './scenarios/event-trail.ts';

/** Without a filter the newest, by their numbers, which have no gaps. */
export async function listEvents(tender: Tender, query: ListEventsQuery, given: Given): Promise<ListOf<Event>> {
  const limit = limitOf(given);
  if (Object.keys(query).length > 0 || given.flag('all')) return tender.events.list(query);
  return tender.events.list({ after: Math.max(0, (await lastSequence(tender)) - limit) });
}
