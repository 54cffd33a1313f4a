/** The public face of a delivery: one event on its way to one endpoint, and every try. */
import { Type } from '@sinclair/typebox';
import { type Delivery, type DeliveryTry, headersOf, TRY_FAILURES } from '../domain/webhook-delivery.ts';
import { toIso } from '../lib/time.ts';
import { Id, Instant, listOf, open, optional, words } from './schema.ts';

const failures = Object.entries(TRY_FAILURES)
  .map(([name, meaning]) => `\`${name}\`: ${meaning}`)
  .join(' ');

export const DeliveryTrySchema = Type.Object(
  {
    number: Type.Integer({ minimum: 1, description: 'From 1.' }),
    at: Instant('When it began.'),
    latency_ms: Type.Integer({ minimum: 0, description: 'Milliseconds it took.' }),
    status: optional(Type.Integer({ description: 'HTTP status of the answer, when there was one.' })),
    failure: optional(words(Object.keys(TRY_FAILURES), `Why it did not succeed. ${failures}`)),
    answer: Type.String({ description: 'The first 4 kB of the answer.' }),
    request: optional(
      Type.Object(
        {
          url: Type.String({ description: 'Where it was sent.' }),
          headers: Type.Record(Type.String(), Type.String(), {
            description: 'As they were sent, signatures included.',
          }),
        },
        {
          description: 'What was sent. Its body is the event, byte for byte as `GET /collect/events/{id}` answers it.',
        },
      ),
    ),
  },
  { title: 'DeliveryTry' },
);

export const DeliveryStatusSchema = words(
  ['pending', 'succeeded', 'exhausted'],
  '`exhausted`: given up after the last try, or because the endpoint was deleted.',
);

export const DeliverySchema = open(
  'Delivery',
  {
    id: Id('dlv', 'The delivery.'),
    event_id: Id('evt', 'The event that is delivered.'),
    event_type: Type.String({ description: 'Its type.' }),
    webhook_endpoint_id: Id('whe', 'Where it goes.'),
    status: DeliveryStatusSchema,
    next_attempt_at: optional(
      Instant('When it is tried next. Absent when it ended, or waits for an earlier event of the same object.'),
    ),
    tries: Type.Array(DeliveryTrySchema, { description: 'Oldest first.' }),
    created_at: Instant('When it was created.'),
  },
  'One event on its way to one endpoint.',
);

export const DeliveryListSchema = listOf(DeliverySchema);

export function renderDelivery(delivery: Delivery) {
  return {
    id: delivery.id,
    event_id: delivery.eventId,
    event_type: delivery.eventType,
    webhook_endpoint_id: delivery.endpointId,
    status: delivery.status,
    next_attempt_at: delivery.nextAttemptAt && toIso(delivery.nextAttemptAt),
    tries: delivery.tries.map((tried) => renderTry(tried, delivery.eventId)),
    created_at: toIso(delivery.createdAt),
  };
}

function renderTry(tried: DeliveryTry, eventId: string) {
  return {
    number: tried.number,
    at: toIso(tried.at),
    latency_ms: tried.latencyMs,
    status: tried.status,
    failure: tried.failure,
    answer: tried.answer,
    request: tried.sent && {
      url: tried.sent.url,
      headers: headersOf(eventId, { at: tried.at, signature: tried.sent.signature }),
    },
  };
}
