/** Rows of mandates and of the consent behind each. */
import type { Mandate } from '../domain/mandate.ts';
import { type Timestamp, toIso } from '../lib/time.ts';
import type { Reader, Tx } from './database.ts';
import { type Page, page } from './pages.ts';
import { compact, iso, json, text } from './rows.ts';
import { type Sql, sql } from './sql.ts';

export function insertMandate(tx: Tx, m: Mandate): void {
  tx.write(sql`
    insert into mandates (tenant_id, id, version, status, status_reason, type, customer_id, payment_method_id, session_id, payment_id,
      subscription_id, currency, series_id, replaces_mandate_id, terms, instalments, first_date, first_paid_at, first_amount,
      anchor_date, ends_at, charge_hold, description, external_reference, metadata, network_transaction_id, created_at, updated_at,
      revoked_at, ended_at)
    values (${m.tenantId}, ${m.id}, ${m.version}, ${m.status}, ${text(m.statusReason)}, ${m.terms.type}, ${m.customerId},
      ${m.paymentMethodId}, ${m.sessionId}, ${m.paymentId}, ${text(m.subscriptionId)}, ${m.terms.currency}, ${m.seriesId},
      ${text(m.replacesMandateId)}, ${json(m.terms)}, ${json(m.instalments)}, ${m.firstDate}, ${toIso(m.firstPaidAt)},
      ${m.firstPaidMinor}, ${m.anchorDate}, ${iso(m.endsAt)}, ${json(m.chargeHold)}, ${text(m.description)},
      ${text(m.externalReference)}, ${json(m.metadata)}, ${text(m.networkTransactionId)}, ${toIso(m.createdAt)},
      ${toIso(m.updatedAt)}, ${iso(m.revokedAt)}, ${iso(m.endedAt)})`);
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

/** Status, hold and subscription change; terms and consent never do, so no statement writes them again. */
export function saveMandate(tx: Tx, m: Mandate): void {
  tx.write(sql`
    update mandates set version = ${m.version}, status = ${m.status}, status_reason = ${text(m.statusReason)},
      charge_hold = ${json(m.chargeHold)}, subscription_id = ${text(m.subscriptionId)}, updated_at = ${toIso(m.updatedAt)}, revoked_at = ${iso(m.revokedAt)}, ended_at = ${iso(m.endedAt)}
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

/** What the payer read, as stored. */
export async function findConsent(
  reader: Reader,
  tenantId: string,
  mandateId: string,
): Promise<{ evidence: Record<string, unknown>; acceptedAt: Timestamp } | undefined> {
  const rows = await reader.read<{ evidence: string; accepted_at: Timestamp }>(
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

/** The mandate of a series that is in force: the card may have been replaced since an older one was charged. */
export async function findActiveOfSeries(
  reader: Reader,
  tenantId: string,
  seriesId: string,
): Promise<Mandate | undefined> {
  const rows = await reader.read<MandateRow>(
    sql`select * from mandates where tenant_id = ${tenantId} and series_id = ${seriesId} and status = 'active'`,
  );
  return rows[0] && toMandate(rows[0]);
}

/** Active mandates that charge a card, whichever customer saved it. */
export async function activeMandatesOfCard(reader: Reader, tenantId: string, fingerprint: string): Promise<Mandate[]> {
  const rows = await reader.read<MandateRow>(sql`
    select d.* from payment_methods m join mandates d on d.tenant_id = m.tenant_id and d.customer_id = m.customer_id
      and d.payment_method_id = m.id and d.status = 'active'
    where m.tenant_id = ${tenantId} and m.fingerprint = ${fingerprint} and m.status = 'active' order by d.id`);
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
  subscription_id: string | null;
  series_id: string;
  replaces_mandate_id: string | null;
  terms: string;
  instalments: string | null;
  first_date: string;
  first_paid_at: number;
  first_amount: number;
  anchor_date: string;
  ends_at: number | null;
  charge_hold: string | null;
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
    customerId: row.customer_id,
    paymentMethodId: row.payment_method_id,
    sessionId: row.session_id,
    paymentId: row.payment_id,
    subscriptionId: row.subscription_id,
    seriesId: row.series_id,
    replacesMandateId: row.replaces_mandate_id,
    terms: JSON.parse(row.terms) as Mandate['terms'],
    instalments: row.instalments && JSON.parse(row.instalments),
    firstDate: row.first_date,
    firstPaidAt: row.first_paid_at,
    firstPaidMinor: row.first_amount,
    anchorDate: row.anchor_date,
    endsAt: row.ends_at,
    chargeHold: row.charge_hold && JSON.parse(row.charge_hold),
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
