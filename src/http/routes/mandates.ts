/** Routes of mandates. */
import { Type } from '@sinclair/typebox';
import { checkMandate, evidenceOf, getMandateDetails, pageOfMandates, revokeMandateById } from '../../app/mandates.ts';
import { MandateSchema, renderMandate, renderMandateDetails } from '../../wire/mandate.ts';
import { MandateCheckSchema, MandateEvidenceSchema, renderCheck, renderEvidence } from '../../wire/mandate-answers.ts';
import { Amount, closed, Id, listOf, optional, words } from '../../wire/schema.ts';
import { listQuery, listResult, pageFrom } from '../lists.ts';
import type { Register } from '../route.ts';

const byId = Type.Object({ id: Type.String() });
const tag = 'Mandates';

export function mandateRoutes(register: Register): void {
  register({
    method: 'GET',
    path: '/mandates/:id',
    operationId: 'getMandate',
    summary: 'Get a mandate',
    description: 'What the payer agreed to, what was used of it, and when the next charge is allowed.',
    tag,
    keys: 'secret',
    idempotency: 'none',
    params: byId,
    success: { status: 200, schema: MandateSchema, description: 'The mandate.' },
    errors: ['mandate_not_found'],
    async handle({ context, params }) {
      const { mandate, details } = await getMandateDetails(context, params.id);
      return { json: renderMandateDetails(mandate, details, context.tenant) };
    },
  });
  register({
    method: 'GET',
    path: '/mandates',
    operationId: 'listMandates',
    summary: 'List mandates, newest first',
    description: 'A page of mandates of this mode, by their filters.',
    tag,
    keys: 'secret',
    idempotency: 'none',
    query: Type.Object(
      {
        ...listQuery,
        customer_id: optional(Id('cus', 'Only of this customer.')),
        payment_method_id: optional(Id('pmt', 'Only of this payment method.')),
        status: optional(words(['active', 'revoked', 'ended'], 'Only these.')),
      },
      { additionalProperties: false },
    ),
    success: { status: 200, schema: listOf(MandateSchema), description: 'One page.' },
    errors: [],
    async handle({ context, query }) {
      const filters = { customerId: query.customer_id, paymentMethodId: query.payment_method_id, status: query.status };
      return listResult(await pageOfMandates(context, { filters, page: pageFrom(query) }), (mandate) =>
        renderMandate(mandate, context.tenant),
      );
    },
  });
  actions(register);
}

function actions(register: Register): void {
  register({
    method: 'POST',
    path: '/mandates/:id/revoke',
    operationId: 'revokeMandate',
    summary: 'Revoke a mandate',
    description: 'Nothing is charged under it from this answer on. Revoking a revoked mandate answers it as it is.',
    tag,
    keys: 'secret',
    idempotency: 'optional',
    params: byId,
    body: closed(
      { reason: optional(words(['merchant_request', 'customer_request'], 'Default merchant_request.')) },
      { title: 'MandateRevoke' },
    ),
    success: { status: 200, schema: MandateSchema, description: 'The revoked mandate.' },
    errors: ['mandate_not_found', 'mandate_not_active'],
    handle: ({ context, params, body, idempotency }) =>
      revokeMandateById(context, params.id, { reason: body.reason ?? 'merchant_request', idempotency }),
  });
  register({
    method: 'POST',
    path: '/mandates/:id/check',
    operationId: 'checkMandate',
    summary: 'Would this charge be allowed?',
    description:
      'Holds a charge against every rule of the mandate at an instant, with what was taken until now. Reserves, writes and promises nothing.',
    tag,
    keys: 'secret',
    idempotency: 'none',
    params: byId,
    body: closed(
      {
        amount: Amount('What would be charged.', 1),
        currency: Type.String({ pattern: '^[A-Za-z]{3}$', description: 'ISO 4217 alphabetic code, in any case.' }),
        at: optional(Type.String({ maxLength: 40, description: 'When: from now to 5 years ahead. Default now.' })),
      },
      { title: 'MandateCheckRequest' },
    ),
    success: { status: 200, schema: MandateCheckSchema, description: 'Yes, or every rule that forbids it.' },
    errors: ['mandate_not_found'],
    handle: async ({ context, params, body }) => ({ json: renderCheck(await checkMandate(context, params.id, body)) }),
  });
  register({
    method: 'GET',
    path: '/mandates/:id/evidence',
    operationId: 'getMandateEvidence',
    summary: 'Everything that shows what was agreed and charged',
    description: 'Consent, terms, first payment and charges as one document, for a dispute.',
    tag,
    keys: 'secret',
    idempotency: 'none',
    params: byId,
    success: { status: 200, schema: MandateEvidenceSchema, description: 'The evidence.' },
    errors: ['mandate_not_found'],
    handle: async ({ context, params }) => ({
      json: renderEvidence(await evidenceOf(context, params.id), context.tenant),
    }),
  });
}
