/** Rows of payment sessions and of the pages that pay them. */
import type { Session, SessionOptions } from '../domain/session.ts';
import { toIso } from '../lib/time.ts';
import type { Reader, Tx } from './database.ts';
import { gathered } from './gathered.ts';
import { type Page, page } from './pages.ts';
import { compact, fromJsonRow, iso, json, text } from './rows.ts';
import { type Sql, sql } from './sql.ts';

export function insertSession(tx: Tx, s: Session): void {
  tx.write(sql`
    insert into payment_sessions (tenant_id, id, version, type, status, payment_outcome, amount, currency, description,
      external_reference, metadata, created_by, offers_saved_methods, customer_id, payment_method_id, mandate_id, subscription_id,
      due_date, attempt_number, instalment_number, payment_id, checkout_id, return_url, options, expires_at, created_at, updated_at)
    values (${s.tenantId}, ${s.id}, ${s.version}, ${s.type}, ${s.status}, ${s.paymentOutcome}, ${s.amountMinor}, ${s.currency},
      ${text(s.description)}, ${text(s.externalReference)}, ${json(s.metadata)}, ${s.createdBy}, ${s.offersSavedMethods},
      ${text(s.customerId)}, ${text(s.paymentMethodId)}, ${text(s.mandateId)}, ${text(s.subscriptionId)}, ${text(s.dueDate)},
      ${s.attemptNumber ?? null}, ${s.instalmentNumber ?? null}, ${text(s.paymentId)}, ${text(s.checkoutId)},
      ${text(s.returnUrl)}, ${json(s.options)}, ${iso(s.expiresAt)}, ${toIso(s.createdAt)}, ${toIso(s.updatedAt)})`);
  if (s.checkoutId !== undefined) {
    tx.write(
      sql`insert into checkout_tokens (token, tenant_id, session_id) values (${s.checkoutId}, ${s.tenantId}, ${s.id})`,
    );
  }
}

/** Writes a changed session over the version it was decided on. */
export function saveSession(tx: Tx, s: Session): void {
  tx.write(sql`
    update payment_sessions set version = ${s.version}, status = ${s.status}, payment_outcome = ${s.paymentOutcome},
      amount = ${s.amountMinor}, description = ${text(s.description)}, external_reference = ${text(s.externalReference)},
      metadata = ${json(s.metadata)}, options = ${json(s.options)}, customer_id = ${text(s.customerId)}, payment_method_id = ${text(s.paymentMethodId)},
      mandate_id = ${text(s.mandateId)}, subscription_id = ${text(s.subscriptionId)}, payment_id = ${text(s.paymentId)}, expires_at = ${iso(s.expiresAt)},
      time_extensions = ${s.timeExtensions}, cancelled_by = ${text(s.cancelledBy)},
      last_payment_error = ${json(s.lastPaymentError)}, updated_at = ${toIso(s.updatedAt)}, ended_at = ${iso(s.endedAt)}
    where tenant_id = ${s.tenantId} and id = ${s.id} and version = ${s.version - 1}`);
}

/**
 * One session, as the database has it now. The database is asked each time, under load for several at once; a session that this
 * process has read before is asked only for its version, and a version never changes what it says.
 */
export async function findSession(reader: Reader, tenantId: string, id: string): Promise<Session | undefined> {
  const memory = memoryOf(reader);
  const key = `${tenantId} ${id}`;
  const session = await findByKey(reader, { tenantId, id, known: memory.get(key) });
  if (session === undefined) return undefined;
  // The oldest entry goes first: a map keeps the order in which its keys came.
  if (memory.size >= REMEMBERED && !memory.has(key)) memory.delete(memory.keys().next().value as string);
  memory.set(key, session);
  return session;
}

/** How many sessions a process remembers; about a kilobyte each. */
const REMEMBERED = 4_096;
const memories = new WeakMap<Reader, Map<string, Session>>();

function memoryOf(reader: Reader): Map<string, Session> {
  let memory = memories.get(reader);
  if (memory === undefined) {
    memory = new Map();
    memories.set(reader, memory);
  }
  return memory;
}

interface SessionKey {
  tenantId: string;
  id: string;
  known: Session | undefined;
}

const findByKey = gathered<SessionKey, Session | undefined>(async (reader, keys) => {
  const tenantIds = keys.map((key) => key.tenantId);
  const ids = keys.map((key) => key.id);
  const versions = keys.map((key) => key.known?.version ?? 0);
  // `offset 0` keeps the planner at one index look-up per key, however it guesses the length of the list.
  const rows = await reader.read<{ n: number; row: string | null }>(sql`
    select k.n, s.row from unnest(${tenantIds}::text[], ${ids}::text[], ${versions}::int[]) with ordinality k(tenant_id, id, known, n)
      join lateral (select case when p.version <> k.known then row_to_json(p) end as row from payment_sessions p
        where p.tenant_id = k.tenant_id and p.id = k.id offset 0) s on true`);
  const found: (Session | undefined)[] = keys.map(() => undefined);
  for (const { n, row } of rows) {
    const { known } = keys[n - 1] as SessionKey;
    found[n - 1] = row === null ? known : toSession(fromJsonRow<SessionRow>(JSON.parse(row), SESSION_COLUMNS));
  }
  return found;
});

