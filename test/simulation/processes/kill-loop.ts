/**
 * The kill loop: servers, worker and PostgreSQL of a world under load die by kill -9 at drawn moments, alone and together,
 * and come back. After the last one everything settles, and the world is judged. Choices come from the seed; real time does not.
 */
import { setTimeout as pause } from 'node:timers/promises';
import { type Draws, drawsOf } from '../seeded-world/draws.ts';
import { type Load, startLoad } from './load.ts';
import { type ProcessWorld, startProcessWorld } from './process-world.ts';
import { findingsOf } from './verdict.ts';

export interface KillLoopOptions {
  seed: string;
  /** kill -9 of API servers and workers. */
  kills: number;
  /** kill -9 of PostgreSQL with all its backends. */
  databaseKills: number;
  lanes?: number;
  /** Mean time between two strikes, in milliseconds. */
  paceMs?: number;
  onProgress?(progress: Progress): void;
  signal?: AbortSignal;
  /** Called with the judged world, before it is ended. */
  afterwards?(judge: Judge): Promise<void>;
}

export interface Judge {
  world: ProcessWorld;
  /** Judges the world once more: every finding. */
  again(): Promise<string[]>;
}

export interface Progress {
  kills: number;
  databaseKills: number;
  flows: number;
  doing: string;
}

export interface KillLoopResult {
  seed: string;
  kills: number;
  databaseKills: number;
  /** Strikes that hit servers and PostgreSQL, or several servers, in one moment. */
  together: number;
  flows: number;
  /** Flows under way, summed over all strikes. */
  inFlight: number;
  /** Broken lines that clients met. */
  broken: number;
  attempts: number;
  events: number;
  told: number;
  /** Attempts without an end: their payers never came back from their bank. */
  stillOpen: number;
  counts: Record<string, number>;
  violations: string[];
  ms: number;
}

/** Further ahead than any claim, lease or visibility delay, and less than a signature's tolerance. */
const AHEAD_MS = 120_000;
/** Longer than the bank takes over anything but a payer's decision. */
const BANK_FURTHER_MS = 60_000;
const SETTLES_WITHIN_MS = 60_000;
const LANES = 10;
const PACE_MS = 2_000;

/** What one strike kills. */
interface Strike {
  /** How many of the servers. */
  servers: number;
  database: boolean;
}

export async function runKillLoop(options: KillLoopOptions): Promise<KillLoopResult> {
  const startedAt = performance.now();
  const draws = drawsOf(options.seed);
  const report = (doing: string): void => options.onProgress?.({ ...done, flows: load?.flows() ?? 0, doing });
  const done = { kills: 0, databaseKills: 0 };
  let load: Load | undefined;
  report('starting');
  const world = await startProcessWorld(draws);
  try {
    options.signal?.throwIfAborted();
    await world.sandbox.arm({ kind: 'slow', params: { ms: 3_000 }, times: 100_000, probability: 0.08 });
    await world.sandbox.arm({ kind: 'answer_lost', times: 100_000, probability: 0.02 });
    load = startLoad(world, { draws: draws.fork('load'), lanes: options.lanes ?? LANES });
    const struck = await strikeAll(world, { draws: draws.fork('strikes'), load, options, done, report });
    report('settling');
    const unsettled = await settle(world, load, options.signal);
    report('judging');
    const judged = await findingsOf(world, load.journal);
    const [sizes] = await world.query<{ attempts: number; events: number }>(
      'select (select count(*) from attempts) as attempts, (select count(*) from events) as events',
    );
    const result: KillLoopResult = {
      seed: options.seed,
      ...done,
      ...struck,
      ...sizes!,
      flows: load.flows(),
      broken: load.broken(),
      told: world.shops.reduce((sum, { log }) => sum + log.told.length, 0),
      stillOpen: judged.stillOpen,
      counts: load.journal.counts,
      violations: [
        ...new Set([
          ...load.findings,
          ...world.servers.flatMap((one) => one.findings),
          ...unsettled,
          ...judged.findings,
        ]),
      ],
      ms: Math.round(performance.now() - startedAt),
    };
    const { journal } = load;
    await options.afterwards?.({ world, again: async () => (await findingsOf(world, journal)).findings });
    return result;
  } finally {
    load?.giveUp();
    await world.close();
  }
}

