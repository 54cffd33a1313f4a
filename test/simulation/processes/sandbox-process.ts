/** The sandbox processor as `tender sandbox start` runs it: one process that outlives every kill, its book written out always. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { get } from 'node:http';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { BookRow } from '../../support/sandbox-control.ts';

const TENDER = join(import.meta.dirname, '../../../src/cli/tender.mjs');

/** A row of the book with what captures, voids and refunds say of their charge. */
export interface StepRow extends BookRow {
  charge_ref: string | null;
}

export class SandboxProcess {
  readonly url: string;
  readonly controlKey: string;
  readonly #child: ChildProcess;
  readonly #release: () => void;

  private constructor(facts: { url: string; controlKey: string; child: ChildProcess }) {
    this.url = facts.url;
    this.controlKey = facts.controlKey;
    this.#child = facts.child;
    // It ends by itself when the test is killed.
    const held = get(`${this.url}/control/hold`, { headers: { 'control-key': this.controlKey } }, (it) => it.resume());
    held.on('error', () => undefined);
    this.#release = () => held.destroy();
  }

  static async start(folder: string, options: { latency: string; seed: string }): Promise<SandboxProcess> {
    const words = ['--port', '0', '--data', folder, '--latency', options.latency, '--seed', options.seed];
    const child = spawn(
      process.execPath,
      [TENDER, 'sandbox', 'start', ...words, '--sync', 'always', '--exit-with-parent'],
      // A group of its own: Ctrl-C at the terminal must not reach it before the servers are gone.
      { stdio: ['ignore', 'pipe', 'ignore'], env: { PATH: process.env.PATH }, detached: true },
    );
    const ended = once(child, 'exit').then(() => undefined);
    const line = once(createInterface({ input: child.stdout }), 'line') as Promise<[string]>;
    const first = await Promise.race([line, ended]);
    if (first === undefined) throw new Error('the sandbox processor did not start');
    const { url } = JSON.parse(first[0]) as { url: string };
    return new SandboxProcess({ url, controlKey: readFileSync(join(folder, 'control.key'), 'utf8').trim(), child });
  }

  /** What was really asked and really charged. */
  async book(): Promise<StepRow[]> {
    return ((await (await this.#control('GET', '/book?format=json')).json()) as { data: StepRow[] }).data;
  }

  /** The sandbox's verdict on its own book. */
  async check(): Promise<{ ok: boolean; violations: unknown[] }> {
    return (await (await this.#control('GET', '/book/check')).json()) as { ok: boolean; violations: unknown[] };
  }

  async arm(fault: Record<string, unknown>): Promise<void> {
    const answer = await this.#control('POST', '/control/faults', fault);
    if (!answer.ok) throw new Error(`arming a fault answered ${answer.status}: ${await answer.text()}`);
    await answer.arrayBuffer();
  }

  async calm(): Promise<void> {
    await (await this.#control('DELETE', '/control/faults')).arrayBuffer();
  }

  /** Moves an account's clock on: what the bank would do in that time it does now. */
  async moveClock(merchantKey: string, aheadMs: number): Promise<void> {
    const headers = { 'merchant-key': merchantKey, 'content-type': 'application/json' };
    const body = JSON.stringify({ to: new Date(Date.now() + aheadMs).toISOString() });
    const answer = await fetch(`${this.url}/v1/clock`, { method: 'POST', headers, body });
    if (!answer.ok) throw new Error(`the bank's clock answered ${answer.status}: ${await answer.text()}`);
    await answer.arrayBuffer();
  }

  async end(): Promise<void> {
    this.#release();
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const gone = once(this.#child, 'exit');
    this.#child.kill('SIGTERM');
    await gone;
  }

  #control(method: string, path: string, body?: unknown): Promise<Response> {
    return fetch(this.url + path, {
      method,
      headers: {
        'control-key': this.controlKey,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  }
}
