/**
 * A seeded world: a random walk over Tender whole, in which merchants, payers, the bank, the network and the process itself do
 * what they like, and after each step everything that must hold is looked at. One seed gives one walk, byte for byte.
 */
import { createHash } from 'node:crypto';
import { DAY, HOUR, MINUTE } from '../../src/lib/time.ts';
import type { Json } from '../support/merchant.ts';
import { violations } from './invariants.ts';
import { untilQuiet } from './quiet.ts';
import { type Draws, drawsOf } from './seeded-world/draws.ts';
import { CALL_FAULTS, CHARGE_FAULTS, type FaultFate, NOTICE_FAULTS, STEP_FAULTS } from './seeded-world/fates.ts';
import type { Model } from './seeded-world/model.ts';
import { bookDisagrees, QuickLook } from './seeded-world/quick-look.ts';
import { changes } from './seeded-world/sight.ts';
import { Stage } from './seeded-world/stage.ts';
import { STEPS, type Step } from './seeded-world/steps.ts';
import { World } from './seeded-world/world.ts';

export interface WorldOptions {
  /** The same seed gives the same walk. */
  seed: string | number;
  steps: number;
  /** Looks at every invariant after every step, the slow ones too: to find the step that broke one. */
  thorough?: boolean;
  /** Hears each line of the trace as it is written. */
  onStep?: (line: string) => void;
}

export interface WorldResult {
  seed: string;
  /** How many were taken: fewer than asked for when something was broken. */
  steps: number;
  /** One line a step: when, what, what came back, what changed. Without ids. */
  trace: string[];
  /** SHA-256 of the trace. */
  traceDigest: string;
  /** What was broken; the walk ends with the step that broke it. */
  violations: string[];
  /** How often each step, fault and crash came. */
  counts: Record<string, number>;
}

/** Walks `steps` steps and then lets the world come to rest. */
export async function runWorld(options: WorldOptions): Promise<WorldResult> {
  const seed = String(options.seed);
  const draws = drawsOf(seed);
  const stage = await Stage.open(draws.fork('stage'));
  const quick = await QuickLook.open(stage.app.database.url);
  const walk = new Walk(new World(stage, draws.fork('steps')), quick, options);
  try {
    while (walk.taken < options.steps && walk.world.broken.length === 0) await walk.step();
    if (walk.world.broken.length === 0) await walk.rest();
  } finally {
    await quick.close();
    await stage.close();
  }
  const { trace, counts, world } = walk;
  const traceDigest = createHash('sha256').update(trace.join('\n')).digest('hex');
  return { seed, steps: walk.taken, trace, traceDigest, violations: world.broken, counts };
}

const MOVES_MONEY = new Set(['pay', 'next in series', 'capture', 'void', 'refund']);
/** Long enough for everything that banks decide later, and for notifications that were not heard to come again. */
const SETTLING_MS = [MINUTE, HOUR, 7 * HOUR, DAY + HOUR] as const;
const MAY_BREAK = 0.1;
const MOST_MOMENTS = 14;

class Walk {
  readonly world: World;
  readonly trace: string[] = [];
  readonly counts: Record<string, number> = {};
  taken = 0;
  readonly #model: Model;
  readonly #look: QuickLook;
  readonly #allEvery: number;
  readonly #say: (line: string) => void;

  constructor(world: World, quick: QuickLook, options: WorldOptions) {
    this.world = world;
    this.#model = world.model;
    this.#look = quick;
    this.#say = options.onStep ?? (() => undefined);
    this.#allEvery = options.thorough ? 1 : 20;
  }

  /** One step, everything it stirs up, and a look at all that must hold. */
  async step(): Promise<void> {
    const { world } = this;
    const { stage, draws } = world;
    const step = draws.weighted(STEPS);
    const { troubles, calm } = await this.#trouble(step, draws);
    const moment = await this.#moment(step);
    if (moment !== undefined) stage.breakAt(moment);
    const did = await step.run(world).catch((error: unknown) => {
      if (!stage.point.fired) world.broken.push(`${step.name}: ${(error as Error).message}`);
      return stage.point.fired ? `${step.name} → no answer` : undefined;
    });
    const broke =
      moment !== undefined && stage.point.fired ? [`${moment.how} ${moment.when} ${moment.kind} ${moment.n}`] : [];
    if (stage.isDead) await stage.restart();
    stage.mend();
    await calm();
    if (did === undefined && world.broken.length === 0) return;
    this.#count(step.name, ...troubles, ...broke.map((words) => words.split(' ')[0]!));
    await stage.notices(draws.chance(0.85) ? 'deliver' : 'refuse');
    await this.#note(did ?? step.name, [...troubles, ...broke]);
  }

