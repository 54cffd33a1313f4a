/** Customers and the payment methods saved for them. */
import { canonicalJson } from '../lib/canonical-json.ts';
import type { Timestamp } from '../lib/time.ts';
import type { Decision } from './errors.ts';
import type { CardDetails } from './payment.ts';
import type { Metadata } from './session.ts';

export interface Customer {
  tenantId: string;
  id: string;
  version: number;
  name?: string;
  email?: string;
  phone?: string;
  externalReference?: string;
  metadata?: Metadata;
  createdAt: Timestamp;
  updatedAt: Timestamp;
  deletedAt?: Timestamp;
}

export type CustomerFields = Pick<Customer, 'name' | 'email' | 'phone' | 'externalReference' | 'metadata'>;

/** `customer_present`: only its payer can use it. `merchant_initiated`: a mandate lets the merchant charge it. */
export type Usage = 'customer_present' | 'merchant_initiated';

export interface PaymentMethod {
  tenantId: string;
  id: string;
  version: number;
  customerId: string;
  type: 'card';
  usage: Usage;
  status: 'active' | 'removed';
  /** The sealed number in the vault; absent when the processor's updater changed it and only the token is known. */
  cardId?: string;
  card: CardDetails;
  /** Same card, same value, within one tenant. */
  fingerprint: string;
  processorToken?: string;
  networkTransactionId?: string;
  createdAt: Timestamp;
  updatedAt: Timestamp;
  removedAt?: Timestamp;
}

export function createCustomer(
  facts: CustomerFields & Pick<Customer, 'tenantId' | 'id' | 'createdAt'>,
): Decision<Customer> {
  return { next: { ...facts, version: 1, updatedAt: facts.createdAt }, events: ['customer.created'] };
}

/** Changes what is given and leaves the rest. */
export function updateCustomer(customer: Customer, patch: CustomerFields, at: Timestamp): Decision<Customer> {
  const next = { ...customer, ...patch };
  if (canonicalJson(next) === canonicalJson(customer)) return { next: customer, events: [], unchanged: true };
  return { next: { ...next, version: customer.version + 1, updatedAt: at }, events: ['customer.updated'] };
}

/** A deleted customer keeps its id and its payments, and nothing that says who it was. */
export function deleteCustomer(customer: Customer, at: Timestamp): Decision<Customer> {
  const { tenantId, id, createdAt } = customer;
  return {
    next: { tenantId, id, createdAt, version: customer.version + 1, updatedAt: at, deletedAt: at },
    events: ['customer.deleted'],
  };
}

export function savePaymentMethod(
  facts: Omit<PaymentMethod, 'version' | 'status' | 'type' | 'updatedAt'>,
): Decision<PaymentMethod> {
  return {
    next: { ...facts, type: 'card', version: 1, status: 'active', updatedAt: facts.createdAt },
    events: ['payment_method.saved'],
  };
}

/**
 * The card was used again with success: its expiry and tokens are renewed, and a first_in_series success lets the merchant
 * charge it. Nothing new: nothing changes and no event is written.
 */
export function renewPaymentMethod(
  method: PaymentMethod,
  facts: { card: CardDetails; usage: Usage; cardId?: string; processorToken?: string; networkTransactionId?: string },
  at: Timestamp,
): Decision<PaymentMethod> {
  const usage = method.usage === 'merchant_initiated' ? method.usage : facts.usage;
  const sameCard = method.card.expMonth === facts.card.expMonth && method.card.expYear === facts.card.expYear;
  if (usage === method.usage && sameCard && facts.processorToken === undefined)
    return { next: method, events: [], unchanged: true };
  return {
    next: { ...method, ...facts, usage, version: method.version + 1, updatedAt: at },
    events: ['payment_method.updated'],
  };
}

export function removePaymentMethod(method: PaymentMethod, at: Timestamp): Decision<PaymentMethod> {
  return {
    next: { ...method, status: 'removed', removedAt: at, version: method.version + 1, updatedAt: at },
    events: ['payment_method.removed'],
  };
}
