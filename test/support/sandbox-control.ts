/** The pretend processor behind the scenes: its book, its faults, its verdict on itself. */
import type { RunningSandbox } from '../../src/sandbox/server.ts';

export interface BookRow {
  n: number;
  request_key: string;
  processor_ref: string;
  account: string;
  reference: string;
  kind: string;
  state: string;
  amount: number;
  currency: string;
  reversed: boolean;
  arrivals: number;
}

export class SandboxControl {
  readonly #sandbox: RunningSandbox;

  constructor(sandbox: RunningSandbox) {
    this.#sandbox = sandbox;
  }

  /** What was really asked and really charged. */
  async book(): Promise<BookRow[]> {
    const text = await (await this.#call('GET', '/book')).text();
    return text
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line) as BookRow);
  }

  /** Charges that took money and kept it. */
  async charged(): Promise<BookRow[]> {
    return (await this.book()).filter((row) => row.kind === 'charge' && row.state === 'approved' && !row.reversed);
  }

  // biome-ignore lint/suspicious/noExplicitAny: the sandbox's own verdict, printed when it is not clean.
  async check(): Promise<any> {
    return (await this.#call('GET', '/book/check')).json();
  }

  async arm(fault: Record<string, unknown>): Promise<void> {
    const answer = await this.#call('POST', '/control/faults', fault);
    if (!answer.ok)
      throw new Error(`arming ${JSON.stringify(fault)} answered ${answer.status}: ${await answer.text()}`);
    await answer.arrayBuffer();
  }

  async calm(): Promise<void> {
    await (await this.#call('DELETE', '/control/faults')).arrayBuffer();
  }

  #call(method: string, path: string, body?: unknown): Promise<Response> {
    return fetch(this.#sandbox.url + path, {
      method,
      headers: {
        'control-key': this.#sandbox.controlKey,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  }
}
