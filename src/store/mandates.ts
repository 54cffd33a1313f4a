/** Rows of mandates and of the consent behind each. */
import type { PaymentMethod } from '../domain/customer.ts';
import type { Mandate } from '../domain/mandate.ts';
import { toIso } from '../lib/time.ts';
import { type PaymentMethodRow, toPaymentMethod } from './customers.ts';
import type { Reader, Tx } from './database.ts';
import { gathered } from './gathered.ts';
import { type Page, page } from './pages.ts';
import { compact, fromJsonRow, iso, json, text } from './rows.ts';
import { type Sql, sql } from './sql.ts';

export function insertMandate(tx: Tx, m: Mandate): void {
  tx.write(sql`
    insert into mandates (tenant_id, id, version, status, type, customer_id, payment_method_id, session_id, payment_id, currency,
      min_amount, max_amount, description, external_reference, metadata, network_transaction_id, created_at, updated_at)
    values (${m.tenantId}, ${m.id}, ${m.version}, ${m.status}, ${m.type}, ${m.customerId}, ${m.paymentMethodId}, ${m.sessionId},
      ${m.paymentId}, ${m.currency}, ${m.minAmountMinor}, ${m.maxAmountMinor ?? null}, ${text(m.description)},
      ${text(m.externalReference)}, ${json(m.metadata)}, ${text(m.networkTransactionId)}, ${toIso(m.createdAt)}, ${toIso(m.updatedAt)})`);
}

/** What the payer read and pressed. There is no function that changes it. */
export function insertConsent(
  tx: Tx,
  consent: { tenantId: string; mandateId: string; evidence: unknown; acceptedAt: Mandate['createdAt'] },
): void {
  tx.write(sql`
    insert into mandate_consents (tenant_id, mandate_id, evidence, accepted_at)
    values (${consent.tenantId}, ${consent.mandateId}, ${json(consent.evidence)}, ${toIso(consent.acceptedAt)})`);
}

export function saveMandate(tx: Tx, m: Mandate): void {
  tx.write(sql`
    update mandates set version = ${m.version}, status = ${m.status}, status_reason = ${text(m.statusReason)},
      updated_at = ${toIso(m.updatedAt)}, revoked_at = ${iso(m.revokedAt)}, ended_at = ${iso(m.endedAt)}
    where tenant_id = ${m.tenantId} and id = ${m.id} and version = ${m.version - 1}`);
}

/** Holds the mandate still until the commit: a revocation either comes before and makes the commit stale, or waits for it. */
export function holdMandate(tx: Tx, m: Mandate): void {
  tx.hold(
    sql`select 1 from mandates where tenant_id = ${m.tenantId} and id = ${m.id} and version = ${m.version} for share`,
  );
}

export async function findMandate(reader: Reader, tenantId: string, id: string): Promise<Mandate | undefined> {
  const rows = await reader.read<MandateRow>(sql`select * from mandates where tenant_id = ${tenantId} and id = ${id}`);
  return rows[0] && toMandate(rows[0]);
}

export interface ChargeFacts {
  customerExists: boolean;
  method?: PaymentMethod;
  /** Of the method, newest first, also the final ones; and the one named. */
  mandates: Mandate[];
}

export interface ChargeKey {
  tenantId: string;
  customerId: string;
  paymentMethodId: string;
  /** Named by the merchant; only needed when several fit. */
  mandateId: string | undefined;
}

/** Everything a charge without the payer is decided on, in one round trip; under load several charges share it. */
export const findChargeFacts = gathered<ChargeKey, ChargeFacts>(async (reader, keys) => {
  const rows = await reader.read<
    PaymentMethodRow & { n: number; customer_exists: boolean; mandates: string | null }
  >(sql`
    select k.n, c.id is not null as customer_exists, m.*, d.mandates
    from unnest(${keys.map((key) => key.tenantId)}::text[], ${keys.map((key) => key.customerId)}::text[],
        ${keys.map((key) => key.paymentMethodId)}::text[], ${keys.map((key) => text(key.mandateId))}::text[])
        with ordinality k(key_tenant_id, key_customer_id, key_method_id, key_mandate_id, n)
      left join lateral (select id from customers where tenant_id = k.key_tenant_id and id = k.key_customer_id
        and deleted_at is null offset 0) c on true
      left join lateral (select * from payment_methods where tenant_id = k.key_tenant_id and id = k.key_method_id offset 0) m on true
      left join lateral (select json_agg(one order by one.id desc) as mandates from (
          select * from mandates where tenant_id = k.key_tenant_id
            and ((customer_id = m.customer_id and payment_method_id = m.id) or id = k.key_mandate_id)
          order by status, id desc limit 100) one) d on true`);
  const facts: ChargeFacts[] = keys.map(() => ({ customerExists: false, mandates: [] }));
  for (const { n, customer_exists, mandates, ...method } of rows) {
    const its = facts[n - 1] as ChargeFacts;
    its.customerExists = customer_exists;
    // A left join that found nothing leaves every column null, the id too.
    if ((method.id as string | null) !== null) its.method = toPaymentMethod(method);
    const list = mandates === null ? [] : (JSON.parse(mandates) as unknown[]);
    its.mandates = list.map((one) => toMandate(fromJsonRow<MandateRow>(one, MANDATE_COLUMNS)));
  }
  return facts;
});

