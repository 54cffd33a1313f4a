/**
 * A PostgreSQL of its own for a world of processes: the embedded server with full durability, killed whole (the server and
 * all its backends in one moment, as a power cut would) and started again on what lies on the disk. Nobody watches over it:
 * it stays dead until it is started.
 */
import { execFileSync } from 'node:child_process';
import { startEmbeddedPostgres } from '../../../src/embedded/postgres.ts';
import { processRuns } from '../../../src/embedded/process-table.ts';

export class PostgresProcess {
  readonly #dataDir: string;
  #url = '';
  #pid = 0;

  constructor(dataDir: string) {
    this.#dataDir = dataDir;
  }

  /** The same address in every life: a socket in the data folder. */
  get url(): string {
    return this.#url;
  }

  /** Starts it, with recovery after a kill, and resolves when it takes connections. Answers how many milliseconds that took. */
  async start(): Promise<number> {
    const startedAt = performance.now();
    const server = await startEmbeddedPostgres({ dataDir: this.#dataDir, say: () => undefined });
    this.#url = server.url;
    this.#pid = server.pid;
    // Let go of: its watch would start it again by itself.
    await server.detach();
    return Math.round(performance.now() - startedAt);
  }

  /** Kills the server and every backend. Answers how many processes that were. */
  kill(): number {
    if (this.#pid === 0) return 0;
    // Backends lead groups of their own, so the group is not enough. The server first: it would restart after a lost backend.
    const pids = [this.#pid, ...childrenOf(this.#pid)];
    let killed = 0;
    for (const pid of pids) {
      if (!processRuns(pid)) continue;
      process.kill(pid, 'SIGKILL');
      killed += 1;
    }
    this.#pid = 0;
    return killed;
  }
}

function childrenOf(parent: number): number[] {
  return execFileSync('ps', ['-A', '-o', 'pid=,ppid='], { encoding: 'utf8' })
    .trim()
    .split('\n')
    .map((line) => line.trim().split(/\s+/).map(Number) as [number, number])
    .flatMap(([pid, ppid]) => (ppid === parent ? [pid] : []));
}
