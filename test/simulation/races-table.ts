/**
 * All pairs: any two operations that can meet on one object, in every order with one change between them. Which ends are legal
 * is not listed but found: what stands afterwards must be what the two, one after the other, bring about, or one of them alone
 * while the other was told to wait. Each pair is one test; a table of all stands at the end.
 */
import assert from 'node:assert/strict';
import { randomInt } from 'node:crypto';
import { after, before, describe, test } from 'node:test';
import { HOUR, MINUTE, SECOND } from '../../src/lib/time.ts';
import type { TestApp } from '../support/app.ts';
import { bankCatchesUp } from './bank.ts';
import { GatedWorld } from './interleavings-gate.ts';
import { assertSound } from './invariants.ts';
import { butDeclined, doesDuty } from './races-sight.ts';

/** What can happen to a `Given`, by a request, a payer, the processor or the worker of the process `at`. */
export interface Operation<Given> {
  name: string;
  /** Answers what it was told, in a word; empty where nobody is told anything. */
  run(at: TestApp, given: Given): Promise<string>;
}

/** One kind of object and everything that can happen to it. */
export interface Ground<Given> {
  /** As in: "a payment of which a part is captured". */
  name: string;
  /** Once: what each `given` builds on. */
  base?(app: TestApp): Promise<void>;
  /** `pair` says who will race, for what only some of them need. */
  given(app: TestApp, beside: TestApp, pair: readonly Operation<Given>[]): Promise<Given>;
  operations: readonly Operation<Given>[];
  /** Only pairs with one of these, where the others are known not to matter to each other. Default: all pairs. */
  meeting?: readonly Operation<Given>[];
  /** What stands, in words that hold no ids and no times. */
  stands(app: TestApp, given: Given): Promise<string>;
  /** True while something about this object has no end yet. */
  isOpen(app: TestApp, given: Given): Promise<boolean>;
  /** What the processor tells in any case, sooner or later: comes last where it is not one of the two. */
  news?: Operation<Given>;
  /** An end that no order brings about and that is right all the same; the ground says why. */
  alsoRight?: RegExp;
  /** Nobody can tell the end: it stays open, and once it was looked at a person closes it. */
  closedBy?: Operation<Given>;
}

/**
 * One run takes the even or the odd moments, so that two runs take all; `npm run prove` takes all at once
 * (TENDER_MOMENTS=all), and TENDER_MOMENTS=even or =odd repeats a run.
 */
const MOMENTS = process.env.TENDER_MOMENTS ?? (randomInt(2) === 0 ? 'even' : 'odd');
const EVERY = MOMENTS === 'all' ? 1 : 2;
const FIRST_MOMENT = MOMENTS === 'even' ? 2 : 1;

/** Answers by which a client learns that nothing was done, for now or because the bank refused. */
const NOTHING_DONE = new Set(['409 payment_in_progress', '409 idempotency_in_progress', 'not done']);
/** The end follows by event: it may have been either. */
const UNDER_WAY = 'under way';
const EITHER = ['done', 'not done'];

/** What the worker does for payments. The rest of its duties wait until all pairs of a ground have run. */
const DUTIES = ['ask about attempts', 'lapse authorisations', 'expire sessions'];
/** Longer and longer: most is settled by the first question, what never arrived by the visibility delay. */
const PATIENCE_MS = [0, 3 * SECOND, 30 * SECOND, MINUTE, 2 * MINUTE, 10 * MINUTE, HOUR, 7 * HOUR];

interface End {
  /** What each of the two was told, in the order of the pair. */
  told: readonly [string, string];
  stands: string;
}

interface Row {
  on: string;
  pair: string;
  interleavings: number;
  ends: number;
  illegal: number;
}

const table: Row[] = [];

/** Every ground with a world of its own, side by side: one waits for its database while another works. */
export function onEveryGround(name: string, grounds: () => void): void {
  describe(name, { concurrency: 4 }, () => {
    after(printTable);
    grounds();
  });
}

/** One test for each unordered pair of the ground's operations, with themselves too. */
export function racePairs<Given>(ground: Ground<Given>): void {
  describe(ground.name, { concurrency: 1 }, () => {
    let world: GatedWorld;
    const alone = new Map<Operation<Given>, Promise<End>>();
    before(async () => {
      world = await GatedWorld.start();
      await ground.base?.(world.first);
    });
    after(() => world.close());
    for (const [i, one] of ground.operations.entries()) {
      for (const other of ground.operations.slice(i)) {
        if (ground.meeting !== undefined && ![one, other].some((each) => ground.meeting?.includes(each))) continue;
        const pair = `${one.name} × ${other.name}`;
        test(`${pair}: in whatever order, they end as if one came after the other`, async () => {
          const race = new Race(world, ground, alone);
          const found = await race.run(one, other);
          const { interleavings, ends } = race;
          table.push({ on: ground.name, pair, interleavings, ends, illegal: found.length });
          assert.deepEqual(found, []);
        });
      }
    }
    test('after all of it every invariant holds, and the processor’s book is ours', () => assertSound(world.first));
  });
}

type Pair<Given> = readonly [Operation<Given>, Operation<Given>];

class Race<Given> {
  readonly #world: GatedWorld;
  readonly #ground: Ground<Given>;
  readonly #alone: Map<Operation<Given>, Promise<End>>;
  interleavings = 0;
  ends = 0;

