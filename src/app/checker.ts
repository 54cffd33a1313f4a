/**
 * The check of every invariant on a live database: read-only, one statement after another, safe at any time. By hand with
 * `tender check`, and by the worker from time to time, whose result health and metrics show.
 */
import { HOUR, MINUTE, plus, type Timestamp } from '../lib/time.ts';
import { checkInvariant, type Finding, type Invariant, knownInvariants } from '../store/invariants.ts';
import { claimCheck, findLastCheck, type LastCheck, saveCheck } from '../store/last-check.ts';
import type { App } from './context.ts';

export type { LastCheck } from '../store/last-check.ts';

/** How late what is due may be on a running system before it counts as forgotten. */
export const PATIENCE_MS = 5 * MINUTE;

/** What was found about one invariant. */
export interface Checked extends Finding {
  name: string;
  sentence: string;
  tookMs: number;
}

export interface CheckOptions {
  /** Default: what the clock says. */
  now?: Timestamp;
  /** Default {@link PATIENCE_MS}; 0 for a world at rest. */
  patienceMs?: number;
  /** Only these, by name. Default: all. */
  only?: readonly string[];
  /** Told before each. */
  onProgress?(step: { number: number; of: number; name: string }): void;
}

/** Names of all invariants with the sentence that each protects. */
export function listInvariants(): Pick<Invariant, 'name' | 'sentence'>[] {
  return knownInvariants().map(({ name, sentence }) => ({ name, sentence }));
}

/** Checks one invariant after another on a connection of its own. Throws Unavailable when the database does not answer. */
export async function checkEverything(
  app: Pick<App, 'system' | 'database'>,
  options: CheckOptions = {},
): Promise<Checked[]> {
  const { clock } = app.system;
  const { now = clock.now(), patienceMs = PATIENCE_MS, only } = options;
  const chosen = knownInvariants().filter(({ name }) => only === undefined || only.includes(name));
  return app.database.inspect(async (inspector) => {
    const checked: Checked[] = [];
    for (const invariant of chosen) {
      const { name, sentence } = invariant;
      options.onProgress?.({ number: checked.length + 1, of: chosen.length, name });
      const begun = clock.now();
      const finding = await checkInvariant(inspector, invariant, { now, patienceMs });
      checked.push({ name, sentence, ...finding, tookMs: clock.now() - begun });
    }
    return checked;
  });
}

/** A check that was taken and never ended is taken again after this long, beside its usual time. */
const LEASE_SPARE_MS = HOUR;

/**
 * Checks everything if `everyMs` milliseconds have passed since the last time, in whichever process; answers how often it did (0 or 1). Violations
 * go to the log, as loud as it gets.
 */
export async function checkWhenDue(app: App, everyMs: number): Promise<number> {
  const { clock, log } = app.system;
  const begun = clock.now();
  if (!(await claimCheck(app.database, { now: begun, until: plus(begun, everyMs + LEASE_SPARE_MS) }))) return 0;
  const checked = await checkEverything(app);
  const endedAt = clock.now();
  for (const { name, sentence, violations, examples, unchecked } of checked) {
    if (violations > 0) log.fatal({ invariant: name, violations, examples }, `an invariant does not hold: ${sentence}`);
    if (unchecked !== undefined) log.warn({ invariant: name, unchecked }, 'an invariant could not be checked');
  }
  const findings = checked.map(({ sentence: _, ...finding }) => finding);
  const check: LastCheck = { endedAt, tookMs: endedAt - begun, findings };
  await saveCheck(app.database, check, plus(begun, everyMs) > endedAt ? plus(begun, everyMs) : plus(endedAt, MINUTE));
  return 1;
}

/** True when nothing is broken and nothing was given up. A vault out of reach is no fault: it has constraints of its own. */
export function isSound(checked: readonly Pick<Checked, 'violations' | 'unchecked'>[]): boolean {
  return checked.every(({ violations, unchecked }) => violations === 0 && unchecked !== 'too_slow');
}

/** The result of the last check that ended; undefined before the first. */
export function lastCheck(app: Pick<App, 'database'>): Promise<LastCheck | undefined> {
  return findLastCheck(app.database);
}