  /** Everything settles; then nothing may be open and everything must add up. */
  async rest(): Promise<void> {
    const { world } = this;
    const { stage } = world;
    await stage.app.control.calm();
    for (const asked of [...world.unanswered]) await world.ask(asked);
    for (const ms of SETTLING_MS) {
      stage.app.clock.advance(ms);
      await stage.bankCatchesUp('deliver');
      await untilQuiet(stage.app);
    }
    for (const asked of [...world.unanswered]) await world.ask(asked);
    await this.#note('everything comes to rest', []);
    if (world.broken.length > 0) return;
    world.broken.push(...(await violations(stage.app)));
    world.broken.push(...this.#model.account(world.now, await stage.app.control.book(), await allRefunds(stage)));
  }

  async #trouble(step: Step, draws: Draws): Promise<{ troubles: string[]; calm(): Promise<void> }> {
    const { stage } = this.world;
    const chosen: FaultFate[] = [];
    if (MOVES_MONEY.has(step.name)) {
      if (draws.chance(0.28)) chosen.push(draws.weighted(CALL_FAULTS));
      else if (draws.chance(0.12)) {
        const charges = step.name === 'pay' || step.name === 'next in series';
        chosen.push(draws.weighted(charges ? CHARGE_FAULTS : STEP_FAULTS));
      }
    }
    if ((MOVES_MONEY.has(step.name) || step.name === 'decide at the bank') && draws.chance(0.25))
      chosen.push(draws.weighted(NOTICE_FAULTS));
    const taken: (() => Promise<void>)[] = [];
    for (const { weight: _, silent, unreachable, ...fault } of chosen) {
      if (unreachable) stage.bankIsDown = true;
      else taken.push(await stage.arm(fault));
      if (silent) stage.silence = fault.kind;
    }
    const calm = async (): Promise<void> => {
      stage.bankIsDown = false;
      stage.silence = undefined;
      for (const back of taken) await back();
    };
    return { troubles: chosen.map((fault) => fault.kind), calm };
  }

  /** Where the process stops or stumbles in this step, if it does. Two questions at once would make "the n-th" a matter of luck. */
  async #moment(step: Step) {
    const { draws, now } = this.world;
    if (!draws.chance(MAY_BREAK)) return undefined;
    const moment = {
      how: draws.chance(0.7) ? 'crash' : 'blip',
      kind: draws.chance(0.75) ? 'statement' : 'call',
      when: draws.chance(0.5) ? 'before' : 'after',
    } as const;
    const n = draws.between(1, moment.kind === 'call' ? 3 : MOST_MOMENTS);
    if ((step.name === 'wait' && now.open.length > 1) || step.name === 'refund in a crowd') return undefined;
    return { ...moment, n };
  }

  /** Writes the line of a step and looks at everything. */
  async #note(did: string, beside: readonly string[]): Promise<void> {
    const { world } = this;
    const { stage } = world;
    await numberEvents(stage);
    const all = this.taken % this.#allEvery === 0;
    const [broken] = await Promise.all([this.#look.broken(stage.app.clock.now(), all), this.#write(did, beside)]);
    world.broken.push(...broken);
  }

  /** The line, and what our own bookkeeping and the processor's say to it. */
  async #write(did: string, beside: readonly string[]): Promise<void> {
    const { world } = this;
    const { stage } = world;
    const before = world.now;
    await world.look();
    const changed = changes(world.names, before, world.now);
    this.taken += 1;
    const when = new Date(stage.app.clock.now()).toISOString().slice(0, 19).replace('T', ' ');
    const trouble = beside.length === 0 ? '' : ` [${beside.join(', ')}]`;
    const became = changed.map((words) => `; ${words}`).join('');
    const line = `${String(this.taken).padStart(4)}  ${when}  ${did}${trouble}${became}`;
    this.trace.push(line);
    this.#say(line);
    world.broken.push(...this.#model.see(world.now));
    world.broken.push(...(await bookDisagrees(world.now, stage.app.control)));
  }

  #count(...names: string[]): void {
    for (const name of names) this.counts[name] = (this.counts[name] ?? 0) + 1;
  }
}

async function allRefunds(stage: Stage): Promise<Json[]> {
  const all: Json[] = [];
  for (let cursor = ''; ; ) {
    const { body, headers } = await stage.app.merchant.call('GET', `/collect/refunds?limit=100${cursor}`);
    all.push(...body.data);
    const next = headers.get('next-cursor');
    if (next === null) return all;
    cursor = `&cursor=${next}`;
  }
}

/** Numbers are given by a worker; what is told must be whole at every look. */
async function numberEvents(stage: Stage): Promise<void> {
  await stage.app.program.duties.find((duty) => duty.name === 'number events')?.run();
}
