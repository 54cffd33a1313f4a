/**
 * One `tender serve` or `tender worker` as production runs it: a process of the command line, and somebody (systemd, an
 * orchestrator) who starts it again a moment after it has died. A server that ends by itself while it was serving is a
 * finding; one that cannot start because its database is dead is not.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';

const TENDER = join(import.meta.dirname, '../../../src/cli/tender.mjs');
const WORDS_KEPT = 20_000;
/** Between an end and the next start, in milliseconds. */
const AGAIN_AFTER_MS = 100;
const AGAIN_AFTER_FAILURE_MS = 300;
const STARTS_WITHIN_MS = 60_000;

export class ServerProcess {
  readonly name: string;
  readonly #command: 'serve' | 'worker';
  readonly #environment: NodeJS.ProcessEnv;
  #extra: NodeJS.ProcessEnv = {};
  #child: ChildProcess | undefined;
  #ready = Promise.withResolvers<void>();
  #isReady = false;
  #wanted = false;
  #restart: NodeJS.Timeout | undefined;
  readonly #toDie = new Set<ChildProcess>();
  /** What it has said on stderr lately. */
  words = '';
  /** Hears the id of every process that is started. */
  onStart: (pid: number) => void = () => undefined;
  /** Ends that nobody asked for. */
  readonly findings: string[] = [];

  constructor(name: string, command: 'serve' | 'worker', environment: NodeJS.ProcessEnv) {
    this.name = name;
    this.#command = command;
    this.#environment = environment;
  }

  /** There is a process, which may still be starting. */
  get isAlive(): boolean {
    const child = this.#child;
    return child !== undefined && child.exitCode === null && child.signalCode === null;
  }

  /** Resolves as soon as it serves or works. Throws with its own words when that does not come in a minute. */
  async ready(): Promise<void> {
    const giveUp = Promise.withResolvers<never>();
    const timer = setTimeout(
      () => giveUp.reject(new Error(`${this.name} does not start: ${this.words.slice(-2_000)}`)),
      STARTS_WITHIN_MS,
    );
    try {
      await Promise.race([this.#ready.promise, giveUp.promise]);
    } finally {
      clearTimeout(timer);
    }
  }

  /** Starts it, and again whenever it ends. `extra` is added to its environment from now on. */
  start(extra: NodeJS.ProcessEnv = {}): void {
    this.#extra = extra;
    this.#wanted = true;
    this.#launch();
  }

  /** kill -9. It is started again by itself. Answers whether there was a process to kill. */
  kill(): boolean {
    if (!this.isAlive) return false;
    this.#toDie.add(this.#child!);
    return this.#child!.kill('SIGKILL');
  }

  /** kill -9, and it stays dead. Resolves when it is gone. */
  async end(): Promise<void> {
    this.#wanted = false;
    clearTimeout(this.#restart);
    if (!this.isAlive) return;
    const gone = new Promise<void>((resolve) => this.#child!.once('exit', () => resolve()));
    this.kill();
    await gone;
  }

  #launch(): void {
    const child = spawn(process.execPath, [TENDER, this.#command], {
      stdio: ['ignore', 'ignore', 'pipe'],
      env: { ...this.#environment, ...this.#extra },
    });
    this.#child = child;
    if (child.pid !== undefined) this.onStart(child.pid);
    child.stderr!.on('data', (chunk: Buffer) => this.#hear(child, chunk.toString('utf8')));
    child.once('error', (error) => this.findings.push(`${this.name} could not be started: ${error.message}`));
    child.once('exit', (code, signal) => this.#ended(child, signal ?? `exit code ${code}`));
  }

  #hear(child: ChildProcess, words: string): void {
    this.words = (this.words + words).slice(-WORDS_KEPT);
    if (child !== this.#child || this.#isReady || !/^(Serving|Working)/m.test(words)) return;
    this.#isReady = true;
    this.#ready.resolve();
  }

  #ended(child: ChildProcess, how: string): void {
    const killed = this.#toDie.delete(child);
    if (child !== this.#child) return;
    const served = this.#isReady;
    if (served) this.#ready = Promise.withResolvers<void>();
    this.#isReady = false;
    this.#child = undefined;
    if (!killed && served && this.#wanted) {
      this.findings.push(`${this.name} ended by itself (${how}): ${this.words.slice(-2_000)}`);
    }
    if (this.#wanted)
      this.#restart = setTimeout(() => this.#launch(), killed ? AGAIN_AFTER_MS : AGAIN_AFTER_FAILURE_MS);
  }
}
