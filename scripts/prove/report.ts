/** What `npm run prove` says at its end: the table, the seeds, and for each violation the command that shows it again. */
import type { Broken } from './kind.ts';
import type { Tally } from './schedule.ts';
import type { Replay } from './world-kind.ts';

export interface Outcome {
  seed: string;
  minutes: number;
  tallies: readonly Tally[];
  replay: Replay | undefined;
  /** True when somebody ended it before its time. */
  interrupted: boolean;
}

const SHOWN_RUNS = 10;
const SHOWN_VIOLATIONS = 5;
const SHOWN_CHARACTERS = 1_000;

/** True when nothing was broken, and a replay, if there was one, gave the same trace. */
export function holds({ tallies, replay }: Outcome): boolean {
  return replay?.same !== false && brokenIn(tallies).length === 0;
}

/** The report for people. */
export function reportText(outcome: Outcome): string {
  const rows = outcome.tallies.map(rowOf);
  const lines = [
    table(['kind', 'runs', 'steps', 'kills', 'violations'], rows),
    'Steps are steps of worlds, flows of merchants and payers under the kills, and tests. Kills are of servers + of PostgreSQL.',
    '',
    `Seeds, all drawn from --seed '${outcome.seed}':`,
    ...outcome.tallies.filter(({ runs }) => runs.length > 0).map(seedsOf),
  ];
  if (outcome.replay !== undefined) {
    const { seed, steps, traceDigest, same } = outcome.replay;
    lines.push(
      '',
      `The world ${seed} was walked twice (${steps} steps): ${same ? 'the same trace' : 'ANOTHER TRACE'}, ${traceDigest}`,
    );
  }
  const cut = outcome.tallies.filter(({ runs }) => runs.some(({ cutShort }) => cutShort));
  if (cut.length > 0) lines.push('', `Cut short by the clock: ${cut.map(({ kind }) => kind.name).join(', ')}.`);
  const broken = brokenIn(outcome.tallies);
  for (const [command, found] of [...Map.groupBy(broken, (one) => one.command)].slice(0, SHOWN_RUNS)) {
    const shown = found.slice(0, SHOWN_VIOLATIONS).map(({ violation }) => `✖ ${violation.slice(0, SHOWN_CHARACTERS)}`);
    const rest = found.length > shown.length ? [`  … and ${found.length - shown.length} more of this run`] : [];
    lines.push('', ...shown, ...rest, `  ${command}`);
  }
  if (broken.length > 0) lines.push('', `${broken.length} violations.`);
  if (outcome.interrupted) lines.push('', 'Ended before its time.');
  return lines.join('\n');
}

/** The report for programs, one line. */
export function reportJson(outcome: Outcome): string {
  return JSON.stringify({
    ok: holds(outcome),
    seed: outcome.seed,
    minutes: outcome.minutes,
    interrupted: outcome.interrupted,
    kinds: outcome.tallies.map((tally) => ({
      kind: tally.kind.name,
      runs: tally.runs.length,
      steps: sum(tally, 'steps'),
      kills: sum(tally, 'kills'),
      database_kills: sum(tally, 'databaseKills'),
      seconds: Math.round(tally.spentMs / 1000),
      seeds: tally.runs.map(({ seed }) => seed),
      cut_short: tally.runs.filter(({ cutShort }) => cutShort).length,
      violations: tally.runs.flatMap(({ broken }) => broken),
    })),
    ...(outcome.replay === undefined ? {} : { replay: outcome.replay }),
  });
}

function brokenIn(tallies: readonly Tally[]): readonly Broken[] {
  return tallies.flatMap(({ runs }) => runs.flatMap(({ broken }) => broken));
}

function rowOf(tally: Tally): string[] {
  const violations = tally.runs.reduce((count, { broken }) => count + broken.length, 0);
  const databaseKills = sum(tally, 'databaseKills');
  const kills = databaseKills === 0 ? sum(tally, 'kills') : `${sum(tally, 'kills')} + ${databaseKills}`;
  return [tally.kind.name, tally.runs.length, sum(tally, 'steps'), kills, violations].map(String);
}

function sum({ runs }: Tally, of: 'steps' | 'kills' | 'databaseKills'): number {
  return runs.reduce((total, run) => total + run[of], 0);
}

function seedsOf({ kind, runs }: Tally): string {
  const [first, last] = [runs[0]!.seed, runs.at(-1)!.seed];
  return `  ${kind.name}: ${first}${first === last ? '' : ` … ${last}`}`;
}

function table(head: readonly string[], rows: readonly string[][]): string {
  const widths = head.map((name, i) => Math.max(name.length, ...rows.map((row) => row[i]!.length)));
  const line = (cells: readonly string[]): string =>
    cells
      .map((cell, i) => (i === 0 ? cell.padEnd(widths[i]!) : cell.padStart(widths[i]!)))
      .join('   ')
      .trimEnd();
  return [line(head), line(widths.map((width) => '─'.repeat(width))), ...rows.map(line)].join('\n');
}
