/** The public face of a webhook endpoint, and what a merchant may say about one. */
import { Type } from '@sinclair/typebox';
import {
  CONCURRENCY,
  LONGEST_OVERLAP_MS,
  MOST_CONCURRENCY,
  SECRET_OVERLAP_MS,
  SUBSCRIPTIONS,
  type WebhookEndpoint,
} from '../domain/webhook.ts';
import { SECOND, toIso } from '../lib/time.ts';
import { closed, Id, Instant, listOf, Mode, open, optional, words } from './schema.ts';

const ordering = () =>
  words(
    ['per_object', 'none'],
    '`per_object` (default): a later event of an object waits until the earlier ones are delivered or given up. `none`: nothing waits.',
  );

const concurrency = () =>
  Type.Integer({
    minimum: 1,
    maximum: MOST_CONCURRENCY,
    description: `Most requests to it at once from each process that delivers; ${CONCURRENCY} by default. While none succeeds, no more than ${CONCURRENCY}.`,
  });

const endpoint = {
  id: Id('whe', 'The endpoint.'),
  url: Type.String({ description: 'Where events are sent by POST.' }),
  description: optional(Type.String({ description: 'Your own words.' })),
  event_types: Type.Array(Type.String(), { description: 'Types of events that are sent; `*` for all.' }),
  enabled: Type.Boolean({ description: 'Nothing is sent to a disabled endpoint.' }),
  disabled_reason: optional(
    words(
      ['requested', 'failing', 'gone'],
      '`requested`: by you. `failing`: no delivery succeeded for five days. `gone`: the receiver answered 410.',
    ),
  ),
  disabled_at: optional(Instant('When it was disabled.')),
  ordering: ordering(),
  concurrency: concurrency(),
  previous_secret_valid_until: optional(
    Instant('Until then the secret before the present one signs too. Absent when the secret was not replaced.'),
  ),
  mode: Mode(),
  created_at: Instant('When it was created.'),
  updated_at: Instant('When it last changed.'),
};

export const WebhookEndpointSchema = open('WebhookEndpoint', endpoint, 'Where your events are sent, and which.');

export const WebhookEndpointListSchema = listOf(WebhookEndpointSchema);

export const NewWebhookEndpointSchema = open(
  'NewWebhookEndpoint',
  {
    ...endpoint,
    secret: Type.String({ description: 'Signs every delivery (Standard Webhooks). Shown here and never again.' }),
  },
  'A webhook endpoint as its creation and a new secret show it.',
);

const UrlInput = Type.String({
  minLength: 1,
  maxLength: 2048,
  description: 'https; in test mode also http for localhost. No user name or password.',
});
const DescriptionInput = Type.String({ maxLength: 500, description: 'Your own words, at most 500 characters.' });
const EventTypesInput = Type.Array(words(SUBSCRIPTIONS, 'A type of the event catalogue, or `*`.'), {
  minItems: 1,
  maxItems: SUBSCRIPTIONS.length,
  uniqueItems: true,
  description: 'Types of events to send; `*` for all, which is the default.',
});
const EnabledInput = Type.Boolean({ description: 'Default true.' });

export const CreateWebhookEndpointSchema = closed({
  url: UrlInput,
  description: optional(DescriptionInput),
  event_types: optional(EventTypesInput),
  enabled: optional(EnabledInput),
  ordering: optional(ordering()),
  concurrency: optional(concurrency()),
});

export const UpdateWebhookEndpointSchema = closed({
  url: optional(UrlInput),
  description: optional(DescriptionInput),
  event_types: optional(EventTypesInput),
  enabled: optional(EnabledInput),
  ordering: optional(ordering()),
  concurrency: optional(concurrency()),
});

export const RotateSecretSchema = closed({
  overlap_seconds: optional(
    Type.Integer({
      minimum: 0,
      maximum: LONGEST_OVERLAP_MS / SECOND,
      description: `For how many seconds the present secret goes on signing beside the new one; ${SECRET_OVERLAP_MS / SECOND} if left out. 0: it ends at once.`,
    }),
  ),
});

export const RecoverSchema = closed({
  since: Type.String({
    format: 'date-time',
    maxLength: 40,
    description: 'Events with this timestamp or a later one (ISO 8601 with a zone).',
  }),
});

const sequence = (description: string) => Type.Integer({ minimum: 0, description });

export const WebhookRecoverySchema = open(
  'WebhookRecovery',
  {
    webhook_endpoint_id: Id('whe', 'The endpoint.'),
    since: Instant('Events with this timestamp or a later one are looked at.'),
    after_sequence: sequence('It begins after the event of this number.'),
    until_sequence: sequence('It ends with the event of this number, the newest one when it was asked for.'),
  },
  'A recovery that has begun; its deliveries are listed under the endpoint.',
);

/** The endpoint as API answers and events show it: never with its secret. */
export function renderWebhookEndpoint(e: WebhookEndpoint, options: { mode: 'test' | 'live' }) {
  return {
    id: e.id,
    url: e.url,
    description: e.description,
    event_types: e.eventTypes,
    enabled: e.enabled,
    disabled_reason: e.disabledReason,
    disabled_at: e.disabledAt && toIso(e.disabledAt),
    ordering: e.ordering,
    concurrency: e.concurrency,
    previous_secret_valid_until: e.previousSecret && toIso(e.previousSecret.until),
    mode: options.mode,
    created_at: toIso(e.createdAt),
    updated_at: toIso(e.updatedAt),
  };
}