const MANDATE_COLUMNS = { times: ['created_at', 'updated_at', 'revoked_at', 'ended_at'], json: ['metadata'] };

/** What the payer read, as stored. */
export async function findConsent(
  reader: Reader,
  tenantId: string,
  mandateId: string,
): Promise<{ evidence: unknown; acceptedAt: number } | undefined> {
  const rows = await reader.read<{ evidence: string; accepted_at: number }>(
    sql`select evidence, accepted_at from mandate_consents where tenant_id = ${tenantId} and mandate_id = ${mandateId}`,
  );
  return rows[0] && { evidence: JSON.parse(rows[0].evidence), acceptedAt: rows[0].accepted_at };
}

/** The mandates of one payment method of one customer, newest first; also the final ones, at most 100. */
export async function mandatesOfMethod(
  reader: Reader,
  tenantId: string,
  of: { customerId: string; paymentMethodId: string },
): Promise<Mandate[]> {
  const rows = await reader.read<MandateRow>(sql`
    select * from mandates
    where tenant_id = ${tenantId} and customer_id = ${of.customerId} and payment_method_id = ${of.paymentMethodId}
    order by status, id desc limit 100`);
  return rows.map(toMandate);
}

/** Active mandates of a customer. */
export async function activeMandatesOfCustomer(
  reader: Reader,
  tenantId: string,
  customerId: string,
): Promise<Mandate[]> {
  const rows = await reader.read<MandateRow>(
    sql`select * from mandates where tenant_id = ${tenantId} and customer_id = ${customerId} and status = 'active'`,
  );
  return rows.map(toMandate);
}

export interface MandateFilters {
  customerId?: string | undefined;
  paymentMethodId?: string | undefined;
  status?: string | undefined;
}

export async function listMandates(reader: Reader, tenantId: string, list: { filters: MandateFilters; page: Page }) {
  const f = list.filters;
  const where: [string, Sql][] = [];
  if (f.customerId !== undefined) where.push(['customer', sql`and customer_id = ${f.customerId}`]);
  if (f.paymentMethodId !== undefined) where.push(['method', sql`and payment_method_id = ${f.paymentMethodId}`]);
  if (f.status !== undefined) where.push(['status', sql`and status = ${f.status}`]);
  const start = sql`select * from mandates where tenant_id = ${tenantId}`;
  return page(reader, { name: 'mandates', start, where, page: list.page, toItem: toMandate });
}

export interface MandateRow {
  tenant_id: string;
  id: string;
  version: number;
  status: Mandate['status'];
  status_reason: Mandate['statusReason'] | null;
  customer_id: string;
  payment_method_id: string;
  session_id: string;
  payment_id: string;
  currency: string;
  min_amount: number;
  max_amount: number | null;
  description: string | null;
  external_reference: string | null;
  metadata: string | null;
  network_transaction_id: string | null;
  created_at: number;
  updated_at: number;
  revoked_at: number | null;
  ended_at: number | null;
}

export function toMandate(row: MandateRow): Mandate {
  return compact<Mandate>({
    tenantId: row.tenant_id,
    id: row.id,
    version: row.version,
    status: row.status,
    statusReason: row.status_reason,
    type: 'on_demand',
    customerId: row.customer_id,
    paymentMethodId: row.payment_method_id,
    sessionId: row.session_id,
    paymentId: row.payment_id,
    currency: row.currency,
    minAmountMinor: row.min_amount,
    maxAmountMinor: row.max_amount,
    description: row.description,
    externalReference: row.external_reference,
    metadata: row.metadata && JSON.parse(row.metadata),
    networkTransactionId: row.network_transaction_id,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
    revokedAt: row.revoked_at,
    endedAt: row.ended_at,
  });
}
