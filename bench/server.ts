/** The servers that are measured: Tender whole as a process of its own, and the bare Fastify that is the ceiling for reads. */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const TENDER = fileURLToPath(new URL('../src/cli/tender.mjs', import.meta.url));
const BARE = fileURLToPath(new URL('./bare-fastify.ts', import.meta.url));

export interface Ready {
  api_url: string;
  secret_key: string;
  account_id: string;
  sandbox_url: string;
  pid: number;
}

export interface MeasuredServer {
  ready: Ready;
  databaseUrl: string;
  dataDir: string;
  /** Milliseconds from the start of the process to its line of JSON. */
  readyMs: number;
  stop(): Promise<void>;
}

/** Starts `tender dev` on a data folder; without one, on a new folder that is removed at the end. */
export async function startTender(dataDir = mkdtempSync(join(tmpdir(), 'tender-bench-'))): Promise<MeasuredServer> {
  const environment = {
    ...process.env,
    TENDER_DATA_DIR: dataDir,
    TENDER_PORT: '4700',
    TENDER_SANDBOX_PORT: '4760',
    TENDER_SANDBOX_LATENCY: '0',
    TENDER_LOG_LEVEL: 'error',
    TENDER_PUBLIC_URL: '',
    DATABASE_URL: '',
  };
  const from = performance.now();
  const child = spawn(process.execPath, [TENDER, 'dev', '--json'], {
    env: environment,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ready = JSON.parse(await firstLine(child)) as Ready;
  const readyMs = performance.now() - from;
  const file = JSON.parse(readFileSync(join(dataDir, 'server.json'), 'utf8')) as { database_url: string };
  return { ready, dataDir, readyMs, databaseUrl: file.database_url, stop: () => ended(child) };
}

/** Bare Fastify that answers a constant of `bytes` bytes. */
export async function startBare(bytes: number): Promise<{ url: string; stop(): Promise<void> }> {
  const child = spawn(process.execPath, [BARE, String(bytes)], { stdio: ['ignore', 'pipe', 'inherit'] });
  return { url: await firstLine(child), stop: () => ended(child) };
}

export function removeFolder(folder: string): void {
  rmSync(folder, { recursive: true, force: true });
}

/** Resident memory of a process in megabytes. */
export function residentMb(pid: number): number {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  return Number(/VmRSS:\s+(\d+) kB/.exec(status)?.[1] ?? Number.NaN) / 1024;
}

function firstLine(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    createInterface({ input: child.stdout! }).once('line', resolve);
    child.once('exit', (code) => reject(new Error(`the server ended with ${code} before it was ready`)));
  });
}

function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null) return Promise.resolve();
  return new Promise((resolve) => {
    child.once('exit', () => resolve());
    child.kill('SIGTERM');
  });
}
