/**
 * `npm run prove`: tries to break the promise about money for as long as asked. Says where it is every few seconds, and ends
 * with a table of what was run, how often the truth was killed, and what did not hold. Exit codes: 0 all held, 1 something was
 * broken, 2 wrong words, 130 interrupted.
 */
import { startRunServer } from '../test/support/run-server.ts';
import { killKind } from './prove/kill-kind.ts';
import type { Kind } from './prove/kind.ts';
import { holds, type Outcome, reportJson, reportText } from './prove/report.ts';
import { runUntil, type Tally, unlessStopped } from './prove/schedule.ts';
import { testKind } from './prove/test-kind.ts';
import { HELP, readWords, type Wanted, WrongWords } from './prove/words.ts';
import { replayWorld, worldKind } from './prove/world-kind.ts';

const SAY_EVERY_MS = 5_000;
/** Of the world that is walked twice in the end. */
const REPLAY_STEPS = 120;
/** What the replay is thought to take, in milliseconds. */
const REPLAY_MS = 15_000;

// A world that was left in the middle of its walk must not keep the process.
process.exit(await main(process.argv.slice(2)));

async function main(argv: readonly string[]): Promise<number> {
  let wanted: Wanted | 'help';
  try {
    wanted = readWords(argv);
  } catch (error) {
    if (!(error instanceof WrongWords)) throw error;
    process.stderr.write(`${error.message}\n\n${HELP}`);
    return 2;
  }
  if (wanted === 'help') {
    process.stdout.write(HELP);
    return 0;
  }
  const stop = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => {
      if (stop.signal.aborted) process.exit(130);
      say('Stopping: what was started is ended first.');
      stop.abort();
    });
  }
  const outcome = await prove(wanted, stop.signal);
  process.stdout.write(`${wanted.json ? reportJson(outcome) : reportText(outcome)}\n`);
  if (!holds(outcome)) return 1;
  return outcome.interrupted ? 130 : 0;
}

async function prove(wanted: Wanted, signal: AbortSignal): Promise<Outcome> {
  const needsDatabase = wanted.only.some((name) => name !== 'kills');
  const server = needsDatabase ? await startRunServer(say) : undefined;
  Object.assign(process.env, server?.environment);
  try {
    return wanted.replay === undefined ? await proveFor(wanted, signal) : await proveOne(wanted, signal);
  } finally {
    await server?.stop();
  }
}

async function proveFor(wanted: Wanted, signal: AbortSignal): Promise<Outcome> {
  const { seed, minutes } = wanted;
  const tallies = kindsOf(wanted).map((kind): Tally => ({ kind, runs: [], spentMs: 0, costMs: kind.costMs }));
  const replays = wanted.only.includes('worlds');
  const startedAt = performance.now();
  const endsAt = startedAt + minutes * 60_000 - (replays ? REPLAY_MS : 0);
  say(`Proving for ${minutes} minutes with --seed '${seed}': ${wanted.only.join(', ')}.`);
  const progress = startProgress(tallies, { startedAt, minutes });
  await runUntil({ tallies, now: () => performance.now(), endsAt }, { seed, signal, onProgress: progress.note });
  progress.stop();
  if (replays && !signal.aborted) say('Walking one world twice.');
  const replay = replays
    ? await unlessStopped(signal, () => replayWorld({ seed: `${seed}/replay`, steps: REPLAY_STEPS }, signal))
    : undefined;
  return { seed, minutes, tallies, replay, interrupted: signal.aborted };
}

/** One run of one kind with exactly the seed that was given. */
async function proveOne(wanted: Wanted, signal: AbortSignal): Promise<Outcome> {
  const seed = wanted.replay!;
  const [kind] = kindsOf(wanted);
  const tally: Tally = { kind: kind!, runs: [], spentMs: 0, costMs: kind!.costMs };
  const startedAt = performance.now();
  const progress = startProgress([tally], { startedAt, minutes: undefined });
  const onProgress = (words: string): void => progress.note(tally, words);
  const run = await unlessStopped(signal, () =>
    kind!.run({ seed, withinMs: Number.MAX_SAFE_INTEGER, signal, onProgress }),
  );
  progress.stop();
  if (run !== undefined) tally.runs.push(run);
  tally.spentMs = performance.now() - startedAt;
  return { seed, minutes: tally.spentMs / 60_000, tallies: [tally], replay: undefined, interrupted: signal.aborted };
}

function kindsOf(wanted: Wanted): Kind[] {
  const simulation = (name: string): string => `test/simulation/${name}`;
  const kinds: Kind[] = [
    worldKind(wanted.steps),
    killKind(wanted, ({ counts, told, stillOpen, broken, inFlight }) =>
      say(
        `  ${inFlight} payments under way at the kills, ${broken} broken lines, ${told} webhooks, ` +
          `${stillOpen} payers never came back from their bank; ${JSON.stringify(counts)}`,
      ),
    ),
    testKind({ name: 'sweep', share: 15, costMs: 120_000, files: [simulation('crash-point*.test.ts')] }),
    testKind({
      name: 'races',
      share: 10,
      costMs: 60_000,
      files: [simulation('*race*.test.ts'), simulation('interleavings.test.ts')],
    }),
  ];
  return kinds.filter(({ name }) => wanted.only.includes(name));
}

/** A line every few seconds: the time, what runs, and where it is. */
function startProgress(tallies: readonly Tally[], clock: { startedAt: number; minutes: number | undefined }) {
  let latest: { tally: Tally; words: string } | undefined;
  const timer = setInterval(() => {
    if (latest === undefined) return;
    const { kind, runs } = latest.tally;
    const broken = tallies.flatMap((tally) => tally.runs.flatMap((run) => run.broken)).length;
    const passed = ((performance.now() - clock.startedAt) / 60_000).toFixed(1);
    const of = clock.minutes === undefined ? '' : ` of ${clock.minutes}`;
    say(`${passed}${of} min · ${kind.name} ${runs.length + 1}: ${latest.words} · ${broken} violations so far`);
  }, SAY_EVERY_MS);
  return {
    note(tally: Tally, words: string): void {
      latest = { tally, words };
    },
    stop: () => clearInterval(timer),
  };
}

function say(line: string): void {
  process.stderr.write(`${line}\n`);
}
