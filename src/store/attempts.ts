/** Rows of attempts. */
import type { Attempt } from '../domain/attempt.ts';
import { toIso } from '../lib/time.ts';
import type { Reader, Tx } from './database.ts';
import { gathered } from './gathered.ts';
import { fromMethodColumn, methodColumn } from './method-details.ts';
import { compact, iso, json, text } from './rows.ts';
import { sql } from './sql.ts';

export function insertAttempt(tx: Tx, a: Attempt): void {
  tx.write(sql`
    insert into attempts (tenant_id, id, version, session_id, payment_id, kind, status, amount, currency, request_key, processor,
      reference, initiator, attempt_key, browser, idempotency_key, card_id, card_fingerprint, method_details, payment_method_id,
      mandate_id, external_reference, metadata, saves, consent, sent_at, next_sync_at, created_at)
    values (${a.tenantId}, ${a.id}, ${a.version}, ${a.sessionId}, ${a.paymentId}, ${a.kind}, ${a.status}, ${a.amountMinor},
      ${a.currency}, ${a.requestKey}, ${a.processor}, ${a.reference}, ${a.initiator}, ${text(a.attemptKey)}, ${text(a.browser)},
      ${text(a.idempotencyKey)}, ${text(a.cardId)}, ${text(a.cardFingerprint)}, ${methodColumn(a)}, ${text(a.paymentMethodId)},
      ${text(a.mandateId)}, ${text(a.externalReference)}, ${json(a.metadata)}, ${a.saves}, ${json(a.consent)}, ${toIso(a.sentAt)}, ${iso(a.nextSyncAt)}, ${toIso(a.createdAt)})`);
}

/** Writes a changed attempt over the version it was decided on. */
export function saveAttempt(tx: Tx, a: Attempt): void {
  tx.write(sql`
    update attempts set version = ${a.version}, status = ${a.status}, amount = ${a.amountMinor}, processor_ref = ${text(a.processorRef)},
      card_id = ${text(a.cardId)}, method_details = ${methodColumn(a)}, payment_method_id = ${text(a.paymentMethodId)},
      mandate_id = ${text(a.mandateId)}, next_action = ${json(a.nextAction)}, action_expires_at = ${iso(a.actionExpiresAt)},
      decline = ${json(a.decline)}, evidence = ${json(a.evidence)}, settled_at = ${iso(a.settledAt)},
      next_sync_at = ${iso(a.nextSyncAt)}, sync_count = ${a.syncCount}, leaving = ${a.leaving}
    where tenant_id = ${a.tenantId} and id = ${a.id} and version = ${a.version - 1}`);
}

export async function findAttempt(reader: Reader, tenantId: string, id: string): Promise<Attempt | undefined> {
  const rows = await reader.read<AttemptRow>(sql`select * from attempts where tenant_id = ${tenantId} and id = ${id}`);
  return rows[0] && toAttempt(rows[0]);
}

/** The attempt a processor means when it names our request key. Notifications come in crowds: under load they are read together. */
export function findAttemptByKey(reader: Reader, tenantId: string, requestKey: string): Promise<Attempt | undefined> {
  return findByRequestKey(reader, { tenantId, requestKey });
}

const findByRequestKey = gathered<{ tenantId: string; requestKey: string }, Attempt | undefined>(
  async (reader, keys) => {
    const rows = await reader.read<AttemptRow & { n: number }>(sql`
    select k.n, a.* from unnest(${keys.map((key) => key.tenantId)}::text[], ${keys.map((key) => key.requestKey)}::text[])
      with ordinality k(tenant_id, request_key, n),
      lateral (select * from attempts p where p.tenant_id = k.tenant_id and p.request_key = k.request_key offset 0) a`);
    const found: (Attempt | undefined)[] = keys.map(() => undefined);
    for (const row of rows) found[row.n - 1] = toAttempt(row);
    return found;
  },
);

/** Every attempt of a payment, oldest first. A page allows a handful, so there is no paging. */
export async function listAttempts(reader: Reader, tenantId: string, paymentId: string): Promise<Attempt[]> {
  const rows = await reader.read<AttemptRow>(
    sql`select * from attempts where tenant_id = ${tenantId} and payment_id = ${paymentId} order by id`,
  );
  return rows.map(toAttempt);
}

export interface AttemptRow {
  tenant_id: string;
  id: string;
  version: number;
  session_id: string;
  payment_id: string;
  kind: Attempt['kind'];
  status: Attempt['status'];
  amount: number;
  currency: string;
  request_key: string;
  processor: string;
  processor_ref: string | null;
  reference: string;
  initiator: Attempt['initiator'];
  attempt_key: string | null;
  browser: string | null;
  idempotency_key: string | null;
  card_id: string | null;
  card_fingerprint: string | null;
  method_details: string | null;
  payment_method_id: string | null;
  mandate_id: string | null;
  external_reference: string | null;
  metadata: string | null;
  saves: boolean;
  consent: string | null;
  next_action: string | null;
  action_expires_at: number | null;
  decline: string | null;
  evidence: string | null;
  sent_at: number;
  settled_at: number | null;
  next_sync_at: number | null;
  sync_count: number;
  leaving: boolean;
  created_at: number;
}

export function toAttempt(row: AttemptRow): Attempt {
  return compact<Attempt>({
    tenantId: row.tenant_id,
    id: row.id,
    version: row.version,
    sessionId: row.session_id,
    paymentId: row.payment_id,
    kind: row.kind,
    status: row.status,
    amountMinor: row.amount,
    currency: row.currency,
    requestKey: row.request_key,
    processor: row.processor,
    processorRef: row.processor_ref,
    reference: row.reference,
    initiator: row.initiator,
    attemptKey: row.attempt_key,
    browser: row.browser,
    idempotencyKey: row.idempotency_key,
    cardId: row.card_id,
    cardFingerprint: row.card_fingerprint,
    ...fromMethodColumn(row.method_details),
    paymentMethodId: row.payment_method_id,
    mandateId: row.mandate_id,
    externalReference: row.external_reference,
    metadata: row.metadata && JSON.parse(row.metadata),
    saves: row.saves,
    consent: row.consent && JSON.parse(row.consent),
    nextAction: row.next_action && JSON.parse(row.next_action),
    actionExpiresAt: row.action_expires_at,
    decline: row.decline && JSON.parse(row.decline),
    evidence: row.evidence && JSON.parse(row.evidence),
    sentAt: row.sent_at,
    settledAt: row.settled_at,
    nextSyncAt: row.next_sync_at,
    syncCount: row.sync_count,
    leaving: row.leaving,
    createdAt: row.created_at,
  });
}
