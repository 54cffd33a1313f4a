/** Rows of subscriptions. */
import { type Subscription, wakesAt } from '../domain/subscription.ts';
import type { SubscriptionCharge } from '../domain/subscription-charge.ts';
import { type Timestamp, toIso } from '../lib/time.ts';
import type { Database, Reader, Tx } from './database.ts';
import { type Page, page } from './pages.ts';
import { compact, fromJsonRow, iso, json, text } from './rows.ts';
import { type Sql, sql } from './sql.ts';
import { CHARGE_JSON_COLUMNS, type SubscriptionChargeRow, toSubscriptionCharge } from './subscription-charges.ts';

export function insertSubscription(tx: Tx, s: Subscription): void {
  tx.write(sql`
    insert into subscriptions (tenant_id, id, version, status, status_reason, paused_from, customer_id, payment_method_id, mandate_id,
      session_id, amount, currency, plan, next_due_date, next_due_at, retry_at, next_charge_at, paid_count, unpaid_count,
      skipped_count, missed_count, current_charge, description, external_reference, metadata, created_at, updated_at, paused_at,
      past_due_since, cancelled_at, ended_at)
    values (${s.tenantId}, ${s.id}, ${s.version}, ${s.status}, ${text(s.statusReason)}, ${text(s.pausedFrom)}, ${s.customerId},
      ${s.paymentMethodId}, ${s.mandateId}, ${s.sessionId}, ${s.amountMinor ?? null}, ${s.currency}, ${json(s.plan)},
      ${text(s.nextDue?.date)}, ${iso(s.nextDue?.at)}, ${iso(s.retryAt)}, ${iso(wakesAt(s))}, ${s.counts.paid}, ${s.counts.unpaid},
      ${s.counts.skipped}, ${s.counts.missed}, ${json(s.currentCharge)}, ${text(s.description)}, ${text(s.externalReference)},
      ${json(s.metadata)}, ${toIso(s.createdAt)}, ${toIso(s.updatedAt)}, ${iso(s.pausedAt)}, ${iso(s.pastDueSince)},
      ${iso(s.cancelledAt)}, ${iso(s.endedAt)})`);
}

/**
 * Writes a changed subscription over the version it was decided on. `next_charge_at` is when somebody has to look at it: it follows from
 * the rest, and is written anew whatever a lease made of it.
 */
export function saveSubscription(tx: Tx, s: Subscription): void {
  tx.write(sql`
    update subscriptions set version = ${s.version}, status = ${s.status}, status_reason = ${text(s.statusReason)},
      paused_from = ${text(s.pausedFrom)}, payment_method_id = ${s.paymentMethodId}, mandate_id = ${s.mandateId},
      amount = ${s.amountMinor ?? null}, next_due_date = ${text(s.nextDue?.date)}, next_due_at = ${iso(s.nextDue?.at)},
      retry_at = ${iso(s.retryAt)}, next_charge_at = ${iso(wakesAt(s))}, paid_count = ${s.counts.paid},
      unpaid_count = ${s.counts.unpaid}, skipped_count = ${s.counts.skipped}, missed_count = ${s.counts.missed},
      current_charge = ${json(s.currentCharge)}, description = ${text(s.description)},
      external_reference = ${text(s.externalReference)}, metadata = ${json(s.metadata)}, updated_at = ${toIso(s.updatedAt)},
      paused_at = ${iso(s.pausedAt)}, past_due_since = ${iso(s.pastDueSince)}, cancelled_at = ${iso(s.cancelledAt)},
      ended_at = ${iso(s.endedAt)}
    where tenant_id = ${s.tenantId} and id = ${s.id} and version = ${s.version - 1}`);
}

export async function findSubscription(
  reader: Reader,
  tenantId: string,
  id: string,
): Promise<Subscription | undefined> {
  const rows = await reader.read<SubscriptionRow>(
    sql`select * from subscriptions where tenant_id = ${tenantId} and id = ${id}`,
  );
  return rows[0] && toSubscription(rows[0]);
}

export interface SubscriptionFacts {
  subscription: Subscription;
  /** What a decision looks at: those unfinished, at the next due date, at `dueDate` if named, the newest, and all with an instalment. */
  charges: SubscriptionCharge[];
}

