/** Routes of webhook endpoints. */
import { type Static, Type } from '@sinclair/typebox';
import { recoverEndpoint } from '../../app/resending.ts';
import {
  createWebhookEndpoint,
  getWebhookEndpoint,
  pageOfDeliveries,
  pageOfWebhookEndpoints,
  patchWebhookEndpointOnce,
  pingWebhookEndpoint,
  removeWebhookEndpoint,
  rotateWebhookSecret,
} from '../../app/webhooks.ts';
import { Rejected } from '../../domain/errors.ts';
import { type EndpointPatch, SECRET_OVERLAP_MS } from '../../domain/webhook.ts';
import { fromIso, SECOND, type Timestamp } from '../../lib/time.ts';
import { DeliverySchema, DeliveryStatusSchema, renderDelivery } from '../../wire/delivery.ts';
import { listOf, optional } from '../../wire/schema.ts';
import {
  CreateWebhookEndpointSchema,
  NewWebhookEndpointSchema,
  RecoverSchema,
  RotateSecretSchema,
  renderWebhookEndpoint,
  UpdateWebhookEndpointSchema,
  WebhookEndpointSchema,
  WebhookRecoverySchema,
} from '../../wire/webhook-endpoint.ts';
import { shapeRejection } from '../errors.ts';
import { listQuery, listResult, pageFrom } from '../lists.ts';
import type { Register } from '../route.ts';

const byId = Type.Object({ id: Type.String() });
const tag = 'Webhooks';

export function webhookEndpointRoutes(register: Register): void {
  changeRoutes(register);
  readRoutes(register);
  sendingRoutes(register);
}

function changeRoutes(register: Register): void {
  register({
    method: 'POST',
    path: '/webhook_endpoints',
    operationId: 'createWebhookEndpoint',
    summary: 'Add a webhook endpoint',
    description: 'The answer holds the secret that signs every delivery. It is not shown again.',
    tag,
    keys: 'secret',
    idempotency: 'required',
    body: CreateWebhookEndpointSchema,
    success: { status: 201, schema: NewWebhookEndpointSchema, description: 'The endpoint and its secret.' },
    errors: ['webhook_url_not_allowed', 'webhook_endpoint_limit'],
    handle: ({ context, body, idempotency }) => createWebhookEndpoint(context, { body, idempotency }),
  });
  register({
    method: 'PATCH',
    path: '/webhook_endpoints/:id',
    operationId: 'updateWebhookEndpoint',
    summary: 'Change a webhook endpoint',
    description: 'With `enabled: true` an endpoint that was switched off gets at once what is due to it.',
    tag,
    keys: 'secret',
    idempotency: 'optional',
    params: byId,
    body: UpdateWebhookEndpointSchema,
    success: { status: 200, schema: WebhookEndpointSchema, description: 'The endpoint after the change.' },
    errors: ['webhook_endpoint_not_found', 'webhook_url_not_allowed'],
    handle: ({ context, params, body, idempotency }) =>
      patchWebhookEndpointOnce(context, params.id, { patch: patchOf(body), idempotency }),
  });
  register({
    method: 'DELETE',
    path: '/webhook_endpoints/:id',
    operationId: 'deleteWebhookEndpoint',
    summary: 'Delete a webhook endpoint',
    description: 'What was still on its way to it is given up.',
    tag,
    keys: 'secret',
    idempotency: 'none',
    params: byId,
    success: { status: 204, description: 'Deleted.' },
    errors: ['webhook_endpoint_not_found'],
    async handle({ context, params }) {
      await removeWebhookEndpoint(context, params.id);
      return { empty: true };
    },
  });
}

