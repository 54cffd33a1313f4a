/** A webhook endpoint: where a tenant's events are sent, which of them, and in what order. */

import { assert } from '../lib/assert.ts';
import { DAY, plus, type Timestamp, toIso } from '../lib/time.ts';
import { type Decision, reject, type Verdict } from './errors.ts';
import { EVENT_TYPES, type EventType } from './events.ts';

/** `per_object`: a later event of an object waits until the earlier ones are delivered or given up. */
export type Ordering = 'per_object' | 'none';

/** `requested`: by the merchant. `failing`: no try succeeded for {@link FAILING_LIMIT_MS}. `gone`: the receiver answered 410. */
export type DisabledReason = 'requested' | 'failing' | 'gone';

export const ALL_EVENTS = '*';

/** What `event_types` may hold. */
export const SUBSCRIPTIONS: readonly string[] = [ALL_EVENTS, ...EVENT_TYPES];

export interface WebhookEndpoint {
  tenantId: string;
  id: string;
  version: number;
  /** 1–16: the place it takes among the tenant's endpoints. */
  slot?: number;
  url: string;
  description?: string;
  /** Types of the catalogue, or `*` for all. */
  eventTypes: readonly string[];
  ordering: Ordering;
  /** Most tries at once: 1 to {@link MOST_CONCURRENCY}. */
  concurrency: number;
  enabled: boolean;
  disabledReason?: DisabledReason;
  disabledAt?: Timestamp;
  /** Opened only to sign. Gone with the endpoint. */
  sealedSecret?: Buffer;
  /** The secret before it, which signs beside it for a while; `until` is real time, as signatures are. */
  previousSecret?: PreviousSecret;
  createdAt: Timestamp;
  updatedAt: Timestamp;
  deletedAt?: Timestamp;
}

export interface PreviousSecret {
  sealed: Buffer;
  until: Timestamp;
}

export const ENDPOINT_LIMIT = 16;

/** Most tries to one endpoint at once, in each process that delivers, unless the merchant says otherwise; and what they may say. */
export const CONCURRENCY = 8;
export const MOST_CONCURRENCY = 32;

/** Random bytes of a secret (Standard Webhooks 1.0 asks for 24 to 64). */
export const SECRET_BYTES = 32;

/** How long a replaced secret signs beside the new one unless the merchant says otherwise, and the longest they may say. */
export const SECRET_OVERLAP_MS = DAY;
export const LONGEST_OVERLAP_MS = 7 * DAY;

/** What the secret is sealed for. */
export const SECRET_PURPOSE = 'webhook_secret';

export type EndpointFields = Pick<WebhookEndpoint, 'url' | 'description' | 'eventTypes' | 'ordering' | 'concurrency'>;

/** A new endpoint; `slot` is a free place, or undefined when all are taken. */
export function createEndpoint(
  facts: EndpointFields & {
    tenantId: string;
    id: string;
    enabled: boolean;
    sealedSecret: Buffer;
    slot: number | undefined;
    createdAt: Timestamp;
  },
): Verdict<WebhookEndpoint> {
  const { enabled, slot, ...rest } = facts;
  if (slot === undefined) {
    return reject(
      'webhook_endpoint_limit',
      `There are ${ENDPOINT_LIMIT} webhook endpoints already: delete one, or let one endpoint receive more types.`,
    );
  }
  const state = enabled ? ON : off('requested', facts.createdAt);
  return {
    next: { ...rest, ...state, slot, version: 1, updatedAt: facts.createdAt },
    events: ['webhook_endpoint.created'],
  };
}

/** What a merchant may change; `undefined` leaves a field as it is. */
export interface EndpointPatch {
  url?: string;
  description?: string;
  eventTypes?: readonly string[];
  ordering?: Ordering;
  concurrency?: number;
  enabled?: boolean;
}

/** The merchant changes an endpoint. Nothing new: nothing changes and no event is written. */
export function updateEndpoint(
  endpoint: WebhookEndpoint,
  patch: EndpointPatch,
  at: Timestamp,
): Decision<WebhookEndpoint> {
  const { enabled, ...fields } = patch;
  const switched = enabled !== undefined && enabled !== endpoint.enabled;
  if (!switched && !differs(endpoint, fields)) return { next: endpoint, events: [], unchanged: true };
  const { disabledReason, disabledAt, enabled: before, ...rest } = endpoint;
  const state = switched ? (enabled ? ON : off('requested', at)) : { enabled: before, ...stated(endpoint) };
  return changed({ ...rest, ...fields, ...state }, at, 'webhook_endpoint.updated');
}