const SESSION_COLUMNS = {
  times: ['expires_at', 'created_at', 'updated_at', 'ended_at'],
  json: ['metadata', 'options', 'last_payment_error'],
};

export interface SessionFilters {
  status?: string | undefined;
  paymentOutcome?: string | undefined;
  type?: string | undefined;
  customerId?: string | undefined;
  mandateId?: string | undefined;
  subscriptionId?: string | undefined;
  externalReference?: string | undefined;
  createdAfter?: string | undefined;
  createdBefore?: string | undefined;
}

/** One page of a tenant's sessions, newest first. */
export async function listSessions(reader: Reader, tenantId: string, list: { filters: SessionFilters; page: Page }) {
  const f = list.filters;
  const where: [string, Sql][] = [];
  if (f.status !== undefined) where.push(['status', sql`and status = ${f.status}`]);
  if (f.paymentOutcome !== undefined) where.push(['outcome', sql`and payment_outcome = ${f.paymentOutcome}`]);
  if (f.type !== undefined) where.push(['type', sql`and type = ${f.type}`]);
  if (f.customerId !== undefined) where.push(['customer', sql`and customer_id = ${f.customerId}`]);
  // Through the payments, which have the indexes: a session that was never attempted belongs to no mandate yet.
  if (f.mandateId !== undefined)
    where.push([
      'mandate',
      sql`and id in (select session_id from payments where tenant_id = ${tenantId} and mandate_id = ${f.mandateId})`,
    ]);
  if (f.subscriptionId !== undefined)
    where.push([
      'subscription',
      sql`and id in (select session_id from payments where tenant_id = ${tenantId} and subscription_id = ${f.subscriptionId})`,
    ]);
  if (f.externalReference !== undefined)
    where.push(['reference', sql`and external_reference = ${f.externalReference}`]);
  if (f.createdAfter !== undefined) where.push(['after', sql`and created_at >= ${f.createdAfter}`]);
  if (f.createdBefore !== undefined) where.push(['before', sql`and created_at < ${f.createdBefore}`]);
  const start = sql`select * from payment_sessions where tenant_id = ${tenantId}`;
  return page(reader, { name: 'sessions', start, where, page: list.page, toItem: toSession });
}

export interface SessionRow {
  tenant_id: string;
  id: string;
  version: number;
  type: Session['type'];
  status: Session['status'];
  payment_outcome: Session['paymentOutcome'];
  amount: number;
  currency: string;
  description: string | null;
  external_reference: string | null;
  metadata: string | null;
  created_by: string;
  offers_saved_methods: boolean;
  customer_id: string | null;
  payment_method_id: string | null;
  mandate_id: string | null;
  subscription_id: string | null;
  due_date: string | null;
  attempt_number: number | null;
  instalment_number: number | null;
  payment_id: string | null;
  checkout_id: string | null;
  return_url: string | null;
  options: string;
  expires_at: number | null;
  time_extensions: number;
  cancelled_by: 'payer' | 'merchant' | null;
  last_payment_error: string | null;
  created_at: number;
  updated_at: number;
  ended_at: number | null;
}

/** The only bridge from a row to the domain. */
export function toSession(row: SessionRow): Session {
  return compact<Session>({
    tenantId: row.tenant_id,
    id: row.id,
    version: row.version,
    type: row.type,
    status: row.status,
    paymentOutcome: row.payment_outcome,
    amountMinor: row.amount,
    currency: row.currency,
    description: row.description,
    externalReference: row.external_reference,
    metadata: row.metadata && JSON.parse(row.metadata),
    createdBy: row.created_by,
    offersSavedMethods: row.offers_saved_methods,
    customerId: row.customer_id,
    paymentMethodId: row.payment_method_id,
    mandateId: row.mandate_id,
    subscriptionId: row.subscription_id,
    dueDate: row.due_date,
    attemptNumber: row.attempt_number,
    instalmentNumber: row.instalment_number,
    paymentId: row.payment_id,
    checkoutId: row.checkout_id,
    returnUrl: row.return_url,
    options: JSON.parse(row.options) as SessionOptions,
    expiresAt: row.expires_at,
    timeExtensions: row.time_extensions,
    cancelledBy: row.cancelled_by,
    lastPaymentError: row.last_payment_error && JSON.parse(row.last_payment_error),
    createdAt: row.created_at,
    updatedAt: row.updated_at,
    endedAt: row.ended_at,
  });
}
