/** Routes of deliveries. Those of one endpoint are listed under the endpoint. */
import { Type } from '@sinclair/typebox';
import { retryDelivery } from '../../app/resending.ts';
import { getDelivery } from '../../app/webhooks.ts';
import { DeliverySchema, renderDelivery } from '../../wire/delivery.ts';
import type { Register } from '../route.ts';

export function deliveryRoutes(register: Register): void {
  register({
    method: 'GET',
    path: '/deliveries/:id',
    operationId: 'getDelivery',
    summary: 'Get a delivery and its tries',
    description:
      'One event on its way to one endpoint: every try with its time, its status and the first 4 kB of the answer.',
    tag: 'Webhooks',
    keys: 'secret',
    idempotency: 'none',
    params: Type.Object({ id: Type.String() }),
    success: { status: 200, schema: DeliverySchema, description: 'The delivery.' },
    errors: ['delivery_not_found'],
    handle: async ({ context, params }) => ({ json: renderDelivery(await getDelivery(context, params.id)) }),
  });
  register({
    method: 'POST',
    path: '/deliveries/:id/retry',
    operationId: 'retryDelivery',
    summary: 'Send a delivery again',
    description:
      'The same bytes under the same event id, at once, whether it was delivered, given up or waits for its next try. It goes beside other deliveries and holds none up; if it fails, the schedule of tries goes on where it was, and after the tenth try it is given up again.',
    tag: 'Webhooks',
    keys: 'secret',
    idempotency: 'optional',
    params: Type.Object({ id: Type.String() }),
    success: { status: 200, schema: DeliverySchema, description: 'The delivery, on its way.' },
    errors: ['delivery_not_found', 'webhook_endpoint_disabled'],
    handle: ({ context, params, idempotency }) => retryDelivery(context, params.id, idempotency),
  });
}
