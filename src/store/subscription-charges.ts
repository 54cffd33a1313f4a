/** Rows of due dates: one for each date of a subscription that was touched. */
import type { SubscriptionCharge } from '../domain/subscription-charge.ts';
import { toIso } from '../lib/time.ts';
import type { Reader, Tx } from './database.ts';
import { type Page, page } from './pages.ts';
import { compact, iso, json, text } from './rows.ts';
import { sql } from './sql.ts';

/** Writes a due date over the version it was decided on; the first version is a new row. Taken when another pass was faster with it. */
export function writeSubscriptionCharge(tx: Tx, c: SubscriptionCharge): void {
  if (c.version === 1) insertSubscriptionCharge(tx, c);
  else saveSubscriptionCharge(tx, c);
}

function insertSubscriptionCharge(tx: Tx, c: SubscriptionCharge): void {
  tx.write(sql`
    insert into subscription_charges (tenant_id, subscription_id, due_date, version, status, due_at, amount, instalment, attempts,
      next_attempt_at, reason, violations, last_payment_error, session_id, payment_id, dunning, created_at, updated_at)
    values (${c.tenantId}, ${c.subscriptionId}, ${c.dueDate}, ${c.version}, ${c.status}, ${toIso(c.dueAt)}, ${c.amountMinor},
      ${c.instalment ?? null}, ${c.attempts}, ${iso(c.nextAttemptAt)}, ${text(c.reason)}, ${json(c.violations)},
      ${json(c.lastPaymentError)}, ${text(c.sessionId)}, ${text(c.paymentId)}, ${json(c.dunning)}, ${toIso(c.createdAt)},
      ${toIso(c.updatedAt)})`);
}

function saveSubscriptionCharge(tx: Tx, c: SubscriptionCharge): void {
  tx.write(sql`
    update subscription_charges set version = ${c.version}, status = ${c.status}, attempts = ${c.attempts},
      next_attempt_at = ${iso(c.nextAttemptAt)}, reason = ${text(c.reason)}, violations = ${json(c.violations)},
      last_payment_error = ${json(c.lastPaymentError)}, session_id = ${text(c.sessionId)}, payment_id = ${text(c.paymentId)},
      dunning = ${json(c.dunning)}, updated_at = ${toIso(c.updatedAt)}
    where tenant_id = ${c.tenantId} and subscription_id = ${c.subscriptionId} and due_date = ${c.dueDate}
      and version = ${c.version - 1}`);
}

/** A page of due dates, newest first. Where a page begins is a date here. */
export async function listSubscriptionCharges(
  reader: Reader,
  tenantId: string,
  list: { subscriptionId: string; page: Page },
) {
  const start = sql`
    select * from (select c.*, c.due_date as id from subscription_charges c) charges
    where tenant_id = ${tenantId} and subscription_id = ${list.subscriptionId}`;
  return page<SubscriptionChargeRow & { id: string }, SubscriptionCharge>(reader, {
    name: 'subscription charges',
    start,
    where: [],
    page: list.page,
    toItem: toSubscriptionCharge,
  });
}

/** The columns that come as text and as values inside a JSON row. */
export const CHARGE_JSON_COLUMNS = {
  times: ['due_at', 'next_attempt_at', 'created_at', 'updated_at'],
  json: ['violations', 'last_payment_error', 'dunning'],
};

export interface SubscriptionChargeRow {
  tenant_id: string;
  subscription_id: string;
  due_date: string;
  version: number;
  status: SubscriptionCharge['status'];
  due_at: number;
  amount: number;
  instalment: number | null;
  attempts: number;
  next_attempt_at: number | null;
  reason: SubscriptionCharge['reason'] | null;
  violations: string | null;
  last_payment_error: string | null;
  session_id: string | null;
  payment_id: string | null;
  dunning: string;
  created_at: number;
  updated_at: number;
}

export function toSubscriptionCharge(row: SubscriptionChargeRow): SubscriptionCharge {
  return compact<SubscriptionCharge>({
    tenantId: row.tenant_id,
    subscriptionId: row.subscription_id,
    dueDate: row.due_date,
    version: row.version,
    status: row.status,
    dueAt: row.due_at,
    amountMinor: row.amount,
    instalment: row.instalment,
    attempts: row.attempts,
    nextAttemptAt: row.next_attempt_at,
    reason: row.reason,
    violations: row.violations && JSON.parse(row.violations),
    lastPaymentError: row.last_payment_error && JSON.parse(row.last_payment_error),
    sessionId: row.session_id,
    paymentId: row.payment_id,
    dunning: JSON.parse(row.dunning) as SubscriptionCharge['dunning'],
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  });
}
