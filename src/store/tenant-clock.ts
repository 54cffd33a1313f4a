/**
 * The clock of a test tenant: how far it is ahead of real time, and who is moving it. The lease is an instant of real time; it
 * names its holder too, for nobody else writes over it before it has passed.
 */
import { type Timestamp, toIso } from '../lib/time.ts';
import type { Database, Tx } from './database.ts';
import { sql } from './sql.ts';

export interface ClockLease {
  tenantId: string;
  until: Timestamp;
}

/** Takes the clock for oneself. Answers false while somebody else has it. */
export async function takeClock(database: Database, lease: ClockLease, now: Timestamp): Promise<boolean> {
  const rows = await database.claim(sql`
    update tenants set clock_lease_until = ${toIso(lease.until)}
    where tenant_id = ${lease.tenantId} and mode = 'test' and (clock_lease_until is null or clock_lease_until <= ${toIso(now)})
    returning tenant_id`);
  return rows.length > 0;
}

/** Moves the clock, never back, and holds it for longer. Stale when the lease was lost. */
export function moveClock(tx: Tx, lease: ClockLease, to: { offsetMs: number; until: Timestamp }): void {
  tx.write(sql`
    update tenants set clock_offset_ms = greatest(clock_offset_ms, ${to.offsetMs}), clock_lease_until = ${toIso(to.until)}
    where tenant_id = ${lease.tenantId} and clock_lease_until = ${toIso(lease.until)}`);
}

/** Lets the clock go, if it is still held. */
export function releaseClock(tx: Tx, lease: ClockLease): void {
  tx.writeAny(sql`
    update tenants set clock_lease_until = null
    where tenant_id = ${lease.tenantId} and clock_lease_until = ${toIso(lease.until)}`);
}
