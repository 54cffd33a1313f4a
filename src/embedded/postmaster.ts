/**
 * One running PostgreSQL server: starting it on its own, finding one that is there already, and ending it.
 * The server is no child in the usual sense: it has its own process group and holds no pipe of ours, so neither Ctrl-C nor
 * the sudden death of the process that started it touches it.
 */
import { spawn, spawnSync } from 'node:child_process';
import { closeSync, copyFileSync, openSync, readFileSync, rmSync, statSync, truncateSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { postgresPrograms } from './binaries.ts';
import type { DataFolder } from './data-folder.ts';
import type { Identity } from './identity.ts';
import { processCommand, processFolder, processIdTaken, processRuns, processStartMark } from './process-table.ts';

/** Where a server listens: a folder with its socket, or a port of 127.0.0.1. */
export type Listening = { socketFolder: string; port: number } | { socketFolder?: undefined; port: number };

export interface Postmaster {
  pid: number;
  /** See `processStartMark`: the id may belong to another process later. */
  started: string;
  listening: Listening;
}

/** PostgreSQL's own account of a running server, `postmaster.pid`. */
interface PidFile {
  pid: number;
  listening: Listening;
  status: string;
}

const pollMs = 10;
/** Crash recovery replays at most `max_wal_size` of log; this is far beyond it. */
const startTimeoutMs = 120_000;
const fastStopTimeoutMs = 12_000;
const immediateStopTimeoutMs = 6_000;
const logLimitBytes = 4 * 1024 * 1024;

/** The server that serves this cluster already, once it is ready, or undefined. A stale pid file is removed. */
export async function findPostmaster(folder: DataFolder): Promise<Postmaster | undefined> {
  const deadline = Date.now() + startTimeoutMs;
  for (;;) {
    const found = readPidFile(folder);
    if (!found) return undefined;
    const runs = processRuns(found.pid);
    if (!runs || servesCluster(found.pid, folder) === false) {
      // PostgreSQL recovers from a dead server's file by itself, but it takes two kinds of stranger for a living server and
      // would refuse to start: an unrelated process with the same id, and, where process 1 collects no orphans (many
      // containers), the dead server itself. Removing the file is safe: should processes of that server still run,
      // PostgreSQL also finds them by their shared memory.
      if (processIdTaken(found.pid)) rmSync(join(folder.cluster, 'postmaster.pid'), { force: true });
      return undefined;
    }
    const started = processStartMark(found.pid);
    if (found.status === 'ready' && started) return { pid: found.pid, started, listening: found.listening };
    if (Date.now() > deadline) {
      throw new Error(
        `The PostgreSQL server ${found.pid} on ${folder.root} has been "${found.status}" for too long: stop it.`,
      );
    }
    await pause(pollMs);
  }
}

/**
 * Whether the running process is the server of this cluster; undefined where the platform does not tell.
 * A server is called with its data folder and works in it.
 */
export function servesCluster(pid: number, folder: DataFolder): boolean | undefined {
  const command = processCommand(pid);
  const workFolder = processFolder(pid);
  if (command?.includes(`-D ${folder.cluster} `) || workFolder === folder.cluster) return true;
  if (workFolder !== undefined || (command !== undefined && !command.includes('postgres'))) return false;
  return undefined;
}

/** Starts a server and waits until it accepts connections. Throws with the end of its log when it does not. */
export async function startPostmaster(
  folder: DataFolder,
  how: {
    program: string;
    identity: Identity;
    environment: Record<string, string>;
    settings: Readonly<Record<string, string>>;
  },
): Promise<Postmaster> {
  const settings = Object.entries(how.settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  const words = [...how.identity.prefix, how.program, '-D', folder.cluster, ...settings];
  const deadline = Date.now() + startTimeoutMs;
  for (;;) {
    keepLogSmall(folder);
    const logStart = logSize(folder);
    const outcome = await launch(folder, { words, identity: how.identity, environment: how.environment, deadline });
    if (typeof outcome !== 'string') return outcome;
    const log = readFileSync(folder.log, 'utf8').slice(logStart).trim();
    // The last processes of a killed server need a moment to notice; starting beside them would damage the data.
    if (log.includes('pre-existing shared memory block') && Date.now() < deadline) {
      await pause(100);
      continue;
    }
    throw new Error(`The embedded PostgreSQL ${outcome}. The end of ${folder.log}:\n${log.slice(-2000)}`);
  }
}

/** One attempt: the running server, or in words what happened instead. */
async function launch(
  folder: DataFolder,
  how: { words: string[]; identity: Identity; environment: Record<string, string>; deadline: number },
): Promise<Postmaster | string> {
  const log = openSync(folder.log, 'a', 0o600);
  const child = spawn(how.words[0]!, how.words.slice(1), {
    ...how.identity.credentials,
    cwd: folder.root,
    env: how.environment,
    detached: true,
    stdio: ['ignore', log, log],
    windowsHide: true,
  });
  closeSync(log);
  child.unref();
  let ended: string | undefined;
  child.once('error', (error) => {
    ended = `could not be run (${error.message})`;
  });
  child.once('exit', (status, signal) => {
    ended = `stopped at once (${signal ?? `status ${status}`})`;
  });
  while (Date.now() < how.deadline) {
    const found = readPidFile(folder);
    if (ended !== undefined) return ended;
    if (found && found.pid === child.pid && found.status === 'ready') {
      const started = processStartMark(found.pid);
      if (started) return { pid: found.pid, started, listening: found.listening };
    }
    await pause(pollMs);
  }
  child.kill('SIGINT');
  return 'did not become ready in time';
}

/** True while this very server runs. */
export function postmasterRuns(server: Postmaster): boolean {
  return processStartMark(server.pid) === server.started;
}

/** Fast shutdown: open transactions are rolled back, everything committed is written out. Waits until the server is gone. */
export async function stopPostmaster(server: Postmaster): Promise<void> {
  // SIGINT is "fast". SIGQUIT is "immediate": nothing acknowledged is lost, the next start recovers from the log.
  for (const [signal, timeoutMs] of [
    ['SIGINT', fastStopTimeoutMs],
    ['SIGQUIT', immediateStopTimeoutMs],
  ] as const) {
    if (!postmasterRuns(server)) return;
    signalProcess(server.pid, signal);
    if (await gone(server, timeoutMs)) return;
  }
  throw new Error(`The embedded PostgreSQL (process ${server.pid}) does not stop.`);
}

function signalProcess(pid: number, signal: 'SIGINT' | 'SIGQUIT'): void {
  if (process.platform === 'win32') {
    // Windows has no signals: Node would end the process on the spot. PostgreSQL brings its own way to send them.
    spawnSync(postgresPrograms('').pgCtl, ['kill', signal.slice('SIG'.length), String(pid)]);
    return;
  }
  try {
    process.kill(pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

async function gone(server: Postmaster, timeoutMs: number): Promise<boolean> {
  const deadline = Date.now() + timeoutMs;
  while (Date.now() < deadline) {
    if (!postmasterRuns(server)) return true;
    await pause(pollMs);
  }
  return !postmasterRuns(server);
}

/** Lines: pid, data folder, start, port, socket folder, address, shared memory, status. Undefined while incomplete. */
function readPidFile(folder: DataFolder): PidFile | undefined {
  let lines: string[];
  try {
    lines = readFileSync(join(folder.cluster, 'postmaster.pid'), 'utf8').split('\n');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
  const pid = Number(lines[0]);
  if (!Number.isSafeInteger(pid) || pid <= 0) return undefined;
  const port = Number(lines[3]);
  const socketFolder = lines[4];
  return { pid, listening: socketFolder ? { socketFolder, port } : { port }, status: lines[7]?.trim() ?? 'starting' };
}

/** The server logs starts, stops and crashes only, but a folder may live for years. May run beside a running server. */
export function keepLogSmall(folder: DataFolder): void {
  if (logSize(folder) <= logLimitBytes) return;
  copyFileSync(folder.log, `${folder.log}.old`);
  truncateSync(folder.log, 0); // the server appends, so it goes on at the new end
}

function logSize(folder: DataFolder): number {
  return statSync(folder.log, { throwIfNoEntry: false })?.size ?? 0;
}
