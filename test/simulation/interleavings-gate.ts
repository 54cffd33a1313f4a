/**
 * Two processes on one world, and a gate in the first: before its n-th statement or call the other runs from start to end. For
 * every n that is every order with one change between the two.
 */
import type { StatementWatch } from '../../src/store/database.ts';
import type { Outbound } from '../../src/system.ts';
import { type TestApp, testApp } from '../support/app.ts';

/** What one pass through the gate came to. */
export interface Passed<Said> {
  /** False: the first had come to its end before the chosen moment, and the other ran after it. */
  met: boolean;
  first: Said;
  other: Said;
}

export class Gate {
  #meanwhile: (() => Promise<void>) | undefined;
  #moment = 0;
  #seen = 0;
  #calls = 0;

  readonly watch: StatementWatch = { before: () => this.#pass(), after: () => undefined };

  readonly wrapSend = (send: Outbound): Outbound => {
    return async (request) => {
      await this.#pass();
      this.#calls += 1;
      try {
        return await send(request);
      } finally {
        this.#calls -= 1;
      }
    };
  };

  /** Runs `first` on the gated process, and `other` at its n-th moment or else afterwards. Both are at rest then. */
  async at<Said>(n: number, first: () => Promise<Said>, other: () => Promise<Said>): Promise<Passed<Said>> {
    let running: Promise<Said> | undefined;
    this.#moment = n;
    this.#seen = 0;
    this.#meanwhile = async () => {
      running = other();
      await running;
    };
    const own = await first().finally(() => {
      this.#meanwhile = undefined;
    });
    // The first may have been answered while the other was still at it: it runs once all the same.
    const met = running !== undefined;
    await running;
    await this.#rest();
    return { met, first: own, other: await (running ?? other()) };
  }

  async #pass(): Promise<void> {
    if (this.#meanwhile === undefined) return;
    this.#seen += 1;
    if (this.#seen === this.#moment) await this.#meanwhile();
  }

  /** A request may have been answered before its call was (the clock ran on): what it left running ends first. */
  async #rest(): Promise<void> {
    for (let still = 0; still < 4; still++) {
      await new Promise((resolve) => setImmediate(resolve));
      if (this.#calls > 0) still = 0;
    }
  }
}

/** One world under two processes, the first of them gated. The processor tells nothing by itself: notices come when asked for. */
export class GatedWorld {
  readonly gate: Gate;
  readonly first: TestApp;
  readonly second: TestApp;

  private constructor(gate: Gate, first: TestApp, second: TestApp) {
    this.gate = gate;
    this.first = first;
    this.second = second;
  }

  static async start(): Promise<GatedWorld> {
    const gate = new Gate();
    const first = await testApp({ watch: gate.watch, wrapSend: gate.wrapSend });
    const second = await testApp({ on: first });
    await first.control.arm({ kind: 'lost_notification', times: 1_000_000 });
    return new GatedWorld(gate, first, second);
  }

  async close(): Promise<void> {
    await this.second.stop();
    await this.first.close();
  }
}
