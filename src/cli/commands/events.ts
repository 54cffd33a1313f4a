/** `tender events`, declared. */
import { filter, idOf, KEY_OPTION, LIST_OPTIONS, resource } from '../resource.ts';

export const events = resource({
  name: 'events',
  summary: 'show events, and send them to your endpoints again',
  examples: [
    { line: 'tender events list', does: 'the last twenty' },
    { line: 'tender events list --type payment.succeeded --all' },
    { line: 'tender events list --object ps_…', does: 'everything that happened to one object' },
    { line: 'tender events list --after 120', does: 'what came after number 120' },
    { line: 'tender events get evt_…' },
    { line: 'tender events resend evt_…', does: 'to every endpoint that it was sent to' },
    { line: 'tender events resend evt_… --endpoint whe_…', does: 'to this one' },
    { line: 'tender events replay whe_… --since 2027-01-31', does: 'all that this endpoint missed since then' },
    { line: 'tender events replay whe_… --since 2h' },
  ],
  verbs: [
    {
      name: 'list',
      summary: 'the newest events, oldest of them first; with a filter from the first event on',
      options: [
        filter('type', 'type', 'only of this type, such as payment.succeeded'),
        filter('object', 'object_id', 'only of this object'),
        { name: 'after', value: 'N', help: 'only after this sequence number', query: 'after', as: 'integer' },
        ...LIST_OPTIONS,
      ],
      columns: ['sequence', 'timestamp', 'type', 'id', 'data.id'],
      ask: async (tender, { query }, given) => (await import('../newest-events.ts')).listEvents(tender, query, given),
    },
    {
      name: 'get',
      summary: 'one event, as it was sent',
      words: idOf('evt', 'an event'),
      ask: (tender, { id }) => tender.events.get(id),
    },
    {
      name: 'resend',
      summary: 'send one event again, also where it was delivered',
      words: idOf('evt', 'an event'),
      options: [{ name: 'endpoint', value: 'ID', help: 'only to this endpoint' }],
      columns: ['id', 'event_id', 'webhook_endpoint_id', 'status', 'next_attempt_at'],
      ask: async (tender, { id }, given) =>
        (await import('../resending.ts')).resend(tender, { eventId: id, endpointId: given.text('endpoint') }),
    },
    {
      name: 'replay',
      summary: 'send what an endpoint missed; what it has is not repeated',
      words: idOf('whe', 'a webhook endpoint'),
      options: [
        { name: 'since', value: 'TIME', help: 'an instant, a date (UTC), or as long ago: 90m, 2h, 7d' },
        KEY_OPTION,
      ],
      ask: async (tender, { id, call }, given) =>
        (await import('../resending.ts')).replay(tender, { endpointId: id, since: given.text('since') }, call),
    },
  ],
});
