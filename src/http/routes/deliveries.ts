/** Routes of deliveries. Those of one endpoint are listed under the endpoint. */
import { Type } from '@sinclair/typebox';
import { getDelivery } from '../../app/webhooks.ts';
import { DeliverySchema, renderDelivery } from '../../wire/delivery.ts';
import type { Register } from '../route.ts';

export function deliveryRoutes(register: Register): void {
  register({
    method: 'GET',
    path: '/deliveries/:id',
    operationId: 'getDelivery',
    summary: 'Get a delivery and its tries',
    tag: 'Webhooks',
    keys: 'secret',
    idempotency: 'none',
    params: Type.Object({ id: Type.String() }),
    success: { status: 200, schema: DeliverySchema, description: 'The delivery.' },
    errors: ['delivery_not_found'],
    handle: async ({ context, params }) => ({ json: renderDelivery(await getDelivery(context, params.id)) }),
  });
}
