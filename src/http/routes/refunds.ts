/** Routes that show refunds. A refund is made at its payment: `payment-steps.ts`. */
import { Type } from '@sinclair/typebox';
import { getRefund, pageOfRefunds } from '../../app/refunds.ts';
import { RefundSchema, renderRefund } from '../../wire/refund.ts';
import { Id, listOf, optional, words } from '../../wire/schema.ts';
import { createdQuery, createdRange, listQuery, listResult, pageFrom } from '../lists.ts';
import type { Register } from '../route.ts';

const tag = 'Refunds';

export function refundRoutes(register: Register): void {
  register({
    method: 'GET',
    path: '/refunds/:id',
    operationId: 'getRefund',
    summary: 'Get a refund',
    description: 'The refund as it is now; `pending` until the processor has said what became of it.',
    tag,
    keys: 'secret',
    idempotency: 'none',
    params: Type.Object({ id: Type.String() }),
    success: { status: 200, schema: RefundSchema, description: 'The refund as it is now.' },
    errors: ['refund_not_found'],
    handle: async ({ context, params }) => ({ json: renderRefund(await getRefund(context, params.id)) }),
  });
  register({
    method: 'GET',
    path: '/refunds',
    operationId: 'listRefunds',
    summary: 'List refunds, newest first',
    description: 'A page of refunds of this mode, by their filters.',
    tag,
    keys: 'secret',
    idempotency: 'none',
    query: Type.Object(
      {
        ...listQuery,
        ...createdQuery,
        status: optional(words(['pending', 'succeeded', 'failed'], 'Only these.')),
        payment_id: optional(Id('pay', 'Only of this payment.')),
      },
      { additionalProperties: false },
    ),
    success: { status: 200, schema: listOf(RefundSchema), description: 'One page.' },
    errors: [],
    async handle({ context, query }) {
      const filters = { status: query.status, paymentId: query.payment_id, ...createdRange(query) };
      return listResult(await pageOfRefunds(context, { filters, page: pageFrom(query) }), renderRefund);
    },
  });
}