function sendingRoutes(register: Register): void {
  register({
    method: 'POST',
    path: '/webhook_endpoints/:id/ping',
    operationId: 'pingWebhookEndpoint',
    summary: 'Send a ping to a webhook endpoint',
    description: 'A `webhook_endpoint.ping` event goes to this endpoint alone, whatever types it has asked for.',
    tag,
    keys: 'secret',
    idempotency: 'optional',
    params: byId,
    success: { status: 200, schema: WebhookEndpointSchema, description: 'The endpoint; the ping is on its way.' },
    errors: ['webhook_endpoint_not_found', 'webhook_endpoint_disabled'],
    handle: ({ context, params, idempotency }) => pingWebhookEndpoint(context, params.id, idempotency),
  });
  register({
    method: 'POST',
    path: '/webhook_endpoints/:id/rotate_secret',
    operationId: 'rotateWebhookSecret',
    summary: 'Replace the secret of a webhook endpoint',
    description:
      'The answer holds the new secret, which is not shown again. The one before signs beside it for a day or as long as you say, so that deliveries verify with either.',
    tag,
    keys: 'secret',
    idempotency: 'optional',
    params: byId,
    body: RotateSecretSchema,
    success: { status: 200, schema: NewWebhookEndpointSchema, description: 'The endpoint and its new secret.' },
    errors: ['webhook_endpoint_not_found', 'secret_rotation_under_way'],
    handle: ({ context, params, body, idempotency }) => {
      const { overlap_seconds: seconds } = body;
      const overlapMs = seconds === undefined ? SECRET_OVERLAP_MS : seconds * SECOND;
      return rotateWebhookSecret(context, params.id, { overlapMs, idempotency });
    },
  });
  register({
    method: 'POST',
    path: '/webhook_endpoints/:id/recover',
    operationId: 'recoverWebhookEndpoint',
    summary: 'Send everything that an endpoint missed',
    description:
      'Of the events since a moment, those that were given up are sent again, and those of types that the endpoint has asked for and was never sent, for it was disabled or did not exist, are sent for the first time. What was delivered is not repeated. It happens in the background, beside new events.',
    tag,
    keys: 'secret',
    idempotency: 'optional',
    params: byId,
    body: RecoverSchema,
    success: { status: 202, schema: WebhookRecoverySchema, description: 'The recovery has begun.' },
    errors: ['webhook_endpoint_not_found', 'webhook_endpoint_disabled'],
    handle: ({ context, params, body, idempotency }) =>
      recoverEndpoint(context, params.id, { since: sinceOf(body), idempotency }),
  });
}

function sinceOf({ since }: Static<typeof RecoverSchema>): Timestamp {
  const at = fromIso(since);
  if (at !== undefined) return at;
  const detail = 'This is no moment: give a date and time with a zone, such as 2026-01-31T00:00:00Z.';
  throw new Rejected(shapeRejection([{ pointer: '/since', code: 'invalid_value', detail }]));
}

function readRoutes(register: Register): void {
  register({
    method: 'GET',
    path: '/webhook_endpoints',
    operationId: 'listWebhookEndpoints',
    summary: 'List webhook endpoints, newest first',
    description: 'A page of endpoints of this mode, without their secrets.',
    tag,
    keys: 'secret',
    idempotency: 'none',
    query: Type.Object({ ...listQuery }, { additionalProperties: false }),
    success: { status: 200, schema: listOf(WebhookEndpointSchema), description: 'One page.' },
    errors: [],
    handle: async ({ context, query }) =>
      listResult(await pageOfWebhookEndpoints(context, { page: pageFrom(query) }), (endpoint) =>
        renderWebhookEndpoint(endpoint, context.tenant),
      ),
  });
  register({
    method: 'GET',
    path: '/webhook_endpoints/:id',
    operationId: 'getWebhookEndpoint',
    summary: 'Get a webhook endpoint',
    description: 'The endpoint as it is now. Its secret is shown when it is made or replaced, and never here.',
    tag,
    keys: 'secret',
    idempotency: 'none',
    params: byId,
    success: { status: 200, schema: WebhookEndpointSchema, description: 'The endpoint, without its secret.' },
    errors: ['webhook_endpoint_not_found'],
    handle: async ({ context, params }) => ({
      json: renderWebhookEndpoint(await getWebhookEndpoint(context, params.id), context.tenant),
    }),
  });
  register({
    method: 'GET',
    path: '/webhook_endpoints/:id/deliveries',
    operationId: 'listDeliveries',
    summary: 'List the deliveries of a webhook endpoint, newest first',
    description: 'A page of what was sent to this endpoint or is on its way, each with all of its tries.',
    tag,
    keys: 'secret',
    idempotency: 'none',
    params: byId,
    query: Type.Object({ status: optional(DeliveryStatusSchema), ...listQuery }, { additionalProperties: false }),
    success: { status: 200, schema: listOf(DeliverySchema), description: 'One page.' },
    errors: ['webhook_endpoint_not_found'],
    async handle({ context, params, query }) {
      const list = { endpointId: params.id, status: query.status, page: pageFrom(query) };
      return listResult(await pageOfDeliveries(context, list), renderDelivery);
    },
  });
}

function patchOf(body: Static<typeof UpdateWebhookEndpointSchema>): EndpointPatch {
  const patch: EndpointPatch = {};
  if (body.url !== undefined) patch.url = body.url;
  if (body.description !== undefined) patch.description = body.description;
  if (body.event_types !== undefined) patch.eventTypes = body.event_types;
  if (body.enabled !== undefined) patch.enabled = body.enabled;
  if (body.ordering !== undefined) patch.ordering = body.ordering;
  if (body.concurrency !== undefined) patch.concurrency = body.concurrency;
  return patch;
}
