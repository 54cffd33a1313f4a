/** Seeded worlds, one fresh one after another; and the replay that shows that a seed is enough. */
import { runWorld, type WorldResult } from '../../test/simulation/seeded-world.ts';
import type { Kind, Run } from './kind.ts';

export function worldKind(steps: number): Kind {
  return {
    name: 'worlds',
    share: 40,
    costMs: 20_000,
    async run({ seed, signal, onProgress }): Promise<Run> {
      let taken = 0;
      const walk = runWorld({ seed, steps, onStep: () => onProgress(`step ${++taken} of ${steps}`) });
      const result = await untilStopped(signal, walk);
      const command = `npm run prove -- --only worlds --steps ${steps} --replay '${seed}'`;
      return {
        seed,
        steps: result.steps,
        kills: kills(result),
        databaseKills: 0,
        broken: result.violations.map((violation) => ({ violation, command })),
      };
    },
  };
}

/** Leaves a world that cannot be stopped: it lives in this process and on a database that goes with it. Throws when stopped. */
async function untilStopped<T>(signal: AbortSignal, work: Promise<T>): Promise<T> {
  const { promise, reject } = Promise.withResolvers<never>();
  const stop = (): void => reject(signal.reason as Error);
  if (signal.aborted) stop();
  signal.addEventListener('abort', stop);
  try {
    return await Promise.race([work, promise]);
  } finally {
    signal.removeEventListener('abort', stop);
  }
}

/** Crashes of the whole program in the middle of a step. */
function kills({ counts }: WorldResult): number {
  return counts.crash ?? 0;
}

export interface Replay {
  seed: string;
  steps: number;
  traceDigest: string;
  same: boolean;
}

/** Walks one world twice. The same seed must give the same trace, line by line. */
export async function replayWorld(options: { seed: string; steps: number }, signal: AbortSignal): Promise<Replay> {
  const first = await untilStopped(signal, runWorld(options));
  const second = await untilStopped(signal, runWorld(options));
  const same =
    first.traceDigest === second.traceDigest &&
    first.trace.length === second.trace.length &&
    first.trace.every((line, i) => line === second.trace[i]);
  return { ...options, traceDigest: first.traceDigest, same };
}
