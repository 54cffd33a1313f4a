/** Routes of customers and their saved payment methods. */
import { type Static, Type } from '@sinclair/typebox';
import {
  createCustomerRecord,
  getCustomer,
  getPaymentMethod,
  pageOfCustomers,
  pageOfPaymentMethods,
  patchCustomer,
  removeCustomer,
  removeSavedMethod,
} from '../../app/customers.ts';
import type { CustomerFields } from '../../domain/customer.ts';
import { CustomerSchema, PaymentMethodSchema, renderCustomer, renderPaymentMethod } from '../../wire/customer.ts';
import { ExternalReferenceInput, listOf, optional } from '../../wire/schema.ts';
import { CustomerCreateSchema } from '../../wire/session-input.ts';
import { listQuery, listResult, pageFrom } from '../lists.ts';
import type { Register } from '../route.ts';

const byId = Type.Object({ id: Type.String() });
const tag = 'Customers';

export function customerRoutes(register: Register): void {
  register({
    method: 'POST',
    path: '/customers',
    operationId: 'createCustomer',
    summary: 'Create a customer',
    description: 'A customer to whom payment methods and mandates can belong. A session can also make one by itself.',
    tag,
    keys: 'secret',
    idempotency: 'required',
    body: CustomerCreateSchema,
    success: { status: 201, schema: CustomerSchema, description: 'The customer.' },
    errors: [],
    handle: ({ context, body, idempotency }) => createCustomerRecord(context, fieldsOf(body), idempotency),
  });
  register({
    method: 'GET',
    path: '/customers/:id',
    operationId: 'getCustomer',
    summary: 'Get a customer',
    description: 'The customer, without the payment methods, which have a list of their own.',
    tag,
    keys: 'secret',
    idempotency: 'none',
    params: byId,
    success: { status: 200, schema: CustomerSchema, description: 'The customer.' },
    errors: ['customer_not_found'],
    handle: async ({ context, params }) => ({
      json: renderCustomer(await getCustomer(context, params.id), context.tenant),
    }),
  });
  register({
    method: 'GET',
    path: '/customers',
    operationId: 'listCustomers',
    summary: 'List customers, newest first',
    description: 'A page of customers of this mode, by their filters.',
    tag,
    keys: 'secret',
    idempotency: 'none',
    query: Type.Object(
      {
        ...listQuery,
        external_reference: optional(ExternalReferenceInput),
        email: optional(Type.String({ maxLength: 254 })),
      },
      { additionalProperties: false },
    ),
    success: { status: 200, schema: listOf(CustomerSchema), description: 'One page.' },
    errors: [],
    async handle({ context, query }) {
      const list = { externalReference: query.external_reference, email: query.email, page: pageFrom(query) };
      return listResult(await pageOfCustomers(context, list), (customer) => renderCustomer(customer, context.tenant));
    },
  });
  changeRoutes(register);
  methodRoutes(register);
}

function changeRoutes(register: Register): void {
  register({
    method: 'PATCH',
    path: '/customers/:id',
    operationId: 'updateCustomer',
    summary: 'Change a customer',
    description: 'Changes what is given and leaves the rest.',
    tag,
    keys: 'secret',
    idempotency: 'optional',
    params: byId,
    body: CustomerCreateSchema,
    success: { status: 200, schema: CustomerSchema, description: 'The customer after the change.' },
    errors: ['customer_not_found'],
    handle: ({ context, params, body, idempotency }) =>
      patchCustomer(context, params.id, { patch: fieldsOf(body), idempotency }),
  });
  register({
    method: 'DELETE',
    path: '/customers/:id',
    operationId: 'deleteCustomer',
    summary: 'Delete a customer',
    description: 'Removes its saved methods and revokes its mandates too.',
    tag,
    keys: 'secret',
    idempotency: 'none',
    params: byId,
    success: { status: 204, description: 'Deleted.' },
    errors: ['customer_not_found'],
    async handle({ context, params }) {
      await removeCustomer(context, params.id);
      return { empty: true };
    },
  });
}

function methodRoutes(register: Register): void {
  register({
    method: 'GET',
    path: '/customers/:id/payment_methods',
    operationId: 'listPaymentMethods',
    summary: 'List the saved payment methods of a customer, newest first',
    description: 'What this customer has saved and may be charged, without a number of any card.',
    tag,
    keys: 'secret',
    idempotency: 'none',
    params: byId,
    query: Type.Object({ ...listQuery }, { additionalProperties: false }),
    success: { status: 200, schema: listOf(PaymentMethodSchema), description: 'One page.' },
    errors: ['customer_not_found'],
    handle: async ({ context, params, query }) =>
      listResult(await pageOfPaymentMethods(context, { customerId: params.id, page: pageFrom(query) }), (method) =>
        renderPaymentMethod(method, context.tenant),
      ),
  });
  register({
    method: 'GET',
    path: '/payment_methods/:id',
    operationId: 'getPaymentMethod',
    summary: 'Get a saved payment method',
    description: 'One saved payment method: brand, last four digits and expiry, never the number.',
    tag,
    keys: 'secret',
    idempotency: 'none',
    params: byId,
    success: { status: 200, schema: PaymentMethodSchema, description: 'The payment method.' },
    errors: ['payment_method_not_found'],
    handle: async ({ context, params }) => ({
      json: renderPaymentMethod(await getPaymentMethod(context, params.id), context.tenant),
    }),
  });
  register({
    method: 'DELETE',
    path: '/payment_methods/:id',
    operationId: 'removePaymentMethod',
    summary: 'Remove a saved payment method',
    description: 'Its mandates are revoked and its card is shredded.',
    tag,
    keys: 'secret',
    idempotency: 'none',
    params: byId,
    success: { status: 200, schema: PaymentMethodSchema, description: 'The removed payment method.' },
    errors: ['payment_method_not_found'],
    handle: async ({ context, params }) => ({
      json: renderPaymentMethod(await removeSavedMethod(context, params.id), context.tenant),
    }),
  });
}

function fieldsOf(body: Static<typeof CustomerCreateSchema>): CustomerFields {
  const fields: CustomerFields = {};
  if (body.name !== undefined) fields.name = body.name;
  if (body.email !== undefined) fields.email = body.email;
  if (body.phone !== undefined) fields.phone = body.phone;
  if (body.external_reference !== undefined) fields.externalReference = body.external_reference;
  if (body.metadata !== undefined) fields.metadata = body.metadata;
  return fields;
}