/** Failures or a 410 answer switch the endpoint off. Off already: nothing changes. */
export function disableEndpoint(
  endpoint: WebhookEndpoint,
  reason: Exclude<DisabledReason, 'requested'>,
  at: Timestamp,
): Decision<WebhookEndpoint> {
  if (!endpoint.enabled) return { next: endpoint, events: [], unchanged: true };
  return changed({ ...endpoint, ...off(reason, at) }, at, 'webhook_endpoint.disabled');
}

/**
 * The merchant replaces the secret; the one before signs beside it for `overlapMs`. While an earlier one still does, a further
 * overlap is refused: a request repeated by mistake would end the secret that the receiver knows. Without overlap (a secret got
 * out) all older ones end at once. `now` is real time.
 */
export function rotateSecret(
  endpoint: WebhookEndpoint,
  order: { sealedSecret: Buffer; overlapMs: number; now: Timestamp },
  at: Timestamp,
): Verdict<WebhookEndpoint> {
  const { previousSecret, sealedSecret: sealed, ...rest } = endpoint;
  assert(sealed !== undefined, 'an endpoint that was not deleted has a secret');
  if (order.overlapMs > 0 && previousSecret !== undefined && order.now < previousSecret.until) {
    const until = toIso(previousSecret.until);
    return reject(
      'secret_rotation_under_way',
      `The secret was replaced a short while ago, and the one before it signs until ${until}. Rotate again after that, or with overlap_seconds 0, which ends both older secrets at once.`,
    );
  }
  const previous = order.overlapMs > 0 ? { previousSecret: { sealed, until: plus(order.now, order.overlapMs) } } : {};
  return changed({ ...rest, ...previous, sealedSecret: order.sealedSecret }, at, 'webhook_endpoint.updated');
}

/** The merchant deletes the endpoint: its place is free again and its secrets are forgotten. */
export function deleteEndpoint(endpoint: WebhookEndpoint, at: Timestamp): Decision<WebhookEndpoint> {
  const { slot: _, sealedSecret: __, previousSecret: ___, ...rest } = endpoint;
  const state = endpoint.enabled ? off('requested', at) : {};
  return changed({ ...rest, ...state, deletedAt: at }, at, 'webhook_endpoint.deleted');
}

/** The merchant asks for a sign of life. A ping is a version of its own, because each version tells an event once. */
export function pingEndpoint(endpoint: WebhookEndpoint, at: Timestamp): Verdict<WebhookEndpoint> {
  if (!endpoint.enabled) {
    return reject('webhook_endpoint_disabled', 'The webhook endpoint is disabled: set enabled to true and ping again.');
  }
  return changed(endpoint, at, 'webhook_endpoint.ping');
}

/** Does this event go to this endpoint? A ping goes to the endpoint it asks about, whatever that has subscribed to. */
export function wants(
  endpoint: Pick<WebhookEndpoint, 'id' | 'eventTypes'>,
  event: { type: string; objectId: string },
): boolean {
  if (event.type === PING) return event.objectId === endpoint.id;
  return endpoint.eventTypes.includes(ALL_EVENTS) || endpoint.eventTypes.includes(event.type);
}

/**
 * Deliveries of one lane go one after another: those of one object, or each event by itself where order is not asked for.
 * A ping is a question and not a change: it waits for nothing.
 */
export function laneOf(ordering: Ordering, event: { id: string; type: string; objectId: string }): string {
  return ordering === 'per_object' && event.type !== PING ? event.objectId : event.id;
}

const PING: EventType = 'webhook_endpoint.ping';
const ON = { enabled: true } as const;

function off(reason: DisabledReason, at: Timestamp) {
  return { enabled: false, disabledReason: reason, disabledAt: at } as const;
}

function stated({ disabledReason, disabledAt }: WebhookEndpoint) {
  return {
    ...(disabledReason === undefined ? {} : { disabledReason }),
    ...(disabledAt === undefined ? {} : { disabledAt }),
  };
}

function differs(endpoint: WebhookEndpoint, fields: Omit<EndpointPatch, 'enabled'>): boolean {
  return (Object.keys(fields) as (keyof typeof fields)[]).some(
    (name) => fields[name] !== undefined && String(fields[name]) !== String(endpoint[name]),
  );
}

function changed(endpoint: WebhookEndpoint, at: Timestamp, event: EventType): Decision<WebhookEndpoint> {
  return { next: { ...endpoint, version: endpoint.version + 1, updatedAt: at }, events: [event] };
}
