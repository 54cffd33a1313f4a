/** Whether this process can do its work right now, and what the last check of the invariants found. */
import type { Timestamp } from '../lib/time.ts';
import { Unavailable } from '../store/database.ts';
import { type LastCheck, lastCheck } from './checker.ts';
import type { App } from './context.ts';

export interface Health {
  status: 'ok' | 'unavailable';
  details: {
    database: 'ok' | 'unreachable';
    /** Absent before the first check has ended. */
    checks?: CheckSummary;
  };
}

export interface CheckSummary {
  endedAt: Timestamp;
  tookMs: number;
  /** Objects that break an invariant, all together. */
  violations: number;
  /** Names of the invariants that do not hold. */
  broken: string[];
  /** Names of those that could not be looked at. */
  unchecked: string[];
}

/**
 * Ready means that requests can be served. A violation does not change that: stopping a healthy server would not mend what is
 * wrong in the books, and would stop every merchant. It is loud in the log, in the details and in the metrics instead.
 */
export async function ready(app: App): Promise<Health> {
  try {
    const check = await lastCheck(app);
    return { status: 'ok', details: { database: 'ok', ...(check === undefined ? {} : { checks: summary(check) }) } };
  } catch (error) {
    if (!(error instanceof Unavailable)) throw error;
    return { status: 'unavailable', details: { database: 'unreachable' } };
  }
}

/** What the last check found, with its age; undefined before the first. Throws Unavailable. */
export async function checkMetrics(app: App): Promise<{ check: LastCheck; ageMs: number } | undefined> {
  const check = await lastCheck(app);
  return check && { check, ageMs: Math.max(0, app.system.clock.now() - check.endedAt) };
}

function summary({ endedAt, tookMs, findings }: LastCheck): CheckSummary {
  return {
    endedAt,
    tookMs,
    violations: findings.reduce((sum, finding) => sum + finding.violations, 0),
    broken: findings.filter(({ violations }) => violations > 0).map(({ name }) => name),
    unchecked: findings.filter(({ unchecked }) => unchecked !== undefined).map(({ name }) => name),
  };
}
