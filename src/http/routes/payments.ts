/** Routes of payments and their attempts. */
import { Type } from '@sinclair/typebox';
import { attemptsOfPayment, getPayment, pageOfPayments } from '../../app/payments.ts';
import { AttemptListSchema, PaymentSchema, renderAttempt, renderPayment } from '../../wire/payment.ts';
import { ExternalReferenceInput, Id, listOf, optional, words } from '../../wire/schema.ts';
import { createdQuery, createdRange, listQuery, listResult, pageFrom } from '../lists.ts';
import type { Register } from '../route.ts';

const byId = Type.Object({ id: Type.String() });
const tag = 'Payments';

export function paymentRoutes(register: Register): void {
  register({
    method: 'GET',
    path: '/payments/:id',
    operationId: 'getPayment',
    summary: 'Get a payment',
    description: 'The payment with its sums, its outcome and its latest error.',
    tag,
    keys: 'secret',
    idempotency: 'none',
    params: byId,
    success: { status: 200, schema: PaymentSchema, description: 'The payment as it is now.' },
    errors: ['payment_not_found'],
    handle: async ({ context, params }) => ({
      json: renderPayment(await getPayment(context, params.id), context.tenant),
    }),
  });
  listRoute(register);
  register({
    method: 'GET',
    path: '/payments/:id/attempts',
    operationId: 'listPaymentAttempts',
    summary: 'List the attempts of a payment, oldest first',
    description:
      'Everything that was asked of the processor for this payment, each with what became of it and what the processor said.',
    tag,
    keys: 'secret',
    idempotency: 'none',
    params: byId,
    success: { status: 200, schema: AttemptListSchema, description: 'Every attempt.' },
    errors: ['payment_not_found'],
    handle: async ({ context, params }) => ({
      json: { data: (await attemptsOfPayment(context, params.id)).map(renderAttempt) },
    }),
  });
}

function listRoute(register: Register): void {
  register({
    method: 'GET',
    path: '/payments',
    operationId: 'listPayments',
    summary: 'List payments, newest first',
    description: 'A page of payments of this mode, by their filters.',
    tag,
    keys: 'secret',
    idempotency: 'none',
    query: Type.Object(
      {
        ...listQuery,
        ...createdQuery,
        status: optional(
          words(
            ['draft', 'initiating', 'pending_action', 'processing', 'succeeded', 'failed', 'cancelled', 'expired'],
            'Only these.',
          ),
        ),
        payment_session_id: optional(Id('ps', 'Only of this session.')),
        review: optional(
          words(['needed', 'none'], '`needed`: only those that a person has to look at; `none`: only the others.'),
        ),
        customer_id: optional(Id('cus', 'Only of this customer.')),
        mandate_id: optional(Id('mnd', 'Only the first payment of this mandate and the charges under it.')),
        subscription_id: optional(Id('sub', 'Only the first payment of this subscription and its charges.')),
        external_reference: optional(ExternalReferenceInput),
      },
      { additionalProperties: false },
    ),
    success: { status: 200, schema: listOf(PaymentSchema), description: 'One page.' },
    errors: [],
    async handle({ context, query }) {
      const filters = {
        status: query.status,
        review: query.review,
        sessionId: query.payment_session_id,
        customerId: query.customer_id,
        mandateId: query.mandate_id,
        subscriptionId: query.subscription_id,
        externalReference: query.external_reference,
        ...createdRange(query),
      };
      return listResult(await pageOfPayments(context, { filters, page: pageFrom(query) }), (payment) =>
        renderPayment(payment, context.tenant),
      );
    },
  });
}
