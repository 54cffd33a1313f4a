/**
 * One chosen moment at which the process stops: before or after its n-th statement or outbound call. After a crash nothing
 * of that process reaches database or network any more; after a blip only that one statement or call failed.
 */
import type { StatementWatch } from '../../src/store/database.ts';
import type { Outbound } from '../../src/system.ts';

export interface Moment {
  kind: 'statement' | 'call';
  when: 'before' | 'after';
  /** From 1. */
  n: number;
  /** `crash`: the process is dead from here on. `blip`: this once, and the process lives. */
  how: 'crash' | 'blip';
}

/** What the stopped process sees; no code of ours knows it. */
class Stopped extends Error {
  override name = 'Stopped';
}

export class BreakingPoint {
  #moment: Moment | undefined;
  #seen = 0;
  #dead = false;
  /** True once the chosen moment has come. */
  fired = false;

  arm(moment: Moment): void {
    this.#moment = moment;
    this.#seen = 0;
    this.#dead = false;
    this.fired = false;
  }

  disarm(): void {
    this.#moment = undefined;
    this.#dead = false;
  }

  readonly watch: StatementWatch = {
    before: () => this.#pass('statement', 'before'),
    after: () => this.#pass('statement', 'after'),
  };

  readonly wrapSend = (send: Outbound): Outbound => {
    return async (request) => {
      this.#pass('call', 'before');
      const result = await send(request);
      this.#pass('call', 'after');
      return result;
    };
  };

  #pass(kind: Moment['kind'], when: Moment['when']): void {
    if (this.#dead) throw new Stopped('the process is dead');
    const moment = this.#moment;
    if (moment === undefined || moment.kind !== kind || moment.when !== when) return;
    this.#seen += 1;
    if (this.#seen !== moment.n) return;
    this.fired = true;
    this.#dead = moment.how === 'crash';
    throw new Stopped(`stopped ${when} ${kind} ${moment.n}`);
  }
}
