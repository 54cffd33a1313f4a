/** Routes of webhook endpoints. */
import { type Static, Type } from '@sinclair/typebox';
import {
  createWebhookEndpoint,
  getWebhookEndpoint,
  pageOfDeliveries,
  pageOfWebhookEndpoints,
  patchWebhookEndpointOnce,
  pingWebhookEndpoint,
  removeWebhookEndpoint,
} from '../../app/webhooks.ts';
import type { EndpointPatch } from '../../domain/webhook.ts';
import { DeliverySchema, renderDelivery } from '../../wire/delivery.ts';
import { listOf } from '../../wire/schema.ts';
import {
  CreateWebhookEndpointSchema,
  NewWebhookEndpointSchema,
  renderWebhookEndpoint,
  UpdateWebhookEndpointSchema,
  WebhookEndpointSchema,
} from '../../wire/webhook-endpoint.ts';
import { listQuery, listResult, pageFrom } from '../lists.ts';
import type { Register } from '../route.ts';

const byId = Type.Object({ id: Type.String() });
const tag = 'Webhooks';

export function webhookEndpointRoutes(register: Register): void {
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
  readRoutes(register);
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
}

function readRoutes(register: Register): void {
  register({
    method: 'GET',
    path: '/webhook_endpoints',
    operationId: 'listWebhookEndpoints',
    summary: 'List webhook endpoints, newest first',
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
    tag,
    keys: 'secret',
    idempotency: 'none',
    params: byId,
    query: Type.Object({ ...listQuery }, { additionalProperties: false }),
    success: { status: 200, schema: listOf(DeliverySchema), description: 'One page.' },
    errors: ['webhook_endpoint_not_found'],
    handle: async ({ context, params, query }) =>
      listResult(await pageOfDeliveries(context, { endpointId: params.id, page: pageFrom(query) }), renderDelivery),
  });
}

function patchOf(body: Static<typeof UpdateWebhookEndpointSchema>): EndpointPatch {
  const patch: EndpointPatch = {};
  if (body.url !== undefined) patch.url = body.url;
  if (body.description !== undefined) patch.description = body.description;
  if (body.event_types !== undefined) patch.eventTypes = body.event_types;
  if (body.enabled !== undefined) patch.enabled = body.enabled;
  if (body.ordering !== undefined) patch.ordering = body.ordering;
  return patch;
}
