/** Rows of payments. */
import type { Payment } from '../domain/payment.ts';
import { toIso } from '../lib/time.ts';
import type { Reader, Tx } from './database.ts';
import { fromMethodColumn, methodColumn } from './method-details.ts';
import { type Page, page } from './pages.ts';
import { compact, iso, json, text } from './rows.ts';
import { type Sql, sql } from './sql.ts';

export function insertPayment(tx: Tx, p: Payment): void {
  tx.write(sql`
    insert into payments (tenant_id, id, version, session_id, status, intent, initiator, capture_method, amount, currency,
      external_reference, metadata, customer_id, payment_method_id, mandate_id, subscription_id, due_date, attempt_number,
      instalment_number, method_details, reconciliation_reference, created_at, updated_at)
    values (${p.tenantId}, ${p.id}, ${p.version}, ${p.sessionId}, ${p.status}, ${p.intent}, ${p.initiator}, ${p.captureMethod},
      ${p.amountMinor}, ${p.currency}, ${text(p.externalReference)}, ${json(p.metadata)}, ${text(p.customerId)},
      ${text(p.paymentMethodId)}, ${text(p.mandateId)}, ${text(p.subscriptionId)}, ${text(p.dueDate)}, ${p.attemptNumber ?? null},
      ${p.instalmentNumber ?? null}, ${methodColumn(p)}, ${p.reconciliationReference}, ${toIso(p.createdAt)}, ${toIso(p.updatedAt)})`);
}

/** Writes a changed payment over the version it was decided on. */
export function savePayment(tx: Tx, p: Payment): void {
  tx.write(sql`
    update payments set version = ${p.version}, status = ${p.status}, amount = ${p.amountMinor},
      authorised_amount = ${p.authorisedMinor}, paid_amount = ${p.paidMinor}, voided_amount = ${p.voidedMinor},
      refunded_amount = ${p.refundedMinor}, refunding_amount = ${p.refundingMinor},
      authorisation_expires_at = ${iso(p.authorisationExpiresAt)}, lapse_due_at = ${iso(p.lapseDueAt)}, lapsed_at = ${iso(p.lapsedAt)},
      customer_id = ${text(p.customerId)}, payment_method_id = ${text(p.paymentMethodId)}, mandate_id = ${text(p.mandateId)},
      subscription_id = ${text(p.subscriptionId)}, method_details = ${methodColumn(p)}, review = ${json(p.review)}, last_payment_error = ${json(p.lastPaymentError)},
      updated_at = ${toIso(p.updatedAt)}, succeeded_at = ${iso(p.succeededAt)}
    where tenant_id = ${p.tenantId} and id = ${p.id} and version = ${p.version - 1}`);
}

export async function findPayment(reader: Reader, tenantId: string, id: string): Promise<Payment | undefined> {
  const rows = await reader.read<PaymentRow>(sql`select * from payments where tenant_id = ${tenantId} and id = ${id}`);
  return rows[0] && toPayment(rows[0]);
}

export interface PaymentFilters {
  status?: string | undefined;
  sessionId?: string | undefined;
  customerId?: string | undefined;
  mandateId?: string | undefined;
  subscriptionId?: string | undefined;
  externalReference?: string | undefined;
  /** Only those that people have to look at, or only the others. */
  review?: 'needed' | 'none' | undefined;
  createdAfter?: string | undefined;
  createdBefore?: string | undefined;
}

/** One page of a tenant's payments, newest first. */
export async function listPayments(reader: Reader, tenantId: string, list: { filters: PaymentFilters; page: Page }) {
  const f = list.filters;
  const where: [string, Sql][] = [];
  if (f.status !== undefined) where.push(['status', sql`and status = ${f.status}`]);
  if (f.sessionId !== undefined) where.push(['session', sql`and session_id = ${f.sessionId}`]);
  if (f.customerId !== undefined) where.push(['customer', sql`and customer_id = ${f.customerId}`]);
  if (f.mandateId !== undefined) where.push(['mandate', sql`and mandate_id = ${f.mandateId}`]);
  if (f.subscriptionId !== undefined) where.push(['subscription', sql`and subscription_id = ${f.subscriptionId}`]);
  if (f.externalReference !== undefined)
    where.push(['reference', sql`and external_reference = ${f.externalReference}`]);
  if (f.review === 'needed') where.push(['in review', sql`and review is not null`]);
  if (f.review === 'none') where.push(['no review', sql`and review is null`]);
  if (f.createdAfter !== undefined) where.push(['after', sql`and created_at >= ${f.createdAfter}`]);
  if (f.createdBefore !== undefined) where.push(['before', sql`and created_at < ${f.createdBefore}`]);
  const start = sql`select * from payments where tenant_id = ${tenantId}`;
  return page(reader, { name: 'payments', start, where, page: list.page, toItem: toPayment });
}

export interface PaymentRow {
  tenant_id: string;
  id: string;
  version: number;
  session_id: string;
  status: Payment['status'];
  intent: Payment['intent'];
  initiator: Payment['initiator'];
  capture_method: Payment['captureMethod'];
  amount: number;
  currency: string;
  authorised_amount: number;
  paid_amount: number;
  voided_amount: number;
  refunded_amount: number;
  refunding_amount: number;
  authorisation_expires_at: number | null;
  lapse_due_at: number | null;
  lapsed_at: number | null;
  external_reference: string | null;
  metadata: string | null;
  customer_id: string | null;
  payment_method_id: string | null;
  mandate_id: string | null;
  subscription_id: string | null;
  due_date: string | null;
  attempt_number: number | null;
  instalment_number: number | null;
  method_details: string | null;
  reconciliation_reference: string;
  review: string | null;
  last_payment_error: string | null;
  created_at: number;
  updated_at: number;
  succeeded_at: number | null;
}

export function toPayment(row: PaymentRow): Payment {
  return compact<Payment>({
    tenantId: row.tenant_id,
    id: row.id,
    version: row.version,
    sessionId: row.session_id,
    status: row.status,
    intent: row.intent,
    initiator: row.initiator,
    captureMethod: row.capture_method,
    amountMinor: row.amount,
    currency: row.currency,
    authorisedMinor: row.authorised_amount,
    paidMinor: row.paid_amount,
    voidedMinor: row.voided_amount,
    refundedMinor: row.refunded_amount,
    refundingMinor: row.refunding_amount,
    authorisationExpiresAt: row.authorisation_expires_at,
    lapseDueAt: row.lapse_due_at,
    lapsedAt: row.lapsed_at,
    externalReference: row.external_reference,
    metadata: row.metadata && JSON.parse(row.metadata),
    customerId: row.customer_id,
    paymentMethodId: row.payment_method_id,
    mandateId: row.mandate_id,
    subscriptionId: row.subscription_id,
    dueDate: row.due_date,
    attemptNumber: row.attempt_number,
    instalmentNumber: row.instalment_number,
    ...fromMethodColumn(row.method_details),
    reconciliationReference: row.reconciliation_reference,
    review: row.review && JSON.parse(row.review),
    lastPaymentError: row.last_payment_error && JSON.parse(row.last_payment_error),
    createdAt: row.created_at,
    updatedAt: row.updated_at,
    succeededAt: row.succeeded_at,
  });
}
