/** Routes of payment sessions. */
import { Type } from '@sinclair/typebox';
import type { Context } from '../../app/context.ts';
import {
  type Actor,
  cancelPaymentSession,
  createPaymentSession,
  getPaymentSession,
  listPaymentSessions,
  patchPaymentSession,
} from '../../app/sessions.ts';
import { Rejected, reject } from '../../domain/errors.ts';
import type { Session, SessionPatch } from '../../domain/session.ts';
import { ExternalReferenceInput, Id, listOf, optional, words } from '../../wire/schema.ts';
import { renderSession, SessionSchema } from '../../wire/session.ts';
import { SessionCreateSchema, SessionPatchSchema } from '../../wire/session-input.ts';
import { createdQuery, listQuery, listResult, pageFrom } from '../lists.ts';
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
    success: { status: 201, schema: SessionSchema, description: 'The session.' },
    errors: [
      'customer_not_found',
      'payment_method_not_found',
      'mandate_not_found',
      'mandate_not_active',
      'mandate_ambiguous',
      'mandate_violation',
      'payment_method_not_usable',
      'payment_method_mismatch',
      'return_url_not_allowed',
      'currency_not_supported',
      'not_implemented',
    ],
    handle: ({ context, actor, body, idempotency }) => createPaymentSession(context, actor, { body, idempotency }),
  });
  register({
    method: 'GET',
    path: '/payment_sessions/:id',
    operationId: 'getPaymentSession',
    summary: 'Get a payment session',
    tag,
    keys: 'any',
    idempotency: 'none',
    params: byId,
    success: { status: 200, schema: SessionSchema, description: 'The session as it is now.' },
    errors: ['payment_session_not_found'],
    handle: async ({ context, actor, params }) => ({
      json: shown(context, actor, await getPaymentSession(context, params.id)),
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
    tag,
    keys: 'secret',
    idempotency: 'optional',
    params: byId,
    body: SessionPatchSchema,
    success: { status: 200, schema: SessionSchema, description: 'The session after the change.' },
    errors: ['payment_session_not_found', 'amount_locked', 'payment_session_not_active'],
    async handle({ context, actor, params, body }) {
      const patch: SessionPatch = {};
      if (body.amount !== undefined) patch.amountMinor = body.amount;
      if (body.description !== undefined) patch.description = body.description;
      if (body.external_reference !== undefined) patch.externalReference = body.external_reference;
      if (body.metadata !== undefined) patch.metadata = body.metadata;
      return { json: shown(context, actor, await patchPaymentSession(context, params.id, patch)) };
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
    handle: async ({ context, actor, params }) => ({
      json: shown(context, actor, await cancelPaymentSession(context, params.id, 'merchant')),
    }),
  });
}

function listRoute(register: Register): void {
  register({
    method: 'GET',
    path: '/payment_sessions',
    operationId: 'listPaymentSessions',
    summary: 'List payment sessions, newest first',
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
        external_reference: optional(ExternalReferenceInput),
      },
      { additionalProperties: false },
    ),
    success: { status: 200, schema: listOf(SessionSchema), description: 'One page.' },
    errors: [],
    async handle({ context, actor, query }) {
      const filters = {
        status: query.status,
        paymentOutcome: query.payment_outcome,
        type: query.type,
        customerId: query.customer_id,
        externalReference: query.external_reference,
        createdAfter: query.created_after,
        createdBefore: query.created_before,
      };
      return listResult(await listPaymentSessions(context, { filters, page: pageFrom(query) }), (session) =>
        shown(context, actor, session),
      );
    },
  });
}

/** The session as this key may see it: a public key sees only what it created, and of that nothing that names the customer. */
function shown(context: Context, actor: Actor, session: Session) {
  const whole = renderSession(session, { mode: context.tenant.mode, checkoutUrl: context.checkoutUrl });
  if (actor.kind === 'secret') return whole;
  if (session.createdBy !== actor.keyId) {
    throw new Rejected(reject('payment_session_not_found', `There is no payment session ${session.id}.`));
  }
  const {
    metadata: _,
    external_reference: __,
    customer_id: ___,
    payment_method_id: ____,
    mandate_id: _____,
    ...publicView
  } = whole;
  return publicView;
}
