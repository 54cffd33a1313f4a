/** Routes of payment sessions. */
import { Type } from '@sinclair/typebox';
import { shownSession } from '../../app/new-session.ts';
import {
  cancelForMerchant,
  createPaymentSession,
  listPaymentSessions,
  patchPaymentSession,
  requestFacts,
  showPaymentSession,
} from '../../app/sessions.ts';
import { MANDATE_OPTIONS, SUBSCRIPTION_OPTIONS } from '../../domain/series-options.ts';
import type { SessionPatch } from '../../domain/session.ts';
import { sessionProblems } from '../../domain/session-request.ts';
import { ExternalReferenceInput, Id, listOf, optional, words } from '../../wire/schema.ts';
import { SessionSchema } from '../../wire/session.ts';
import { SessionCreateSchema, SessionPatchSchema } from '../../wire/session-input.ts';
import { createdQuery, createdRange, listQuery, listResult, pageFrom } from '../lists.ts';
import type { Register } from '../route.ts';

const byId = Type.Object({ id: Type.String() });
const tag = 'Payment sessions';

export function paymentSessionRoutes(register: Register): void {
  register({
    method: 'POST',
    path: '/payment_sessions',
    operationId: 'createPaymentSession',
    summary: 'Create a payment session',
    description:
      'A next_in_series session is charged before the answer; the others answer the address of the page to send the payer to.',
    tag,
    keys: 'any',
    idempotency: 'required',
    body: SessionCreateSchema,
    alsoWrong: (context, body) => sessionProblems(body, requestFacts(context)),
    judgedByRules: [MANDATE_OPTIONS, SUBSCRIPTION_OPTIONS],
    success: { status: 201, schema: SessionSchema, description: 'The session.' },
    errors: [
      'customer_not_found',
      'payment_method_not_found',
      'mandate_not_found',
      'mandate_not_active',
      'mandate_ambiguous',
      'mandate_violation',
      'retry_not_allowed',
      'payment_method_not_usable',
      'payment_method_mismatch',
      'return_url_not_allowed',
    ],
    handle: ({ context, actor, body, idempotency }) => createPaymentSession(context, actor, { body, idempotency }),
  });
  register({
    method: 'GET',
    path: '/payment_sessions/:id',
    operationId: 'getPaymentSession',
    summary: 'Get a payment session',
    description: 'The session as it is now. A public key sees its public part, and only of sessions that it created.',
    tag,
    keys: 'any',
    idempotency: 'none',
    params: byId,
    success: { status: 200, schema: SessionSchema, description: 'The session as it is now.' },
    errors: ['payment_session_not_found'],
    handle: async ({ context, actor, params }) => ({
      body: await showPaymentSession(context, actor, params.id),
    }),
  });
  listRoute(register);
  changeRoutes(register);
}

function changeRoutes(register: Register): void {
  register({
    method: 'PATCH',
    path: '/payment_sessions/:id',
    operationId: 'updatePaymentSession',
    summary: 'Change a payment session',
    description: 'Changes what is given and leaves the rest. The amount can change until somebody tried to pay.',
    tag,
    keys: 'secret',
    idempotency: 'optional',
    params: byId,
    body: SessionPatchSchema,
    success: { status: 200, schema: SessionSchema, description: 'The session after the change.' },
    errors: ['payment_session_not_found', 'amount_locked', 'payment_session_not_active', 'amount_out_of_range'],
    handle({ context, params, body, idempotency }) {
      const patch: SessionPatch = {};
      if (body.amount !== undefined) patch.amountMinor = body.amount;
      if (body.description !== undefined) patch.description = body.description;
      if (body.external_reference !== undefined) patch.externalReference = body.external_reference;
      if (body.metadata !== undefined) patch.metadata = body.metadata;
      return patchPaymentSession(context, params.id, { patch, idempotency });
    },
  });
  register({
    method: 'POST',
    path: '/payment_sessions/:id/cancel',
    operationId: 'cancelPaymentSession',
    summary: 'Cancel a payment session',
    description: 'Cancelling a cancelled session answers it as it is.',
    tag,
    keys: 'secret',
    idempotency: 'optional',
    params: byId,
    success: { status: 200, schema: SessionSchema, description: 'The cancelled session.' },
    errors: ['payment_session_not_found', 'payment_session_not_active', 'payment_in_progress'],
    handle: ({ context, params, idempotency }) => cancelForMerchant(context, params.id, idempotency),
  });
}

function listRoute(register: Register): void {
  register({
    method: 'GET',
    path: '/payment_sessions',
    operationId: 'listPaymentSessions',
    summary: 'List payment sessions, newest first',
    description:
      'A page of sessions of this mode, by their filters. Dates are those of creation, in the time of the account.',
    tag,
    keys: 'secret',
    idempotency: 'none',
    query: Type.Object(
      {
        ...listQuery,
        ...createdQuery,
        status: optional(words(['active', 'completed', 'expired', 'cancelled'], 'Only these.')),
        payment_outcome: optional(
          words(['not_started', 'pending', 'paid', 'unpaid', 'reserved', 'payment_method_verified'], 'Only these.'),
        ),
        type: optional(words(['one_time', 'first_in_series', 'next_in_series'], 'Only these.')),
        customer_id: optional(Id('cus', 'Only of this customer.')),
        mandate_id: optional(Id('mnd', 'Only those that began or charged this mandate.')),
        subscription_id: optional(Id('sub', 'Only those that began this subscription, or that it made.')),
        external_reference: optional(ExternalReferenceInput),
      },
      { additionalProperties: false },
    ),
    success: { status: 200, schema: listOf(SessionSchema), description: 'One page.' },
    errors: [],
    async handle({ context, query }) {
      const filters = {
        status: query.status,
        paymentOutcome: query.payment_outcome,
        type: query.type,
        customerId: query.customer_id,
        mandateId: query.mandate_id,
        subscriptionId: query.subscription_id,
        externalReference: query.external_reference,
        ...createdRange(query),
      };
      return listResult(await listPaymentSessions(context, { filters, page: pageFrom(query) }), (session) =>
        shownSession(context, session),
      );
    },
  });
}
