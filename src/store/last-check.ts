/** The row of the last check: due time and lease in one column, and what was found, for health and metrics. */
import { type Timestamp, toIso } from '../lib/time.ts';
import type { Database, Reader } from './database.ts';
import type { Finding } from './invariants.ts';
import { sql } from './sql.ts';

/** What was found about one invariant, and how long that took. */
export interface KeptFinding extends Finding {
  name: string;
  tookMs: number;
}

export interface LastCheck {
  endedAt: Timestamp;
  tookMs: number;
  findings: KeptFinding[];
}

/** Takes the check when it is due and says when it is due again if nothing comes of it; true for one caller alone. */
export async function claimCheck(database: Database, lease: { now: Timestamp; until: Timestamp }): Promise<boolean> {
  const rows = await database.claim(sql`
    update last_check set next_check_at = ${toIso(lease.until)} 
    where name = 'invariants' and next_check_at <= ${toIso(lease.now)} returning 1`);
  return rows.length > 0;
}

/** Keeps the result and says when the next check is due. */
export async function saveCheck(database: Database, check: LastCheck, nextCheckAt: Timestamp): Promise<void> {
  await database.claim(sql`
    update last_check set next_check_at = ${toIso(nextCheckAt)}, ended_at = ${toIso(check.endedAt)}, took_ms = ${check.tookMs},
      result = ${JSON.stringify(check.findings)}
    where name = 'invariants' returning 1`);
}

/** Undefined before the first check has ended. */
export async function findLastCheck(reader: Reader): Promise<LastCheck | undefined> {
  const rows = await reader.read<{ ended_at: Timestamp | null; took_ms: number | null; result: string | null }>(
    sql`select ended_at, took_ms, result from last_check where name = 'invariants'`,
  );
  const row = rows[0];
  if (row === undefined || row.ended_at === null || row.took_ms === null || row.result === null) return undefined;
  return { endedAt: row.ended_at, tookMs: row.took_ms, findings: JSON.parse(row.result) as KeptFinding[] };
}
