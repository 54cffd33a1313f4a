/**
 * `tender dev` as a child process on free ports and a folder of its own, started the way `npm start` starts it: for the demo,
 * and for tests of what the command promises.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Ready } from '../../src/cli/announce.ts';

const projectFolder = join(import.meta.dirname, '../..');
/** A machine that is busy with other things may be slow; one that hangs is told apart after this long. */
const startTimeoutMs = 60_000;

export interface TenderProcess {
  ready: Ready;
  dataDir: string;
  child: ChildProcess;
  /** Resolves with exit code and signal. */
  ended: Promise<{ code: number | null; signal: NodeJS.Signals | null }>;
  /** Everything it has said on stderr. */
  words(): string;
  /** Everything it has printed on stdout. */
  printed(): string;
  /** SIGTERM, and waits for the end. */
  stop(): Promise<{ code: number | null; signal: NodeJS.Signals | null }>;
}

/** A folder for one server, below the system's folder for temporary files. */
export function newDataFolder(): string {
  return mkdtempSync(join(tmpdir(), 'tender-demo-'));
}

/** Removes such a folder. */
export function removeDataFolder(dataDir: string): void {
  // The sandbox processor ends a moment after its last holder and may still write its last line.
  rmSync(dataDir, { recursive: true, force: true, maxRetries: 20, retryDelay: 50 });
}

/** Settings of the caller's shell that would lead the child to another database or other ports stay out. */
export function cleanEnvironment(): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(
    ([name]) =>
      !/^(TENDER_(?!LOG_LEVEL|SANDBOX_LATENCY)|DATABASE_URL$|VAULT_DATABASE_URL$|DB_|NODE_TEST_CONTEXT$)/.test(name),
  );
  return Object.fromEntries(kept);
}

/**
 * Starts `tender dev --json` and resolves once it has printed that it is ready. Throws with the child's own words when it
 * ends before, or when it is not ready in a minute.
 */
export async function startTender(options: {
  dataDir: string;
  environment?: NodeJS.ProcessEnv;
  /** Shows the child's words as they come. */
  say?: (text: string) => void;
}): Promise<TenderProcess> {
  const child = spawn(process.execPath, ['src/cli/tender.mjs', 'dev', '--json'], {
    cwd: projectFolder,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      ...cleanEnvironment(),
      TENDER_DATA_DIR: options.dataDir,
      TENDER_PORT: '0',
      TENDER_SANDBOX_PORT: '0',
      ...options.environment,
    },
  });
  let words = '';
  let printed = '';
  child.stderr.on('data', (chunk: Buffer) => {
    words += chunk.toString();
    options.say?.(chunk.toString());
  });
  child.stdout.on('data', (chunk: Buffer) => {
    printed += chunk.toString();
  });
  const ended = once(child, 'exit').then(([code, signal]) => ({ code, signal }) as Awaited<TenderProcess['ended']>);
  const line = once(createInterface({ input: child.stdout }), 'line', { signal: AbortSignal.timeout(startTimeoutMs) });
  const first = await Promise.race([line as Promise<[string]>, ended.then(() => undefined)]).catch(() => undefined);
  if (first === undefined) {
    line.catch(() => undefined);
    child.kill('SIGKILL');
    throw new Error(`tender dev did not start:\n${words}`);
  }
  const stop = (): Promise<{ code: number | null; signal: NodeJS.Signals | null }> => {
    child.kill('SIGTERM');
    return ended;
  };
  const ready = JSON.parse(first[0]) as Ready;
  return { ready, dataDir: options.dataDir, child, ended, words: () => words, printed: () => printed, stop };
}
