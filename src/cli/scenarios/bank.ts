/**
 * The sandbox processor as its operator sees it: its book, its verdict on itself, its faults, and what waits for a payer. Needs the
 * control key, which lies in the data folder of a running `tender dev`.
 */
import { get } from 'node:http';
import { setTimeout as wait } from 'node:timers/promises';

/** A row of the book: one for each request key that moved money or tried to. Amounts in minor units. */
export interface BookRow {
  n: number;
  request_key: string;
  processor_ref: string | null;
  charge_ref: string | null;
  reference: string | null;
  kind: string;
  state: string;
  amount: number | null;
  currency: string | null;
  reversed: boolean;
  arrivals: number;
  response_code: string | null;
  at: string;
}

export interface Verdict {
  ok: boolean;
  charges: number;
  violations: readonly { rule: string; subject: string; detail: string }[];
  totals: Record<string, Record<string, number>>;
}

export interface Fault {
  kind: string;
  params?: Record<string, unknown>;
  match?: Record<string, unknown>;
  times?: number;
  after?: number;
  probability?: number;
  seed?: string;
  label?: string;
}

export interface ArmedFault extends Fault {
  id: string;
  matched: number;
  fired: number;
}

export interface OpenAction {
  reference: string;
  type: string;
  url: string;
  expires_at: string;
}

export class Bank {
  readonly url: string;
  readonly #controlKey: string;

  constructor(url: string, controlKey: string) {
    this.url = url.replace(/\/+$/, '');
    this.#controlKey = controlKey;
  }

  /** Rows after line `after`, in order. */
  async book(after = 0): Promise<BookRow[]> {
    return (await this.#call<{ data: BookRow[] }>('GET', `/book?format=json&after=${after}`)).data;
  }

  check(): Promise<Verdict> {
    return this.#call('GET', '/book/check');
  }

  /** Answers the id of the armed fault. */
  async arm(fault: Fault): Promise<string> {
    return (await this.#call<{ id: string }>('POST', '/control/faults', fault)).id;
  }

  async faults(): Promise<ArmedFault[]> {
    return (await this.#call<{ data: ArmedFault[] }>('GET', '/control/faults')).data;
  }

  /** Answers how many there were; all of them without an id. */
  async disarm(id?: string): Promise<number> {
    const path = id === undefined ? '/control/faults' : `/control/faults/${encodeURIComponent(id)}`;
    return (await this.#call<{ removed: number }>('DELETE', path)).removed;
  }

  /** Arms a named set of faults; answers their ids. `calm` takes all away. */
  async profile(name: string, seed?: string): Promise<string[]> {
    const body = { name, ...(seed === undefined ? {} : { seed }) };
    return (await this.#call<{ armed: string[] }>('POST', '/control/profiles', body)).armed;
  }

  /** What waits for a payer somewhere, newest first. */
  async actions(): Promise<OpenAction[]> {
    return (await this.#call<{ data: OpenAction[] }>('GET', '/control/actions')).data;
  }

  /** Says who answers there; throws with words for people when nobody does. */
  async health(): Promise<Record<string, unknown>> {
    return this.#call('GET', '/health');
  }

  /** How many lines the book has. */
  async lines(): Promise<number> {
    return (await this.#call<{ book: { lines: number } }>('GET', '/control/stats')).book.lines;
  }

  /** Waits, in real time, until a sandbox that was told to be down answers again. Throws after a minute. */
  async comesBack(): Promise<void> {
    for (let tries = 0; !(await this.#listens()); tries++) {
      if (tries >= 300) throw new Error(`The sandbox at ${this.url} does not come back.`);
      await wait(200);
    }
  }

  /** By a connection of its own: one that was open before would still be answered. */
  #listens(): Promise<boolean> {
    return new Promise((resolve) => {
      const request = get(`${this.url}/health`, { agent: false }, (answer) => {
        answer.resume().on('end', () => resolve(true));
      });
      request.on('error', () => resolve(false));
    });
  }

  async #call<T>(method: string, path: string, body?: unknown): Promise<T> {
    let answer: Response;
    try {
      answer = await fetch(this.url + path, {
        method,
        headers: {
          'control-key': this.#controlKey,
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        signal: AbortSignal.timeout(30_000),
      });
    } catch (error) {
      throw new Error(`The sandbox at ${this.url} does not answer. Start it with \`npm start\`.`, { cause: error });
    }
    const said = (await answer.json()) as T & { error?: { message: string; field?: string } };
    if (answer.ok) return said;
    const where = said.error?.field === undefined ? '' : `${said.error.field} `;
    throw new Error(`The sandbox says no (${answer.status}): ${where}${said.error?.message ?? ''}`);
  }
}
