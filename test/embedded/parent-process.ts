/**
 * A process of its own that starts the embedded server and then does nothing: tests kill it and look at what is left.
 * Prints one line of JSON: the server, or the error. With `leader` it is its own process group, as under a shell.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { FolderHeldError } from '../../src/embedded/folder-lock.ts';
import { startEmbeddedPostgres } from '../../src/embedded/postgres.ts';

/** What the process reports about its start. */
export type Report =
  | { kind: 'started'; url: string; pid: number; adopted: boolean }
  | { kind: 'held'; pid: number; message: string }
  | { kind: 'failed'; message: string };

/** A process started by {@link startParent}. */
export interface Parent {
  process: ChildProcess;
  /** Resolves with its one line of output; rejects when it ends without. */
  report: Promise<Report>;
  /** Sends the signal to the process and everything in its group, and waits until the process is gone. */
  kill(signal: NodeJS.Signals): Promise<void>;
}

/** Runs this file on a data folder. */
export function startParent(dataDir: string): Parent {
  const child = spawn(process.execPath, [fileURLToPath(import.meta.url), dataDir], {
    detached: true,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const exited = once(child, 'exit');
  return {
    process: child,
    report: firstLine(child).then((line) => JSON.parse(line) as Report),
    async kill(signal) {
      process.kill(-child.pid!, signal);
      await exited;
    },
  };
}

async function firstLine(child: ChildProcess): Promise<string> {
  for await (const line of createInterface({ input: child.stdout! })) return line;
  throw new Error('the process ended without a report');
}

async function main(dataDir: string): Promise<void> {
  const report = await startEmbeddedPostgres({ dataDir, say: () => undefined }).then(
    ({ url, pid, adopted }): Report => ({ kind: 'started', url, pid, adopted }),
    (error: Error): Report => {
      if (error instanceof FolderHeldError) return { kind: 'held', pid: error.pid, message: error.message };
      return { kind: 'failed', message: error.message };
    },
  );
  process.stdout.write(`${JSON.stringify(report)}\n`);
  // Only a process that holds a server stays, until it is killed.
  if (report.kind === 'started') setInterval(() => undefined, 1_000_000);
}

if (import.meta.main) await main(process.argv[2]!);
