/** Customers and their saved payment methods. */
import {
  type Customer,
  type CustomerFields,
  createCustomer,
  deleteCustomer,
  type PaymentMethod,
  removePaymentMethod,
  updateCustomer,
} from '../domain/customer.ts';
import { accepted, missing, Rejected } from '../domain/errors.ts';
import { type MandateStatusReason, revokeMandate } from '../domain/mandate.ts';
import {
  activePaymentMethods,
  findPaymentMethod,
  listCustomers,
  listPaymentMethods,
  lockCustomer,
} from '../store/customers.ts';
import { Stale } from '../store/database.ts';
import { activeMandatesOfCustomer } from '../store/mandates.ts';
import type { Page } from '../store/pages.ts';
import { renderCustomer } from '../wire/customer.ts';
import { Changes } from './apply.ts';
import type { Context } from './context.ts';
import { addMandateEnd } from './ending-mandates.ts';
import { type IdempotentRequest, once } from './idempotency.ts';
import { existingCustomer } from './sessions.ts';

export function createCustomerRecord(
  context: Context,
  fields: CustomerFields,
  idempotency: IdempotentRequest | undefined,
) {
  const answer = (customer: Customer) => answerWith(context, 201, customer);
  return once(context, idempotency, {
    async work(key) {
      const decision = createCustomer({
        ...fields,
        tenantId: context.tenant.id,
        id: context.system.ids.next('cus'),
        createdAt: context.at,
      });
      const result = answer(decision.next);
      await new Changes(context).customer(decision).also(key.keep(result)).commit();
      return result;
    },
    report: async (id) => answer(await existingCustomer(context, id)),
  });
}

/** Throws Rejected with 404 for an unknown, deleted or foreign id. */
export function getCustomer(context: Context, id: string): Promise<Customer> {
  return existingCustomer(context, id);
}

export function pageOfCustomers(
  context: Context,
  list: { externalReference: string | undefined; email: string | undefined; page: Page },
) {
  return listCustomers(context.database, context.tenant.id, list);
}

/** Changes what is given; what is already so is answered as it is, without an event. */
export function patchCustomer(
  context: Context,
  id: string,
  asked: { patch: CustomerFields; idempotency: IdempotentRequest | undefined },
) {
  return once(context, asked.idempotency, {
    work: (key) =>
      again(async () => {
        const decision = updateCustomer(await existingCustomer(context, id), asked.patch, context.at);
        const result = answerWith(context, 200, decision.next);
        await new Changes(context).customer(decision).also(key.keep(result)).commit();
        return result;
      }),
    report: async () => answerWith(context, 200, await existingCustomer(context, id)),
  });
}

function answerWith(context: Context, status: number, customer: Customer) {
  return { status, body: JSON.stringify(renderCustomer(customer, { mode: context.tenant.mode })) };
}

/** Deletes the customer, removes every saved method and revokes every mandate, together. */
export async function removeCustomer(context: Context, id: string): Promise<void> {
  await again(async () => {
    const customer = await existingCustomer(context, id);
    const locked = new Changes(context).also((tx) => lockCustomer(tx, customer));
    const { changes, methods } = await emptied(context, id, locked);
    await changes.customer(deleteCustomer(customer, context.at)).commit();
    await shred(context, methods);
  });
  // What a first payment began between the look and the commit; from here on nothing begins as if the customer were there.
  await again(async () => {
    const { changes, methods } = await emptied(context, id);
    await changes.commit();
    await shred(context, methods);
  });
}

/** The end of everything that may be charged of a customer. */
async function emptied(context: Context, customerId: string, changes = new Changes(context)) {
  const methods = await activePaymentMethods(context.database, context.tenant.id, customerId);
  await endMandates(context, changes, { customerId, reason: 'customer_deleted' });
  for (const method of methods) changes.paymentMethod(removePaymentMethod(method, context.at));
  return { changes, methods };
}

export async function pageOfPaymentMethods(context: Context, list: { customerId: string; page: Page }) {
  await existingCustomer(context, list.customerId);
  return listPaymentMethods(context.database, context.tenant.id, list);
}

export async function getPaymentMethod(context: Context, id: string): Promise<PaymentMethod> {
  const method = await findPaymentMethod(context.database, context.tenant.id, id);
  if (method === undefined) throw new Rejected(missing('payment_method_not_found'));
  return method;
}

/** The merchant removes a method: its mandates end with it, its card is shredded. Removing twice is the same as once. */
export async function removeSavedMethod(context: Context, id: string): Promise<PaymentMethod> {
  const removed = await again(async () => {
    const method = await getPaymentMethod(context, id);
    if (method.status === 'removed') return method;
    const decision = removePaymentMethod(method, context.at);
    const changes = await withoutMethod(context, method);
    await changes.paymentMethod(decision).commit();
    await shred(context, [method]);
    return decision.next;
  });
  // What a payment with it began between the look and the commit.
  await again(async () => (await withoutMethod(context, removed)).commit());
  return removed;
}

async function withoutMethod(context: Context, { id, customerId }: PaymentMethod): Promise<Changes> {
  const changes = new Changes(context);
  await endMandates(context, changes, { customerId, methodId: id, reason: 'payment_method_removed' });
  return changes;
}

async function endMandates(
  context: Context,
  changes: Changes,
  of: { customerId: string; methodId?: string; reason: MandateStatusReason },
): Promise<void> {
  for (const mandate of await activeMandatesOfCustomer(context.database, context.tenant.id, of.customerId)) {
    if (of.methodId !== undefined && mandate.paymentMethodId !== of.methodId) continue;
    const decision = accepted(revokeMandate(mandate, of.reason, context.at));
    await addMandateEnd(context, changes, { decision });
  }
}

/** After the commit: a crash in between leaves sealed cards that nothing refers to, and the sweep takes them. */
async function shred(context: Context, methods: readonly PaymentMethod[]): Promise<void> {
  const cardIds = methods.flatMap(({ cardId }) => (cardId === undefined ? [] : [cardId]));
  if (cardIds.length > 0) await context.vault.shred(context.tenant.id, cardIds);
}

const TRIES = 20;

async function again<T>(work: () => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries++) {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof Stale) || tries === TRIES) throw error;
    }
  }
}
