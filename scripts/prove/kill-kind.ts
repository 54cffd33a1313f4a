/** Kill loops. One is as long as its kills need; near the end of the time it has fewer of them. */
import { type KillLoopResult, runKillLoop } from '../../test/simulation/processes/kill-loop.ts';
import type { Kind, Run } from './kind.ts';

/** Starting a world, settling and judging it, in milliseconds. */
const AROUND_MS = 20_000;
/** One strike with the pause before it, in milliseconds. */
const STRIKE_MS = 2_600;

export function killKind(
  wanted: { kills: number; databaseKills: number },
  told: (result: KillLoopResult) => void,
): Kind {
  const strikes = wanted.kills + wanted.databaseKills;
  return {
    name: 'kills',
    share: 35,
    costMs: AROUND_MS + 3 * STRIKE_MS,
    async run({ seed, withinMs, signal, onProgress }): Promise<Run> {
      const part = Math.min(1, Math.max(3, Math.floor((withinMs - AROUND_MS) / STRIKE_MS)) / strikes);
      const kills = Math.ceil(wanted.kills * part);
      const databaseKills = Math.ceil(wanted.databaseKills * part);
      const result = await runKillLoop({
        seed,
        kills,
        databaseKills,
        signal,
        onProgress: (at) =>
          onProgress(
            `${at.kills} of ${kills} servers and ${at.databaseKills} of ${databaseKills} PostgreSQL killed, ${at.doing}`,
          ),
      });
      told(result);
      const command = `npm run prove -- --only kills --kills ${kills} --database-kills ${databaseKills} --replay '${seed}'`;
      return {
        seed,
        steps: result.flows,
        kills: result.kills,
        databaseKills: result.databaseKills,
        broken: result.violations.map((violation) => ({ violation, command })),
      };
    },
  };
}
