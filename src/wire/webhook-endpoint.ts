/** The public face of a webhook endpoint, and what a merchant may say about one. */
import { Type } from '@sinclair/typebox';
import { SUBSCRIPTIONS, type WebhookEndpoint } from '../domain/webhook.ts';
import { toIso } from '../lib/time.ts';
import { closed, Id, Instant, listOf, Mode, open, optional, words } from './schema.ts';

const ordering = () =>
  words(
    ['per_object', 'none'],
    '`per_object` (default): a later event of an object waits until the earlier ones are delivered or given up. `none`: nothing waits.',
  );

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
  'A webhook endpoint as its creation shows it.',
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
});

export const UpdateWebhookEndpointSchema = closed({
  url: optional(UrlInput),
  description: optional(DescriptionInput),
  event_types: optional(EventTypesInput),
  enabled: optional(EnabledInput),
  ordering: optional(ordering()),
});

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
    mode: options.mode,
    created_at: toIso(e.createdAt),
    updated_at: toIso(e.updatedAt),
  };
}
