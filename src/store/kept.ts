/** What a checkout page keeps for a browser: half-filled forms and sealed cards to try again. Rows that nobody misses. */
import type { CardDetails } from '../domain/payment.ts';
import { type Timestamp, toIso } from '../lib/time.ts';
import type { Database, Tx } from './database.ts';
import { sql } from './sql.ts';

export interface Place {
  tenantId: string;
  sessionId: string;
  /** Digest of the browser cookie. */
  browser: string;
}

export interface KeptCard {
  cardId: string;
  card: CardDetails;
  fingerprint: string;
  askExpiry: boolean;
}

export function saveForm(tx: Tx, place: Place, kept: { form: unknown; expiresAt: Timestamp }): void {
  tx.write(sql`
    insert into checkout_forms (tenant_id, session_id, browser, form, expires_at)
    values (${place.tenantId}, ${place.sessionId}, ${place.browser}, ${JSON.stringify(kept.form)}, ${toIso(kept.expiresAt)})
    on conflict (tenant_id, session_id, browser) do update set form = excluded.form, expires_at = excluded.expires_at`);
}

export function dropForm(tx: Tx, place: Place): void {
  tx.writeAny(sql`
    delete from checkout_forms
    where tenant_id = ${place.tenantId} and session_id = ${place.sessionId} and browser = ${place.browser}`);
}

export function saveKeptCard(tx: Tx, place: Place, kept: KeptCard & { expiresAt: Timestamp }): void {
  const details = JSON.stringify({ card: kept.card, askExpiry: kept.askExpiry });
  tx.write(sql`
    insert into kept_cards (tenant_id, session_id, browser, card_id, details, fingerprint, expires_at)
    values (${place.tenantId}, ${place.sessionId}, ${place.browser}, ${kept.cardId}, ${details}, ${kept.fingerprint},
      ${toIso(kept.expiresAt)})
    on conflict (tenant_id, session_id, browser) do update set card_id = excluded.card_id, details = excluded.details,
      fingerprint = excluded.fingerprint, expires_at = excluded.expires_at`);
}

/** Forgets everything kept for a session and answers the vault cards that were among it. */
export async function takeKept(
  database: Database,
  session: { tenantId: string; sessionId: string },
): Promise<string[]> {
  const rows = await database.claim<{ card_id: string }>(sql`
    with forms as (delete from checkout_forms where tenant_id = ${session.tenantId} and session_id = ${session.sessionId})
    delete from kept_cards where tenant_id = ${session.tenantId} and session_id = ${session.sessionId} returning card_id`);
  return rows.map((row) => row.card_id);
}

/** Rows of pages that nobody came back to, by the clock of each tenant. */
export async function dropStaleKept(database: Database, due: { now: Timestamp; limit: number }): Promise<number> {
  const at = toIso(due.now);
  const rows = await database.claim<{ tenant_id: string }>(sql`
    with cards as (
      delete from kept_cards where (tenant_id, session_id, browser) in (
        select k.tenant_id, k.session_id, k.browser from kept_cards k join tenants t on t.tenant_id = k.tenant_id
        where k.expires_at <= ${at}::timestamptz + t.clock_offset_ms * interval '1 millisecond' limit ${due.limit})
      returning tenant_id),
    forms as (
      delete from checkout_forms where (tenant_id, session_id, browser) in (
        select f.tenant_id, f.session_id, f.browser from checkout_forms f join tenants t on t.tenant_id = f.tenant_id
        where f.expires_at <= ${at}::timestamptz + t.clock_offset_ms * interval '1 millisecond' limit ${due.limit})
      returning tenant_id)
    select tenant_id from cards union all select tenant_id from forms`);
  return rows.length;
}