/** A subscription with those of its due dates that a decision looks at, from one moment; never its history. */
export async function findSubscriptionFacts(
  reader: Reader,
  tenantId: string,
  asked: { id: string; dueDate?: string | undefined },
): Promise<SubscriptionFacts | undefined> {
  const rows = await reader.read<SubscriptionRow & { its_charges: string | null }>(sql`
    select s.*, (select json_agg(one) from (
      select * from subscription_charges c where c.tenant_id = s.tenant_id and c.subscription_id = s.id
        and c.status in ('open', 'retrying')
      union all select * from subscription_charges c where c.tenant_id = s.tenant_id and c.subscription_id = s.id
        and c.due_date in (s.next_due_date, ${text(asked.dueDate)}::date)
      union all (select * from subscription_charges c where c.tenant_id = s.tenant_id and c.subscription_id = s.id
        order by c.due_date desc limit 1)
      union all select * from subscription_charges c where s.amount is null and c.tenant_id = s.tenant_id
        and c.subscription_id = s.id) one) as its_charges
    from subscriptions s where s.tenant_id = ${tenantId} and s.id = ${asked.id}`);
  const [row] = rows;
  if (row === undefined) return undefined;
  const found = row.its_charges === null ? [] : (JSON.parse(row.its_charges) as unknown[]);
  const charges = new Map<string, SubscriptionCharge>();
  for (const one of found) {
    const charge = toSubscriptionCharge(fromJsonRow<SubscriptionChargeRow>(one, CHARGE_JSON_COLUMNS));
    charges.set(charge.dueDate, charge);
  }
  return { subscription: toSubscription(row), charges: [...charges.values()].sort(byDate) };
}

function byDate(a: SubscriptionCharge, b: SubscriptionCharge): number {
  return a.dueDate < b.dueDate ? -1 : 1;
}

/**
 * Leaves the subscription alone until then: a try of it is under way, and its end writes the time anew. Nobody is told, for nothing that
 * can be seen changes. `seenAt` is the version that was looked at.
 */
export async function postponeSubscription(
  database: Pick<Database, 'claim'>,
  subscription: Pick<Subscription, 'tenantId' | 'id' | 'version'>,
  until: Timestamp,
): Promise<void> {
  const { tenantId, id, version } = subscription;
  await database.claim(sql`
    update subscriptions set next_charge_at = ${toIso(until)}
    where tenant_id = ${tenantId} and id = ${id} and version = ${version} and next_charge_at is not null returning 1`);
}

export interface SubscriptionFilters {
  customerId?: string | undefined;
  mandateId?: string | undefined;
  status?: string | undefined;
}

export async function listSubscriptions(
  reader: Reader,
  tenantId: string,
  list: { filters: SubscriptionFilters; page: Page },
) {
  const f = list.filters;
  const where: [string, Sql][] = [];
  if (f.customerId !== undefined) where.push(['customer', sql`and customer_id = ${f.customerId}`]);
  if (f.mandateId !== undefined) where.push(['mandate', sql`and mandate_id = ${f.mandateId}`]);
  if (f.status !== undefined) where.push(['status', sql`and status = ${f.status}`]);
  const start = sql`select * from subscriptions where tenant_id = ${tenantId}`;
  return page(reader, { name: 'subscriptions', start, where, page: list.page, toItem: toSubscription });
}

interface SubscriptionRow {
  tenant_id: string;
  id: string;
  version: number;
  status: Subscription['status'];
  status_reason: Subscription['statusReason'] | null;
  paused_from: Subscription['pausedFrom'] | null;
  customer_id: string;
  payment_method_id: string;
  mandate_id: string;
  session_id: string;
  amount: number | null;
  currency: string;
  plan: string;
  next_due_date: string | null;
  next_due_at: Timestamp | null;
  retry_at: number | null;
  paid_count: number;
  unpaid_count: number;
  skipped_count: number;
  missed_count: number;
  current_charge: string | null;
  description: string | null;
  external_reference: string | null;
  metadata: string | null;
  created_at: number;
  updated_at: number;
  paused_at: number | null;
  past_due_since: number | null;
  cancelled_at: number | null;
  ended_at: number | null;
}

function toSubscription(row: SubscriptionRow): Subscription {
  const { next_due_date: date, next_due_at: at } = row;
  return compact<Subscription>({
    tenantId: row.tenant_id,
    id: row.id,
    version: row.version,
    status: row.status,
    statusReason: row.status_reason,
    pausedFrom: row.paused_from,
    customerId: row.customer_id,
    paymentMethodId: row.payment_method_id,
    mandateId: row.mandate_id,
    sessionId: row.session_id,
    amountMinor: row.amount,
    currency: row.currency,
    plan: JSON.parse(row.plan) as Subscription['plan'],
    nextDue: date === null || at === null ? null : { date, at },
    retryAt: row.retry_at,
    counts: { paid: row.paid_count, unpaid: row.unpaid_count, skipped: row.skipped_count, missed: row.missed_count },
    currentCharge: row.current_charge && JSON.parse(row.current_charge),
    description: row.description,
    externalReference: row.external_reference,
    metadata: row.metadata && JSON.parse(row.metadata),
    createdAt: row.created_at,
    updatedAt: row.updated_at,
    pausedAt: row.paused_at,
    pastDueSince: row.past_due_since,
    cancelledAt: row.cancelled_at,
    endedAt: row.ended_at,
  });
}
