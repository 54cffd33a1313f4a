/** Tries that the brakes count: a row for each by card and by address, until no window counts it any more. */
import type { BrakeKind, BrakeTry } from '../domain/checkout-brakes.ts';
import { type Timestamp, toIso } from '../lib/time.ts';
import type { Database, Reader, Tx } from './database.ts';
import { sql } from './sql.ts';

/** What one brake counts by: the digest of a card or of an address. */
export interface BrakeKey {
  kind: BrakeKind;
  digest: string;
}

export interface Tried {
  tenantId: string;
  attemptId: string;
}

/** What the brakes of a card and an address know that still counts at `at`. */
export async function findTries(
  reader: Reader,
  asked: { tenantId: string; card: string; address: string | undefined; at: Timestamp },
): Promise<BrakeTry[]> {
  const rows = await reader.read<{ kind: BrakeKind; place: string; until: Timestamp; open: boolean }>(sql`
    select kind, place, until, open from checkout_tries
    where tenant_id = ${asked.tenantId} and until > ${toIso(asked.at)}
      and (kind, digest) in (('card', ${asked.card}), ('address', ${asked.address ?? ''}))`);
  return rows;
}

/** Takes a place from `at` on; Stale when another try has it, or as many as `failures` count. */
export function takePlace(
  tx: Tx,
  { tenantId, attemptId }: Tried,
  taken: BrakeKey & { place: string; failures: number; at: Timestamp; until: Timestamp },
): void {
  const { kind, digest, place, failures } = taken;
  const at = toIso(taken.at);
  tx.write(sql`
    insert into checkout_tries (tenant_id, kind, digest, place, attempt_id, open, until)
    select ${tenantId}, ${kind}, ${digest}, ${place}, ${attemptId}, true, ${toIso(taken.until)}::timestamptz
    where (select count(*) from checkout_tries r where r.tenant_id = ${tenantId} and r.kind = ${kind} and r.digest = ${digest}
      and r.until > ${at}::timestamptz) < ${failures}
    on conflict (tenant_id, kind, digest, place) do update
      set attempt_id = excluded.attempt_id, open = true, until = excluded.until
      where checkout_tries.until <= ${at}::timestamptz`);
}

/** A try that was no failure. */
export function dropTries(tx: Tx, { tenantId, attemptId }: Tried): void {
  tx.writeAny(sql`delete from checkout_tries where tenant_id = ${tenantId} and attempt_id = ${attemptId}`);
}

/** A try whose end will be known later: it gives its places back, and is remembered in case it fails. */
export function setAside(tx: Tx, { tenantId, attemptId }: Tried, at: Timestamp): void {
  tx.writeAny(sql`
    update checkout_tries set place = attempt_id, open = false, until = ${toIso(at)}
    where tenant_id = ${tenantId} and attempt_id = ${attemptId} and open`);
}

/** A failure counts until the end of each window. */
export function keepFailure(tx: Tx, { tenantId, attemptId }: Tried, until: Record<BrakeKind, Timestamp>): void {
  tx.writeAny(sql`
    update checkout_tries
    set open = false, until = case kind when 'card' then ${toIso(until.card)}::timestamptz else ${toIso(until.address)}::timestamptz end
    where tenant_id = ${tenantId} and attempt_id = ${attemptId}`);
}

/** A card that was saved takes no place while it is tried; its failure counts like every other. */
export function addFailure(tx: Tx, { tenantId, attemptId }: Tried, failed: { card: string; until: Timestamp }): void {
  tx.writeAny(sql`
    insert into checkout_tries (tenant_id, kind, digest, place, attempt_id, open, until)
    select ${tenantId}, 'card', ${failed.card}, ${attemptId}, ${attemptId}, false, ${toIso(failed.until)}
    where not exists (select 1 from checkout_tries where tenant_id = ${tenantId} and attempt_id = ${attemptId} and kind = 'card')`);
}

/** Asserts that fewer than `failures` tries with a card count: Stale otherwise. */
export function expectFewer(
  tx: Tx,
  { tenantId, card }: { tenantId: string; card: string },
  { failures, at }: { failures: number; at: Timestamp },
): void {
  tx.expect(
    sql`select 1 from checkout_tries where tenant_id = ${tenantId} and kind = 'card' and digest = ${card} and until > ${toIso(at)}
      limit 1 offset ${failures - 1}`,
    0,
  );
}

/** All tries of a tenant, as when a test begins anew. */
export function forgetTries(tx: Tx, tenantId: string): void {
  tx.writeAny(sql`delete from checkout_tries where tenant_id = ${tenantId}`);
}

/**
 * Drops what ended before `before`, real time: whoever set a clock ahead has rows that end later. Long after the end, since one that was
 * set aside may still fail.
 */
export async function dropOldTries(database: Database, due: { before: Timestamp; limit: number }): Promise<number> {
  const rows = await database.claim(sql`
    delete from checkout_tries where (tenant_id, kind, digest, place) in (
      select r.tenant_id, r.kind, r.digest, r.place from checkout_tries r
      where r.until < ${toIso(due.before)} order by r.until limit ${due.limit})
    returning tenant_id`);
  return rows.length;
}
