/** Rows of customers and of the payment methods saved for them. */
import type { Customer, PaymentMethod } from '../domain/customer.ts';
import { toIso } from '../lib/time.ts';
import type { Reader, Tx } from './database.ts';
import { type Page, page } from './pages.ts';
import { compact, iso, json, text } from './rows.ts';
import { sql } from './sql.ts';

export function insertCustomer(tx: Tx, c: Customer): void {
  tx.write(sql`
    insert into customers (tenant_id, id, version, name, email, phone, external_reference, metadata, created_at, updated_at)
    values (${c.tenantId}, ${c.id}, ${c.version}, ${text(c.name)}, ${text(c.email)}, ${text(c.phone)}, ${text(c.externalReference)},
      ${json(c.metadata)}, ${toIso(c.createdAt)}, ${toIso(c.updatedAt)})`);
}

export function saveCustomer(tx: Tx, c: Customer): void {
  tx.write(sql`
    update customers set version = ${c.version}, name = ${text(c.name)}, email = ${text(c.email)}, phone = ${text(c.phone)},
      external_reference = ${text(c.externalReference)}, metadata = ${json(c.metadata)}, updated_at = ${toIso(c.updatedAt)},
      deleted_at = ${iso(c.deletedAt)}
    where tenant_id = ${c.tenantId} and id = ${c.id} and version = ${c.version - 1}`);
}

/** A customer that exists: a deleted one does not. */
export async function findCustomer(reader: Reader, tenantId: string, id: string): Promise<Customer | undefined> {
  const rows = await reader.read<CustomerRow>(
    sql`select * from customers where tenant_id = ${tenantId} and id = ${id} and deleted_at is null`,
  );
  return rows[0] && toCustomer(rows[0]);
}

/** Holds the customer still until the commit: a deletion either comes before and makes the commit stale, or waits for it. */
export function holdCustomer(tx: Tx, { tenantId, id }: { tenantId: string; id: string }): void {
  tx.hold(sql`select 1 from customers where tenant_id = ${tenantId} and id = ${id} and deleted_at is null for share`);
}

/**
 * Takes the customer before anything else that the transaction changes: whoever begins something for them comes before or after. Not so
 * tightly that rows which only name the customer would wait: a charge inserts some while it holds a mandate that is wanted here next.
 */
export function lockCustomer(tx: Tx, { tenantId, id, version }: Customer): void {
  tx.hold(
    sql`select 1 from customers where tenant_id = ${tenantId} and id = ${id} and version = ${version} for no key update`,
  );
}

export async function listCustomers(
  reader: Reader,
  tenantId: string,
  list: { externalReference: string | undefined; email: string | undefined; page: Page },
) {
  const where: [string, ReturnType<typeof sql>][] = [];
  if (list.externalReference !== undefined)
    where.push(['reference', sql`and external_reference = ${list.externalReference}`]);
  if (list.email !== undefined) where.push(['email', sql`and email = ${list.email}`]);
  const start = sql`select * from customers where tenant_id = ${tenantId} and deleted_at is null`;
  return page(reader, { name: 'customers', start, where, page: list.page, toItem: toCustomer });
}

interface CustomerRow {
  tenant_id: string;
  id: string;
  version: number;
  name: string | null;
  email: string | null;
  phone: string | null;
  external_reference: string | null;
  metadata: string | null;
  created_at: number;
  updated_at: number;
  deleted_at: number | null;
}

function toCustomer(row: CustomerRow): Customer {
  return compact<Customer>({
    tenantId: row.tenant_id,
    id: row.id,
    version: row.version,
    name: row.name,
    email: row.email,
    phone: row.phone,
    externalReference: row.external_reference,
    metadata: row.metadata && JSON.parse(row.metadata),
    createdAt: row.created_at,
    updatedAt: row.updated_at,
    deletedAt: row.deleted_at,
  });
}

export function insertPaymentMethod(tx: Tx, m: PaymentMethod): void {
  tx.write(sql`
    insert into payment_methods (tenant_id, id, version, customer_id, type, usage, status, card_id, scheme, card_type, country, bin,
      last4, exp_month, exp_year, fingerprint, processor_token, network_transaction_id, created_at, updated_at, removed_at)
    values (${m.tenantId}, ${m.id}, ${m.version}, ${m.customerId}, ${m.type}, ${m.usage}, ${m.status}, ${text(m.cardId)}, ${m.card.scheme},
      ${text(m.card.type)}, ${text(m.card.country)}, ${m.card.bin}, ${m.card.last4}, ${m.card.expMonth}, ${m.card.expYear},
      ${m.fingerprint}, ${text(m.processorToken)}, ${text(m.networkTransactionId)}, ${toIso(m.createdAt)}, ${toIso(m.updatedAt)}, ${iso(m.removedAt)})`);
}

