/** Routes of subscriptions. */
import { Type } from '@sinclair/typebox';
import {
  cancelSubscription,
  getSubscription,
  pageOfDueDates,
  pageOfSubscriptions,
  patchSubscription,
  pauseSubscription,
  resumePausedSubscription,
} from '../../app/subscriptions.ts';
import {
  Amount,
  closed,
  ExternalReferenceInput,
  Id,
  listOf,
  MetadataInput,
  optional,
  words,
} from '../../wire/schema.ts';
import {
  renderSubscription,
  renderSubscriptionCharge,
  SUBSCRIPTION_STATUSES,
  SubscriptionChargeSchema,
  SubscriptionSchema,
} from '../../wire/subscription.ts';
import { BY_DATE, listQuery, listResult, pageFrom } from '../lists.ts';
import type { Register } from '../route.ts';

const byId = Type.Object({ id: Type.String() });
const tag = 'Subscriptions';
const described = (description: string) => ({ status: 200, schema: SubscriptionSchema, description }) as const;

export function subscriptionRoutes(register: Register): void {
  readRoutes(register);
  patchRoute(register);
  pauseRoutes(register);
  cancelRoute(register);
}

function readRoutes(register: Register): void {
  register({
    method: 'GET',
    path: '/subscriptions/:id',
    operationId: 'getSubscription',
    summary: 'Get a subscription',
    description: 'The subscription with its plan, its next date and its latest trouble.',
    tag,
    keys: 'secret',
    idempotency: 'none',
    params: byId,
    success: described('The subscription.'),
    errors: ['subscription_not_found'],
    handle: async ({ context, params }) => ({
      json: renderSubscription(await getSubscription(context, params.id), context.tenant),
    }),
  });
  register({
    method: 'GET',
    path: '/subscriptions',
    operationId: 'listSubscriptions',
    summary: 'List subscriptions, newest first',
    description: 'A page of subscriptions of this mode, by their filters.',
    tag,
    keys: 'secret',
    idempotency: 'none',
    query: Type.Object(
      {
        ...listQuery,
        customer_id: optional(Id('cus', 'Only of this customer.')),
        mandate_id: optional(Id('mnd', 'Only under this mandate.')),
        status: optional(words(SUBSCRIPTION_STATUSES, 'Only these.')),
      },
      { additionalProperties: false },
    ),
    success: { status: 200, schema: listOf(SubscriptionSchema), description: 'One page.' },
    errors: [],
    async handle({ context, query }) {
      const filters = { customerId: query.customer_id, mandateId: query.mandate_id, status: query.status };
      return listResult(await pageOfSubscriptions(context, { filters, page: pageFrom(query) }), (subscription) =>
        renderSubscription(subscription, context.tenant),
      );
    },
  });
  register({
    method: 'GET',
    path: '/subscriptions/:id/charges',
    operationId: 'listSubscriptionCharges',
    summary: 'List the due dates of a subscription, newest first',
    description: 'Those that came so far, with what became of each.',
    tag,
    keys: 'secret',
    idempotency: 'none',
    params: byId,
    query: Type.Object(listQuery, { additionalProperties: false }),
    success: { status: 200, schema: listOf(SubscriptionChargeSchema), description: 'One page.' },
    errors: ['subscription_not_found'],
    async handle({ context, params, query }) {
      const page = pageFrom(query, BY_DATE);
      return listResult(await pageOfDueDates(context, { subscriptionId: params.id, page }), renderSubscriptionCharge);
    },
  });
}

function patchRoute(register: Register): void {
  register({
    method: 'PATCH',
    path: '/subscriptions/:id',
    operationId: 'updateSubscription',
    summary: 'Change a subscription',
    description:
      'Another amount has to be one that the mandate allows, and holds from the next due date that has not begun. More needs a new first_in_series session.',
    tag,
    keys: 'secret',
    idempotency: 'optional',
    params: byId,
    body: closed(
      {
        amount: optional(Amount('Of each due date from now on.', 1)),
        description: optional(Type.String({ maxLength: 500, description: 'Of every charge from now on.' })),
        external_reference: optional(ExternalReferenceInput),
        metadata: optional(MetadataInput),
      },
      { title: 'SubscriptionUpdate' },
    ),
    success: described('The changed subscription.'),
    errors: ['subscription_not_found', 'subscription_not_active', 'mandate_violation'],
    handle({ context, params, body, idempotency }) {
      const { amount, description, external_reference: externalReference, metadata } = body;
      const patch = {
        ...(amount === undefined ? {} : { amountMinor: amount }),
        ...(description === undefined ? {} : { description }),
        ...(externalReference === undefined ? {} : { externalReference }),
        ...(metadata === undefined ? {} : { metadata }),
      };
      return patchSubscription(context, params.id, { patch, idempotency });
    },
  });
}

function pauseRoutes(register: Register): void {
  const shared = {
    tag,
    keys: 'secret',
    idempotency: 'optional',
    params: byId,
    errors: ['subscription_not_found', 'subscription_not_active'],
  } as const;
  register({
    ...shared,
    method: 'POST',
    path: '/subscriptions/:id/pause',
    operationId: 'pauseSubscription',
    summary: 'Pause a subscription',
    description:
      'No new tries. What is under way is settled, a planned retry is given up, and due dates that pass are skipped. Pausing a paused one answers it as it is.',
    success: described('The paused subscription.'),
    handle: ({ context, params, idempotency }) => pauseSubscription(context, params.id, idempotency),
  });
  register({
    ...shared,
    method: 'POST',
    path: '/subscriptions/:id/resume',
    operationId: 'resumeSubscription',
    summary: 'Resume a subscription',
    description: 'Charges go on with the next due date. Resuming one that runs answers it as it is.',
    success: described('The subscription.'),
    handle: ({ context, params, idempotency }) => resumePausedSubscription(context, params.id, idempotency),
  });
}

function cancelRoute(register: Register): void {
  register({
    method: 'POST',
    path: '/subscriptions/:id/cancel',
    operationId: 'cancelSubscription',
    summary: 'Cancel a subscription',
    description: 'At once and for good. Cancelling a cancelled one answers it as it is.',
    tag,
    keys: 'secret',
    idempotency: 'optional',
    params: byId,
    body: closed(
      {
        reason: optional(words(['merchant_request', 'customer_request'], 'Default merchant_request.')),
        revoke_mandate: optional(
          Type.Boolean({
            description: 'Revoke the mandate too. Default true for scheduled and installment, false for on_demand.',
          }),
        ),
      },
      { title: 'SubscriptionCancel' },
    ),
    success: described('The cancelled subscription.'),
    errors: ['subscription_not_found', 'subscription_not_active'],
    handle: ({ context, params, body, idempotency }) =>
      cancelSubscription(context, params.id, {
        reason: body.reason ?? 'merchant_request',
        revokeMandate: body.revoke_mandate,
        idempotency,
      }),
  });
}