/** Which strikes there are and in which order: single ones, two servers at once, PostgreSQL with and without servers. */
export function strikesFor(draws: Draws, wanted: { kills: number; databaseKills: number }): Strike[] {
  const strikes: Strike[] = [];
  let left = wanted.kills;
  const add = (database: boolean, servers: number): void => {
    const some = Math.min(left, servers);
    strikes.push({ servers: some, database });
    left -= some;
  };
  for (let n = 0; n < wanted.databaseKills; n++) add(true, draws.chance(0.5) ? draws.between(1, 3) : 0);
  while (left > 0) add(false, draws.chance(0.15) ? draws.between(2, 3) : 1);
  return shuffled(draws, strikes);
}

function shuffled<T>(draws: Draws, list: readonly T[]): T[] {
  const left = [...list];
  return list.map(() => left.splice(draws.below(left.length), 1)[0]!);
}

async function strikeAll(
  world: ProcessWorld,
  at: {
    draws: Draws;
    load: Load;
    options: KillLoopOptions;
    done: { kills: number; databaseKills: number };
    report(doing: string): void;
  },
): Promise<{ together: number; inFlight: number }> {
  const { draws, load, options, done } = at;
  let together = 0;
  let inFlight = 0;
  for (const strike of strikesFor(draws, options)) {
    await pause((options.paceMs ?? PACE_MS) * (draws.between(20, 180) / 100), undefined, { signal: options.signal });
    const doomed = shuffled(draws, world.servers).slice(0, strike.servers);
    // Some die while they start; most have come back from the strike before.
    const mayBeStarting = draws.chance(0.2);
    await Promise.all(doomed.map((server) => (mayBeStarting && server.isAlive ? undefined : server.ready())));
    inFlight += load.inFlight();
    const dead = doomed.filter((server) => server.kill()).length;
    if (strike.database) {
      world.postgres.kill();
      done.databaseKills += 1;
    }
    done.kills += dead;
    if (dead + (strike.database ? 1 : 0) > 1) together += 1;
    at.report(words(strike));
    if (strike.database) {
      await pause(draws.between(0, 500));
      await world.postgres.start();
    }
  }
  return { together, inFlight };
}

function words({ servers, database }: Strike): string {
  return [servers > 0 ? `${servers} server${servers > 1 ? 's' : ''}` : '', database ? 'PostgreSQL' : '']
    .filter((word) => word !== '')
    .join(' and ');
}

/** Everything that is asked, sent or waited for reaches its end. Answers what did not. */
async function settle(world: ProcessWorld, load: Load, signal: AbortSignal | undefined): Promise<string[]> {
  await world.sandbox.calm();
  for (const { log } of world.shops) log.calm();
  const stopped = load.stop();
  await world.startAhead(AHEAD_MS);
  await world.moveBank(AHEAD_MS);
  const deadline = performance.now() + SETTLES_WITHIN_MS;
  const late = await Promise.race([stopped.then(() => false), pause(SETTLES_WITHIN_MS, true, { ref: false, signal })]);
  load.giveUp();
  await stopped;
  await runOut(world);
  // Once more: for what the last repeats have begun.
  await world.moveBank(AHEAD_MS + BANK_FURTHER_MS);
  for (;;) {
    const left = await unfinished(world);
    if (left.length === 0) return late ? ['clients were still without an answer a minute after the last kill'] : [];
    if (performance.now() > deadline) return left;
    await pause(200, undefined, { signal });
  }
}

/** Longer than any subscription of the load. */
const LAST_DAYS = 10;
/** Of one call, so that its answer comes soon. */
const STEP_DAYS = 2;

/** The clock that was moved goes on until every subscription is over. */
async function runOut(world: ProcessWorld): Promise<void> {
  for (let day = 0; day < LAST_DAYS; day += STEP_DAYS) {
    const body = { seconds: STEP_DAYS * 86_400 };
    const reply = await world.calendarShop.merchant.call('POST', '/collect/test/clock/advance', body);
    if (reply.status !== 200) throw new Error(`the clock answered ${reply.status} at rest: ${reply.text}`);
  }
}

/** What has no end yet, as sentences. Attempts whose payers never came back from their bank may stay open. */
async function unfinished(world: ProcessWorld): Promise<string[]> {
  const [rows, book] = await Promise.all([
    world.query<{ what: string; id: string }>(`
      select 'an event without number' as what, id from events where sequence is null
      union all select 'a delivery without end', id from deliveries where status = 'pending'
      union all select 'an attempt without end', request_key from attempts where settled_at is null`),
    world.sandbox.book(),
  ]);
  const undecided = new Set(book.filter((row) => row.state === 'action_required').map((row) => row.request_key));
  return rows.filter(({ id }) => !undecided.has(id)).map(({ what, id }) => `${what}: ${id}`);
}