/** Holds a method still until the commit, as {@link holdCustomer} does its customer. */
export function holdPaymentMethod(tx: Tx, { tenantId, id, version }: PaymentMethod): void {
  tx.hold(
    sql`select 1 from payment_methods where tenant_id = ${tenantId} and id = ${id} and version = ${version} for share`,
  );
}

export function savePaymentMethodRow(tx: Tx, m: PaymentMethod): void {
  tx.write(sql`
    update payment_methods set version = ${m.version}, usage = ${m.usage}, status = ${m.status}, card_id = ${text(m.cardId)},
      last4 = ${m.card.last4}, exp_month = ${m.card.expMonth}, exp_year = ${m.card.expYear}, fingerprint = ${m.fingerprint},
      processor_token = ${text(m.processorToken)}, network_transaction_id = ${text(m.networkTransactionId)}, updated_at = ${toIso(m.updatedAt)}, removed_at = ${iso(m.removedAt)}
    where tenant_id = ${m.tenantId} and id = ${m.id} and version = ${m.version - 1}`);
}

export async function findPaymentMethod(
  reader: Reader,
  tenantId: string,
  id: string,
): Promise<PaymentMethod | undefined> {
  const rows = await reader.read<PaymentMethodRow>(
    sql`select * from payment_methods where tenant_id = ${tenantId} and id = ${id}`,
  );
  return rows[0] && toPaymentMethod(rows[0]);
}

/** Every active method of one customer, newest first. */
export async function activePaymentMethods(
  reader: Reader,
  tenantId: string,
  customerId: string,
): Promise<PaymentMethod[]> {
  const rows = await reader.read<PaymentMethodRow>(sql`
    select * from payment_methods where tenant_id = ${tenantId} and customer_id = ${customerId} and status = 'active' order by id desc`);
  return rows.map(toPaymentMethod);
}

/** The active method of this customer for the same card. */
export async function findMethodByFingerprint(
  reader: Reader,
  tenantId: string,
  card: { customerId: string; fingerprint: string },
) {
  const rows = await reader.read<PaymentMethodRow>(sql`
    select * from payment_methods
    where tenant_id = ${tenantId} and customer_id = ${card.customerId} and fingerprint = ${card.fingerprint} and status = 'active'`);
  return rows[0] && toPaymentMethod(rows[0]);
}

export async function listPaymentMethods(reader: Reader, tenantId: string, list: { customerId: string; page: Page }) {
  const start = sql`
    select * from payment_methods where tenant_id = ${tenantId} and customer_id = ${list.customerId} and status = 'active'`;
  return page(reader, { name: 'payment_methods', start, where: [], page: list.page, toItem: toPaymentMethod });
}

/** Of the given vault cards: those that a saved method needs, and those that an open attempt may still save. */
export async function cardsInUse(reader: Reader, tenantId: string, cardIds: readonly string[]) {
  const rows = await reader.read<{ card_id: string; saved: boolean }>(sql`
    select card_id, true as saved from payment_methods
      where tenant_id = ${tenantId} and status = 'active' and card_id = any(${cardIds})
    union all select card_id, false as saved from attempts
      where tenant_id = ${tenantId} and settled_at is null and card_id = any(${cardIds})`);
  const ids = (saved: boolean) => new Set(rows.filter((row) => row.saved === saved).map((row) => row.card_id));
  return { saved: ids(true), open: ids(false) };
}

export interface PaymentMethodRow {
  tenant_id: string;
  id: string;
  version: number;
  customer_id: string;
  usage: PaymentMethod['usage'];
  status: PaymentMethod['status'];
  card_id: string | null;
  scheme: string;
  card_type: string | null;
  country: string | null;
  bin: string;
  last4: string;
  exp_month: number;
  exp_year: number;
  fingerprint: string;
  processor_token: string | null;
  network_transaction_id: string | null;
  created_at: number;
  updated_at: number;
  removed_at: number | null;
}

export function toPaymentMethod(row: PaymentMethodRow): PaymentMethod {
  return compact<PaymentMethod>({
    tenantId: row.tenant_id,
    id: row.id,
    version: row.version,
    customerId: row.customer_id,
    type: 'card',
    usage: row.usage,
    status: row.status,
    cardId: row.card_id,
    card: compact({
      scheme: row.scheme,
      type: row.card_type,
      country: row.country,
      bin: row.bin,
      last4: row.last4,
      expMonth: row.exp_month,
      expYear: row.exp_year,
    }),
    fingerprint: row.fingerprint,
    processorToken: row.processor_token,
    networkTransactionId: row.network_transaction_id,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
    removedAt: row.removed_at,
  });
}
