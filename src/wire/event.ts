/**
 * The public face of an event: an envelope around the object as it was after the change. The object's JSON was made once, with
 * the change, and is never made again: so an event is the same bytes in every answer and on every try to deliver it.
 */
import { Type } from '@sinclair/typebox';
import { EVENT_TYPES } from '../domain/events.ts';
import { type Timestamp, toIso } from '../lib/time.ts';
import { Id, Instant, listOf, Mode, open, words } from './schema.ts';

export const EventSchema = open(
  'Event',
  {
    id: Id('evt', 'The event; the same on every try to deliver it.'),
    type: words(EVENT_TYPES, 'What happened.'),
    timestamp: Instant('When it happened.'),
    sequence: Type.Integer({
      minimum: 1,
      description:
        'Rises by one from event to event, without gaps, and never contradicts the order of changes of one object.',
    }),
    mode: Mode(),
    data: Type.Object({}, { additionalProperties: true, description: 'The whole object as it was after the change.' }),
  },
  'A fact, written together with the change it reports.',
);

export const EventListSchema = listOf(EventSchema);

export interface EventToRender {
  id: string;
  type: string;
  sequence: number;
  occurredAt: Timestamp;
  /** JSON text. */
  data: string;
}

/** JSON text. Ids and types need no escapes. */
export function renderEvent(event: EventToRender, mode: 'test' | 'live'): string {
  return `{"id":"${event.id}","type":"${event.type}","timestamp":"${toIso(event.occurredAt)}","sequence":${event.sequence},"mode":"${mode}","data":${event.data}}`;
}

/** JSON text of a list answer. */
export function renderEvents(events: readonly EventToRender[], mode: 'test' | 'live'): string {
  return `{"data":[${events.map((event) => renderEvent(event, mode)).join(',')}]}`;
}
