/**
 * Splits the time between the kinds of proof: whichever is furthest behind its share goes next, as long as a run of it still
 * fits. Each kind runs at least once where the time allows it.
 */
import type { Kind, Run } from './kind.ts';

export interface Tally {
  kind: Kind;
  runs: Run[];
  /** Time spent, in milliseconds. */
  spentMs: number;
  /** The longest run so far, in milliseconds; what it is thought to take before the first. */
  costMs: number;
}

export interface Course {
  tallies: readonly Tally[];
  /** Milliseconds on a clock that only goes forward. */
  now(): number;
  /** When the time is up, on the same clock. */
  endsAt: number;
}

/** The kind whose turn it is, or undefined when no run fits into what is left of the time. */
export function nextKind({ tallies, now, endsAt }: Course): Tally | undefined {
  const leftMs = endsAt - now();
  const fitting = tallies.filter(({ costMs }) => costMs <= leftMs);
  return fitting.sort((a, b) => a.spentMs / a.kind.share - b.spentMs / b.kind.share)[0];
}

/** How long a run may take: what its kind has not had yet of its share of the whole, and never longer than what is left. */
export function allowanceMs(tally: Tally, course: Course & { startedAt: number }): number {
  const leftMs = course.endsAt - course.now();
  const shares = course.tallies.reduce((sum, { kind }) => sum + kind.share, 0);
  const ownMs = ((course.endsAt - course.startedAt) * tally.kind.share) / shares - tally.spentMs;
  return Math.min(leftMs, Math.max(ownMs, tally.costMs));
}

/** Runs kinds until the time is up, at least one run whatever it takes. Stops at `signal`. */
export async function runUntil(
  course: Course,
  how: { seed: string; signal: AbortSignal; onProgress(tally: Tally, words: string): void },
): Promise<void> {
  const startedAt = course.now();
  for (let first = true; !how.signal.aborted; first = false) {
    const tally = nextKind(course) ?? (first ? course.tallies[0] : undefined);
    if (tally === undefined) return;
    const began = course.now();
    how.onProgress(tally, 'begins');
    const run = await unlessStopped(how.signal, () =>
      tally.kind.run({
        seed: `${how.seed}/${tally.kind.name}/${tally.runs.length + 1}`,
        withinMs: allowanceMs(tally, { ...course, startedAt }),
        signal: how.signal,
        onProgress: (words) => how.onProgress(tally, words),
      }),
    );
    if (run === undefined) return;
    const tookMs = course.now() - began;
    tally.runs.push(run);
    tally.spentMs += tookMs;
    tally.costMs = tally.runs.length === 1 ? tookMs : Math.max(tally.costMs, tookMs);
  }
}

/** What `work` answers; undefined when it failed because it was stopped. */
export async function unlessStopped<T>(signal: AbortSignal, work: () => Promise<T>): Promise<T | undefined> {
  try {
    return await work();
  } catch (error) {
    if (signal.aborted) return undefined;
    throw error;
  }
}
