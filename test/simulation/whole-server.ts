/**
 * Tender as people run it: `tender dev` in a process of its own with its database server and its sandbox, in a temporary
 * folder. It can be killed whole and at once, as a power cut would, and started again on what is left.
 */
import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { processRuns } from '../../src/embedded/process-table.ts';
import type { BookRow } from '../support/sandbox-control.ts';
import { freePort } from './processes/free-port.ts';

const TENDER = join(import.meta.dirname, '../../src/cli/tender.mjs');
/** The environment of a process whose wall clock is ahead of ours, or behind. */
export function clockAhead(aheadMs: number): NodeJS.ProcessEnv {
  const module = new URL('./processes/clock-ahead.ts', import.meta.url).href;
  return { NODE_OPTIONS: `--import=${module}`, CLOCK_AHEAD_MS: String(aheadMs) };
}

export interface Ready {
  api_url: string;
  sandbox_url: string;
  secret_key: string;
  public_key: string;
  pid: number;
}

export class WholeServer {
  readonly folder = mkdtempSync(join(tmpdir(), 'tender-kill-'));
  readonly #latency: string;
  #ports: { api: number; sandbox: number } | undefined;
  #ready: Ready | undefined;
  /** Everything it said on stderr, over all its lives. */
  words = '';

  constructor(latency: string) {
    this.#latency = latency;
  }

  /** Starts it, on the same ports every time; its clock, and the sandbox's, as far ahead of ours as asked, or behind. */
  async start(aheadMs = 0): Promise<Ready> {
    this.#ports ??= { api: await freePort(), sandbox: await freePort() };
    const child = spawn(process.execPath, [TENDER, 'dev', '--json'], {
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: {
        PATH: process.env.PATH,
        TENDER_DATA_DIR: this.folder,
        TENDER_PORT: String(this.#ports.api),
        TENDER_SANDBOX_PORT: String(this.#ports.sandbox),
        TENDER_SANDBOX_LATENCY: this.#latency,
        ...(aheadMs === 0 ? {} : clockAhead(aheadMs)),
      },
    });
    child.stderr.on('data', (chunk: Buffer) => {
      this.words += chunk.toString('utf8');
    });
    this.#ready = await new Promise<Ready>((resolve, reject) => {
      child.once('exit', (code) => reject(new Error(`tender dev ended with ${code}:\n${this.words}`)));
      createInterface({ input: child.stdout }).once('line', (line) => resolve(JSON.parse(line) as Ready));
    });
    return this.#ready;
  }

  /** Kills server, database server and sandbox in one moment. Answers how many processes that were. */
  kill(): number {
    const pids = this.#processes();
    for (const pid of pids) if (processRuns(pid)) process.kill(pid, 'SIGKILL');
    return pids.length;
  }

  /** Kills the database server alone, under the living server. */
  killDatabase(): void {
    const pidFile = execFileSync('find', [this.folder, '-name', 'postmaster.pid'], { encoding: 'utf8' }).trim();
    process.kill(Number(readFileSync(pidFile, 'utf8').split('\n')[0]), 'SIGKILL');
  }

  /** What the sandbox's book says, asked of the running sandbox. */
  async book(): Promise<BookRow[]> {
    return ((await (await this.#control('GET', '/book?format=json')).json()) as { data: BookRow[] }).data;
  }

  async arm(fault: Record<string, unknown>): Promise<void> {
    const answer = await this.#control('POST', '/control/faults', fault);
    if (!answer.ok) throw new Error(`arming a fault answered ${answer.status}: ${await answer.text()}`);
    await answer.arrayBuffer();
  }

  #control(method: string, path: string, body?: unknown): Promise<Response> {
    const key = readFileSync(join(this.folder, 'sandbox', 'control.key'), 'utf8').trim();
    return fetch(this.#ready!.sandbox_url + path, {
      method,
      headers: { 'control-key': key, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  }

  remove(): void {
    this.kill();
    rmSync(this.folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
  }

  /** The server and everything below it: database server and sandbox are children of the process that started them. */
  #processes(): number[] {
    if (this.#ready === undefined) return [];
    const rows = execFileSync('ps', ['-A', '-o', 'pid=,ppid='], { encoding: 'utf8' })
      .trim()
      .split('\n')
      .map((line) => line.trim().split(/\s+/).map(Number) as [number, number]);
    const found = [this.#ready.pid];
    for (const pid of found) for (const [child, parent] of rows) if (parent === pid) found.push(child);
    return found;
  }
}
