/** `tender webhooks`, declared. */
import { DATA_OPTION, filter, idOf, KEY_OPTION, LIST_OPTIONS, resource } from '../resource.ts';

const ENDPOINT = idOf('whe', 'a webhook endpoint');
const ONCE = 'The secret is shown once: keep it where secrets are kept.';

export const webhooks = resource({
  name: 'webhooks',
  summary: 'add webhook endpoints, try them, see what was delivered',
  examples: [
    { line: 'tender webhooks create https://example.com/webhooks --event-type payment.succeeded' },
    { line: 'tender webhooks list' },
    { line: 'tender webhooks ping whe_…', does: 'send a ping, to see whether it arrives' },
    { line: 'tender webhooks deliveries whe_… --status exhausted', does: 'what never arrived' },
    { line: 'tender webhooks rotate-secret whe_… --overlap-seconds 3600' },
    { line: 'tender webhooks delete whe_…' },
  ],
  verbs: [
    {
      name: 'create',
      summary: 'add an endpoint, and print the secret that signs what is sent to it',
      words: [{ name: 'URL', what: 'the address of your endpoint' }],
      options: [
        {
          name: 'event-type',
          value: 'TYPE',
          help: 'only events of this type',
          body: 'event_types',
          as: 'list',
          repeats: true,
        },
        { name: 'description', value: 'TEXT', help: 'for you', body: 'description' },
        DATA_OPTION,
        KEY_OPTION,
      ],
      remark: ONCE,
      ask: (tender, { id: url, body, call }) => tender.webhookEndpoints.create({ ...(body as object), url }, call),
    },
    {
      name: 'list',
      summary: 'endpoints, newest first',
      options: LIST_OPTIONS,
      columns: ['id', 'enabled', 'url', 'event_types', 'disabled_reason', 'created_at'],
      ask: (tender) => tender.webhookEndpoints.list(),
    },
    {
      name: 'get',
      summary: 'one endpoint',
      words: ENDPOINT,
      ask: (tender, { id }) => tender.webhookEndpoints.get(id),
    },
    {
      name: 'deliveries',
      summary: 'what was sent to it, newest first',
      words: ENDPOINT,
      options: [
        filter('status', 'status', 'only of this status', ['pending', 'succeeded', 'exhausted']),
        ...LIST_OPTIONS,
      ],
      columns: ['id', 'status', 'event_type', 'event_id', 'next_attempt_at', 'created_at'],
      ask: (tender, { id, query }) => tender.webhookEndpoints.listDeliveries(id, query),
    },
    {
      name: 'ping',
      summary: 'send a ping event to it alone',
      words: ENDPOINT,
      options: [KEY_OPTION],
      ask: (tender, { id, call }) => tender.webhookEndpoints.ping(id, call),
    },
    {
      name: 'rotate-secret',
      summary: 'a new secret; the old one signs beside it for a while',
      words: ENDPOINT,
      options: [
        {
          name: 'overlap-seconds',
          value: 'N',
          help: 'how long; default a day',
          body: 'overlap_seconds',
          as: 'integer',
        },
        KEY_OPTION,
      ],
      remark: ONCE,
      ask: (tender, { id, body, call }) => tender.webhookEndpoints.rotateSecret(id, body, call),
    },
    {
      name: 'delete',
      summary: 'take it away; what is on its way to it is given up',
      words: ENDPOINT,
      options: [KEY_OPTION],
      ask: (tender, { id, call }) => tender.webhookEndpoints.delete(id, call),
    },
  ],
});