  constructor(world: GatedWorld, ground: Ground<Given>, alone: Map<Operation<Given>, Promise<End>>) {
    this.#world = world;
    this.#ground = ground;
    this.#alone = alone;
  }

  /** Every moment of each with the other in between. Answers the ends that no order explains, each with its moment. */
  async run(one: Operation<Given>, other: Operation<Given>): Promise<string[]> {
    const seen: { end: End; moment: string }[] = [];
    const serial: End[] = [];
    for (const [first, second] of one === other
      ? [[one, other] as const]
      : ([
          [one, other],
          [other, one],
        ] as const)) {
      for (let n = FIRST_MOMENT; ; n += EVERY) {
        const { met, end } = await this.#once(n, first, second);
        const inOrder = first === one ? end : { ...end, told: [end.told[1], end.told[0]] as const };
        this.interleavings += 1;
        seen.push({ end: inOrder, moment: `${second.name} at moment ${n} of ${first.name}` });
        if (!met) {
          serial.push(inOrder);
          break;
        }
      }
    }
    this.ends = new Set(seen.map(({ end }) => inWords(end))).size;
    const orders = serial.flatMap((end) => (one === other ? [end, turned(end)] : [end]));
    const legal = new Set(orders.map(inWords));
    const illegal: string[] = [];
    for (const { end, moment } of seen) {
      if (!(await this.#isExplained(end, { legal, pair: [one, other] })))
        illegal.push(`${moment}: ${inWords(end)}; legal: ${[...legal].join(' or ')}`);
    }
    return illegal;
  }

  async #once(n: number, first: Operation<Given>, second: Operation<Given>): Promise<{ met: boolean; end: End }> {
    const { gate, first: app, second: beside } = this.#world;
    const given = await this.#fresh([first, second]);
    const passed = await gate.at(
      n,
      () => first.run(app, given),
      () => second.run(beside, given),
    );
    return {
      met: passed.met,
      end: { told: [passed.first, passed.other], stands: await this.#rested(given, [first, second]) },
    };
  }

  /** By one order of the two; or one of them did nothing and says so, and what stands is what the other does by itself. */
  async #isExplained(end: End, by: { legal: Set<string>; pair: Pair<Given> }): Promise<boolean> {
    if (by.legal.has(inWords(end)) || this.#ground.alsoRight?.test(end.stands)) return true;
    for (const i of [0, 1] as const) {
      if (NOTHING_DONE.has(end.told[i])) {
        const lone = await this.#byItself(by.pair[1 - i] as Operation<Given>);
        if (lone.told[0] === end.told[1 - i] && butDeclined(lone.stands) === butDeclined(end.stands)) return true;
      }
      if (end.told[i] !== UNDER_WAY) continue;
      for (const was of EITHER) {
        const told: End['told'] = i === 0 ? [was, end.told[1]] : [end.told[0], was];
        if (await this.#isExplained({ ...end, told }, by)) return true;
      }
    }
    return false;
  }

  /** A ground of its own. All use the same cards: what the page's brakes counted before is not what is tried here. */
  async #fresh(operations: readonly Operation<Given>[]): Promise<Given> {
    const { first: app, second: beside } = this.#world;
    await app.merchant.call('POST', '/collect/test/cards/reset', undefined, { key: null });
    return this.#ground.given(app, beside, operations);
  }

  #byItself(operation: Operation<Given>): Promise<End> {
    let end = this.#alone.get(operation);
    if (end === undefined) {
      end = this.#runAlone(operation);
      this.#alone.set(operation, end);
    }
    return end;
  }

  async #runAlone(operation: Operation<Given>): Promise<End> {
    const { first: app } = this.#world;
    const given = await this.#fresh([operation]);
    const told = await operation.run(app, given);
    return { told: [told, ''], stands: await this.#rested(given, [operation]) };
  }

  async #rested(given: Given, done: readonly Operation<Given>[]): Promise<string> {
    const { first: app } = this.#world;
    const { news, closedBy, stands } = this.#ground;
    const open = await this.#settled(given);
    if (news !== undefined && !done.includes(news)) {
      await news.run(app, given);
      await this.#settled(given);
    }
    const line = await stands(app, given);
    if (open) await closedBy?.run(app, given);
    return line;
  }

  /** Answers whether anything was still open, and gives it time and the worker's help. */
  async #settled(given: Given): Promise<boolean> {
    const { first: app } = this.#world;
    if (!(await this.#ground.isOpen(app, given))) return false;
    for (const ms of this.#ground.closedBy === undefined ? PATIENCE_MS : [0]) {
      app.clock.advance(ms);
      await bankCatchesUp(app);
      for (const duty of DUTIES) await doesDuty(app, duty);
      if (!(await this.#ground.isOpen(app, given))) break;
    }
    return true;
  }
}

function turned({ told: [one, other], stands }: End): End {
  return { told: [other, one], stands };
}

function inWords({ told, stands }: End): string {
  return `[${told.join(' | ')}] ${stands}`;
}

function printTable(): void {
  console.table(table);
  const sum = (key: 'interleavings' | 'illegal') => table.reduce((total, row) => total + row[key], 0);
  console.log(
    `${table.length} pairs, ${sum('interleavings')} interleavings, ${sum('illegal')} illegal ends; TENDER_MOMENTS=${MOMENTS}`,
  );
}
