/** Routes of events: pulling what webhooks push, in the same bytes. */
import { Type } from '@sinclair/typebox';
import { getEvent, pageOfEvents } from '../../app/events.ts';
import { Rejected } from '../../domain/errors.ts';
import { EVENT_TYPES } from '../../domain/events.ts';
import { EventSchema, renderEvent, renderEvents } from '../../wire/event.ts';
import { listOf, optional, words } from '../../wire/schema.ts';
import { shapeRejection } from '../errors.ts';
import { listQuery } from '../lists.ts';
import type { Register } from '../route.ts';

const tag = 'Events';

export function eventRoutes(register: Register): void {
  register({
    method: 'GET',
    path: '/events',
    operationId: 'listEvents',
    summary: 'List events in the order of their sequence numbers',
    description:
      'To follow events, ask again with `after` set to the last sequence number you saw: numbers appear in order, so nothing is missed.',
    tag,
    keys: 'secret',
    idempotency: 'none',
    query: Type.Object(
      {
        ...listQuery,
        after: optional(
          Type.String({ pattern: '^(0|[1-9][0-9]{0,14})$', description: 'Only events after this sequence number.' }),
        ),
        type: optional(words(EVENT_TYPES, 'Only of this type.')),
        object_id: optional(Type.String({ maxLength: 64, description: 'Only about this object.' })),
      },
      { additionalProperties: false },
    ),
    success: { status: 200, schema: listOf(EventSchema), description: 'One page, oldest first.' },
    errors: [],
    async handle({ context, query }) {
      const filters = { type: query.type, objectId: query.object_id };
      const page = await pageOfEvents(context, { filters, page: eventPageFrom(query) });
      const headers: Record<string, string> = {};
      if (page.after !== undefined) headers['next-cursor'] = cursor('after', page.after);
      if (page.before !== undefined) headers['prev-cursor'] = cursor('before', page.before);
      return { body: renderEvents(page.items, context.tenant.mode), headers };
    },
  });
  register({
    method: 'GET',
    path: '/events/:id',
    operationId: 'getEvent',
    summary: 'Get an event',
    description: 'The event as it was and will be sent: its data is the object right after the change.',
    tag,
    keys: 'secret',
    idempotency: 'none',
    params: Type.Object({ id: Type.String() }),
    success: { status: 200, schema: EventSchema, description: 'The event.' },
    errors: ['event_not_found'],
    handle: async ({ context, params }) => ({
      body: renderEvent(await getEvent(context, params.id), context.tenant.mode),
    }),
  });
}

function cursor(direction: 'after' | 'before', sequence: number): string {
  return Buffer.from(`${direction}:${sequence}`).toString('base64url');
}

/** Where the page begins. Throws Rejected with 400 for a cursor that none of our answers held, or for two beginnings. */
function eventPageFrom(query: { limit?: string; cursor?: string; after?: string }) {
  const limit = Number(query.limit ?? 20);
  if (query.cursor === undefined) {
    return { limit, from: { direction: 'after' as const, sequence: Number(query.after ?? 0) } };
  }
  if (query.after !== undefined) refuse('query/after', 'not_applicable', 'Send either `after` or `cursor`.');
  const text = Buffer.from(query.cursor, 'base64url').toString('latin1');
  const match = /^(after|before):(\d{1,15})$/.exec(text);
  if (match === null) refuse('query/cursor', 'invalid_value', 'This is not a cursor of an earlier answer.');
  return { limit, from: { direction: match[1] as 'after' | 'before', sequence: Number(match[2]) } };
}

function refuse(pointer: string, code: string, detail: string): never {
  throw new Rejected(shapeRejection([{ pointer, code, detail }]));
}
